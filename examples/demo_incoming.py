"""The demo's files from the clearing institute: what becomes of the consents that `dongui send` hands in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from evidence import LAYOUTS, write_file, writing
from examples.demo_exchange import BANK, INSTITUTION, Signed

PROCESS_DATE: Final = "20261102"  # that the README hands files in with
ERRORS: Final = ("7106", "7199")  # an institution code that is wrong, and a fault of the format


def write_incoming(signed: Sequence[Signed], folder: Path, applied_on: date) -> None:
    """FB0120 rejects the first two; a payer of another birthday wants to change; one that nobody knows has ended."""
    day = f"{applied_on:%Y%m%d}"
    header = {"process_date": PROCESS_DATE, "van_id": "", "bank_code": ""}
    rejected = [
        _checked(one, day, number, code) for number, (one, code) in enumerate(zip(signed, ERRORS, strict=False), 1)
    ]
    counts = {"total": str(len(signed)), "accepted": str(len(signed) - 2), "rejected": "2"}
    _write(folder / "FB0120", {**header, "institution_code": ""}, rejected, counts)
    mixed = {**header, "institution_code": INSTITUTION, "institution_type": "1"}
    _write(folder / "FB0211", mixed, [_change(signed[2], day)])
    _write(folder / "FB0320", {**mixed, "bank_code": BANK}, [_end(day)])
    (folder / "values.json").write_text(json.dumps({"institution_code": "9912345679"}) + "\n", encoding="utf-8")


def _key(one: Signed) -> dict[str, str]:
    consent = one.consent
    numbers = {"payer_number": consent.payer_number, "account_number": consent.account_number}
    return {"institution_code": INSTITUTION, "bank_code": BANK, **numbers}


def _checked(one: Signed, day: str, number: int, code: str) -> dict[str, str]:
    return {
        **_key(one),
        "sequence": str(number),
        "applied_on": day,
        "holder_id_type": one.consent.holder_id_type,
        "holder_id": one.consent.holder_id,
        "realtime": "N",
        "evidence_type": "2",
        "extension": "der",
        "evidence_size": str(len(one.der)),
        "response_code": code,
    }


def _change(one: Signed, day: str) -> dict[str, str]:
    return {
        "change_channel": "4",
        "requested_at": f"{day}103000",
        "holder_id": "990101",
        **{f"old_{name}": text for name, text in _key(one).items()},
        "new_bank_code": "088",
        "new_account_number": "110123456789",
    }


def _end(day: str) -> dict[str, str]:
    key = {
        "institution_code": INSTITUTION,
        "bank_code": BANK,
        "payer_number": "A-0998",
        "account_number": "99800012345",
    }
    return {**key, "cancel_channel": "1", "ledger_date": day, "holder_id": "700707", "cancel_type": "0"}


def _write(
    file: Path, header: Mapping[str, str], rows: Sequence[Mapping[str, str]], counts: Mapping[str, str] | None = None
) -> None:
    layout = LAYOUTS[file.name]
    blank = {f.name: "" for f in layout.data.fields if f.const is None and f.name != "sequence"}
    with writing(file) as out:
        write_file(
            out,
            layout,
            {"van_code": "VKN", **header},
            [({**blank, **row}, b"") for row in rows],
            trailer=lambda: counts or {},
        )
