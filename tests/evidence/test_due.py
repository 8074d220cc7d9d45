"""What is due, how urgent it is, and in which order it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.errors import LANGS
from consent.wording import wording
from evidence.calendar_faults import DayNotKnown
from evidence.due import due_items
from evidence.due_facts import Facts, Failures, LedgerKey, Queued, Request, Retention, Sent, TurnedBad, Unfinished
from evidence.due_item import DueItem, Severity, Task, exit_code
from tests.evidence.calendars import CALENDAR, korea

MONDAY: Final = date(2026, 11, 23)
AUDIT: Final = Request(code="FB0410", file="FB0410.1", process_date=MONDAY, records=3)
CHANGES: Final = Request(code="FB0211", file="FB0211.1", process_date=MONDAY, records=2)
CONSENTS: Final = Queued(institution_code="9912345678", bank_code="004", records=7, oldest_on=MONDAY)


def sent(code: Literal["FB0110", "FB0221", "FB0420", "FB0910"], at: str) -> Sent:
    return Sent(code=code, file=f"{code}.1", process_date=korea(at).date(), sent_at=korea(at), records=5)


def only(facts: Facts, now: str) -> DueItem:
    (item,) = due_items(facts, CALENDAR, korea(now))
    return item


@pytest.mark.parametrize(
    ("now", "severity", "left"),
    [
        ("2026-11-23 11:00", Severity.WAITING, timedelta(days=7, hours=4)),
        ("2026-11-25 23:59", Severity.WAITING, timedelta(days=4, hours=15, minutes=1)),
        ("2026-11-26 23:59", Severity.SOON, timedelta(days=3, hours=15, minutes=1)),
        (
            "2026-11-27 00:00",
            Severity.TODAY,
            timedelta(days=3, hours=15),
        ),  # five days of the calendar end on a Saturday
        ("2026-11-29 12:00", Severity.TODAY, timedelta(days=1, hours=3)),
        ("2026-11-30 14:59", Severity.TODAY, timedelta(minutes=1)),
        ("2026-11-30 15:00", Severity.LATE, timedelta(0)),
        ("2026-12-01 15:00", Severity.LATE, timedelta(days=-1)),
    ],
)
def test_an_audit_grows_urgent_until_it_is_late(now: str, severity: Severity, left: timedelta) -> None:
    item = only(Facts(requests=(AUDIT,)), now)
    assert (item.task, item.file, item.about, item.records) == (Task.ANSWER_AUDIT, "FB0420", "FB0410.1", 3)
    assert (item.severity, item.left) == (severity, left)
    assert (item.since, item.due_at, item.clause, item.cost) == (
        MONDAY,
        korea("2026-11-30 15:00"),
        "4.1 (5), 4.6.2",
        "FB-152",
    )


@pytest.mark.parametrize(
    ("now", "severity"),
    [
        ("2026-11-20 12:00", Severity.SOON),  # Friday: Monday is the next business day
        ("2026-11-19 12:00", Severity.WAITING),
        ("2026-11-23 20:59", Severity.TODAY),
        ("2026-11-23 21:00", Severity.LATE),
    ],
)
def test_changes_are_answered_on_their_day(now: str, severity: Severity) -> None:
    item = only(Facts(requests=(CHANGES,)), now)
    assert (item.task, item.file, item.severity, item.cost) == (Task.ANSWER_CHANGES, "FB0221", severity, "FB-154")


def test_what_was_answered_is_not_due() -> None:
    answered = [replace(one, answered_at=korea("2026-11-23 12:00")) for one in (AUDIT, CHANGES)]
    assert due_items(Facts(requests=tuple(answered)), CALENDAR, korea("2026-12-23 12:00")) == []


@pytest.mark.parametrize(
    ("now", "consents", "cancellations"),
    [
        ("2026-11-23 12:00", Severity.SOON, Severity.TODAY),
        ("2026-11-24 00:00", Severity.TODAY, Severity.LATE),  # D+1 leaves time to mend a rejection
        ("2026-11-25 23:59", Severity.TODAY, Severity.LATE),
        ("2026-11-26 00:00", Severity.LATE, Severity.LATE),
    ],
)
def test_consents_have_until_reconciliation_and_cancellations_the_day(
    now: str, consents: Severity, cancellations: Severity
) -> None:
    facts = Facts(consents=(CONSENTS,), cancellations=(CONSENTS,))
    items = {item.task: item for item in due_items(facts, CALENDAR, korea(now))}
    assert items[Task.SEND_CONSENTS].severity is consents
    assert items[Task.SEND_CANCELLATIONS].severity is cancellations
    assert [items[task].cost for task in (Task.SEND_CONSENTS, Task.SEND_CANCELLATIONS)] == ["FB-150", "FB-158"]
    assert {(item.institution_code, item.bank_code, item.records) for item in items.values()} == {
        ("9912345678", "004", 7)
    }


@pytest.mark.parametrize(
    ("code", "result", "last", "cost"),
    [
        ("FB0110", "FB0120", "2026-11-24 23:59", "FB-151"),
        ("FB0221", "FB0222", "2026-11-25 23:59", "FB-155"),
        ("FB0420", "FB0421", "2026-11-23 23:59", "FB-153"),
        ("FB0910", "FB0933", "2026-11-29 23:59", "FB-159"),
    ],
)
def test_a_result_is_awaited_and_then_missed(
    code: Literal["FB0110", "FB0221", "FB0420", "FB0910"], result: str, last: str, cost: str
) -> None:
    facts = Facts(sent=(sent(code, "2026-11-23 11:00"),))
    item = only(facts, last)
    assert (item.task, item.file, item.about, item.severity) == (
        Task.AWAIT_RESULT,
        result,
        f"{code}.1",
        Severity.WAITING,
    )
    assert item.cost == cost
    (late,) = due_items(facts, CALENDAR, korea(last) + timedelta(minutes=1))
    assert late.severity is Severity.LATE


def test_a_ledger_comes_the_sunday_after_the_day_it_is_asked_for() -> None:
    """On Friday at 16:00 a request is made that goes out on Monday (4.1 (4))."""
    asked = replace(sent("FB0910", "2026-11-06 16:00"), process_date=date(2026, 11, 9))
    assert only(Facts(sent=(asked,)), "2026-11-09 09:00").due_at == korea("2026-11-16 00:00")
    on_the_day = sent("FB0910", "2026-11-06 11:00")
    assert only(Facts(sent=(on_the_day,)), "2026-11-06 12:00").due_at == korea("2026-11-09 00:00")


def test_what_was_rejected_is_due_like_what_was_never_sent() -> None:
    items = due_items(Facts(consents=(CONSENTS,), rejected=(CONSENTS,)), CALENDAR, korea("2026-11-24 09:00"))
    sending, mending = items
    assert (sending.task, mending.task) == (Task.SEND_CONSENTS, Task.MEND_REJECTED)
    assert replace(mending, task=Task.SEND_CONSENTS) == sending


def test_a_cancellation_that_was_rejected_is_due_like_one_that_was_never_sent() -> None:
    facts = Facts(cancellations=(CONSENTS,), cancellations_rejected=(CONSENTS,))
    sending, mending = due_items(facts, CALENDAR, korea("2026-11-24 09:00"))
    assert (sending.task, mending.task, mending.cost) == (Task.SEND_CANCELLATIONS, Task.MEND_REJECTED, "FB-158")
    assert replace(mending, task=Task.SEND_CANCELLATIONS) == sending


def test_a_file_that_was_stopped_on_its_way_is_for_today() -> None:
    stopped = Unfinished(code="FB0420", file="FB0420_20261123_000007", process_date=MONDAY, records=3)
    (item,) = due_items(Facts(unfinished=(stopped,)), CALENDAR, korea("2026-11-24 09:00"))
    assert (item.task, item.severity, item.file, item.about) == (
        Task.FINISH_FILE,
        Severity.TODAY,
        "FB0420",
        "FB0420_20261123_000007",
    )
    assert (item.records, item.cost) == (3, "FB-343")


def test_failures_and_evidence_turned_bad_are_for_today_without_a_time() -> None:
    facts = Facts(
        failures=(Failures(file="FB0620.1", process_date=MONDAY, records=4),),
        turned_bad=(TurnedBad(records=1, since=korea("2026-11-23 09:00").astimezone(UTC)),),
    )
    items = due_items(facts, CALENDAR, korea("2026-11-24 09:00"))
    assert [(one.task, one.severity, one.due_at, one.left, one.cost) for one in items] == [
        (Task.MEND_FAILURES, Severity.TODAY, None, None, "FB-157"),
        (Task.SEE_TURNED_BAD, Severity.TODAY, None, None, "FB-341"),
    ]
    assert exit_code(items) == 0


def test_the_ledger_may_be_asked_for_at_its_next_time() -> None:
    never = LedgerKey(institution_code="9912345678", bank_code="004", service_kind="3")
    asked = replace(never, bank_code="020", asked_on=(date(2026, 11, 2),), institution_asked_on=(date(2026, 11, 16),))
    items = due_items(Facts(ledger_keys=(asked, never)), CALENDAR, korea("2026-11-20 15:00"))
    assert [(one.bank_code, one.severity, one.opens_at, one.due_at, one.since) for one in items] == [
        ("004", Severity.INFORMATION, korea("2026-11-23 00:00"), korea("2026-11-23 14:00"), None),
        ("020", Severity.INFORMATION, korea("2026-12-01 00:00"), korea("2026-12-01 14:00"), date(2026, 11, 2)),
    ]


@pytest.mark.parametrize(("day", "severity"), [(23, Severity.TODAY), (22, Severity.TODAY), (24, Severity.INFORMATION)])
def test_retention_that_is_over_is_for_today(day: int, severity: Severity) -> None:
    item = only(Facts(retention=(Retention(records=9, ends_on=date(2026, 11, day)),)), "2026-11-23 00:00")
    assert (item.task, item.severity, item.records, item.cost) == (Task.DESTROY, severity, 9, "FB-340")


@pytest.mark.parametrize(
    ("now", "count"),
    [("2026-11-20 23:29", 0), ("2026-11-20 23:30", 1), ("2026-11-22 04:29", 1), ("2026-11-22 04:30", 0)],
)
def test_maintenance_is_announced_a_day_ahead(now: str, count: int) -> None:
    items = due_items(Facts(), CALENDAR, korea(now))
    assert [one.severity for one in items] == [Severity.INFORMATION] * count
    assert exit_code(items) == 0


def test_the_most_urgent_comes_first() -> None:
    facts = Facts(
        requests=(AUDIT, CHANGES),
        consents=(CONSENTS,),
        cancellations=(replace(CONSENTS, oldest_on=date(2026, 11, 20)),),
        sent=(sent("FB0110", "2026-11-19 11:00"), sent("FB0110", "2026-11-23 11:00")),
        failures=(Failures(file="FB0620.1", process_date=MONDAY, records=4),),
        retention=(Retention(records=9, ends_on=date(2027, 1, 1)),),
    )
    items = due_items(facts, CALENDAR, korea("2026-11-23 12:00"))
    assert [(item.severity.value, item.task.value) for item in items] == [
        ("late", "send-cancellations"),
        ("late", "await-result"),
        ("today", "mend-failures"),
        ("today", "answer-changes"),
        ("soon", "send-consents"),
        ("waiting", "await-result"),
        ("waiting", "answer-audit"),
        ("information", "destroy"),
    ]
    assert exit_code(items) == 1


def test_a_fact_in_a_year_without_a_calendar_is_refused() -> None:
    with pytest.raises(DayNotKnown):
        due_items(Facts(requests=(replace(AUDIT, process_date=date(2051, 1, 2)),)), CALENDAR, korea("2026-11-23 12:00"))


@pytest.mark.parametrize(
    ("day", "severity"),
    [
        (date.min, Severity.LATE),
        (date(2014, 12, 31), Severity.LATE),
        (date(2015, 1, 1), Severity.LATE),
        (date(2050, 12, 31), Severity.WAITING),
        (date.max, Severity.WAITING),
    ],
)
def test_a_consent_may_have_been_applied_for_on_any_day(day: date, severity: Severity) -> None:
    """The specification sets no limit on 신청일자: one such day must not hide all else that is due."""
    consents = (replace(CONSENTS, oldest_on=day),)
    first, second = due_items(Facts(consents=consents, rejected=consents), CALENDAR, korea("2026-11-23 12:00"))
    assert {first.severity, second.severity} == {severity}
    assert {first.since, second.since} == {day}


days: Final = st.dates(date(2020, 1, 1), date(2030, 12, 31))
times: Final = st.datetimes(datetime(2020, 1, 2), datetime(2030, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
numbers: Final = st.integers(1, 1000)
queued: Final = st.builds(
    Queued,
    institution_code=st.just("9912345678"),
    bank_code=st.sampled_from(["004", "020"]),
    records=numbers,
    oldest_on=days,
)
facts_of_any_kind: Final = st.builds(
    Facts,
    requests=st.lists(
        st.builds(
            Request,
            code=st.sampled_from(["FB0410", "FB0211"]),
            file=st.just("f"),
            process_date=days,
            records=numbers,
            answered_at=st.none() | times,
        )
    ).map(tuple),
    consents=st.lists(queued).map(tuple),
    cancellations=st.lists(queued).map(tuple),
    sent=st.lists(
        st.builds(
            Sent,
            code=st.sampled_from(["FB0110", "FB0221", "FB0420", "FB0910"]),
            file=st.just("f"),
            process_date=days,
            sent_at=times,
            records=numbers,
        )
    ).map(tuple),
    failures=st.lists(st.builds(Failures, file=st.just("f"), process_date=days, records=numbers)).map(tuple),
    retention=st.lists(st.builds(Retention, records=numbers, ends_on=days)).map(tuple),
    turned_bad=st.lists(st.builds(TurnedBad, records=numbers, since=times)).map(tuple),
)


@given(facts_of_any_kind, times)
def test_every_fact_that_is_open_makes_one_item_and_late_is_what_has_passed(facts: Facts, now: datetime) -> None:
    items = [item for item in due_items(facts, CALENDAR, now) if item.task is not Task.MAINTENANCE]
    open_requests = [request for request in facts.requests if request.answered_at is None]
    others = (facts.consents, facts.cancellations, facts.sent, facts.failures, facts.retention, facts.turned_bad)
    assert len(items) == len(open_requests) + sum(map(len, others))
    for item in items:
        assert (item.severity is Severity.LATE) == (item.left is not None and item.left <= timedelta(0))
        assert (item.left is None) == (item.due_at is None)
        assert all(wording(item.cost).message(lang, {}) and wording(item.cost).remedy(lang, {}) for lang in LANGS)


@given(facts_of_any_kind, times, st.randoms())
def test_the_order_is_that_of_urgency_whatever_order_facts_come_in(facts: Facts, now: datetime, random: object) -> None:
    items = due_items(facts, CALENDAR, now)
    severities = list(Severity)
    assert items == sorted(items, key=lambda item: severities.index(item.severity))
    turned = replace(
        facts, **{name: tuple(reversed(getattr(facts, name))) for name in ("requests", "consents", "sent")}
    )
    assert due_items(turned, CALENDAR, now) == items


@given(facts_of_any_kind, times, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_nothing_becomes_less_urgent_by_waiting(facts: Facts, now: datetime, passed: timedelta) -> None:
    def urgency(at: datetime) -> list[tuple[str, str, int]]:
        tasks = [item for item in due_items(facts, CALENDAR, at) if item.task is not Task.MAINTENANCE]
        return sorted(
            (str(item.task), repr(replace(item, severity=Severity.LATE, left=None)), severities.index(item.severity))
            for item in tasks
        )

    severities = list(Severity)
    for (_, one, before), (_, other, after) in zip(urgency(now), urgency(now + passed), strict=True):
        assert one == other
        assert after <= before
