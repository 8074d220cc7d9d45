"""Business days of Korean banks: which days they are, and how to count them (docs/calendar.md, ADR 0043).

>>> from datetime import date
>>> calendar = load_calendar()
>>> calendar.is_business_day(date(2026, 5, 1))
False
>>> calendar.add_business_days(date(2026, 9, 23), 1)
datetime.date(2026, 9, 28)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from consent.errors import Lang
from evidence.calendar_faults import COMPUTED_ONLY, NO_EFFECT, DayNotKnown
from evidence.calendar_overrides import NO_OVERRIDES, SATURDAY, Override, Overrides
from evidence.notices import Notice

KOREA: Final = timezone(timedelta(hours=9), "KST")
"""Korea has had no other time since 1988; a system without a database of time zones knows it too."""

FIRST_DAY: Final = date(2015, 1, 1)
"""The year of the specification's first version. No file is older."""

LAST_DAY: Final = date(2050, 12, 31)
"""Lunar holidays are published to this year; what the library has for later ones is computed (한국천문연구원)."""

DECIDED_THROUGH: Final = date(2027, 12, 31)
"""The last year whose calendar the government has published (월력요항). What lies behind is computed by the rules
of the Public Holidays Act: later changes, days of by-elections and temporary holidays cannot be in it."""

_DAY: Final = timedelta(days=1)

Origin = Literal["public", "bank", "operator"]


@dataclass(frozen=True)
class Holiday:
    """A day on which banks are closed for another reason than a weekend.

    Attributes:
        day: which day.
        ko: its name, or the operator's reason.
        en: the same in English.
        origin: a public holiday, a day on which banks alone are closed, or a day that the operator added.
    """

    day: date
    ko: str
    en: str
    origin: Origin

    def name(self, lang: Lang) -> str:
        return self.ko if lang == "ko" else self.en


@dataclass(frozen=True)
class Calendar:
    """Bank business days from `first` to `last`. All days are days in Korea.

    Attributes:
        first: the first day it knows.
        last: the last day it knows.
        decided_through: up to here the government has published the holidays; what is behind is computed.
        holidays: bank holidays, those on weekends included.
        overrides: what the operator changed.
    """

    first: date
    last: date
    decided_through: date
    holidays: Mapping[date, Holiday]
    overrides: Overrides = NO_OVERRIDES

    def is_business_day(self, day: date) -> bool:
        """Whether banks are open.

        Raises:
            DayNotKnown: it lies outside what this calendar knows; so for all that follow.
        """
        if not self.first <= day <= self.last:
            raise DayNotKnown(day, self.first, self.last)
        return day.weekday() < SATURDAY and day not in self.holidays

    def on_or_after(self, day: date) -> date:
        """The day itself, or the next business day."""
        while not self.is_business_day(day):
            day += _DAY
        return day

    def on_or_before(self, day: date) -> date:
        """The day itself, or the business day before it."""
        while not self.is_business_day(day):
            day -= _DAY
        return day

    def next(self, day: date) -> date:
        """The first business day after the day."""
        return self.on_or_after(day + _DAY)

    def previous(self, day: date) -> date:
        """The last business day before the day."""
        return self.on_or_before(day - _DAY)

    def add_business_days(self, day: date, n: int) -> date:
        """D+n. Where D is no business day, the next one stands for it, and for D-n the one before (ADR 0043)."""
        day = self.on_or_before(day) if n < 0 else self.on_or_after(day)
        for _ in range(abs(n)):
            day = self.previous(day) if n < 0 else self.next(day)
        return day

    def business_days_between(self, start: date, end: date) -> int:
        """Business days after `start` up to and including `end`; negative where `end` lies before `start`."""
        if end < start:
            return -self.business_days_between(end, start)
        self.is_business_day(start)  # known at all?
        return sum(self.is_business_day(start + timedelta(days=i)) for i in range(1, (end - start).days + 1))

    def holidays_of(self, year: int) -> tuple[Holiday, ...]:
        """The year's bank holidays in their order, those on weekends included."""
        for day in (date(year, 1, 1), date(year, 12, 31)):
            self.is_business_day(day)
        return tuple(one for day, one in self.holidays.items() if day.year == year)

    def notices(self, day: date) -> tuple[Notice, ...]:
        """What is to be known before anybody relies on what is said about `day`."""
        if day <= self.decided_through:
            return ()
        return (Notice(COMPUTED_ONLY, {"year": day.year, "decided": self.decided_through.year}),)


def require_known(day: date) -> None:
    """Refuse a day from which no deadline could be counted. Raises: DayNotKnown."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DayNotKnown(day, FIRST_DAY, LAST_DAY)


def load_calendar(overrides: Overrides = NO_OVERRIDES) -> tuple[Calendar, tuple[Notice, ...]]:
    """The bank holidays that the library knows, changed as the operator says. Takes a second the first time.

    Returns:
        The calendar, and a notice for every override that changes nothing: the library knows that day already.

    Raises:
        DayNotKnown: an override lies outside what is known.
    """
    holidays = dict(_known())
    idle: list[Notice] = []
    for one in (*overrides.add, *overrides.strike):
        if not FIRST_DAY <= one.day <= LAST_DAY:
            raise DayNotKnown(one.day, FIRST_DAY, LAST_DAY)
        is_closed = one.day in holidays or one.day.weekday() >= SATURDAY
        if is_closed == (one in overrides.add):
            idle.append(Notice(NO_EFFECT, {"key": one.key, "day": one.day.isoformat()}))
        _apply(holidays, one, is_added=one in overrides.add)
    in_order = MappingProxyType(dict(sorted(holidays.items())))
    return Calendar(FIRST_DAY, LAST_DAY, DECIDED_THROUGH, in_order, overrides), tuple(idle)


def _apply(holidays: dict[date, Holiday], one: Override, *, is_added: bool) -> None:
    if is_added:
        holidays.setdefault(one.day, Holiday(one.day, one.reason, one.reason, "operator"))
    else:
        holidays.pop(one.day, None)


@cache
def _known() -> Mapping[date, Holiday]:
    korean, public = {**_library("ko", "bank"), **_library("ko", "public")}, _library("ko", "public")
    english = {**_library("en_US", "bank"), **_library("en_US", "public")}
    return {
        day: Holiday(day, _korean(name), _english(english[day]), "public" if day in public else "bank")
        for day, name in korean.items()
    }


def _library(language: str, category: str) -> Mapping[date, str]:
    # Apart by category: what closes banks alone moves no substitute of a public holiday.
    from holidays import country_holidays  # noqa: PLC0415 - loading it takes a second, and few commands count days

    years = range(FIRST_DAY.year, LAST_DAY.year + 1)
    return country_holidays("KR", years=years, categories=category, language=language, expand=False)


_SUBSTITUTE_KO: Final = re.compile(r"(.+) 대체 휴일")
_SUBSTITUTE_EN: Final = re.compile(r"Alternative holiday for (.+)")
_KOREAN: Final = {"신정연휴": "신정", "근로자의날": "근로자의 날", "지방선거일": "전국동시지방선거일"}


def _korean(names: str) -> str:
    """As banks and the Public Holidays Act say it."""
    each = (_SUBSTITUTE_KO.sub(r"대체공휴일(\1)", name) for name in names.split("; "))
    return ", ".join(_KOREAN.get(name, name) for name in each)


def _english(names: str) -> str:
    return ", ".join(_SUBSTITUTE_EN.sub(r"Substitute for \1", name) for name in names.split("; "))
