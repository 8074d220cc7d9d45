"""Business days of banks: the published holidays of past years, and the laws of counting."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.errors import LANGS
from evidence.calendar import DECIDED_THROUGH, FIRST_DAY, KOREA, LAST_DAY, Calendar, load_calendar
from evidence.calendar_faults import DayNotKnown
from evidence.calendar_overrides import NO_OVERRIDES, parse_overrides
from tests.evidence.calendars import CALENDAR

CLOSED_ON_WEEKDAYS: Final = {
    2015: "01-01 02-18 02-19 02-20 05-01 05-05 05-25 08-14 09-28 09-29 10-09 12-25",
    2016: "01-01 02-08 02-09 02-10 03-01 04-13 05-05 05-06 06-06 08-15 09-14 09-15 09-16 10-03",
    2017: "01-27 01-30 03-01 05-01 05-03 05-05 05-09 06-06 08-15 10-02 10-03 10-04 10-05 10-06 10-09 12-25",
    2018: "01-01 02-15 02-16 03-01 05-01 05-07 05-22 06-06 06-13 08-15 09-24 09-25 09-26 10-03 10-09 12-25",
    2019: "01-01 02-04 02-05 02-06 03-01 05-01 05-06 06-06 08-15 09-12 09-13 10-03 10-09 12-25",
    2020: "01-01 01-24 01-27 04-15 04-30 05-01 05-05 08-17 09-30 10-01 10-02 10-09 12-25",
    2021: "01-01 02-11 02-12 03-01 05-05 05-19 08-16 09-20 09-21 09-22 10-04 10-11",
    2022: "01-31 02-01 02-02 03-01 03-09 05-05 06-01 06-06 08-15 09-09 09-12 10-03 10-10",
    2023: "01-23 01-24 03-01 05-01 05-05 05-29 06-06 08-15 09-28 09-29 10-02 10-03 10-09 12-25",
    2024: "01-01 02-09 02-12 03-01 04-10 05-01 05-06 05-15 06-06 08-15 09-16 09-17 09-18 10-01 10-03 10-09 12-25",
    2025: "01-01 01-27 01-28 01-29 01-30 03-03 05-01 05-05 05-06 06-03 06-06 08-15 10-03 10-06 10-07 10-08 10-09 12-25",
    2026: "01-01 02-16 02-17 02-18 03-02 05-01 05-05 05-25 06-03 07-17 08-17 09-24 09-25 10-05 10-09 12-25",
    2027: "01-01 02-08 02-09 03-01 05-03 05-05 05-13 07-19 08-16 09-14 09-15 09-16 10-04 10-11 12-27",
}
"""Weekdays on which banks were or will be closed, transcribed apart from the library: public holidays (월력요항),
substitutes, election days, temporary holidays, and 1 May. In 2026 제헌절 is a public holiday again, and 노동절 one for
all, with substitutes from then on."""

days: Final = st.dates(FIRST_DAY + timedelta(days=400), LAST_DAY - timedelta(days=400))
counts: Final = st.integers(0, 30)


@pytest.mark.parametrize("year", CLOSED_ON_WEEKDAYS)
def test_banks_are_closed_on_the_published_days_and_no_others(year: int) -> None:
    closed = [f"{one.day:%m-%d}" for one in CALENDAR.holidays_of(year) if one.day.weekday() < 5]
    assert closed == CLOSED_ON_WEEKDAYS[year].split()


@pytest.mark.parametrize(
    ("day", "ko", "en"),
    [
        (date(2024, 4, 10), "국회의원 선거일", "National Assembly Election Day"),
        (date(2025, 1, 27), "임시공휴일", "Temporary Public Holiday"),
        (date(2025, 3, 3), "대체공휴일(삼일절)", "Substitute for Independence Movement Day"),
        (date(2025, 5, 5), "부처님오신날, 어린이날", "Buddha's Birthday, Children's Day"),
        (date(2025, 6, 3), "대통령 선거일", "Presidential Election Day"),
        (date(2025, 5, 1), "근로자의 날", "Workers' Day"),
        (date(2026, 5, 1), "노동절", "Labor Day"),
        (date(2026, 7, 17), "제헌절", "Constitution Day"),
    ],
)
def test_holidays_have_their_names_in_both_languages(day: date, ko: str, en: str) -> None:
    assert [CALENDAR.holidays[day].name(lang) for lang in LANGS] == [ko, en]


def test_first_of_may_closed_banks_alone_until_2025_and_everybody_since() -> None:
    assert [CALENDAR.holidays[date(year, 5, 1)].origin for year in (2025, 2026)] == ["bank", "public"]


def test_every_holiday_has_a_name_in_both_languages() -> None:
    for one in CALENDAR.holidays.values():
        assert one.ko and not one.ko.isascii()
        assert one.en.isascii()


def test_no_name_is_left_as_the_library_abbreviates_it() -> None:
    assert not [one.ko for one in CALENDAR.holidays.values() if "대체 휴일" in one.ko or "추정" in one.ko]


@given(days)
def test_next_and_previous_are_business_days_with_none_between(day: date) -> None:
    later, earlier = CALENDAR.next(day), CALENDAR.previous(day)
    assert earlier < day < later
    assert CALENDAR.is_business_day(later) and CALENDAR.is_business_day(earlier)
    passed = [earlier + timedelta(days=i) for i in range(1, (later - earlier).days)]
    assert [one for one in passed if CALENDAR.is_business_day(one)] == ([day] if CALENDAR.is_business_day(day) else [])


@given(days, counts, counts)
def test_counting_in_two_steps_is_counting_in_one(day: date, one: int, other: int) -> None:
    """Whatever D is, D+a+b is (D+a)+b; backwards too, where the first step is one (D-0 goes forward, as D+0 does)."""
    add = CALENDAR.add_business_days
    assert add(add(day, one), other) == add(day, one + other)
    assert add(add(day, -one - 1), -other) == add(day, -one - 1 - other)


@given(days, counts)
def test_counting_there_and_back_ends_where_it_began(day: date, n: int) -> None:
    start = CALENDAR.on_or_after(day)
    assert CALENDAR.add_business_days(CALENDAR.add_business_days(start, n), -n) == start


@given(days, counts)
def test_a_holiday_stands_for_the_business_day_behind_it(day: date, n: int) -> None:
    assert CALENDAR.add_business_days(day, n) == CALENDAR.add_business_days(CALENDAR.on_or_after(day), n)


@given(days, st.integers(-30, 30))
def test_as_many_days_lie_between_as_were_added(day: date, n: int) -> None:
    start = CALENDAR.on_or_after(day)
    assert CALENDAR.business_days_between(start, CALENDAR.add_business_days(start, n)) == n


@given(days, st.integers(-200, 200), st.integers(-200, 200))
def test_what_lies_between_adds_up(day: date, one: int, other: int) -> None:
    between = CALENDAR.business_days_between
    middle, end = day + timedelta(days=one), day + timedelta(days=one + other)
    assert between(day, middle) + between(middle, end) == between(day, end)


@given(days)
def test_no_more_than_eleven_days_in_a_row_are_closed(day: date) -> None:
    """Autumn of 2017 had ten; a year whose holidays were missing or doubled would show here or in the number below."""
    assert (CALENDAR.next(day) - day).days <= 11


@pytest.mark.parametrize("year", range(FIRST_DAY.year, LAST_DAY.year + 1))
def test_every_year_has_its_holidays(year: int) -> None:
    assert 15 <= len(CALENDAR.holidays_of(year)) <= 30
    assert 240 <= CALENDAR.business_days_between(date(year, 1, 1), date(year, 12, 31)) <= 255


@pytest.mark.parametrize("day", [FIRST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1), date.min, date.max])
def test_a_year_that_is_not_known_is_never_one_without_holidays(day: date) -> None:
    with pytest.raises(DayNotKnown):
        CALENDAR.is_business_day(day)
    with pytest.raises(DayNotKnown):
        CALENDAR.business_days_between(day, date(2026, 1, 1))
    with pytest.raises(DayNotKnown):
        CALENDAR.add_business_days(day, 1)
    with pytest.raises(DayNotKnown):
        CALENDAR.holidays_of(day.year)


def test_counting_does_not_run_over_the_end() -> None:
    with pytest.raises(DayNotKnown):
        CALENDAR.add_business_days(LAST_DAY, 1)
    with pytest.raises(DayNotKnown):
        CALENDAR.add_business_days(FIRST_DAY, -1)


def test_years_that_nobody_has_published_come_with_a_notice() -> None:
    assert CALENDAR.notices(DECIDED_THROUGH) == ()
    (notice,) = CALENDAR.notices(DECIDED_THROUGH + timedelta(days=1))
    assert notice.code == "FB-141"
    assert str(DECIDED_THROUGH.year) in notice.message("ko")


def with_overrides(text: str) -> Calendar:
    calendar, notices = load_calendar(parse_overrides(text.encode()))
    assert notices == ()
    return calendar


def test_an_operator_adds_and_strikes_days() -> None:
    calendar = with_overrides(
        """
        [[add]]
        day = 2027-06-04
        reason = "임시공휴일"
        [[strike]]
        day = 2026-07-17
        reason = "정상 영업"
        """
    )
    assert not calendar.is_business_day(date(2027, 6, 4))
    assert calendar.holidays[date(2027, 6, 4)].name("en") == "임시공휴일"
    assert calendar.holidays[date(2027, 6, 4)].origin == "operator"
    assert calendar.is_business_day(date(2026, 7, 17))
    assert [one.day for one in calendar.holidays_of(2027)] == sorted(one.day for one in calendar.holidays_of(2027))
    assert not CALENDAR.is_business_day(date(2026, 7, 17)), "another calendar is left as it was"


@pytest.mark.parametrize(
    "text",
    [
        '[[add]]\nday = 2026-12-25\nreason = "성탄절"',
        '[[add]]\nday = 2026-11-22\nreason = "일요일"',
        '[[strike]]\nday = 2026-11-23\nreason = "영업"',
    ],
)
def test_an_override_that_changes_nothing_is_told(text: str) -> None:
    calendar, (notice,) = load_calendar(parse_overrides(text.encode()))
    assert notice.code == "FB-147"
    assert [calendar.is_business_day(day) for day in map(date, [2026] * 3, [12, 11, 11], [25, 22, 23])] == [
        False,
        False,
        True,
    ]
    assert calendar.holidays.get(date(2026, 12, 25)) == CALENDAR.holidays[date(2026, 12, 25)]


@pytest.mark.parametrize("table", ["add", "strike"])
def test_an_override_outside_what_is_known_is_refused(table: str) -> None:
    with pytest.raises(DayNotKnown):
        load_calendar(parse_overrides(f'[[{table}]]\nday = 2099-12-25\nreason = "x"'.encode()))


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("add = [", "FB-142", ""),
        ("\udcff", "FB-142", ""),
        ("a=" + "[" * 10_000, "FB-142", ""),
        ("[[added]]\nday = 2026-01-02", "FB-143", "added"),
        ('[[add]]\nday = 2026-01-02\nreason = "x"\nnote = "y"', "FB-143", "add[1].note"),
        ("[[add]]\nday = 2026-01-02", "FB-143", "add[1].reason"),
        ('[[strike]]\nreason = "x"', "FB-143", "strike[1].day"),
        ('[add]\nday = 2026-01-02\nreason = "x"', "FB-144", "add"),
        ("add = [2026-01-02]", "FB-144", "add[1]"),
        ('[[add]]\nday = "2026-01-02"\nreason = "x"', "FB-144", "add[1].day"),
        ('[[add]]\nday = 2026-01-02T00:00:00\nreason = "x"', "FB-144", "add[1].day"),
        ('[[add]]\nday = 2026-01-02\nreason = " "', "FB-144", "add[1].reason"),
        ("[[add]]\nday = 2026-01-02\nreason = 1", "FB-144", "add[1].reason"),
        ('[[add]]\nday = 2026-01-02\nreason = "a\\u001b[31m"', "FB-144", "add[1].reason"),
        (f'[[add]]\nday = 2026-01-02\nreason = "{"x" * 101}"', "FB-144", "add[1].reason"),
        ('[[strike]]\nday = 2026-10-03\nreason = "x"', "FB-146", "strike[1]"),
    ],
)
def test_overrides_are_strict(text: str, code: str, key: str) -> None:
    with pytest.raises(Exception, match=code) as caught:
        parse_overrides(text.encode(errors="surrogateescape"))
    assert caught.value.details.get("key", "") == key  # type: ignore[attr-defined]


@pytest.mark.parametrize(("one", "other"), [("add", "add"), ("strike", "strike"), ("add", "strike")])
def test_a_day_stands_once_and_in_one_table(one: str, other: str) -> None:
    entries = [f'[[{table}]]\nday = 2026-01-0{i}\nreason = "x"' for table, i in ((one, 2), (one, 5), (other, 2))]
    with pytest.raises(Exception, match="FB-145") as caught:
        parse_overrides("\n".join(entries).encode())
    assert caught.value.details["first"] == f"{one}[1]"  # type: ignore[attr-defined]


def test_an_empty_file_changes_nothing() -> None:
    assert parse_overrides(b"") == NO_OVERRIDES


def test_the_time_of_korea_is_that_of_the_database_of_time_zones() -> None:
    try:
        seoul = ZoneInfo("Asia/Seoul")
    except ZoneInfoNotFoundError:
        pytest.skip("this system has no database of time zones")
    for day in range(0, (LAST_DAY - FIRST_DAY).days, 7):
        at = datetime(FIRST_DAY.year, 1, 1, tzinfo=UTC) + timedelta(days=day)
        assert at.astimezone(seoul).utcoffset() == at.astimezone(KOREA).utcoffset()


def test_loading_the_module_does_not_load_the_library() -> None:
    code = "import sys, evidence.calendar, evidence.due; assert 'holidays' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
