"""The demo's files: the list of consents, FB0110 and R00 made from them, an audit request FB0410 and its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Final

from consent import Charset
from consent.form import Consent
from evidence import (
    LAYOUTS,
    AuditRequest,
    Cancellation,
    FoundEvidence,
    Registration,
    answer_fb0410,
    build_fb0110,
    write_file,
    writing,
)
from evidence.r00 import Format, join
from verifier import Verdict

INSTITUTION: Final = "9912345678"
BUSINESS_NUMBER: Final = "1234567890"
BANK: Final = "004"


@dataclass(frozen=True)
class Signed:
    """One consent of the demo."""

    name: str
    consent: Consent
    charset: Charset
    der: bytes
    verdict: Verdict


def registration(signed: Signed, applied_on: date) -> Registration:
    return Registration(
        applied_on=applied_on,
        holder_id_type=signed.consent.holder_id_type,
        holder_id=signed.consent.holder_id,
        institution_code=INSTITUTION,
        payer_number=signed.consent.payer_number,
        bank_code=BANK,
        account_number=signed.consent.account_number,
        evidence_kind="2",
        extension="der",
        evidence=signed.der,
        verdict=signed.verdict,
    )


def cancellation(applied_on: date) -> Cancellation:
    """Cancels a consent that was registered long ago; it carries no evidence."""
    return Cancellation(
        applied_on=applied_on,
        holder_id_type="0",
        holder_id="700707",
        institution_code=INSTITUTION,
        payer_number="A-0999",
        bank_code=BANK,
        account_number="99900012345",
        evidence_kind="2",
    )


def write_records(signed: list[Signed], folder: Path, applied_on: date) -> None:
    """What goes into FB0110, as the list that `fb0110` and `fb0420` take; `store add` takes no cancellation."""
    lines = [
        line_of(registration(one, applied_on)) | {"extension": "der", "evidence": f"{one.name}.der"} for one in signed
    ]
    write_lines(folder / "consents.jsonl", lines)
    write_lines(folder / "records.jsonl", [*lines, line_of(cancellation(applied_on)) | {"cancelled": True}])


def write_lines(file: Path, lines: list[dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def line_of(record: Registration | Cancellation) -> dict[str, Any]:
    names = ("holder_id_type", "holder_id", "institution_code", "payer_number", "bank_code", "account_number")
    texts = {name: getattr(record, name) for name in (*names, "evidence_kind")}
    return {"applied_on": record.applied_on.isoformat(), **texts}


def pack(signed: list[Signed], folder: Path, day: date) -> None:
    """Four registrations with their evidence, and one cancellation, which carries none."""
    records: list[Registration | Cancellation] = [*(registration(one, day) for one in signed), cancellation(day)]
    with writing(folder / "FB0110") as out:
        build_fb0110(out, institution_code=INSTITUTION, process_date=day, bank_code=BANK, records=records)


def write_r00(signed: list[Signed], folder: Path) -> None:
    """What a partly exempt institution adds to its R00 for each of them, a line each."""
    lines = [
        join(
            {
                "payer_number": one.consent.payer_number,
                "company_use": "",
                "holder_id_type": one.consent.holder_id_type,
                "evidence_type": "2",
            },
            Format.FIRM,
        )
        for one in signed
    ]
    (folder / "R00").write_bytes(b"".join(line + b"\n" for line in lines))


def write_rehearsal(signed: list[Signed], folder: Path, day: date) -> None:
    """What the other side would do, for `dongui institute`: one consent is refused, one ends at the bank."""
    names = ("institution_code", "payer_number", "bank_code", "account_number", "holder_id", "applied_on")
    lines = {one.name: line_of(registration(one, day)) for one in signed}
    first, second, *_ = (one.name for one in signed)
    scenario = {
        "day": day.isoformat(),
        "institution_code": INSTITUTION,
        "business_number": BUSINESS_NUMBER,
        "consents": {name: {key: line[key] for key in names} for name, line in lines.items()},
        "FB0320": [{"consent": second, "cancel_type": "0"}],
        "FB0620": [{"consent": first, "failure_code": "81"}],
        "FB0933": [{"consent": name} for name in lines],
        "responses": {"FB0120": {lines[first]["payer_number"]: "7109"}},
    }
    (folder / "rehearsal.json").write_text(json.dumps(scenario, indent=2) + "\n", encoding="utf-8")


def audit(signed: list[Signed], unknown: Consent, folder: Path, day: date) -> None:
    """The institute asks for every consent and for one that nobody gave; we answer."""
    with writing(folder / "FB0410") as out:
        write_request(out, [*(one.consent for one in signed), unknown], day)
    by_number = {one.consent.payer_number: one for one in signed}

    def lookup(asked: AuditRequest) -> FoundEvidence | None:
        found = by_number.get(asked.payer_number)
        if found is None:
            return None
        return FoundEvidence(
            applied_on=day, evidence_kind="2", extension="der", evidence=found.der, verdict=found.verdict
        )

    with (folder / "FB0410").open("rb") as request, writing(folder / "FB0420") as out:
        answer_fb0410(request, lookup, out)


def write_request(out: BinaryIO, consents: list[Consent], day: date) -> None:
    header = {"institution_code": INSTITUTION, "process_date": f"{day:%Y%m%d}", "van_id": "", "bank_code": BANK}
    records = (
        (
            {
                "request_type": "1",
                "business_number": BUSINESS_NUMBER,
                "institution_code": INSTITUTION,
                "reserved_1": "",
                "payer_number": consent.payer_number,
                "bank_code": BANK,
                "account_number": consent.account_number,
                "applied_on": f"{day:%Y%m%d}",
                "evidence_type": "2",
            },
            b"",
        )
        for consent in consents
    )
    write_file(out, LAYOUTS["FB0410"], header, records)
