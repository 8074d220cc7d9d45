"""What can be wrong with a calendar of business days, and what is to be known about one."""

from __future__ import annotations

from datetime import date
from typing import Final

from consent.errors import CodedError

COMPUTED_ONLY: Final = "FB-141"  # elections by rule, nothing of temporary holidays
NO_EFFECT: Final = "FB-147"


class CalendarError(CodedError):
    """A calendar cannot be had, or does not know a day."""


class DayNotKnown(CalendarError):
    """A day in a year whose holidays nobody knows; it is never taken for one without holidays."""

    code = "FB-140"

    def __init__(self, day: date, first: date, last: date) -> None:
        super().__init__(day=day.isoformat(), first=first.isoformat(), last=last.isoformat())


class OverridesNotToml(CalendarError):
    """A file of overrides that is no TOML in UTF-8."""

    code = "FB-142"


class OverrideKeyWrong(CalendarError):
    """A key of a file of overrides is missing, or has no place there."""

    code = "FB-143"

    def __init__(self, key: str) -> None:
        super().__init__(key=ascii(key[:60])[1:-1])


class OverrideValueWrong(CalendarError):
    """A key of a file of overrides has a value that it cannot have."""

    code = "FB-144"

    def __init__(self, key: str) -> None:
        super().__init__(key=key)


class OverrideTwice(CalendarError):
    """Two entries are about the same day: doubled, or saying the opposite of each other."""

    code = "FB-145"

    def __init__(self, key: str, first: str, day: date) -> None:
        super().__init__(key=key, first=first, day=day.isoformat())


class WeekendStruck(CalendarError):
    """A Saturday or Sunday is no business day, whatever else it is."""

    code = "FB-146"

    def __init__(self, key: str, day: date) -> None:
        super().__init__(key=key, day=day.isoformat())
