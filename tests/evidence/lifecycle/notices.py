"""What the institute sends without being asked, and what it answers to changes: made with the writer, for the tests."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from evidence import LAYOUTS, DataRecord, Header, read_file, write_file
from evidence.build import Registration
from tests.evidence.lifecycle.people import payer

INSTITUTION = "9912345678"


def made(code: str, rows: Sequence[Mapping[str, str]], **header: str) -> io.BytesIO:
    """A file of any code: what is constant, blank or counted is filled in."""
    layout = LAYOUTS[code]
    texts = {"van_code": "VKN", "institution_code": INSTITUTION, "institution_type": "1", "van_id": "", "bank_code": ""}
    texts = {name: text for name, text in texts.items() if name in layout.header.offsets} | header
    blank = {f.name: "" for f in layout.data.fields if f.const is None and f.name != "sequence"}
    out = io.BytesIO()
    write_file(out, layout, texts, [({**blank, **row}, b"") for row in rows])
    return io.BytesIO(out.getvalue())


def key_of(one: Registration, before: str = "") -> dict[str, str]:
    names = ("institution_code", "payer_number", "bank_code", "account_number")
    return {before + name: getattr(one, name) for name in names}


def fb0320(*ended: tuple[int, str], day: str = "20261105", ledger_date: str = "20261104", **of: str) -> io.BytesIO:
    """Consents that ended: the payer's number, and why."""
    rows = [
        {
            "cancel_channel": "1",
            "ledger_date": ledger_date,
            "holder_id": "800101",
            "cancel_type": why,
            **key_of(payer(number)),
            **of,
        }
        for number, why in ended
    ]
    return made("FB0320", rows, process_date=day, bank_code="004")


def fb0620(*failed: tuple[int, str], day: str = "20261105", **of: str) -> io.BytesIO:
    """Failures of reconciliation: the payer's number, and the code."""
    rows = [
        {"applied_on": "20261102", "submitter_type": "3", "failure_code": why, **key_of(payer(number)), **of}
        for number, why in failed
    ]
    return made("FB0620", rows, process_date=day, bank_code="004")


def fb0211(*asked: int, bank: str = "088", day: str = "20261105", **of: str) -> io.BytesIO:
    """Payers who want to be debited at another bank, each on an account with the same number and a 9 before it."""
    rows = [
        {
            "change_channel": "4",
            "requested_at": "20261104103000",
            "holder_id": payer(number).holder_id,
            **key_of(payer(number), "old_"),
            "new_bank_code": bank,
            "new_account_number": f"9{number:013}",
            **of,
        }
        for number in asked
    ]
    return made("FB0211", rows, process_date=day)


def fb0222(
    sent: Path, codes: Mapping[int, tuple[str, str]] | None = None, leave_out: int = 0, day: str = "", **of: str
) -> io.BytesIO:
    """What became of the changes of an FB0221: cancelled and registered where nothing else is said by record."""
    with sent.open("rb") as stream:
        items = list(read_file(stream))
    assert isinstance(items[0], Header)
    rows = []
    for record in (item for item in items if isinstance(item, DataRecord)):
        if record.sequence == leave_out:
            continue
        taken = record.fields["receipt_code"] == "0000"
        cancel, register = (codes or {}).get(record.sequence, ("0000", "0000") if taken else ("", ""))
        names = [f.name for f in LAYOUTS["FB0222"].data.fields if f.name in record.fields and f.name != "sequence"]
        same = {name: record.fields[name] for name in names if LAYOUTS["FB0222"].data.field(name).const is None}
        rows.append({**same, "receipt_code": "", "cancel_code": cancel, "register_code": register, **of})
    return made("FB0222", rows, process_date=day or items[0].fields["process_date"])


def fb0222_unanswered(request: io.BytesIO, code: str, day: str = "", leave_out: int = 0) -> io.BytesIO:
    """What comes when the institution's answer did not."""
    request.seek(0)
    items = list(read_file(request))
    assert isinstance(items[0], Header)
    rows = [
        {name: r.fields[name] for name in r.fields if name in LAYOUTS["FB0222"].data.offsets and name not in _GIVEN}
        | {"cancel_code": code, "register_code": code}
        for r in items
        if isinstance(r, DataRecord) and r.sequence != leave_out
    ]
    return made("FB0222", rows, process_date=day or items[0].fields["process_date"])


_GIVEN = {"record_type", "sequence", "reserved_1", "filler", "line_end", "old_sub_institution_code"}


def fb0933(
    *listed: Registration, day: str = "20261115", institution: str = INSTITUTION, bank: str = "004"
) -> io.BytesIO:
    """A bank's ledger."""
    rows = [
        {
            **key_of(one),
            "service_kind": "3",
            "applied_on": f"{one.applied_on:%Y%m%d}",
            "effective_on": f"{one.applied_on:%Y%m%d}",
        }
        for one in listed
    ]
    return made("FB0933", rows, process_date=day, institution_code=institution, bank_code=bank)
