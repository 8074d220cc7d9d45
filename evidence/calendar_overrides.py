"""What an operator knows better than the library: bank holidays to add and to strike, as a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from evidence.calendar_faults import (
    OverrideKeyWrong,
    OverridesNotToml,
    OverrideTwice,
    OverrideValueWrong,
    WeekendStruck,
)

SATURDAY: Final = 5
LONGEST_REASON: Final = 100
_TABLES: Final = ("add", "strike")


@dataclass(frozen=True)
class Override:
    """One day that the operator decided about.

    Attributes:
        key: where it stands, such as `add[1]`, counted from 1.
        day: which day.
        reason: one line, in the operator's words.
    """

    key: str
    day: date
    reason: str


@dataclass(frozen=True)
class Overrides:
    """Days to `add` to the bank holidays, and days to `strike` from them; no day is in both or twice."""

    add: tuple[Override, ...] = ()
    strike: tuple[Override, ...] = ()


NO_OVERRIDES: Final = Overrides()


def parse_overrides(data: bytes) -> Overrides:
    """Read the bytes of a file of overrides. Nothing is guessed and no unknown key is passed over.

    Raises:
        OverridesNotToml: not TOML in UTF-8.
        OverrideKeyWrong: a key that does not belong there, or one that is missing.
        OverrideValueWrong: `day` is not a date, or `reason` not one line of text with up to 100 characters.
        OverrideTwice: a day stands there twice, in one table or in both.
        WeekendStruck: a Saturday or Sunday is to be a business day.
    """
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise OverridesNotToml from None
    for name in table:
        if name not in _TABLES:
            raise OverrideKeyWrong(name)
    overrides = Overrides(tuple(_entries(table, "add")), tuple(_entries(table, "strike")))
    _require_once(overrides)
    for one in overrides.strike:
        if one.day.weekday() >= SATURDAY:
            raise WeekendStruck(one.key, one.day)
    return overrides


def _entries(table: Mapping[str, object], name: str) -> Iterator[Override]:
    entries = table.get(name, [])
    if not isinstance(entries, list):
        raise OverrideValueWrong(name)
    for number, entry in enumerate(entries, 1):
        key = f"{name}[{number}]"
        if not isinstance(entry, dict):
            raise OverrideValueWrong(key)
        for inner in (*entry, "day", "reason"):
            if inner not in ("day", "reason") or inner not in entry:
                raise OverrideKeyWrong(f"{key}.{inner}")
        yield Override(key, _day(entry["day"], key), _reason(entry["reason"], key))


def _day(value: object, key: str) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise OverrideValueWrong(f"{key}.day")
    return value


def _reason(value: object, key: str) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > LONGEST_REASON:
        raise OverrideValueWrong(f"{key}.reason")
    return value.strip()


def _require_once(overrides: Overrides) -> None:
    seen: dict[date, str] = {}
    for one in (*overrides.add, *overrides.strike):
        if one.day in seen:
            raise OverrideTwice(one.key, seen[one.day], one.day)
        seen[one.day] = one.key
