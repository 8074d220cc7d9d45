"""The bank codes of a command: the table that comes along, and before it the operator's own."""

from __future__ import annotations

from evidence.banks import Banks, parse_banks, shipped
from service.inputs import read


def known_banks(file: str | None) -> Banks:
    """Those that come along, each code that `file` names taken from there.

    Raises:
        InputUnreadable, InputTooLarge: as `service.inputs.read`.
        BankTableMalformed, BankEntryWrong, BankEntriesOverlap: the file is not as it must be.
    """
    return shipped() if file is None else shipped().replaced_by(parse_banks(read(file), file=file))
