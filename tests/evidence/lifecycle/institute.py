"""What the clearing institute answers, as the tests need it; `evidence.institute` is not used, to be judged apart."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from pathlib import Path

from evidence import LAYOUTS, DataRecord, Header, read_file, write_file

FB0120_ECHO = (
    "trace_number",
    "applied_on",
    "holder_id_type",
    "holder_id",
    "institution_code",
    "realtime",
    "sub_institution_code",
    "payer_number",
    "bank_code",
    "account_number",
    "evidence_type",
    "extension",
    "evidence_size",
)


def fb0120(sent: Path, errors: Mapping[int, str] | None = None, **header: str) -> io.BytesIO:
    """The answer to an FB0110: a response code for each record number given."""
    errors = errors or {}
    with sent.open("rb") as stream:
        items = list(read_file(stream))
    records = [item for item in items if isinstance(item, DataRecord)]
    listed = [
        ({name: r.fields[name] for name in FB0120_ECHO} | {"sequence": str(r.sequence), "response_code": code}, b"")
        for r in records
        if (code := errors.get(r.sequence))
    ]
    assert isinstance(items[0], Header)
    texts = {name: items[0].fields[name] for name in ("van_code", "institution_code", "process_date", "bank_code")}
    out = io.BytesIO()
    counts = {"total": str(len(records)), "accepted": str(len(records) - len(listed)), "rejected": str(len(listed))}
    write_file(out, LAYOUTS["FB0120"], {**texts, "van_id": "", **header}, listed, trailer=lambda: counts)
    return io.BytesIO(out.getvalue())


def fb0410(records: list[Mapping[str, str]], day: str = "20261109") -> io.BytesIO:
    """An audit's request for consents, each by its identity and the day of application."""
    header = {"van_code": "VKN", "institution_code": "9912345678", "process_date": day, "van_id": "", "bank_code": ""}
    rows = [
        ({"request_type": "1", "business_number": "1208147521", "evidence_type": "1", **record}, b"")
        for record in records
    ]
    out = io.BytesIO()
    write_file(out, LAYOUTS["FB0410"], header, rows)
    return io.BytesIO(out.getvalue())


def fb0421(
    sent: Path,
    errors: Mapping[int, str] | None = None,
    sound: str | None = None,
    only: Collection[int] | None = None,
) -> io.BytesIO:
    """The answer to an FB0420; `only`: numbers of the records that it lists, where these are not all."""
    errors = errors or {}
    layout = LAYOUTS["FB0421"]
    with sent.open("rb") as stream:
        items = list(read_file(stream))
    records = [item for item in items if isinstance(item, DataRecord)]
    assert isinstance(items[0], Header)
    names = [f.name for f in layout.data.fields if f.const is None and f.name not in {"sequence", "response_code"}]
    rows = [
        ({name: r.fields[name] for name in names} | {"response_code": errors.get(r.sequence, "0000")}, b"")
        for r in records
        if only is None or r.sequence in only
    ]
    texts = {f.name: items[0].fields[f.name] for f in layout.header.fields if f.const is None}
    texts.pop("record_count")
    trailer = {"requested": str(len(records)), "sound": sound or ("N" if errors else "Y")}
    out = io.BytesIO()
    write_file(out, layout, texts, rows, trailer=lambda: trailer)
    return io.BytesIO(out.getvalue())
