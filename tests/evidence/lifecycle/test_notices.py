"""FB0320 and FB0620 taken in: consents end or fail by identity, and nothing a record says refuses the whole file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from evidence.lifecycle.cancelling import queue_cancellations
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.sending import Outbox
from evidence.lifecycle.states import Event
from evidence.lifecycle.stuck import remarked_records, tick_off
from evidence.store.schema import CONSENT, FILE_RECORD
from evidence.store.store import Store
from tests.evidence.lifecycle.institute import fb0120
from tests.evidence.lifecycle.notices import fb0320, fb0620, fb0933
from tests.evidence.lifecycle.people import DAY, NOW, anew, clock, payer
from tests.evidence.lifecycle.test_sending import require_whole, states
from tests.evidence.lifecycle.test_take_in import sent, take


@pytest.fixture
def outbox(store: Store, tmp_path: Path) -> Outbox:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return Outbox(store, folder, clock)


def accepted(outbox: Outbox, count: int) -> Store:
    """A store with some consents that the institute has accepted."""
    take(outbox.store, fb0120(sent(outbox, count)))
    return outbox.store


def outcomes(store: Store, file_id: int) -> list[tuple[int | None, str | None, str | None]]:
    columns = (FILE_RECORD.c.consent_id, FILE_RECORD.c.code, FILE_RECORD.c.outcome)
    with store.reading() as connection:
        rows = connection.execute(
            select(*columns).where(FILE_RECORD.c.file_id == file_id).order_by(FILE_RECORD.c.number)
        )
        return [(row.consent_id, row.code, row.outcome) for row in rows]


def code_of(store: Store, consent: int) -> tuple[str, str | None]:
    with store.reading() as connection:
        row = connection.execute(select(CONSENT.c.state, CONSENT.c.code).where(CONSENT.c.id == consent)).one()
    return row.state, row.code


def test_what_ended_at_the_bank_is_cancelled_with_the_reason(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 3)
    taken = take(store, fb0320((1, "0"), (3, "N")))
    assert (taken.code, taken.events, taken.remarks) == ("FB0320", {"cancelled": 2}, ())
    assert states(store) == ["cancelled", "accepted", "cancelled"]
    assert code_of(store, 3) == ("cancelled", "N")
    assert outcomes(store, taken.file_id) == [(1, "0", "cancelled"), (3, "N", "cancelled")]
    require_whole(store)
    assert take(store, fb0320((1, "0"), (3, "N"))).already


def test_an_unknown_consent_is_remarked_on_with_those_like_it(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    taken = take(store, fb0320((1, "1"), (9, "0"), (2, "0"), account_number=payer(2).account_number))
    assert taken.events == {"cancelled": 1}
    first, second = taken.remarks
    assert (first.code, first.number, first.details["near"]) == ("FB-280", 1, "2, 1")  # an account, a payer number
    assert (second.code, second.number, second.details["near"]) == ("FB-280", 2, "2")
    assert outcomes(store, taken.file_id)[1] == (None, "0", "FB-280")
    require_whole(store)


def test_what_ended_before_and_what_never_was_there_stay_as_they_are(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    list(take_in_consents(store, [payer(3), payer(4, day=date(2026, 11, 5))], clock))
    with store.writing(NOW) as writing:
        move(writing, [Move(4, Event.SENT)])
    taken = take(store, fb0320((1, "0"), (1, "0"), (3, "0"), (4, "0")))
    assert [(r.code, r.number, r.consent_id) for r in taken.remarks] == [
        ("FB-281", 2, 1),
        ("FB-282", 3, 3),  # not handed in yet
        ("FB-282", 4, 4),  # ended at the bank before this one was applied for
    ]
    assert states(store) == ["cancelled", "accepted", "queued", "sent"]
    require_whole(store)


@pytest.mark.parametrize(("day", "ends"), [("20261103", False), ("20261104", False), ("20261105", True)])
def test_the_end_of_an_earlier_registration_is_not_that_of_the_new_one(
    store: Store, outbox: Outbox, day: str, ends: bool
) -> None:
    """The bank books our cancellation of the first on the day on which the second goes out."""
    accepted(outbox, 2)
    with store.writing(NOW) as writing:
        queue_cancellations(writing, [1])
    (cancelling,) = outbox.send("FB0110", settle_fb0110, date(2026, 11, 3))
    take(store, fb0120(outbox.folder / cancelling.name))
    list(take_in_consents(store, [replace(anew(1), applied_on=date(2026, 11, 3))], clock))
    (second,) = outbox.send("FB0110", settle_fb0110, date(2026, 11, 4))
    taken = take(store, fb0320((1, "0"), (2, "0"), ledger_date=day))
    assert [(one.code, one.consent_id) for one in taken.remarks] == ([] if ends else [("FB-282", 3)])
    assert states(store) == ["cancelled", "cancelled", "cancelled" if ends else "sent"]
    if not ends:
        take(store, fb0120(outbox.folder / second.name))
        assert states(store)[-1] == "accepted"
    require_whole(store)


def test_what_was_only_withdrawn_before_is_no_earlier_registration(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, [payer(1)], clock))
    with store.writing(NOW) as writing:
        move(writing, [Move(1, Event.WITHDRAWN)])
    list(take_in_consents(store, [anew(1)], clock))
    list(outbox.send("FB0110", settle_fb0110, date(2026, 11, 4)))
    take(store, fb0320((1, "0")))
    assert states(store) == ["withdrawn", "cancelled"]


@pytest.mark.parametrize("then", [[], [Event.HELD], [Event.HELD, Event.REFUSED]])
def test_one_that_waits_to_be_sent_again_ends_too(store: Store, outbox: Outbox, then: list[Event]) -> None:
    accepted(outbox, 1)
    take(store, fb0620((1, "92")))
    with store.writing(NOW) as writing:
        move(writing, [Move(1, event) for event in (Event.QUEUED, *then)])
    assert take(store, fb0320((1, "N"))).events == {"cancelled": 1}
    assert list(outbox.send("FB0110", lambda *_: [], date(2026, 11, 6))) == []
    require_whole(store)


@pytest.mark.parametrize("code", ["81", "82", "84", "92"])
def test_a_failure_is_kept_with_its_code(store: Store, outbox: Outbox, code: str) -> None:
    accepted(outbox, 2)
    taken = take(store, fb0620((2, code)))
    assert (taken.events, taken.remarks) == ({"not_reconciled": 1}, ())
    assert states(store) == ["accepted", "failed"]
    assert code_of(store, 2) == ("failed", code)
    require_whole(store)


def test_one_consent_may_fail_twice_in_a_file(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    taken = take(store, fb0620((1, "81"), (1, "92")))
    assert taken.events == {"not_reconciled": 2}
    assert outcomes(store, taken.file_id) == [(1, "81", "not_reconciled"), (1, "92", "not_reconciled")]
    assert code_of(store, 1) == ("failed", "92")
    require_whole(store)


def test_a_failure_of_what_we_do_not_have_or_have_ended_is_remarked_on(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    sent(outbox, 1, first=2)
    take(store, fb0320((1, "0")))
    taken = take(store, fb0620((1, "81"), (2, "92"), (7, "81"), (8, "84"), day="20261106"))
    assert [(r.code, r.number, r.consent_id, r.details["code"]) for r in taken.remarks] == [
        ("FB-284", 1, 1, "81"),
        ("FB-284", 2, 2, "92"),
        ("FB-283", 3, None, "81"),
        ("FB-283", 4, None, "84"),
    ]
    assert states(store) == ["cancelled", "sent"]
    require_whole(store)


def test_a_failure_that_comes_before_the_acceptance_takes_effect_with_it(store: Store, outbox: Outbox) -> None:
    path = sent(outbox, 4)
    early = take(store, fb0620((1, "81"), (1, "92"), (2, "82"), (3, "84"), (4, "81")))
    assert [one.code for one in early.remarks] == ["FB-284"] * 5
    with store.writing(NOW) as writing:
        tick_off(writing, early.file_id, 5)  # somebody has seen to it
    taken = take(store, fb0120(path, {2: "7109"}))
    assert taken.events == {"accepted": 3, "rejected": 1, "not_reconciled": 3}
    assert [code_of(store, number) for number in (1, 2, 3, 4)] == [
        ("failed", "92"),
        ("rejected", "7109"),
        ("failed", "84"),
        ("accepted", None),
    ]
    assert [outcome for _, _, outcome in outcomes(store, early.file_id)] == [
        "not_reconciled",
        "not_reconciled",
        "FB-284",
        "not_reconciled",
        "done FB-284",
    ]
    with store.reading() as connection:
        assert [one.row.number for one in remarked_records(store, connection)] == [3]
    require_whole(store)


def test_a_failure_from_before_it_was_handed_in_again_is_none_of_the_new_file(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    take(store, fb0620((1, "92")))
    with store.writing(NOW) as writing:
        move(writing, [Move(1, Event.QUEUED)])
    take(store, fb0620((1, "81"), day="20261106"))
    (again,) = outbox.send("FB0110", settle_fb0110, date(2026, 11, 6))
    take(store, fb0120(outbox.folder / again.name))
    assert code_of(store, 1) == ("accepted", None)


def test_a_record_without_any_key_is_one_we_do_not_have(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    taken = take(store, fb0620((1, "84"), institution_code="", payer_number="", account_number=""))
    assert [(r.code, r.details["near"]) for r in taken.remarks] == [("FB-283", "none")]


def test_a_bank_is_named_by_the_code_that_it_has_today(store: Store, outbox: Outbox) -> None:
    """Accounts of a bank that was taken over go on under its own code, and files name the new one (4.7.1, 대표코드)."""
    list(take_in_consents(store, [payer(1, bank="005"), payer(2, bank="025"), payer(2, bank="081")], clock))
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    take(store, fb0120(outbox.folder / one.name))
    taken = take(store, fb0620((1, "81"), (2, "92"), bank_code="081"))
    assert (states(store), taken.remarks) == (["failed", "accepted", "failed"], ())
    ledger = fb0933(payer(1, bank="081"), payer(2, bank="025"), bank="081")
    assert take(store, ledger).events == {"in_ledger": 2}
    assert take(store, fb0320((1, "0"), bank_code="081", day="20261116")).events == {"cancelled": 1}
    require_whole(store)
