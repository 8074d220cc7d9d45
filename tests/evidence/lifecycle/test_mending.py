"""What stands still, and how it goes on: listed, queued again, amended, withdrawn, cancelled."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from evidence import RecordError
from evidence.lifecycle import mending
from evidence.lifecycle.cancelling import hold_cancellations, queue_cancellations
from evidence.lifecycle.errors import (
    AcceptedBefore,
    AmendmentNotSigned,
    CannotAmend,
    FileNotClear,
    FileUnknown,
    GoesOnAsAnother,
    IdentityTaken,
    LedgerDoesNotLack,
    NoSuchRemark,
    NothingToAmend,
    NotOfCancellation,
)
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.found_files import find_file
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.ledgers import differences, ledgers
from evidence.lifecycle.mending import amend, requeue, withdraw
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.sending import Outbox
from evidence.lifecycle.states import Event, IllegalEvent, State
from evidence.lifecycle.stuck import (
    Remedy,
    remarked_records,
    remedy_of,
    stuck_audits,
    stuck_consents,
    tick_off,
    undecided_changes,
)
from evidence.lifecycle.stuck import fields_of as fields_about
from evidence.store.errors import ConsentUnknown
from evidence.store.schema import CONSENT, EVIDENCE, LOG
from evidence.store.store import Store
from tests.evidence.lifecycle.institute import fb0120, fb0410, fb0421
from tests.evidence.lifecycle.notices import fb0211, fb0222, fb0320, fb0620, fb0933
from tests.evidence.lifecycle.people import DAY, NOW, anew, clock, payer, payers
from tests.evidence.lifecycle.test_changes import answer, consent
from tests.evidence.lifecycle.test_notices import accepted
from tests.evidence.lifecycle.test_sending import require_whole, states
from tests.evidence.lifecycle.test_take_in import answer as answer_audit
from tests.evidence.lifecycle.test_take_in import asked, data, sent, take


@pytest.fixture
def outbox(store: Store, tmp_path: Path) -> Outbox:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return Outbox(store, folder, clock)


def texts(store: Store, number: int) -> dict[str, str]:
    row = consent(store, number)
    return store.sealer.open_texts(f"consent:{number}", row.key_id, bytes(row.sealed))


def listed(store: Store) -> list[tuple[Any, ...]]:
    with store.reading() as connection:
        return [
            (one.consent_id, one.state, one.code, [field.name for field in one.fields], one.remedy)
            for one in stuck_consents(connection)
        ]


def test_what_stands_still_is_listed_with_its_field_and_remedy(store: Store, outbox: Outbox) -> None:
    path = sent(outbox, 6)
    take(store, fb0120(path, {2: "7109", 3: "7120", 5: "7190"}))
    take(store, fb0620((1, "81"), (4, "92")))
    assert listed(store) == [
        (2, "rejected", "7109", ["holder_id"], Remedy.AMEND),
        (3, "rejected", "7120", ["extension"], Remedy.NEW_EVIDENCE),
        (5, "rejected", "7190", [], Remedy.REQUEUE),
        (1, "failed", "81", [], Remedy.COMPARE),
        (4, "failed", "92", [], Remedy.REQUEUE),
    ]
    with store.reading() as connection:
        files: dict[int, Any] = {one.consent_id: one.file for one in stuck_consents(connection)}
    assert [(files[n].code, files[n].number) for n in (2, 1)] == [("FB0120", 1), ("FB0620", 1)]


@pytest.mark.parametrize(
    ("state", "code", "remedy"),
    [
        (State.REFUSED, "CMS-161", Remedy.NEW_EVIDENCE),
        (State.REJECTED, "7122", Remedy.NEW_EVIDENCE),
        (State.REJECTED, "7125", Remedy.AWAIT_LEDGER),
        (State.REJECTED, "2041", Remedy.AWAIT_LEDGER),
        (State.FAILED, "7125", Remedy.ASK),
        (State.REJECTED, "7010", Remedy.ASK),
        (State.REJECTED, "7199", Remedy.REQUEUE),
        (State.REJECTED, "7114", Remedy.AMEND),
        (State.FAILED, "82", Remedy.ASK),
        (State.FAILED, "84", Remedy.ASK),
        (State.CANCEL_REJECTED, "7107", Remedy.CANCEL_AGAIN),
        (State.CANCEL_REJECTED, "7109", Remedy.AMEND),
        (State.CANCEL_REJECTED, "2042", Remedy.CANCEL_VOID),
    ],
)
def test_each_code_has_what_helps_against_it(state: State, code: str, remedy: Remedy) -> None:
    assert remedy_of(state, code, fields_about(code)) is remedy


def test_what_was_rejected_goes_out_again(store: Store, outbox: Outbox) -> None:
    take(store, fb0120(sent(outbox, 3), {2: "7190", 3: "7199"}))
    with store.writing(NOW) as writing:
        assert requeue(writing, [2, 3, 2]) == 2
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    assert [r.fields["payer_number"] for r in data(outbox.folder / one.name)] == ["A-00000002", "A-00000003"]
    require_whole(store)


def test_queueing_is_all_or_nothing(store: Store, outbox: Outbox) -> None:
    take(store, fb0120(sent(outbox, 2), {2: "7190"}))
    for wrong, error in (([2, 1], LedgerDoesNotLack), ([2, 9], ConsentUnknown)):
        with pytest.raises(error), store.writing(NOW) as writing:
            requeue(writing, wrong)
    assert states(store) == ["accepted", "rejected"]


def test_an_amended_consent_is_another_and_goes_out_so(store: Store, outbox: Outbox) -> None:
    take(store, fb0120(sent(outbox, 2), {1: "7109", 2: "7105"}))
    with store.writing(NOW) as writing:
        assert amend(writing, 1, {"holder_id": "800102"}) == (("holder_id",), 1)
        amended = amend(writing, 2, {"account_number": "77", "applied_on": "20261103"})
        assert amended == (("applied_on", "account_number"), 2)
        assert amend(writing, 2, {"payer_number": "B-2"}) == (("payer_number",), 2)  # it waits already
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    first, second = data(outbox.folder / one.name)
    assert (first.fields["holder_id"], second.fields["account_number"]) == ("800102", "77")
    assert (second.fields["applied_on"], second.fields["payer_number"]) == ("20261103", "B-2")
    row = consent(store, 2)
    assert bytes(row.account_hash) == store.keys.digest("account_number", "77")
    assert bytes(consent(store, 1).holder_hash) == store.keys.digest("holder_id", "800102")
    taken = take(store, fb0120(outbox.folder / one.name), answers=one.name)
    assert taken.events == {"accepted": 2}
    with store.reading() as connection:
        told = connection.execute(select(LOG.c.details).where(LOG.c.event == "amended").order_by(LOG.c.seq)).scalars()
        assert list(told) == [
            '{"fields":"holder_id"}',
            '{"applied_on":"2026-11-03","fields":"applied_on account_number"}',
            '{"fields":"payer_number"}',
        ]
    require_whole(store)


def test_what_cannot_be_amended_stays(store: Store, outbox: Outbox) -> None:
    take(store, fb0120(sent(outbox, 3), {1: "7109"}))
    before = texts(store, 1)
    wrong: list[tuple[int, dict[str, str], type[Exception]]] = [
        (9, {"holder_id": "800102"}, ConsentUnknown),
        (2, {"holder_id": "800102"}, CannotAmend),
        (1, {"holder_id": before["holder_id"]}, NothingToAmend),
        (1, {"holder_id": "801332"}, RecordError),
        (1, {"applied_on": "2026"}, RecordError),
        (1, {"account_number": "1" * 21}, RecordError),
        (1, {"payer_number": payer(2).payer_number, "account_number": payer(2).account_number}, IdentityTaken),
    ]
    for number, values, error in wrong:
        with pytest.raises(error), store.writing(NOW) as writing:
            amend(writing, number, values)
    assert texts(store, 1) == before
    assert states(store) == ["rejected", "accepted", "accepted"]
    require_whole(store)


@pytest.mark.parametrize(
    ("text", "values", "against"),
    [
        ("계좌 1234-5678, 납부자 A-1", {"account_number": "12345678"}, None),
        ("계좌 1234-5678, 납부자 A-1", {"account_number": "12345679"}, "account_number"),
        ("자동이체 출금 동의서 (서식 dongui-v1)\n계좌번호: 1234\n", {"account_number": "1235"}, "account_number"),
        ("자동이체 출금 동의서 (서식 dongui-v1)\n계좌번호: 1234\n", {"account_number": "1234"}, None),
        (None, {"account_number": "1234"}, "account_number"),
    ],
)
def test_a_signature_stands_behind_what_was_signed_alone(
    store: Store,
    outbox: Outbox,
    monkeypatch: pytest.MonkeyPatch,
    text: str | None,
    values: dict[str, str],
    against: str | None,
) -> None:
    take(store, fb0120(sent(outbox, 1), {1: "7105"}))
    with store.engine.begin() as connection:
        connection.execute(update(EVIDENCE).values(kind="2", extension="der", indication="TOTAL_PASSED"))
    monkeypatch.setattr(mending, "text_of", lambda _: text)
    if against is None:
        with store.writing(NOW) as writing:
            assert amend(writing, 1, values) == (("account_number",), 1)
        return
    with pytest.raises(AmendmentNotSigned) as caught, store.writing(NOW) as writing:
        amend(writing, 1, values)
    assert caught.value.details["fields"] == against


AMENDED = {"account_number": "77"}


def amended_after_acceptance(store: Store, outbox: Outbox) -> None:
    """Consent 1 was accepted, failed, and goes on as consent 2 on another account."""
    accepted(outbox, 1)
    take(store, fb0620((1, "81")))
    with store.writing(NOW) as writing:
        assert amend(writing, 1, AMENDED) == (("account_number",), 2)


def test_what_the_bank_may_have_stays_beside_what_is_amended(store: Store, outbox: Outbox) -> None:
    amended_after_acceptance(store, outbox)
    assert (states(store), consent(store, 1).successor_id) == (["failed", "queued"], 2)
    assert (texts(store, 1)["account_number"], texts(store, 2)["account_number"]) == ("00000000000001", "77")
    assert consent(store, 1).evidence_id == consent(store, 2).evidence_id
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    assert [r.fields["account_number"] for r in data(outbox.folder / one.name)] == ["77"]
    assert listed(store) == [(1, "failed", "81", [], Remedy.CANCEL)]
    require_whole(store)


def test_files_that_name_the_old_identity_find_the_consent_that_has_it(store: Store, outbox: Outbox) -> None:
    amended_after_acceptance(store, outbox)
    take(store, fb0933(payer(1)))
    assert states(store) == ["reconciled", "queued"]
    assert listed(store) == [(1, "reconciled", "", [], Remedy.CANCEL)]
    take(store, fb0620((1, "84")))
    assert states(store) == ["failed", "queued"]
    take(store, fb0320((1, "0")))
    assert states(store) == ["cancelled", "queued"]
    assert listed(store) == []
    require_whole(store)


def test_a_cancellation_names_the_identity_that_the_bank_has(store: Store, outbox: Outbox) -> None:
    amended_after_acceptance(store, outbox)
    with store.writing(NOW) as writing:
        queue_cancellations(writing, [1])
    assert listed(store) == []
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    told = [(r.fields["account_number"], r.fields["cancellation"]) for r in data(outbox.folder / one.name)]
    assert told == [("00000000000001", "Y"), ("77", "N")]
    assert take(store, fb0120(outbox.folder / one.name), answers=one.name).events == {
        "cancel_accepted": 1,
        "accepted": 1,
    }
    assert states(store) == ["cancelled", "accepted"]
    require_whole(store)


def test_the_holder_of_a_rejected_cancellation_is_put_right(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    with store.writing(NOW) as writing:
        queue_cancellations(writing, [1], {1: date(2026, 11, 9)})
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    path = outbox.folder / one.name
    take(store, fb0120(path, {1: "7109"}))
    assert listed(store) == [(1, "cancel_rejected", "7109", ["holder_id"], Remedy.AMEND)]
    for wrong in ({"account_number": "77"}, {"holder_id": "800102", "payer_number": "B"}):
        with pytest.raises(NotOfCancellation), store.writing(NOW) as writing:
            amend(writing, 1, wrong)
    with pytest.raises(RecordError), store.writing(NOW) as writing:
        amend(writing, 1, {"holder_id": "8001"})
    with store.writing(NOW) as writing:
        assert amend(writing, 1, {"holder_id_type": "1", "holder_id": "1234567890"}).consent_id == 1
    assert states(store) == ["cancel_queued", "accepted"]
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    (record,) = data(outbox.folder / one.name)
    assert [record.fields[name] for name in ("applied_on", "holder_id_type", "holder_id", "cancellation")] == [
        "20261109",
        "1",
        "1234567890",
        "Y",
    ]
    take(store, fb0120(outbox.folder / one.name))
    assert states(store) == ["cancelled", "accepted"]
    require_whole(store)


def test_a_cancellation_of_what_goes_on_as_another_is_put_right_too(store: Store, outbox: Outbox) -> None:
    amended_after_acceptance(store, outbox)
    with store.writing(NOW) as writing:
        queue_cancellations(writing, [1])
        move(writing, [Move(1, Event.CANCEL_SENT), Move(1, Event.CANCEL_REJECTED, "7109")])
        assert amend(writing, 1, {"holder_id": "800102"}) == (("holder_id",), 1)
    assert states(store) == ["cancel_queued", "queued"]


def test_a_cancellation_bears_the_day_on_which_it_was_applied_for(store: Store, outbox: Outbox) -> None:
    """설계서 V3.8 4.2.1.1 (2) 4. Sent again after a rejection it keeps its day; taken back and asked for again, not."""
    accepted(outbox, 3)
    day, today = date(2026, 11, 9), NOW.date()
    with store.writing(NOW) as writing:
        queue_cancellations(writing, [1, 2], {1: day})
        move(writing, [Move(3, Event.CANCEL_QUEUED)])  # as it was queued before the log kept that day
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    assert [(said.code, said.details) for said in one.notices] == [("FB-083", {"count": 1, "first": 1})]
    path = outbox.folder / one.name
    assert [record.fields["applied_on"] for record in data(path)] == ["20261109", f"{today:%Y%m%d}", "20261102"]
    take(store, fb0120(path, {1: "7109", 2: "7109"}))
    later = NOW + timedelta(days=3)
    with store.writing(later) as writing:
        queue_cancellations(writing, [1])
        hold_cancellations(writing, [2])
        queue_cancellations(writing, [2])
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    days = [record.fields["applied_on"] for record in data(outbox.folder / one.name)]
    assert days == ["20261109", f"{later:%Y%m%d}"]
    require_whole(store)


def test_the_old_one_is_neither_queued_nor_amended_again(store: Store, outbox: Outbox) -> None:
    amended_after_acceptance(store, outbox)
    with pytest.raises(GoesOnAsAnother), store.writing(NOW) as writing:
        requeue(writing, [1])
    with pytest.raises(GoesOnAsAnother), store.writing(NOW) as writing:
        amend(writing, 1, {"account_number": "78"})
    with store.writing(NOW) as writing:  # a bank never had the new one as it is
        assert amend(writing, 2, {"account_number": "78"}) == (("account_number",), 2)
    assert states(store) == ["failed", "queued"]
    require_whole(store)


def test_what_waits_to_be_sent_again_leaves_the_queue_when_it_is_amended(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    take(store, fb0620((1, "92")))
    with store.writing(NOW) as writing:
        requeue(writing, [1])
        assert amend(writing, 1, AMENDED).consent_id == 2
    assert states(store) == ["verified", "queued"]
    assert listed(store) == [(1, "verified", "", [], Remedy.CANCEL)]
    with store.writing(NOW) as writing:
        queue_cancellations(writing, [1])
    require_whole(store)


def test_what_is_no_identity_is_amended_in_place(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    take(store, fb0620((1, "81")))
    with store.writing(NOW) as writing:
        assert amend(writing, 1, {"holder_id": "800102"}) == (("holder_id",), 1)
    assert states(store) == ["queued"]


def test_what_never_was_accepted_may_be_withdrawn(store: Store, outbox: Outbox) -> None:
    take(store, fb0120(sent(outbox, 2), {1: "7109"}))
    list(take_in_consents(store, payers(1, first=3), clock))
    with store.writing(NOW) as writing:
        assert withdraw(writing, [1, 3]) == 2
    assert states(store) == ["withdrawn", "accepted", "withdrawn"]
    list(take_in_consents(store, [anew(1)], clock))
    assert states(store)[-1] == "queued"
    require_whole(store)


def test_what_was_accepted_once_has_to_be_cancelled(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    take(store, fb0620((1, "92")))
    with store.writing(NOW) as writing:
        requeue(writing, [1])
    with pytest.raises(AcceptedBefore), store.writing(NOW) as writing:
        withdraw(writing, [1])
    with store.writing(NOW) as writing:
        assert queue_cancellations(writing, [1]) == 1
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    (record,) = data(outbox.folder / one.name)
    assert record.fields["cancellation"] == "Y"
    require_whole(store)


def test_cancellations_are_queued_and_taken_back(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 3)
    list(take_in_consents(store, payers(1, first=4), clock))
    for wrong in ([1, 4], [1, 9]):
        with pytest.raises((IllegalEvent, ConsentUnknown)), store.writing(NOW) as writing:
            queue_cancellations(writing, wrong)
    with store.writing(NOW) as writing:
        assert queue_cancellations(writing, [1, 2, 1]) == 2
        assert hold_cancellations(writing, [2]) == 1
    assert states(store) == ["cancel_queued", "accepted", "accepted", "queued"]
    require_whole(store)


def test_taking_a_cancellation_back_accepts_nothing(store: Store, outbox: Outbox) -> None:
    """Four that the institute rejected or that failed: cancelled and taken back, they stand where they stood."""
    take(store, fb0120(sent(outbox, 5), {1: "7109", 2: "7190", 3: "7199"}))
    take(store, fb0620((4, "81")))
    with store.writing(NOW) as writing:
        requeue(writing, [2])
        move(writing, [Move(3, Event.REFUSED, "CMS-161")])
        queue_cancellations(writing, [1, 2, 3, 4, 5])
    with store.writing(NOW) as writing:
        assert hold_cancellations(writing, [1, 2, 3, 4, 5]) == 5
    assert states(store) == ["rejected", "rejected", "refused", "failed", "accepted"]
    assert [consent(store, n).code for n in (1, 3, 4)] == ["7109", "CMS-161", "81"]
    require_whole(store)


def test_a_rejected_cancellation_of_what_was_rejected_accepts_nothing(store: Store, outbox: Outbox) -> None:
    take(store, fb0120(sent(outbox, 1), {1: "7109"}))
    with store.writing(NOW) as writing:
        queue_cancellations(writing, [1])
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    take(store, fb0120(outbox.folder / one.name, {1: "7107"}))
    assert states(store) == ["cancel_rejected"]
    with store.writing(NOW) as writing:
        hold_cancellations(writing, [1])
    assert states(store) == ["rejected"]
    require_whole(store)


def test_remarks_stay_until_somebody_has_seen_to_them(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    taken = take(store, fb0320((1, "0"), (1, "0"), (9, "1")))
    with store.reading() as connection:
        (one,) = remarked_records(store, connection)  # that one had ended already asks for nothing
    assert (one.remark.code, one.remark.number, one.remark.details["near"]) == ("FB-280", 3, "none")
    with store.writing(NOW) as writing:
        tick_off(writing, taken.file_id, 3)
        for number in (1, 3, 4):
            with pytest.raises(NoSuchRemark):
                tick_off(writing, taken.file_id, number)
    with store.reading() as connection:
        assert list(remarked_records(store, connection)) == []
    require_whole(store)


def test_changes_are_listed_until_they_are_answered(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    take(store, fb0211(1, 9))
    with store.reading() as connection:
        (one,) = undecided_changes(store, connection)
    assert (one.row.number, one.row.code, one.remark.code) == (2, "7306", "FB-293")
    path = answer(outbox)
    with store.reading() as connection:
        assert list(undecided_changes(store, connection)) == []
    take(store, fb0222(path, {1: ("0000", "1206")}))
    with store.reading() as connection:
        (one,) = remarked_records(store, connection)
    assert (one.remark.code, one.remark.details["register"]) == ("FB-286", "1206")


def test_errors_of_an_audit_are_listed_until_it_is_answered_again(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    take(store, fb0410([asked(1), asked(2)]))
    (one,) = answer_audit(outbox)
    take(store, fb0421(outbox.folder / one.name, {2: "7120"}))
    with store.reading() as connection:
        (row,) = stuck_audits(connection)
    assert (row.number, row.code, row.request) == (2, "7120", "from the institute")
    answer_audit(outbox)
    with store.reading() as connection:
        assert list(stuck_audits(connection)) == []


def test_ledgers_are_listed_with_what_differs(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 3)
    take(store, fb0933(payer(1), payer(2), payer(3), day="20261108"))
    taken = take(store, fb0933(payer(1), payer(9), payer(2)))
    with store.reading() as connection:
        last, first = ledgers(connection)
        assert (first.differences, last.differences, last.records) == ({}, {"FB-360": 1, "FB-363": 1}, 3)
        ledger = find_file(connection, str(taken.file_id), ["FB0933"])
        assert [(row.outcome, row.consent_id, row.state) for row in differences(connection, ledger)] == [
            ("FB-360", None, None),
            ("FB-363", 3, "reconciled"),
        ]
        with pytest.raises(FileNotClear):
            find_file(connection, "from the institute", ["FB0933"])
        for word in ("no such file", "1", "9" * 30, "²"):
            with pytest.raises(FileUnknown):
                find_file(connection, word, ["FB0933"])


def test_a_long_list_comes_in_parts(store: Store, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidence.lifecycle.stuck._AT_ONCE", 2)
    take(store, fb0120(sent(outbox, 7), dict.fromkeys(range(1, 8), "7109")))
    assert [number for number, *_ in listed(store)] == list(range(1, 8))


def test_one_that_was_changed_meanwhile_is_no_longer_cancelled(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    with store.writing(NOW) as writing:
        move(writing, [Move(1, Event.CHANGED)])
    with pytest.raises(IllegalEvent), store.writing(NOW) as writing:
        queue_cancellations(writing, [1])
    with store.reading() as connection:
        assert connection.execute(select(CONSENT.c.ended_on)).scalar() == date(2026, 11, 2)
