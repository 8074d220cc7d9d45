"""Business days for tests: the calendar is loaded once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from evidence.calendar import KOREA, Calendar, load_calendar

CALENDAR: Final[Calendar] = load_calendar()[0]


def korea(words: str) -> datetime:
    """`2026-11-23 15:00` in Korea."""
    return datetime.strptime(words, "%Y-%m-%d %H:%M").replace(tzinfo=KOREA)
