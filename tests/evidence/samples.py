"""Synthetic records and files for these tests; every number in them is invented."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Final

from evidence import LAYOUTS, Cancellation, Registration, build_fb0110
from evidence.faults import Part, Place
from evidence.layouts import FileLayout
from evidence.packing import encode_data
from evidence.tally import Tally
from verifier.verdict import Check, Finding, Indication, TimeSource, Verdict

DAY: Final = date(2026, 6, 1)
SIZES: Final = (0, 1, 623, 624, 625, 1648, 1649, 10_240)


def verdict_on(
    evidence: bytes,
    *,
    policy: str = "kftc",
    effect: Indication = Indication.TOTAL_PASSED,
    kinds: frozenset[str] = frozenset({"2", "7"}),
) -> Verdict:
    return Verdict(
        findings=tuple(Finding(check, "CMS-181", effect, "signerInfos[0]", "RFC 5652 §5.6") for check in Check),
        required=frozenset(Check),
        policy=policy,
        der_sha256=sha256(evidence).digest(),
        evidence_kinds=kinds,
        verified_at=datetime(2026, 6, 1, tzinfo=UTC),
        time_source=TimeSource.GIVEN,
    )


def registration(evidence: bytes = b"\x30\x82 evidence ", **changes: object) -> Registration:
    values: dict[str, object] = {
        "applied_on": DAY,
        "holder_id_type": "0",
        "holder_id": "900101",
        "institution_code": "9912345678",
        "payer_number": "PAYER-0001",
        "bank_code": "004",
        "account_number": "00000000000001",
        "evidence_kind": "2",
        "extension": "DER",
        "evidence": evidence,
        "verdict": verdict_on(evidence),
    }
    return Registration(**(values | changes))  # type: ignore[arg-type] # the tests give wrong ones on purpose


def cancellation(**changes: object) -> Cancellation:
    values: dict[str, object] = {
        "applied_on": DAY,
        "holder_id_type": "1",
        "holder_id": "0000000000",
        "institution_code": "9912345678",
        "payer_number": "PAYER-0002",
        "bank_code": "088",
        "account_number": "00000000000002",
        "evidence_kind": "2",
    }
    return Cancellation(**(values | changes))  # type: ignore[arg-type]


def built(records: Iterable[Registration | Cancellation]) -> bytes:
    out = io.BytesIO()
    build_fb0110(out, institution_code="9912345678", process_date=DAY, bank_code="004", records=records)
    return out.getvalue()


FB0110_FIELDS: Final = {
    "trace_number": "",
    "applied_on": "20260601",
    "holder_id_type": "0",
    "holder_id": "900101",
    "institution_code": "9912345678",
    "payer_number": "PAYER-0001",
    "bank_code": "004",
    "account_number": "00000000000001",
    "evidence_type": "2",
    "extension": "der",
    "cancellation": "N",
}
FB0410_FIELDS: Final = {
    "request_type": "1",
    "business_number": "1234567890",
    "institution_code": "9912345678",
    "payer_number": "PAYER-0001",
    "bank_code": "004",
    "account_number": "00000000000001",
    "applied_on": "20260501",
    "evidence_type": "2",
}
FB0420_FIELDS: Final = FB0410_FIELDS | {"reserved_1": "", "evidence_present": "Y", "extension": "der"}
FB0120_FIELDS: Final = FB0110_FIELDS | {
    "applied_on": "",
    "realtime": "N",
    "sub_institution_code": "",
    "evidence_size": "0000003",
    "response_code": "7114",
}
del FB0120_FIELDS["cancellation"]
FB0211_FIELDS: Final = {
    "change_channel": "4",
    "requested_at": "20260531235959",
    "holder_id": "900101",
    "old_institution_code": "9912345678",
    "old_payer_number": "PAYER-0001",
    "old_bank_code": "004",
    "old_account_number": "00000000000001",
    "new_bank_code": "088",
    "new_account_number": "00000000000002",
}
FB0221_FIELDS: Final = FB0211_FIELDS | {
    "received_on": "20260601",
    "receipt_code": "0000",
    "new_institution_code": "9912345678",
    "new_payer_number": "PAYER-0001",
    "service_kind": "3",
}
FB0222_FIELDS: Final = FB0221_FIELDS | {
    "receipt_code": "",
    "cancel_code": "0000",
    "cancelled_on": "20260603",
    "register_code": "1206",
    "registered_on": "",
}
IDENTITY: Final = {
    "institution_code": "9912345678",
    "payer_number": "PAYER-0001",
    "bank_code": "004",
    "account_number": "00000000000001",
}
FB0320_FIELDS: Final = IDENTITY | {
    "cancel_channel": "1",
    "ledger_date": "20260529",
    "holder_id": "900101",
    "cancel_type": "N",
}
FB0421_FIELDS: Final = FB0420_FIELDS | {"evidence_size": "0000003", "response_code": "0000"}
FB0620_FIELDS: Final = IDENTITY | {
    "sub_institution_code": "",
    "applied_on": "20260527",
    "extra_id": "20260527AB",
    "submitter_type": "3",
    "failure_code": "81",
}
FB0910_FIELDS: Final = {"institution_code": "9912345678", "bank_code": "004"}
FB0933_FIELDS: Final = IDENTITY | {
    "service_kind": "3",
    "applied_on": "20260527",
    "effective_on": "20260528",
    "changed_on": "",
}
FIELDS: Final[dict[str, dict[str, str]]] = {
    "FB0110": FB0110_FIELDS,
    "FB0120": FB0120_FIELDS,
    "FB0211": FB0211_FIELDS,
    "FB0221": FB0221_FIELDS,
    "FB0222": FB0222_FIELDS,
    "FB0320": FB0320_FIELDS,
    "FB0410": FB0410_FIELDS,
    "FB0420": FB0420_FIELDS,
    "FB0421": FB0421_FIELDS,
    "FB0620": FB0620_FIELDS,
    "FB0910": FB0910_FIELDS,
    "FB0933": FB0933_FIELDS,
}


def raw_file(
    code: str,
    pieces: Iterable[bytes] = (b"",),
    *,
    total: str | None = None,
    declared: str | None = None,
    **changes: str,
) -> bytes:
    """A file straight from the tables, without the rules that the builders keep."""
    layout = LAYOUTS[code]
    header = header_of(layout)
    tally = Tally(layout)
    data = b""
    count = 0
    for count, evidence in enumerate(pieces, 1):
        another = {"payer_number": f"PAYER-{count:04}"} if "payer_number" in FIELDS[code] else {}
        values = FIELDS[code] | another | {"sequence": str(count)} | changes
        list(tally.data(values, Place(Part.DATA)))
        if layout.evidence is not None:
            values = {"evidence_size": str(len(evidence))} | values
        data += encode_data(layout, values, evidence, Place(Part.DATA, count))
    head = layout.header.encode(header | {"record_count": str(count) if declared is None else declared})
    end = closing(tally) if total is None else closing(tally) | {"total": total}
    return head + data + layout.trailer.encode(end)


def header_of(layout: FileLayout) -> dict[str, str]:
    """Texts of a header, as far as it has these fields and they are free; without the count."""
    texts = {
        "van_code": "VKN",
        "institution_code": "9912345678",
        "institution_type": "1",
        "process_date": "20260601",
        "van_id": "VANID",
        "bank_code": "004",
    }
    return {
        field.name: texts[field.name] for field in layout.header.fields if field.name in texts and field.const != ""
    }


def closing(tally: Tally) -> dict[str, str]:
    """Texts of a trailer that agrees with the records; of other files' records it says that there were two more."""
    texts = tally.closing()
    if tally.layout.refused_only:
        texts |= {"total": str(tally.counted + 2), "accepted": "2"}
    if "requested" in tally.layout.trailer.offsets:
        texts["requested"] = str(tally.counted)
    return texts


def with_field(code: str, raw: bytes, part: str, name: str, text: bytes, *, at: int = 0) -> bytes:
    """The same file with one field's bytes overwritten; `at` is where its record begins."""
    record = {"header": LAYOUTS[code].header, "data": LAYOUTS[code].data, "trailer": LAYOUTS[code].trailer}[part]
    field = record.field(name)
    assert len(text) == field.width
    start = at + record.offsets[name]
    return raw[:start] + text + raw[start + field.width :]
