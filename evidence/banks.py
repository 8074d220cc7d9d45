"""Bank codes as dated data: which bank a code stands for on a day, and who took it over.

The table that comes along is `banks.toml`: what is publicly known, and no official list. An operator's own file of the
same form goes before it, code by code.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from consent.errors import CodedError

SHIPPED: Final = Path(__file__).with_name("banks.toml")
KEYS: Final = frozenset({"code", "ko", "en", "from", "until", "successor"})
CODE: Final = re.compile("[0-9]{3}", re.ASCII)


class BankTableMalformed(CodedError):
    """A file of bank codes is not TOML, or not a list of banks."""

    code = "FB-045"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class BankEntryWrong(CodedError):
    """One bank of such a file lacks a key, has one too many, or one with a value that it cannot have."""

    code = "FB-046"

    def __init__(self, file: str, number: int, key: str) -> None:
        super().__init__(file=file, number=number, key=ascii(key[:20]))


class BankEntriesOverlap(CodedError):
    """Two banks of such a file have the same code on the same day."""

    code = "FB-047"

    def __init__(self, file: str, bank_code: str) -> None:
        super().__init__(file=file, bank_code=bank_code)


@dataclass(frozen=True)
class Bank:
    """A bank under a code, for as long as it has it.

    Attributes:
        code: three digits (금융회사코드).
        ko: its name.
        en: the same in English.
        valid_from: first day; None where it is not known.
        until: last day; None where it goes on.
        successor: code of the bank that took it over; "" for none.
    """

    code: str
    ko: str
    en: str
    valid_from: date | None = None
    until: date | None = None
    successor: str = ""

    def holds_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.until or date.max)


@dataclass(frozen=True)
class Banks:
    """A table of banks: by code, those of one code in the order of their days."""

    by_code: Mapping[str, tuple[Bank, ...]]

    def bank_of(self, code: str, day: date) -> Bank | None:
        """The bank under a code on a day; None where the table has none then.

        Whether that is a fault is for the caller to say: the table is no official list, and `of` tells a code that
        ended from one that nobody knows.
        """
        return next((bank for bank in self.of(code) if bank.holds_on(day)), None)

    def of(self, code: str) -> tuple[Bank, ...]:
        """Every bank that has, had or will have the code."""
        return self.by_code.get(code, ())

    def codes_before(self, code: str) -> tuple[str, ...]:
        """The codes of the banks that the bank with this code took over, at whatever time: accounts go on under it."""
        found = [code]
        for taken in found:  # grows: a bank that was taken over may have taken over another
            found += [bank.code for bank in self if bank.successor == taken and bank.code not in found]
        return tuple(found[1:])

    def __iter__(self) -> Iterator[Bank]:
        return (bank for _, banks in sorted(self.by_code.items()) for bank in banks)

    def replaced_by(self, other: Banks) -> Banks:
        """This table with every code that the other names taken from there."""
        return Banks({**self.by_code, **other.by_code})


@cache
def shipped() -> Banks:
    """The table that comes along."""
    return parse_banks(SHIPPED.read_bytes(), file=SHIPPED.name)


def bank_of(code: str, day: date) -> Bank | None:
    """As `Banks.bank_of`, by the table that comes along."""
    return shipped().bank_of(code, day)


def parse_banks(data: bytes, *, file: str) -> Banks:
    """Read the bytes of a file like `banks.toml`. Nothing is guessed and no unknown key is passed over.

    Raises:
        BankTableMalformed, BankEntryWrong, BankEntriesOverlap: it says which file, and where in it.
    """
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise BankTableMalformed(file) from None
    rows = table.get("bank")
    if set(table) != {"bank"} or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BankTableMalformed(file)
    by_code: dict[str, list[Bank]] = {}
    for number, row in enumerate(rows, 1):
        bank = _bank(row, file, number)
        by_code.setdefault(bank.code, []).append(bank)
    return Banks({code: _in_order(banks, file) for code, banks in by_code.items()})


def _bank(row: dict[str, Any], file: str, number: int) -> Bank:
    unknown = sorted(row.keys() - KEYS)
    if unknown:
        raise BankEntryWrong(file, number, unknown[0])
    code, ko, en, successor = (row.get(key, "") for key in ("code", "ko", "en", "successor"))
    first, last = row.get("from"), row.get("until")
    sound = {
        "code": _is_code(code),
        "ko": isinstance(ko, str) and ko.strip() != "",
        "en": isinstance(en, str) and en.strip() != "",
        "from": _is_day(first),
        "until": _is_day(last) and (first is None or last is None or first <= last),
        "successor": successor == "" or (_is_code(successor) and successor != code),
    }
    for key, is_sound in sound.items():
        if not is_sound:
            raise BankEntryWrong(file, number, key)
    return Bank(code, ko, en, first, last, successor)


def _is_code(value: object) -> bool:
    return isinstance(value, str) and CODE.fullmatch(value) is not None


def _is_day(value: object) -> bool:
    return value is None or (isinstance(value, date) and not isinstance(value, datetime))


def _in_order(banks: list[Bank], file: str) -> tuple[Bank, ...]:
    ordered = sorted(banks, key=lambda bank: bank.valid_from or date.min)
    for one, following in pairwise(ordered):
        if (following.valid_from or date.min) <= (one.until or date.max):
            raise BankEntriesOverlap(file, one.code)
    return tuple(ordered)
