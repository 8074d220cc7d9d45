"""What is due when: the rules of 4.1, 4.7.1 and 2.4 by example, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence import deadlines
from evidence.calendar import KOREA
from evidence.costs import LATE_CONSENT, NO_AUDIT_ANSWER, NO_CHANGE_RECEIPT
from evidence.deadlines import Deadline, fb0910_next, fb0933_expected, last_day_of, moment
from evidence.maintenance import Window, next_window, window_at, window_of
from tests.evidence.calendars import CALENDAR, korea

days: Final = st.dates(date(2016, 1, 1), date(2049, 12, 31))
times: Final = st.datetimes(datetime(2016, 1, 2), datetime(2049, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001

Rule = Callable[[date], Deadline]
OURS: Final[dict[str, Rule]] = {
    "FB0110": lambda day: deadlines.fb0110_due(CALENDAR, day),
    "cancellation": lambda day: deadlines.cancellation_due(CALENDAR, day),
    "FB0221": lambda day: deadlines.fb0221_due(CALENDAR, day),
    "FB0420": lambda day: deadlines.fb0420_due(CALENDAR, day),
    "FB0910": lambda day: fb0910_next(CALENDAR, moment(day, 9), institution_asked=(), key_asked=()),
}
AWAITED: Final[dict[str, Rule]] = {
    "FB0120": lambda day: deadlines.fb0120_expected(CALENDAR, day),
    "FB0211": lambda day: deadlines.fb0211_expected(CALENDAR, day),
    "FB0222": lambda day: deadlines.fb0222_expected(CALENDAR, day),
    "FB0320": lambda day: deadlines.fb0320_expected(CALENDAR, day),
    "FB0410": lambda day: deadlines.fb0410_expected(CALENDAR, day),
    "FB0421": lambda day: deadlines.fb0421_expected(CALENDAR, moment(day, 11)),
    "FB0620": lambda day: deadlines.fb0620_expected(CALENDAR, day),
    "FB0933": fb0933_expected,
}

EXAMPLES: Final = [  # Friday 2026-09-18 is followed by Chuseok, Thursday 24th and Friday 25th
    ("FB0120", "2026-09-18", "2026-09-21 00:00", "2026-09-22 00:00"),
    ("FB0120", "2026-09-23", "2026-09-28 00:00", "2026-09-29 00:00"),
    ("FB0120", "2026-09-19", "2026-09-22 00:00", "2026-09-23 00:00"),  # sent on a Saturday: D is Monday
    ("FB0320", "2026-09-23", "2026-09-28 10:00", "2026-09-29 00:00"),
    ("FB0211", "2026-09-23", "2026-09-28 10:00", "2026-09-29 00:00"),
    ("FB0221", "2026-09-23", "2026-09-23 10:00", "2026-09-23 21:00"),
    ("FB0222", "2026-09-23", "2026-09-29 10:00", "2026-09-30 00:00"),
    ("FB0410", "2026-09-24", "2026-09-28 00:00", "2026-09-28 10:00"),
    ("FB0420", "2026-09-18", "2026-09-18 00:00", "2026-09-29 15:00"),
    ("FB0420", "2026-11-23", "2026-11-23 00:00", "2026-11-30 15:00"),
    ("FB0620", "2026-09-18", "2026-09-28 00:00", "2026-09-28 10:00"),
    ("FB0110", "2026-09-18", "2026-09-18 00:00", "2026-09-23 00:00"),
    (
        "FB0110",
        "2026-09-19",
        "2026-09-19 00:00",
        "2026-09-23 00:00",
    ),  # a Saturday counts as Friday: the earlier reading
    ("cancellation", "2026-09-18", "2026-09-18 00:00", "2026-09-19 00:00"),
    ("cancellation", "2026-09-24", "2026-09-24 00:00", "2026-09-29 00:00"),
    ("FB0910", "2026-09-18", "2026-09-18 00:00", "2026-09-18 14:00"),
    ("FB0933", "2026-09-18", "2026-09-20 12:00", "2026-09-21 00:00"),
    ("FB0933", "2026-09-21", "2026-09-27 12:00", "2026-09-28 00:00"),
]


@pytest.mark.parametrize(("rule", "day", "opens_at", "due_at"), EXAMPLES)
def test_files_are_due_as_the_specification_says(rule: str, day: str, opens_at: str, due_at: str) -> None:
    deadline = (OURS | AWAITED)[rule](date.fromisoformat(day))
    assert (deadline.opens_at, deadline.due_at) == (korea(opens_at), korea(due_at))
    assert deadline.file == ("FB0110" if rule == "cancellation" else rule)
    assert deadline.is_ours == (rule in OURS)


def test_every_rule_has_an_example() -> None:
    assert {example[0] for example in EXAMPLES} | {"FB0421"} == {*OURS, *AWAITED}


@pytest.mark.parametrize(
    ("sent_at", "due_at"),
    [
        ("2026-11-23 11:00", "2026-11-24 00:00"),
        ("2026-11-23 15:00", "2026-11-24 00:00"),
        ("2026-11-23 15:01", "2026-11-25 00:00"),
        ("2026-11-21 11:00", "2026-11-24 00:00"),
    ],
)
def test_the_result_of_an_audit_answer_is_missed_at_the_end_of_its_day(sent_at: str, due_at: str) -> None:
    deadline = deadlines.fb0421_expected(CALENDAR, korea(sent_at))
    assert (deadline.opens_at, deadline.due_at) == (korea(sent_at), korea(due_at))


def test_an_audit_is_better_answered_within_five_days_of_the_calendar() -> None:
    assert OURS["FB0420"](date(2026, 11, 23)).better_by == korea("2026-11-27 15:00")  # the 28th is a Saturday
    assert OURS["FB0420"](date(2026, 11, 24)).better_by == korea("2026-11-27 15:00")
    assert OURS["FB0420"](date(2026, 11, 20)).better_by == korea("2026-11-25 15:00")


def test_a_consent_is_better_sent_while_a_rejection_can_still_be_mended() -> None:
    assert OURS["FB0110"](date(2026, 9, 18)).better_by == korea("2026-09-22 00:00")


def test_what_an_omission_costs() -> None:
    costs = [OURS[file](date(2026, 11, 23)).cost for file in ("FB0110", "FB0420", "FB0221")]
    assert costs == [LATE_CONSENT, NO_AUDIT_ANSWER, NO_CHANGE_RECEIPT]


@pytest.mark.parametrize("rule", [*OURS, *AWAITED])
@given(day=days)
def test_a_deadline_lies_behind_its_beginning_and_outside_maintenance(rule: str, day: date) -> None:
    deadline = (OURS | AWAITED)[rule](day)
    assert moment(day, 0) <= deadline.opens_at < deadline.due_at
    assert window_at(deadline.due_at) is None
    assert window_at(deadline.opens_at) is None or rule in {"cancellation", "FB0110"}
    if deadline.better_by is not None:
        assert deadline.better_by <= deadline.due_at


@pytest.mark.parametrize("rule", [*OURS, *(set(AWAITED) - {"FB0933"})])
@given(day=days)
def test_deadlines_are_on_business_days(rule: str, day: date) -> None:
    assert CALENDAR.is_business_day(last_day_of((OURS | AWAITED)[rule](day).due_at))


@given(days)
def test_reconciliation_is_on_the_third_business_day_and_told_on_the_fourth(day: date) -> None:
    reconciled = deadlines.reconciled_on(CALENDAR, day)
    assert CALENDAR.business_days_between(CALENDAR.on_or_after(day), reconciled) == 3
    assert deadlines.fb0620_expected(CALENDAR, day).due_at == moment(CALENDAR.next(reconciled), 10)
    assert deadlines.fb0110_due(CALENDAR, day).due_at <= moment(reconciled, 0)


def asked(now: str, institution: tuple[str, ...] = (), key: tuple[str, ...] = ()) -> str:
    deadline = fb0910_next(
        CALENDAR,
        korea(now),
        institution_asked=[date.fromisoformat(day) for day in institution],
        key_asked=[date.fromisoformat(day) for day in key],
    )
    assert deadline.due_at - deadline.opens_at == timedelta(hours=14)
    return f"{deadline.opens_at:%m-%d}"


@pytest.mark.parametrize(
    ("now", "institution", "key", "day"),
    [
        ("2026-11-20 13:59", (), (), "11-20"),
        ("2026-11-20 14:00", (), (), "11-23"),
        ("2026-11-21 09:00", (), (), "11-23"),
        ("2026-11-20 09:00", ("2026-11-16",), (), "11-23"),
        ("2026-11-20 09:00", ("2026-11-15",), (), "11-20"),  # a Sunday ends its week
        ("2026-11-23 09:00", ("2026-11-20",), (), "11-23"),  # three days later, but another week
        ("2026-11-20 09:00", ("2026-11-02",), ("2026-11-02",), "12-01"),
        ("2026-11-30 09:00", ("2026-11-30",), ("2026-11-30",), "12-07"),  # December begins in the same week
        ("2026-12-30 15:00", (), ("2026-12-01",), "01-04"),
    ],
)
def test_the_ledger_is_asked_for_once_a_week_and_once_a_month_for_a_key(
    now: str, institution: tuple[str, ...], key: tuple[str, ...], day: str
) -> None:
    assert asked(now, institution, key) == day


@given(times, st.lists(days, max_size=5), st.lists(days, max_size=5))
def test_the_next_query_keeps_to_both_limits(now: datetime, institution: list[date], key: list[date]) -> None:
    deadline = fb0910_next(CALENDAR, now, institution_asked=institution, key_asked=key)
    day = last_day_of(deadline.due_at)
    assert CALENDAR.is_business_day(day) and now < deadline.due_at
    assert day.isocalendar()[:2] not in {one.isocalendar()[:2] for one in institution}
    assert (day.year, day.month) not in {(one.year, one.month) for one in key}


def test_maintenance_begins_on_the_third_saturday() -> None:
    assert window_of(2026, 11) == Window(korea("2026-11-21 23:30"), korea("2026-11-22 04:30"))
    assert window_of(2026, 8) == Window(korea("2026-08-15 23:30"), korea("2026-08-16 04:30"))  # the 1st is a Saturday
    assert window_of(2027, 2) == Window(korea("2027-02-20 23:30"), korea("2027-02-21 04:30"))


@pytest.mark.parametrize(
    ("at", "is_in"),
    [
        ("2026-11-21 23:29", False),
        ("2026-11-21 23:30", True),
        ("2026-11-22 00:00", True),
        ("2026-11-22 04:29", True),
        ("2026-11-22 04:30", False),
        ("2026-11-14 23:45", False),
        ("2026-11-28 23:45", False),
    ],
)
def test_the_service_stands_still_for_five_hours(at: str, is_in: bool) -> None:
    assert (window_at(korea(at).astimezone(UTC)) is not None) == is_in


def test_the_next_maintenance_is_this_months_or_the_next_ones() -> None:
    assert next_window(korea("2026-11-22 04:29")) == window_of(2026, 11)
    assert next_window(korea("2026-11-22 04:30")) == window_of(2026, 12)
    assert next_window(korea("2026-12-31 00:00")) == window_of(2027, 1)


@given(times)
def test_maintenance_is_a_saturday_and_no_moment_skips_one(at: datetime) -> None:
    window = next_window(at)
    there = window.starts_at.astimezone(KOREA)
    assert there.weekday() == 5 and 15 <= there.day <= 21
    assert at < window.ends_at <= at + timedelta(days=36)
    assert (window_at(at) is not None) == (window.starts_at <= at)
