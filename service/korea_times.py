"""Days and times of Korea for people who work by them, and how long it is until then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from consent.errors import Lang
from evidence.calendar import KOREA
from evidence.deadlines import last_day_of

_WEEKDAYS: Final[dict[Lang, tuple[str, ...]]] = {
    "ko": ("월", "화", "수", "목", "금", "토", "일"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_UNITS: Final[dict[Lang, tuple[str, ...]]] = {"ko": ("{}일", "{}시간", "{}분"), "en": ("{} d", "{} h", "{} min")}
_LEFT: Final[dict[Lang, str]] = {"ko": "{} 남음", "en": "{} left"}
_PAST: Final[dict[Lang, str]] = {"ko": "{} 지남", "en": "{} late"}
_UNDER_A_MINUTE: Final[dict[Lang, str]] = {"ko": "1분 미만", "en": "< 1 min"}
_MINUTE: Final = timedelta(minutes=1)


def day_told(day: date, lang: Lang) -> str:
    """`2026-11-23(월)`."""
    weekday = _WEEKDAYS[lang][day.weekday()]
    return f"{day}({weekday})" if lang == "ko" else f"{day} {weekday}"


def time_told(at: datetime, lang: Lang) -> str:
    """`2026-11-23(월) 15:00`, in Korea's time."""
    there = at.astimezone(KOREA)
    return f"{day_told(there.date(), lang)} {there:%H:%M}"


def end_told(at: datetime, lang: Lang) -> str:
    """As `time_told`; midnight as 24:00 of the day that ends, as people say it."""
    there = at.astimezone(KOREA)
    return time_told(at, lang) if there.hour or there.minute else f"{day_told(last_day_of(at), lang)} 24:00"


def left_told(left: timedelta, lang: Lang) -> str:
    """`2일 3시간 남음` or `3시간 지남`: the two largest units, rounded down."""
    minutes = abs(left) // _MINUTE
    amounts = (minutes // 1440, minutes // 60 % 24, minutes % 60)
    largest = next((i for i, amount in enumerate(amounts) if amount), None)
    if largest is None:
        words = _UNDER_A_MINUTE[lang]
    else:
        shown = list(zip(_UNITS[lang], amounts, strict=True))[largest : largest + 2]
        words = " ".join(unit.format(amount) for unit, amount in shown if amount)
    return (_LEFT if left > timedelta(0) else _PAST)[lang].format(words)
