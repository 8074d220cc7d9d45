"""Times as a person reads them: in UTC in English, in Korea's time in Korean (docs/verdicts.md, "Times")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final

from consent.errors import Lang
from consent.wording import Detail

_KOREA: Final = timezone(timedelta(hours=9))
_UTC: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


def told(at: datetime, lang: Lang) -> str:
    """To the second, with its offset from UTC."""
    return _there(at, lang).isoformat(timespec="seconds")


def day(at: datetime, lang: Lang) -> str:
    return _there(at, lang).date().isoformat()


def with_times_told(details: Mapping[str, Detail], lang: Lang) -> dict[str, Detail]:
    """What an error says, with its times as `told`."""
    return {key: text_told(value, lang) if isinstance(value, str) else value for key, value in details.items()}


def text_told(text: str, lang: Lang) -> str:
    """A text that is a moment of UTC and nothing else, as `told`; any other as it is."""
    return told(datetime.fromisoformat(text), lang) if _UTC.fullmatch(text) else text


def _there(at: datetime, lang: Lang) -> datetime:
    if lang != "ko":
        return at
    try:
        return at.astimezone(_KOREA)
    except OverflowError:  # the last day of the year 9999, which stands for no end (RFC 5280 §4.1.2.5)
        return at
