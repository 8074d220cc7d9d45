"""When the clearing institute's system stands still: third Saturday of the month, 23:30, to 04:30 (설계서 V3.8 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from evidence.calendar import KOREA
from evidence.calendar_overrides import SATURDAY

CLAUSE: Final = "2.4"
_LASTS: Final = timedelta(hours=5)
_WEEK: Final = 7


@dataclass(frozen=True)
class Window:
    """From `starts_at` on nothing is taken or delivered; from `ends_at` on it is again."""

    starts_at: datetime
    ends_at: datetime


def window_of(year: int, month: int) -> Window:
    """The month's window. It begins in the third week of the month, so that it ends in the same month too."""
    first = datetime(year, month, 1, 23, 30, tzinfo=KOREA)
    starts_at = first + timedelta(days=(SATURDAY - first.weekday()) % _WEEK + 2 * _WEEK)
    return Window(starts_at, starts_at + _LASTS)


def window_at(at: datetime) -> Window | None:
    """The window that a moment lies in."""
    there = at.astimezone(KOREA)
    window = window_of(there.year, there.month)
    return window if window.starts_at <= there < window.ends_at else None


def next_window(at: datetime) -> Window:
    """The window that a moment lies in, or the first one after it."""
    there = at.astimezone(KOREA)
    window = window_of(there.year, there.month)
    if there < window.ends_at:
        return window
    return window_of(there.year + there.month // 12, there.month % 12 + 1)
