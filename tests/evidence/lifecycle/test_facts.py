"""What is due, as the store knows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from evidence import deadlines
from evidence.due_facts import Facts, Failures, LedgerKey, Queued, Request, Retention, Sent, TurnedBad
from evidence.lifecycle.cancelling import queue_cancellations
from evidence.lifecycle.facts import facts_of
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.fb0221 import settle_fb0221
from evidence.lifecycle.fb0910 import Asked, settle_fb0910
from evidence.lifecycle.fb0910 import LedgerKey as Key
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.mending import withdraw
from evidence.lifecycle.retention import delete_ended, years_after, years_before
from evidence.lifecycle.sending import Outbox
from evidence.store.schema import EVIDENCE, VERDICT
from evidence.store.store import Store
from tests.evidence.calendars import CALENDAR
from tests.evidence.lifecycle.institute import fb0120, fb0410
from tests.evidence.lifecycle.notices import INSTITUTION, fb0211, fb0620
from tests.evidence.lifecycle.people import DAY, NOW, clock, payer, payers
from tests.evidence.lifecycle.test_notices import accepted
from tests.evidence.lifecycle.test_take_in import asked, sent, take


@pytest.fixture
def outbox(store: Store, tmp_path: Path) -> Outbox:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return Outbox(store, folder, clock)


def facts(store: Store, today: date = DAY) -> Facts:
    with store.reading() as connection:
        return facts_of(store, connection, today)


def test_an_empty_store_owes_nothing(store: Store) -> None:
    assert facts(store) == Facts()


def test_what_waits_to_be_sent(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 3)
    new = [payer(4, day=date(2026, 10, 30)), payer(5), payer(6, bank="088")]
    list(take_in_consents(store, new, clock))
    with store.writing(datetime.fromisoformat("2026-11-03T20:00:00+00:00")) as writing:
        queue_cancellations(writing, [1, 2])
    found = facts(store)
    assert found.consents == (
        Queued(institution_code=INSTITUTION, bank_code="004", records=2, oldest_on=date(2026, 10, 30)),
        Queued(institution_code=INSTITUTION, bank_code="088", records=1, oldest_on=DAY),
    )
    assert found.cancellations == (
        Queued(institution_code=INSTITUTION, bank_code="004", records=2, oldest_on=date(2026, 11, 4)),  # in Korea
    )


def test_a_rejected_cancellation_is_due_on_its_day(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    with store.writing(NOW) as writing:
        queue_cancellations(writing, [1])
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    take(store, fb0120(outbox.folder / one.name, {1: "7107"}), answers=one.name)
    found = facts(store)
    rejected = Queued(institution_code=INSTITUTION, bank_code="004", records=1, oldest_on=DAY)
    assert (found.rejected, found.cancellations, found.cancellations_rejected) == ((), (), (rejected,))


def test_requests_are_open_until_their_answer_is_delivered(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    take(store, fb0410([asked(1)]))
    take(store, fb0211(1))
    with store.writing(NOW) as writing:
        settle_fb0221(writing, DAY)
    assert facts(store).requests == (
        Request(code="FB0410", file="from the institute", process_date=date(2026, 11, 9), records=1),
        Request(code="FB0211", file="from the institute", process_date=date(2026, 11, 5), records=1),
    )
    (one,) = outbox.send("FB0221", lambda *_: [], DAY)
    found = facts(store)
    assert [request.code for request in found.requests] == ["FB0410"]
    assert found.sent == (Sent(code="FB0221", file=one.name, process_date=date(2026, 11, 5), sent_at=NOW, records=1),)


def test_a_file_is_awaited_until_it_comes(store: Store, outbox: Outbox) -> None:
    path = sent(outbox, 2)
    assert facts(store).sent == (Sent(code="FB0110", file=path.name, process_date=DAY, sent_at=NOW, records=2),)


def test_ledgers_that_may_be_asked_for(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    list(outbox.send("FB0910", settle_fb0910, DAY))
    never = LedgerKey(institution_code=INSTITUTION, bank_code="004", service_kind="3")
    once = replace(never, asked_on=(DAY,), institution_asked_on=(DAY,))
    assert facts(store, date(2026, 11, 20)).ledger_keys == (once,)
    assert facts(store, date(2026, 12, 7)).ledger_keys == (never,)


def test_failures_count_as_long_as_they_stand(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 3)
    take(store, fb0620((1, "81"), (1, "92"), (2, "82"), (9, "84")))
    take(store, fb0620((2, "82"), day="20261106"))
    assert facts(store).failures == (
        Failures(file="from the institute", process_date=date(2026, 11, 5), records=1),
        Failures(file="from the institute", process_date=date(2026, 11, 6), records=1),
    )


def test_evidence_that_turned_bad(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    list(take_in_consents(store, payers(1, first=3), clock))
    at = "2026-11-04T01:02:03.000000Z"
    verdict = {"judged_at": at, "verified_at": "", "codes": "PKI-121", "policy": "kftc"}
    with store.engine.begin() as connection:  # as re-judging them leaves it
        for number in (2, 3):
            row = {"id": number, "evidence_id": number, "indication": "TOTAL_FAILED", **verdict}
            connection.execute(insert(VERDICT), row)
            here = update(EVIDENCE).where(EVIDENCE.c.id == number)
            connection.execute(here.values(kind="2", indication="TOTAL_FAILED", judged_at=at))
    assert facts(store).turned_bad == (TurnedBad(records=1, since=datetime.fromisoformat(at)),)


def test_what_may_not_be_kept_any_more(store: Store) -> None:
    list(take_in_consents(store, payers(3), clock))
    with store.writing(NOW) as writing:
        withdraw(writing, [1, 2])
    assert facts(store, date(2031, 10, 2)).retention == ()
    assert facts(store, date(2031, 10, 3)).retention == (Retention(records=2, ends_on=date(2031, 11, 2)),)
    list(delete_ended(store, date(2026, 11, 3), clock))
    assert facts(store, date(2031, 12, 1)).retention == ()


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_retention_ends_on_the_first_day_that_it_is_over(ended: date) -> None:
    ends = years_after(ended, 5)
    assert years_before(ends, 5) >= ended > years_before(ends - timedelta(days=1), 5)


DAYS = st.dates(date(2026, 9, 21), date(2026, 11, 6))


@given(st.sets(DAYS, max_size=3), st.sets(DAYS, max_size=3), DAYS.filter(CALENDAR.is_business_day))
def test_what_may_be_asked_for_is_what_the_calendar_says(ours: set[date], others: set[date], day: date) -> None:
    asked_of = Asked()
    for one in ours:
        asked_of.add(Key(INSTITUTION, "004"), one)
    for one in others:
        asked_of.add(Key(INSTITUTION, "088"), one)
    said = deadlines.fb0910_next(CALENDAR, deadlines.moment(day, 9), institution_asked=ours | others, key_asked=ours)
    assert (asked_of.before(Key(INSTITUTION, "004"), day) is None) == (deadlines.day_of(said.opens_at) == day)
