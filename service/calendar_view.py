"""A year's bank holidays, and a day with what is due counting from it: for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from consent.errors import Lang
from evidence import deadlines, maintenance
from evidence.calendar import Calendar, Holiday
from evidence.calendar_overrides import SATURDAY
from evidence.deadlines import Deadline, day_of, last_day_of, moment
from service.korea_times import day_told
from service.terminal import columns_of, visible
from service.wrapping import terminal_columns, wrapped

_DAYS: Final = range(1, 6)


@dataclass(frozen=True)
class _Rule:
    """What D is, and the deadline that counts from it."""

    of: Callable[[Calendar, date], Deadline]
    ko: str
    en: str


def _ledger_asked(calendar: Calendar, day: date) -> Deadline:
    return deadlines.fb0910_next(calendar, moment(day, 0), institution_asked=(), key_asked=())


def _ledger_told(calendar: Calendar, day: date) -> Deadline:
    return deadlines.fb0933_expected(day_of(_ledger_asked(calendar, day).opens_at))


_RULES: Final = (
    _Rule(deadlines.fb0110_due, "D에 신청한 동의의 증빙자료 송신", "consents applied for on D have to be sent"),
    _Rule(deadlines.fb0120_expected, "D에 보낸 FB0110의 검증 결과", "result of an FB0110 sent on D"),
    _Rule(deadlines.fb0620_expected, "D에 신청한 동의의 대사 실패 내역", "failures among what was applied for on D"),
    _Rule(deadlines.fb0420_due, "처리기준일자가 D인 FB0410에 회신", "answer to an FB0410 with process date D"),
    _Rule(deadlines.fb0221_due, "처리기준일자가 D인 FB0211에 회신", "answer to an FB0211 with process date D"),
    _Rule(
        deadlines.fb0222_expected, "처리기준일자가 D인 FB0211의 처리 결과", "what became of the changes in that FB0211"
    ),
    _Rule(_ledger_asked, "원장 정보 조회 신청", "asking for the ledger"),
    _Rule(_ledger_told, "위 원장 정보 조회의 결과", "the ledger asked for above"),
)

_WORDS: Final[dict[Lang, dict[str, str]]] = {
    "ko": {
        "year": "{year}년 은행 휴무일 {count}일(그중 평일 {weekdays}일)",
        "weekend": "주말",
        "bank": "공휴일 아님",
        "operator": "직접 추가",
        "business": "{day}은 은행 영업일입니다.",
        "closed": "{day}은 은행 영업일이 아닙니다({why}). D는 다음 영업일로 셉니다.",
        "counted": "영업일",
        "due": "기한",
        "better": "{what}(가능하면 {day} {hour}까지)",
        "reconciled": "D에 신청한 동의의 대사일자",
        "maintenance": "통합기관 시스템 정기점검(익일 {end}까지)",
    },
    "en": {
        "year": "{year}: {count} bank holidays, {weekdays} of them on weekdays",
        "weekend": "weekend",
        "bank": "not a public holiday",
        "operator": "added",
        "business": "{day} is a business day of banks.",
        "closed": "{day} is no business day of banks ({why}). D counts as the next one.",
        "counted": "Business days",
        "due": "Due (Korea)",
        "better": "{what} (better by {day} {hour})",
        "reconciled": "what was applied for on D is reconciled",
        "maintenance": "maintenance of the institute's system, to {end} of the next day",
    },
}


def year_view(year: int, holidays: Sequence[Holiday], lang: Lang) -> str:
    """One holiday a line."""
    words = _WORDS[lang]
    weekdays = sum(one.day.weekday() < SATURDAY for one in holidays)
    lines = [words["year"].format(year=year, count=len(holidays), weekdays=weekdays)]
    for one in holidays:
        marks = [
            words[mark]
            for mark, holds in (
                ("weekend", one.day.weekday() >= SATURDAY),
                ("bank", one.origin == "bank"),
                ("operator", one.origin == "operator"),
            )
            if holds
        ]
        remark = f" [{', '.join(marks)}]" if marks else ""
        lines.append(f"  {day_told(one.day, lang)}  {visible(one.name(lang))}{remark}")
    return "\n".join(lines)


def year_as_json(year: int, holidays: Sequence[Holiday]) -> dict[str, Any]:
    """Every holiday with its names in both languages."""
    return {"year": year, "holidays": [_holiday_as_json(one) for one in holidays]}


def day_view(calendar: Calendar, day: date, lang: Lang) -> str:
    """Whether it is a business day, D+1 to D+5, and what is due when D is this day."""
    words = _WORDS[lang]
    if calendar.is_business_day(day):
        head = words["business"].format(day=day_told(day, lang))
    else:
        why = calendar.holidays[day].name(lang) if day in calendar.holidays else words["weekend"]
        head = words["closed"].format(day=day_told(day, lang), why=visible(why))
    counted = [f"  D+{n}  {day_told(calendar.add_business_days(day, n), lang)}" for n in _DAYS]
    return "\n".join([head, "", words["counted"], *counted, "", words["due"], *_due_lines(calendar, day, lang)])


def _due_lines(calendar: Calendar, day: date, lang: Lang) -> Iterator[str]:
    """In their order: the day, from when to when, which file, what it is, and the clause."""
    words, columns = _WORDS[lang], terminal_columns()
    reconciled = moment(deadlines.reconciled_on(calendar, day), 24)
    window = maintenance.next_window(moment(day, 0))
    rows = [
        (reconciled, "", "", words["reconciled"], "4.7.1"),
        (
            window.starts_at,
            f"{window.starts_at:%H:%M}~",
            "",
            words["maintenance"].format(end=f"{window.ends_at:%H:%M}"),
            maintenance.CLAUSE,
        ),
    ]
    for rule in _RULES:
        deadline = rule.of(calendar, day)
        what = _what(deadline, rule.ko if lang == "ko" else rule.en, lang)
        rows.append((deadline.due_at, _hours(deadline), deadline.file, what, deadline.clause))
    for at, hours, file, what, clause in sorted(rows):
        head = f"  {day_told(last_day_of(at), lang)}  {hours:<11}  {file:<6}  "
        first, *more = wrapped(f"{what} [{clause.replace(' (', '(')}]", columns, " " * columns_of(head))
        yield head + first.lstrip()
        yield from more


def _hours(deadline: Deadline) -> str:
    opens = "" if deadline.is_ours else f"{deadline.opens_at:%H:%M}".replace("00:00", "")
    return f"{opens}~{_hour(deadline.due_at)}"


def _hour(at: datetime) -> str:
    return f"{at:%H:%M}".replace("00:00", "24:00")


def _what(deadline: Deadline, what: str, lang: Lang) -> str:
    better = deadline.better_by
    if better is None or better == deadline.due_at:
        return what
    return _WORDS[lang]["better"].format(what=what, day=day_told(last_day_of(better), lang), hour=_hour(better))


def day_as_json(calendar: Calendar, day: date) -> dict[str, Any]:
    """The same for programs; times in ISO 8601 with Korea's offset."""
    holiday = calendar.holidays.get(day)
    return {
        "day": day.isoformat(),
        "business_day": calendar.is_business_day(day),
        "holiday": holiday and _holiday_as_json(holiday),
        "next": calendar.next(day).isoformat(),
        "previous": calendar.previous(day).isoformat(),
        "add": {f"D+{n}": calendar.add_business_days(day, n).isoformat() for n in _DAYS},
        "reconciled_on": deadlines.reconciled_on(calendar, day).isoformat(),
        "due": [_deadline_as_json(rule.of(calendar, day)) for rule in _RULES],
    }


def _deadline_as_json(deadline: Deadline) -> dict[str, Any]:
    return {
        "file": deadline.file,
        "about": deadline.about or None,
        "ours": deadline.is_ours,
        "opens_at": deadline.opens_at.isoformat(),
        "due_at": deadline.due_at.isoformat(),
        "better_by": deadline.better_by and deadline.better_by.isoformat(),
        "clause": deadline.clause,
        "code": deadline.cost or None,
    }


def _holiday_as_json(one: Holiday) -> dict[str, Any]:
    is_weekend = one.day.weekday() >= SATURDAY
    return {"day": one.day.isoformat(), "ko": one.ko, "en": one.en, "origin": one.origin, "weekend": is_weekend}
