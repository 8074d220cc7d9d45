"""Where a consent stood still for good: what the institute has already, what the bank has not, what a ledger lacks."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from evidence.lifecycle.cancelling import end_void, hold_cancellations, queue_cancellations
from evidence.lifecycle.errors import AcceptedBefore, BeganByChange, LedgerDoesNotLack
from evidence.lifecycle.facts import facts_of
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.fb0221 import settle_fb0221
from evidence.lifecycle.fb0910 import live_keys
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.mending import requeue, withdraw
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.sending import Outbox
from evidence.lifecycle.states import NEXT, ONLY_WITH, Event, IllegalEvent, State, after
from evidence.lifecycle.stuck import Remedy
from evidence.store.schema import LOG
from evidence.store.store import Store
from tests.evidence.lifecycle.institute import fb0120
from tests.evidence.lifecycle.notices import INSTITUTION, fb0211, fb0222, fb0620, fb0933
from tests.evidence.lifecycle.people import DAY, NOW, anew, clock, payer
from tests.evidence.lifecycle.test_mending import listed
from tests.evidence.lifecycle.test_notices import accepted, code_of, outcomes
from tests.evidence.lifecycle.test_sending import require_whole, states
from tests.evidence.lifecycle.test_take_in import data, sent, take


@pytest.fixture
def outbox(store: Store, tmp_path: Path) -> Outbox:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return Outbox(store, folder, clock)


def events(store: Store, number: int) -> list[str]:
    with store.reading() as connection:
        query = select(LOG.c.event).where(LOG.c.consent_id == number).order_by(LOG.c.seq)
        return list(connection.execute(query).scalars())


def cancelled_with(outbox: Outbox, code: str) -> Store:
    """Of two accepted consents, the cancellation of the first was rejected."""
    store = accepted(outbox, 2)
    with store.writing(NOW) as writing:
        queue_cancellations(writing, [1])
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    take(store, fb0120(outbox.folder / one.name, {1: code}), answers=one.name)
    return store


@pytest.mark.parametrize("code", ["7125", "2041"])
def test_what_was_there_already_is_reconciled_by_the_ledger_that_lists_it(
    store: Store, outbox: Outbox, code: str
) -> None:
    take(store, fb0120(sent(outbox, 2), {1: code, 2: "7109"}))
    assert listed(store)[0] == (1, "rejected", code, [], Remedy.AWAIT_LEDGER)
    taken = take(store, fb0933(payer(1), payer(2)))
    assert taken.events == {"in_ledger": 1}
    assert outcomes(store, taken.file_id) == [(2, None, "FB-362")]  # rejected for another reason
    assert (states(store), code_of(store, 1)) == (["reconciled", "rejected"], ("reconciled", None))
    assert events(store, 1)[-2:] == ["rejected", "in_ledger"]
    require_whole(store)


@pytest.mark.parametrize("code", ["7125", "2041"])
def test_what_was_there_already_and_is_not_in_the_ledger_may_go_out_again(
    store: Store, outbox: Outbox, code: str
) -> None:
    path = sent(outbox, 2)
    early = take(store, fb0933(day="20261108"))  # it came before the answer, and says nothing of it
    take(store, fb0120(path, {1: code, 2: "7109"}))
    with store.reading() as connection:
        (due,) = facts_of(store, connection, DAY).rejected
    assert due.records == 1  # 7109: the other one is not to be sent
    assert outcomes(store, early.file_id) == []
    assert listed(store)[0][-1] is Remedy.AWAIT_LEDGER
    taken = take(store, fb0933())
    assert outcomes(store, taken.file_id) == [(1, None, "FB-363")]
    assert listed(store)[0] == (1, "rejected", code, [], Remedy.LEDGER_LACKS)
    with store.writing(NOW) as writing:
        requeue(writing, [1])
    assert states(store) == ["queued", "rejected"]
    require_whole(store)


def test_its_ledger_is_asked_for_though_nothing_else_is_at_that_bank(store: Store, outbox: Outbox) -> None:
    take(store, fb0120(sent(outbox, 1), {1: "7125"}))
    with store.reading() as connection:
        assert [(key.institution_code, key.bank_code) for key in live_keys(connection)] == [(INSTITUTION, "004")]


def test_what_was_there_already_is_cancelled_and_not_withdrawn(store: Store, outbox: Outbox) -> None:
    take(store, fb0120(sent(outbox, 2), {1: "7125", 2: "7109"}))
    with pytest.raises(AcceptedBefore), store.writing(NOW) as writing:
        withdraw(writing, [1])
    with store.writing(NOW) as writing:
        assert (queue_cancellations(writing, [1]), withdraw(writing, [2])) == (1, 1)
        hold_cancellations(writing, [1])
    assert code_of(store, 1) == ("rejected", "7125")
    take(store, fb0933(payer(1)))
    take(store, fb0620((1, "92")))
    with store.writing(NOW) as writing:
        requeue(writing, [1])
    with pytest.raises(AcceptedBefore), store.writing(NOW) as writing:
        withdraw(writing, [1])
    require_whole(store)


def test_what_the_bank_has_not_is_ended_by_hand_and_may_begin_anew(store: Store, outbox: Outbox) -> None:
    cancelled_with(outbox, "2042")
    assert listed(store) == [(1, "cancel_rejected", "2042", [], Remedy.CANCEL_VOID)]
    for wrong in ([2], [1, 2]):
        with pytest.raises(IllegalEvent), store.writing(NOW) as writing:
            end_void(writing, wrong)
    with store.writing(NOW) as writing:
        assert end_void(writing, [1, 1]) == 1
    assert (code_of(store, 1), events(store, 1)[-1]) == (("cancelled", "2042"), "cancel_void")
    assert listed(store) == []
    list(take_in_consents(store, [anew(1)], clock))
    assert states(store) == ["cancelled", "accepted", "queued"]
    require_whole(store)


def test_a_cancellation_that_was_rejected_otherwise_is_not_ended_by_hand(store: Store, outbox: Outbox) -> None:
    cancelled_with(outbox, "7107")
    assert listed(store) == [(1, "cancel_rejected", "7107", ["payer_number"], Remedy.CANCEL_AGAIN)]
    with pytest.raises(IllegalEvent), store.writing(NOW) as writing:
        end_void(writing, [1])
    assert states(store) == ["cancel_rejected", "accepted"]


def test_what_the_newest_ledger_lacks_goes_out_again(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 3)
    take(store, fb0933(payer(2), payer(3)))
    with pytest.raises(LedgerDoesNotLack), store.writing(NOW) as writing:
        requeue(writing, [1, 2])
    with store.writing(NOW) as writing:
        assert requeue(writing, [1]) == 1
    assert (states(store), events(store, 1)[-1]) == (["queued", "reconciled", "reconciled"], "lacked")
    with pytest.raises(AcceptedBefore), store.writing(NOW) as writing:
        withdraw(writing, [1])
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    assert [record.fields["payer_number"] for record in data(outbox.folder / one.name)] == ["A-00000001"]
    require_whole(store)


def test_a_ledger_from_before_it_was_accepted_again_says_nothing(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    take(store, fb0933(payer(2)))
    with store.writing(NOW) as writing:
        requeue(writing, [1])
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    take(store, fb0120(outbox.folder / one.name), answers=one.name)
    with pytest.raises(LedgerDoesNotLack), store.writing(NOW) as writing:
        requeue(writing, [1])
    take(store, fb0933(payer(2), day="20261122"))
    with store.writing(NOW) as writing:
        assert requeue(writing, [1]) == 1
    require_whole(store)


def test_a_ledger_that_is_not_the_newest_says_nothing(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    with pytest.raises(LedgerDoesNotLack), store.writing(NOW) as writing:
        requeue(writing, [1])  # none came at all
    take(store, fb0933(payer(2)))
    take(store, fb0933(payer(1), payer(2), day="20261122"))
    with pytest.raises(LedgerDoesNotLack), store.writing(NOW) as writing:
        requeue(writing, [1])
    take(store, fb0933(payer(1), day="20261129"))
    take(store, fb0933(bank="088", day="20261206"))  # another bank's
    with store.writing(NOW) as writing:
        assert requeue(writing, [2]) == 1  # was reconciled
    take(store, fb0933(bank="", institution="", day="20261213"))  # of all banks, for all that is known
    with pytest.raises(LedgerDoesNotLack), store.writing(NOW) as writing:
        requeue(writing, [1])
    require_whole(store)


def test_what_happens_only_with_a_code_is_in_the_table() -> None:
    assert set(ONLY_WITH) <= set(NEXT)
    for (state, event), codes in ONLY_WITH.items():
        assert {after(1, state, event, code) for code in codes} == {NEXT[state, event]}
        for code in (None, "", "7109"):
            with pytest.raises(IllegalEvent):
                after(1, state, event, code)
    assert {state for state, event in NEXT if event is Event.LACKED} == {State.ACCEPTED, State.RECONCILED}


def test_a_ledger_that_is_older_and_comes_later_says_nothing(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    take(store, fb0933(payer(1), payer(2), day="20261122"))
    take(store, fb0933(payer(2), day="20261115"))
    with pytest.raises(LedgerDoesNotLack), store.writing(NOW) as writing:
        requeue(writing, [1])
    assert states(store) == ["reconciled", "reconciled"]


def test_what_began_by_a_change_of_account_does_not_go_out_with_the_evidence_before(
    store: Store, outbox: Outbox
) -> None:
    accepted(outbox, 1)
    take(store, fb0211(1))
    (one,) = outbox.send("FB0221", settle_fb0221, DAY)
    take(store, fb0222(outbox.folder / one.name))
    assert states(store) == ["changed", "accepted"]
    with store.writing(NOW) as writing:
        move(writing, [Move(2, Event.NOT_RECONCILED, "82")])
    with pytest.raises(BeganByChange), store.writing(NOW) as writing:
        requeue(writing, [2])
    assert states(store) == ["changed", "failed"]
