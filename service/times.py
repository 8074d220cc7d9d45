"""Times as a person reads them: in UTC in English, in Korea's time in Korean (docs/verdicts.md, "Times")."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from consent.errors import Lang

_KOREA: Final = timezone(timedelta(hours=9))


def told(at: datetime, lang: Lang) -> str:
    """To the second, with its offset from UTC."""
    return _there(at, lang).isoformat(timespec="seconds")


def day(at: datetime, lang: Lang) -> str:
    return _there(at, lang).date().isoformat()


def _there(at: datetime, lang: Lang) -> datetime:
    if lang != "ko":
        return at
    try:
        return at.astimezone(_KOREA)
    except OverflowError:  # the last day of the year 9999, which stands for no end (RFC 5280 §4.1.2.5)
        return at
