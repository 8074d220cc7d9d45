"""The bank calendar that a command goes by: the library's holidays, and what the operator adds and strikes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, TypeAlias

import click

from service.errors import about
from service.inputs import read

if TYPE_CHECKING:
    from evidence.calendar import Calendar
    from evidence.notices import Notice

_FAR: Final = 30
"""Days from today: a process date that is further away is remarked."""
Days: TypeAlias = "tuple[Calendar, tuple[Notice, ...]]"

overrides_option = click.option(
    "--overrides", metavar="FILE", help="Days to add and to strike, TOML (docs/calendar.md)."
)


def calendar_of(overrides: str | None) -> Days:
    """Load it, with the file's days where one is named.

    Raises:
        InputUnreadable: the file cannot be read.
        CodedError: it is not such a file.
    """
    from evidence.calendar import load_calendar  # noqa: PLC0415 - the library takes a second
    from evidence.calendar_overrides import NO_OVERRIDES, parse_overrides  # noqa: PLC0415

    if overrides is None:
        return load_calendar(NO_OVERRIDES)
    with about(overrides):
        return load_calendar(parse_overrides(read(overrides)))


def no_overrides() -> Days:
    """As the library knows it."""
    return calendar_of(None)


def doubts(day: date, calendar: Calendar, at: datetime) -> Iterator[Notice]:
    """Why a process date may be a mistake."""
    from evidence.deadlines import day_of  # noqa: PLC0415 - as above
    from evidence.notices import FAR_DAY, NO_BUSINESS_DAY, Notice  # noqa: PLC0415

    if not calendar.is_business_day(day):
        yield Notice(NO_BUSINESS_DAY, {"day": day.isoformat()})
    days = abs((day - day_of(at)).days)
    if days > _FAR:
        yield Notice(FAR_DAY, {"day": day.isoformat(), "days": days})
