"""FB0910 out and FB0933 in: the bank's ledger beside the store, whatever its size."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evidence.lifecycle.errors import LedgerAskedBefore, LedgerDoesNotLack
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.fb0910 import LedgerKey, settle_fb0910
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.mending import requeue
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.sending import Outbox
from evidence.lifecycle.states import Event
from evidence.store.store import Store
from tests.evidence.lifecycle.institute import fb0120
from tests.evidence.lifecycle.notices import INSTITUTION, fb0320, fb0620, fb0933
from tests.evidence.lifecycle.people import NOW, clock, payer
from tests.evidence.lifecycle.test_changes import file_states
from tests.evidence.lifecycle.test_notices import accepted, outcomes
from tests.evidence.lifecycle.test_sending import require_whole, states
from tests.evidence.lifecycle.test_take_in import data, sent, take

ASKED = date(2026, 11, 12)


@pytest.fixture
def outbox(store: Store, tmp_path: Path) -> Outbox:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return Outbox(store, folder, clock)


def ask(outbox: Outbox, day: date = ASKED) -> list[Path]:
    return [outbox.folder / one.name for one in outbox.send("FB0910", settle_fb0910, day)]


def keys(path: Path) -> list[tuple[str, str]]:
    return [(record.fields["institution_code"], record.fields["bank_code"]) for record in data(path)]


def test_ledgers_are_asked_for_where_there_are_consents(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, [payer(1), payer(2, bank="088"), payer(3, institution="77"), payer(4)], clock))
    with store.writing(NOW) as writing:
        move(writing, [Move(number, event) for number in (1, 2, 4) for event in (Event.SENT, Event.ACCEPTED)])
    (path,) = ask(outbox)
    assert keys(path) == [(INSTITUTION, "004"), (INSTITUTION, "088")]
    assert ask(outbox) == []


@pytest.mark.parametrize(
    ("day", "asked"),
    [
        (date(2026, 11, 12), []),
        (date(2026, 11, 13), [("77", "004")]),  # another institution: its own week
        (date(2026, 11, 16), [(INSTITUTION, "088"), ("77", "004")]),  # the next week; 004 was asked for this month
        (date(2026, 12, 1), [("77", "004"), (INSTITUTION, "004"), (INSTITUTION, "088")]),
    ],
)
def test_once_a_week_and_once_a_month(store: Store, outbox: Outbox, day: date, asked: list[tuple[str, str]]) -> None:
    accepted(outbox, 1)
    ask(outbox)
    if day != ASKED:
        list(take_in_consents(store, [payer(2, bank="088"), payer(3, institution="77")], clock))
        with store.writing(NOW) as writing:
            move(writing, [Move(number, event) for number in (2, 3) for event in (Event.SENT, Event.ACCEPTED)])
    found = ask(outbox, day)
    assert sorted(keys(found[0]) if found else []) == sorted(asked)


def test_what_somebody_asks_for_too_often_is_refused(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    with store.writing(NOW) as writing:
        assert len(settle_fb0910(writing, ASKED, [LedgerKey("77", "011")])) == 1
        for key, day in ((LedgerKey("77", "004"), date(2026, 11, 9)), (LedgerKey("77", "011"), date(2026, 11, 30))):
            with pytest.raises(LedgerAskedBefore) as caught:
                settle_fb0910(writing, day, [key])
            assert caught.value.details["asked_on"] == "2026-11-12"


def test_the_ledger_confirms_what_it_lists(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 3)
    take(store, fb0620((2, "81")))
    ask(outbox)
    taken = take(store, fb0933(payer(1), payer(2), payer(3)))
    assert (taken.events, taken.remarks, taken.records) == ({"in_ledger": 3}, (), 3)
    assert states(store) == ["reconciled"] * 3
    assert outcomes(store, taken.file_id) == []
    assert file_states(store, "FB0910", "FB0933") == [("FB0910", "answered"), ("FB0933", "closed")]
    require_whole(store)
    ask(outbox, date(2026, 12, 3))
    assert take(store, fb0933(payer(1), payer(2), payer(3), day="20261206")).events == {}


def test_both_sides_differences_are_kept(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 4)
    take(store, fb0320((2, "0")))
    sent(outbox, 1, first=5)
    late = payer(6, day=ASKED)
    list(take_in_consents(store, [late], clock))
    with store.writing(NOW) as writing:
        move(writing, [Move(6, event) for event in (Event.SENT, Event.ACCEPTED)])
        move(writing, [Move(4, Event.CANCEL_QUEUED)])
    ask(outbox)
    taken = take(store, fb0933(payer(1), payer(2), payer(9), payer(5), payer(4)))
    assert [(r.code, r.details["ledger"], r.details["ours"]) for r in taken.remarks] == [("FB-365", 3, 1)]
    assert outcomes(store, taken.file_id) == [
        (2, None, "FB-361"),
        (None, None, "FB-360"),
        (5, None, "FB-362"),
        (3, None, "FB-363"),
    ]
    assert states(store) == ["reconciled", "cancelled", "accepted", "cancel_queued", "sent", "accepted"]
    require_whole(store)


def test_an_empty_ledger_lacks_everything_of_its_bank(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    list(take_in_consents(store, [payer(3, bank="088")], clock))
    with store.writing(NOW) as writing:
        move(writing, [Move(3, event) for event in (Event.SENT, Event.ACCEPTED)])
    ask(outbox)
    taken = take(store, fb0933())
    assert outcomes(store, taken.file_id) == [(1, None, "FB-363"), (2, None, "FB-363")]
    assert file_states(store, "FB0910") == [("FB0910", "ready")]  # the other bank's is still to come
    take(store, fb0933(payer(3, bank="088"), bank="088"))
    assert file_states(store, "FB0910") == [("FB0910", "answered")]


def test_a_ledger_nobody_asked_for_is_taken_in_with_a_remark(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    taken = take(store, fb0933(payer(1)))
    assert [r.code for r in taken.remarks] == ["FB-364"]
    assert states(store) == ["reconciled"]


def test_a_consent_listed_twice_is_confirmed_once(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    ask(outbox)
    assert take(store, fb0933(payer(1), payer(1))).events == {"in_ledger": 1}
    require_whole(store)


def test_a_ledger_older_than_the_consent_says_nothing_of_it(store: Store, outbox: Outbox) -> None:
    """A ledger of 11-08 is taken in on 11-12: an earlier registration of the same payer may stand there."""
    list(take_in_consents(store, [payer(1, day=date(2026, 11, 11)), payer(2)], clock))
    with store.writing(NOW) as writing:
        move(writing, [Move(1, event) for event in (Event.SENT, Event.ACCEPTED)])
        move(writing, [Move(2, Event.HELD)])
    taken = take(store, fb0933(payer(1), day="20261108"))
    assert (states(store), taken.events, outcomes(store, taken.file_id)) == (["accepted", "verified"], {}, [])
    assert take(store, fb0933(payer(1), day="20261115")).events == {"in_ledger": 1}
    require_whole(store)


@pytest.mark.parametrize(("day", "lacking"), [("20261108", []), ("20261109", []), ("20261110", [(1, None, "FB-363")])])
def test_what_was_accepted_after_a_ledger_was_made_is_not_lacking(
    store: Store, outbox: Outbox, day: str, lacking: list[tuple[int, None, str]]
) -> None:
    """Handed in on Friday 11-06, accepted on Monday 11-09: the ledger of the Sunday between them cannot list it."""
    list(take_in_consents(store, [payer(1)], clock))
    (one,) = outbox.send("FB0110", settle_fb0110, date(2026, 11, 6))
    take(store, fb0120(outbox.folder / one.name))
    taken = take(store, fb0933(day=day))
    assert outcomes(store, taken.file_id) == lacking
    if not lacking:
        with pytest.raises(LedgerDoesNotLack), store.writing(NOW) as writing:
            requeue(writing, [1])


def test_what_was_sent_again_and_accepted_after_a_ledger_is_not_lacking(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    taken = take(store, fb0933(day="20261108"))
    with store.writing(NOW) as writing:
        requeue(writing, [1])
    (one,) = outbox.send("FB0110", settle_fb0110, date(2026, 11, 10))
    take(store, fb0120(outbox.folder / one.name))
    again = take(store, fb0933(payer(9), day="20261109"))
    assert outcomes(store, taken.file_id) == [(1, None, "FB-363")]
    assert outcomes(store, again.file_id) == [(None, None, "FB-360")]
    with pytest.raises(LedgerDoesNotLack), store.writing(NOW) as writing:
        requeue(writing, [1])


def test_a_failure_that_is_newer_than_a_ledger_stays(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    take(store, fb0620((1, "81"), day="20261110"))
    assert take(store, fb0933(payer(1), day="20261108")).events == {}
    assert take(store, fb0933(payer(1), day="20261115")).events == {"in_ledger": 1}
