"""Consents for the tests of the store: invented payers, evidence that is no signature unless it is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from evidence.build import Registration

DAY: Final = date(2026, 11, 2)
NOW: Final = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
JPEG: Final = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"\0" * 200


def clock() -> datetime:
    return NOW


def payer(number: int, *, bank: str = "004", institution: str = "9912345678", day: date = DAY) -> Registration:
    """One consent on paper, told from others by its number."""
    return Registration(
        applied_on=day,
        holder_id_type="0",
        holder_id="800101",
        institution_code=institution,
        payer_number=f"A-{number:08}",
        bank_code=bank,
        account_number=f"{number:014}",
        evidence_kind="1",
        extension="jpg",
        evidence=JPEG + number.to_bytes(8, "big"),
        line=number,
    )


def anew(number: int) -> Registration:
    """The same payer's consent, given once more."""
    one = payer(number)
    return replace(one, evidence=one.evidence + b"again")


def payers(count: int, first: int = 1) -> Iterator[Registration]:
    return (payer(number) for number in range(first, first + count))
