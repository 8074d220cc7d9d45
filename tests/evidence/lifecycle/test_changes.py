"""Changes of account: FB0211 in, FB0221 out, FB0222 in; a consent goes on where the bank can debit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from evidence import RecordError, check
from evidence.identity import Identity
from evidence.lifecycle.cancelling import queue_cancellations
from evidence.lifecycle.contracts import Contracts, are_several, set_institution
from evidence.lifecycle.errors import (
    AnsweredOtherwise,
    AnswersNothing,
    AnswersSeveral,
    ChangeUnderWay,
    CountsDiffer,
    ReceiptNotAllowed,
    ReceiptNotOpen,
    RecordNotSent,
)
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.fb0211 import RECEIPT_CODES, decide
from evidence.lifecycle.fb0221 import settle_fb0221
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.sending import Outbox
from evidence.lifecycle.states import Event
from evidence.lifecycle.take_in import take_in
from evidence.store.log import LogFault
from evidence.store.rows import verify_consents
from evidence.store.schema import CONSENT, FILE, FILE_RECORD
from evidence.store.store import Store
from tests.evidence.lifecycle.institute import fb0120
from tests.evidence.lifecycle.notices import INSTITUTION, fb0211, fb0222, fb0222_unanswered, fb0320, key_of
from tests.evidence.lifecycle.people import DAY, NOW, clock, payer
from tests.evidence.lifecycle.test_notices import accepted, outcomes
from tests.evidence.lifecycle.test_sending import require_whole, states
from tests.evidence.lifecycle.test_take_in import changed, data, sent, take


@pytest.fixture
def outbox(store: Store, tmp_path: Path) -> Outbox:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return Outbox(store, folder, clock)


def answer(outbox: Outbox) -> Path:
    (one,) = outbox.send("FB0221", settle_fb0221, DAY)
    return outbox.folder / one.name


def answered_on(store: Store, outbox: Outbox, number: int, day: str) -> Path:
    """The FB0221 that answers one payer's request of that day."""
    take(store, fb0211(number, day=day))
    return answer(outbox)


def receipts(path: Path) -> list[str]:
    return [record.fields["receipt_code"] for record in data(path)]


def consent(store: Store, number: int) -> Any:
    with store.reading() as connection:
        return connection.execute(select(CONSENT).where(CONSENT.c.id == number)).one()


def file_states(store: Store, *codes: str) -> list[tuple[str, str]]:
    query = select(FILE.c.code, FILE.c.state).where(FILE.c.code.in_(codes)).order_by(FILE.c.id)
    with store.reading() as connection:
        return [(row.code, row.state) for row in connection.execute(query)]


def test_what_stands_at_the_bank_may_change(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    taken = take(store, fb0211(1, 2))
    assert (taken.events, taken.remarks) == ({}, ())
    path = answer(outbox)
    with path.open("rb") as stream:
        assert check(stream).sound
    first, _ = data(path)
    assert first.fields | {"sequence": "", "filler": ""} == {
        "record_type": "D",
        "sequence": "",
        "change_channel": "4",
        "requested_at": "20261104103000",
        "received_on": "20261102",  # the day it was taken in, here
        "reserved_1": "",
        "holder_id": "800101",
        "receipt_code": "0000",
        "old_institution_code": INSTITUTION,
        "old_sub_institution_code": "",
        "old_payer_number": "A-00000001",
        "old_bank_code": "004",
        "old_account_number": "00000000000001",
        "new_institution_code": INSTITUTION,
        "new_sub_institution_code": "",
        "new_payer_number": "A-00000001",
        "new_bank_code": "088",
        "new_account_number": "90000000000001",
        "sub_institution_name": "",
        "sub_institution_phone": "",
        "service_kind": "3",
        "filler": "",
        "line_end": "\r\n",
    }
    assert list(outbox.send("FB0221", settle_fb0221, DAY)) == []
    require_whole(store)


def test_drafts_say_why_a_change_cannot_be_taken(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 4)
    list(take_in_consents(store, [payer(5)], clock))
    take(store, fb0320((2, "0")))
    with store.writing(NOW) as writing:
        move(writing, [Move(3, Event.CANCEL_QUEUED)])
    taken = take(store, fb0211(1, 2, 3, 5, 9))
    assert [(r.code, r.number, r.details["code"]) for r in taken.remarks] == [
        ("FB-294", 2, "7306"),
        ("FB-297", 3, "7311"),
        ("FB-294", 4, "7306"),
        ("FB-293", 5, "7306"),
    ]
    path = answer(outbox)
    assert receipts(path) == ["0000", "7306", "7311", "7306", "7306"]
    refused = data(path)[1].fields
    assert (refused["new_institution_code"], refused["new_payer_number"], refused["new_bank_code"]) == ("", "", "088")


def test_another_holder_is_another_registration(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    taken = take(store, fb0211(1, 2, holder_id="900202"))
    assert [r.code for r in taken.remarks] == ["FB-296", "FB-296"]
    assert take(store, fb0211(1, 2, holder_id="8001011234567", day="20261106")).remarks == ()


@pytest.mark.parametrize(
    ("kind", "held", "asked", "same"),
    [
        ("0", "800101", "800101", True),
        ("0", "800101", "8001011", True),
        ("0", "800101", "8", False),
        ("0", "800101", "80010", False),
        ("0", "800101", "800102", False),
        ("1", "1208147521", "1208147521", True),
        ("1", "1208147521", "120814", False),
        ("1", "1208147521", "1208147521000", False),
        ("2", "M12345678", "M12345", False),
    ],
)
def test_a_holder_is_told_by_no_less_than_the_day_of_birth_or_the_whole_number(
    store: Store, outbox: Outbox, kind: str, held: str, asked: str, same: bool
) -> None:
    list(take_in_consents(store, [replace(payer(1), holder_id_type=kind, holder_id=held)], clock))
    with store.writing(NOW) as writing:
        move(writing, [Move(1, Event.SENT), Move(1, Event.ACCEPTED)])
    taken = take(store, fb0211(1, holder_id=asked))
    assert [r.code for r in taken.remarks] == ([] if same else ["FB-296"])
    assert receipts(answer(outbox)) == ["0000" if same else "7306"]


def test_another_account_at_the_same_bank_keeps_the_institution_code(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    with store.writing(NOW) as writing:
        set_institution(writing, "088", "5512345678")
    file_id = take(store, fb0211(1, 2, bank="004")).file_id
    with store.writing(NOW) as writing:
        decide(writing, file_id, 2, "7305")
        decide(writing, file_id, 2, "0000")
    fields = [record.fields for record in data(answer(outbox))]
    assert [(one["receipt_code"], one["new_institution_code"]) for one in fields] == [("0000", INSTITUTION)] * 2


def test_each_institution_may_have_its_own_code_at_a_bank(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    list(take_in_consents(store, [payer(2, institution="7700000001"), payer(3, institution="8800000001")], clock))
    with store.writing(NOW) as writing:
        move(writing, [Move(number, event) for number in (2, 3) for event in (Event.SENT, Event.ACCEPTED)])
        assert are_several(writing.connection)
        set_institution(writing, "088", "5512345678", INSTITUTION)
        set_institution(writing, "088", "6612345678", "7700000001")
        with pytest.raises(RecordError):
            set_institution(writing, "088", "1", "1" * 21)
    rows = [key_of(payer(number, institution=code), "old_") for number, code in ((2, "7700000001"), (3, "8800000001"))]
    one, *others = (fb0211(number, **row) for number, row in ((1, {}), (2, rows[0]), (3, rows[1])))
    for request in (one, *others):
        take(store, request)
    paths = [outbox.folder / one.name for one in outbox.send("FB0221", settle_fb0221, DAY)]
    codes = [data(path)[0].fields["new_institution_code"] for path in paths]
    assert codes == ["5512345678", "6612345678", "8800000001"]  # the last one has none set: its old code holds
    with store.writing(NOW) as writing:
        set_institution(writing, "020", "7")
        contracts = Contracts.of(writing.connection)
    asked = {"old_institution_code": INSTITUTION, "old_bank_code": "004"}
    assert [contracts.institution_after(asked | {"new_bank_code": bank}) for bank in ("088", "020", "011")] == [
        "5512345678",
        "7",
        "",
    ]


def test_an_answer_that_is_not_the_drafted_one_is_told(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 4)
    file_id = take(store, fb0211(1, 2, 3, 4)).file_id
    with store.writing(NOW) as writing:
        queue_cancellations(writing, [2])
        decide(writing, file_id, 4, "7305")  # somebody said so
    take(store, fb0320((3, "0")))
    (one,) = outbox.send("FB0221", settle_fb0221, DAY)
    assert [(notice.code, notice.details) for notice in one.notices] == [
        ("FB-301", {"record": 2, "before": "0000", "code": "7311"}),
        ("FB-301", {"record": 3, "before": "0000", "code": "7306"}),
    ]
    assert receipts(outbox.folder / one.name) == ["0000", "7311", "7306", "7305"]


def test_each_bank_has_its_institution_code_where_they_are_set(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    with store.writing(NOW) as writing:
        set_institution(writing, "088", "551")
        set_institution(writing, "088", "5512345678")
        set_institution(writing, "020", "7")
        set_institution(writing, "020", "")
        with pytest.raises(RecordError):
            set_institution(writing, "020", "1" * 21)
    taken = [*take(store, fb0211(1)).remarks, *take(store, fb0211(2, bank="011", day="20261106")).remarks]
    assert [(r.code, r.details["code"]) for r in taken] == [("FB-295", "7304")]
    first, second = (outbox.folder / one.name for one in outbox.send("FB0221", settle_fb0221, DAY))
    assert data(first)[0].fields["new_institution_code"] == "5512345678"
    assert receipts(second) == ["7304"]
    take(store, fb0222(first))
    assert consent(store, 3).institution_code == "5512345678"
    require_whole(store)


def test_somebody_who_knows_more_decides_otherwise(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 3)
    file_id = take(store, fb0211(1, 2, 9, holder_id="900202")).file_id
    with store.writing(NOW) as writing:
        decide(writing, file_id, 1, "7305")
        decide(writing, file_id, 2, "0000")
        for code in ("7308", "0001", "7401", ""):
            with pytest.raises(ReceiptNotAllowed):
                decide(writing, file_id, 1, code)
        with pytest.raises(ReceiptNotAllowed):
            decide(writing, file_id, 3, "0000")  # there is no consent to be changed
        with pytest.raises(ReceiptNotOpen):
            decide(writing, file_id, 4, "7305")
    path = answer(outbox)
    assert receipts(path) == ["7305", "0000", "7306"]
    with store.writing(NOW) as writing, pytest.raises(ReceiptNotOpen):
        decide(writing, file_id, 1, "7319")
    require_whole(store)


def test_receipt_codes_are_those_of_the_book_but_one() -> None:
    assert sorted(RECEIPT_CODES) == [*(f"73{n:02}" for n in range(1, 12) if n != 8), "7319"]


def test_nothing_is_sent_while_a_record_waits_to_be_decided(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    file_id = take(store, fb0211(1)).file_id
    with store.writing(NOW) as writing:
        writing.connection.execute(FILE_RECORD.update().where(FILE_RECORD.c.file_id == file_id).values(code=None))
    assert list(outbox.send("FB0221", settle_fb0221, DAY)) == []


def test_a_consent_that_ends_before_the_answer_is_not_changed(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    file_id = take(store, fb0211(1, 2)).file_id
    with store.writing(NOW) as writing:
        decide(writing, file_id, 2, "0000")
    take(store, fb0320((1, "0"), (2, "0")))
    assert receipts(answer(outbox)) == ["7306", "7306"]
    assert outcomes(store, file_id) == [(1, "7306", "FB-294"), (2, "7306", "FB-294")]


def test_a_change_that_was_registered_goes_on_as_another_consent(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    take(store, fb0211(1))
    taken = take(store, fb0222(answer(outbox)))
    assert (taken.events, taken.remarks) == ({"changed": 1, "began": 1}, ())
    assert states(store) == ["changed", "accepted", "accepted"]
    old, new = consent(store, 1), consent(store, 3)
    assert (old.successor_id, old.live, new.live) == (3, False, True)
    assert (new.evidence_id, new.bank_code, f"{new.applied_on}") == (old.evidence_id, "088", "2026-11-04")
    assert bytes(new.identity) == Identity(INSTITUTION, "A-00000001", "088", "90000000000001").hashed(store.keys.digest)
    texts = store.sealer.open_texts("consent:3", new.key_id, bytes(new.sealed))
    assert (texts["holder_id"], texts["account_number"]) == ("800101", "90000000000001")
    assert file_states(store, "FB0211", "FB0221", "FB0222") == [
        ("FB0211", "closed"),
        ("FB0221", "answered"),
        ("FB0222", "closed"),
    ]
    require_whole(store)
    assert list(outbox.send("FB0221", settle_fb0221, DAY)) == []
    with store.engine.begin() as connection:
        other = consent(store, 2).evidence_id
        connection.execute(update(CONSENT).where(CONSENT.c.id == 3).values(evidence_id=other))
    with store.reading() as connection:
        assert list(verify_consents(store, connection)) == [LogFault("FB-379", 3)]


def test_of_two_requests_for_one_consent_one_is_taken(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    first = take(store, fb0211(1)).file_id
    second = take(store, fb0211(1, 1, day="20261106", new_account_number="77")).file_id
    assert outcomes(store, second) == [(1, "7319", "FB-311"), (1, "7319", "FB-311")]
    with pytest.raises(ChangeUnderWay), store.writing(NOW) as writing:
        decide(writing, second, 1, "0000")
    with store.writing(NOW) as writing:
        decide(writing, first, 1, "0000")  # as it was
    one, other = (outbox.folder / sent.name for sent in outbox.send("FB0221", settle_fb0221, DAY))
    assert (receipts(one), receipts(other)) == (["0000"], ["7319", "7319"])
    assert take(store, fb0222(one)).events == {"changed": 1, "began": 1}
    assert states(store) == ["changed", "accepted"]
    require_whole(store)


def test_another_request_may_be_taken_instead(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    first = take(store, fb0211(1)).file_id
    second = take(store, fb0211(1, day="20261106", new_account_number="77")).file_id
    with store.writing(NOW) as writing:
        decide(writing, first, 1, "7305")
        decide(writing, second, 1, "0000")
    assert [receipts(outbox.folder / sent.name) for sent in outbox.send("FB0221", settle_fb0221, DAY)] == [
        ["7305"],
        ["0000"],
    ]


@pytest.mark.parametrize(
    ("codes", "state", "remark", "goes_on"),
    [
        (("2401", "2501"), "changed", None, True),
        (("2402", "0000"), "changed", "FB-285", True),
        (("0000", "1206"), "cancelled", "FB-286", False),
        (("2401", "1201"), "cancelled", "FB-286", False),
        (("2400", "1201"), "accepted", "FB-287", False),
        (("7405", "7405"), "accepted", "FB-288", False),
        (("7406", "7406"), "accepted", "FB-288", False),
    ],
)
def test_what_both_banks_say_decides(
    store: Store, outbox: Outbox, codes: tuple[str, str], state: str, remark: str | None, goes_on: bool
) -> None:
    accepted(outbox, 1)
    take(store, fb0211(1))
    taken = take(store, fb0222(answer(outbox), {1: codes}))
    assert [r.code for r in taken.remarks] == ([remark] if remark else [])
    assert states(store) == [state, *(["accepted"] if goes_on else [])]
    require_whole(store)


def test_the_code_stays_with_a_consent_that_nobody_can_debit(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    take(store, fb0211(1))
    taken = take(store, fb0222(answer(outbox), {1: ("0000", "1206")}))
    assert consent(store, 1).code == "1206"
    assert outcomes(store, taken.file_id) == [(1, "1206", "FB-286")]
    assert taken.remarks[0].details["register"] == "1206"


def test_an_answer_that_never_arrived_closes_the_request(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    request = fb0211(1, 2)
    take(store, request)
    with pytest.raises(AnswersNothing):
        take(store, fb0222_unanswered(request, "0000"))
    taken = take(store, fb0222_unanswered(request, "7401"))
    assert [r.code for r in taken.remarks] == ["FB-288", "FB-288"]
    assert file_states(store, "FB0211") == [("FB0211", "closed")]
    assert list(outbox.send("FB0221", settle_fb0221, DAY)) == []
    assert states(store) == ["accepted", "accepted"]
    require_whole(store)


def test_results_may_be_dated_by_the_day_they_were_made_on(store: Store, outbox: Outbox) -> None:
    """4.4.3 leaves open which day 처리기준일자 is: the records say which file is meant (ADR 0040)."""
    accepted(outbox, 3)
    first, second = (answered_on(store, outbox, payer, day) for payer, day in ((1, "20261105"), (2, "20261106")))
    with pytest.raises(AnswersNothing):
        take(store, fb0222(first, day="20261104"))
    with pytest.raises(AnswersNothing):
        take(store, fb0222(first, day="20261110", requested_at="20261104103001"))
    with pytest.raises(AnswersNothing):
        take(store, fb0222(first, day="20261207"))
    assert take(store, fb0222(first, day="20261207"), answers=first.name).events == {"changed": 1, "began": 1}
    with pytest.raises(AnsweredOtherwise):
        take(store, fb0222(first, {1: ("1206", "1206")}, day="20261110"))
    assert take(store, fb0222(second, day="20261110")).events == {"changed": 1, "began": 1}
    assert states(store) == ["changed", "changed", "accepted", "accepted", "accepted"]
    assert [state for _, state in file_states(store, "FB0211", "FB0221")] == ["closed", "answered"] * 2
    require_whole(store)


@pytest.mark.parametrize("day", ["20261105", "20261110"])
def test_results_without_a_record_say_nothing_of_any_file(store: Store, outbox: Outbox, day: str) -> None:
    accepted(outbox, 2)
    take(store, fb0211(1))
    path = answer(outbox)
    take(store, fb0211(2))
    with pytest.raises(AnswersNothing):
        take(store, fb0222(path, leave_out=1, day=day))
    assert file_states(store, "FB0211", "FB0221") == [("FB0211", "open"), ("FB0221", "ready"), ("FB0211", "open")]
    named = fb0222(path, leave_out=1, day="20261105")
    assert [one.code for one in take(store, named, answers=path.name).remarks] == ["FB-291"]


def test_results_that_fit_two_files_are_for_a_person(store: Store, outbox: Outbox) -> None:
    """A request that came a second time, on another day."""
    accepted(outbox, 1)
    first, second = (answered_on(store, outbox, 1, day) for day in ("20261105", "20261109"))
    assert (receipts(first), receipts(second)) == (["0000"], ["7319"])
    with pytest.raises(AnswersSeveral):  # what only a request that was taken has is blank
        take(store, fb0222(first, day="20261109", new_institution_code="", new_payer_number=""))
    named = fb0222(first, day="20261109", new_institution_code="", new_payer_number="")
    assert take(store, named, answers=first.name).events == {"changed": 1, "began": 1}


def test_an_answer_that_never_arrived_is_told_of_for_all_that_was_asked(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    request = fb0211(1, 2)
    take(store, request)
    with pytest.raises(AnswersNothing):
        take(store, fb0222_unanswered(request, "7401", leave_out=2))
    assert file_states(store, "FB0211") == [("FB0211", "open")]


def test_of_two_requests_that_an_answer_never_reached_a_person_says_which(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    request = fb0211(1, day="20261105")
    take_in(store, request, "the first", NOW)
    take_in(store, fb0211(1, day="20261106"), "the second", NOW)
    with pytest.raises(AnswersSeveral):
        take(store, fb0222_unanswered(request, "7401", day="20261109"))
    take(store, fb0222_unanswered(request, "7401", day="20261109"), answers="the second")
    assert file_states(store, "FB0211") == [("FB0211", "open"), ("FB0211", "closed")]


def test_an_answer_that_never_arrived_is_told_of_while_others_wait(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    take(store, fb0211(1))
    answer(outbox)
    request = fb0211(2)
    take(store, request)
    taken = take(store, fb0222_unanswered(request, "7401", day="20261110"))
    assert [r.code for r in taken.remarks] == ["FB-288"]
    assert file_states(store, "FB0211", "FB0221") == [("FB0211", "open"), ("FB0221", "ready"), ("FB0211", "closed")]
    require_whole(store)


def test_an_answer_that_is_not_delivered_yet_is_not_passed_over(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    request = fb0211(1)
    take(store, request)
    with store.writing(NOW) as writing:
        settle_fb0221(writing, DAY)
    with pytest.raises(AnswersNothing):
        take(store, fb0222_unanswered(request, "7401"))
    path = answer(outbox)
    assert [r.code for r in take(store, fb0222(path, {1: ("7406", "7406")})).remarks] == ["FB-288"]


def test_one_that_ended_meanwhile_goes_on_where_the_bank_can_debit(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    take(store, fb0211(1, 2))
    path = answer(outbox)
    take(store, fb0320((1, "2")))
    with store.writing(NOW) as writing:
        move(writing, [Move(2, Event.CANCEL_QUEUED)])
    taken = take(store, fb0222(path))
    assert [(r.code, r.consent_id, r.details["successor"]) for r in taken.remarks] == [
        ("FB-292", 1, 3),
        ("FB-292", 2, 4),
    ]
    assert states(store) == ["cancelled", "changed", "accepted", "accepted"]
    assert consent(store, 1).successor_id == 3
    require_whole(store)


def test_one_that_was_registered_by_another_way_is_the_successor(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    take(store, fb0211(1))
    path = answer(outbox)
    other = payer(1, bank="088")
    object.__setattr__(other, "account_number", "90000000000001")
    list(take_in_consents(store, [other], clock))
    taken = take(store, fb0222(path, {1: ("0000", "2501")}))
    assert [(r.code, r.details["successor"]) for r in taken.remarks] == [("FB-289", 2)]
    assert (states(store), consent(store, 1).successor_id) == (["changed", "queued"], 2)
    require_whole(store)


def test_a_change_that_we_refused_changes_nothing(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    file_id = take(store, fb0211(1, 2)).file_id
    with store.writing(NOW) as writing:
        decide(writing, file_id, 1, "7305")
        decide(writing, file_id, 2, "7305")
    taken = take(store, fb0222(answer(outbox), {2: ("0000", "0000")}))
    assert [(r.code, r.number) for r in taken.remarks] == [("FB-290", 2)]
    assert [outcome for *_, outcome in outcomes(store, taken.file_id)] == ["left", "FB-290"]
    assert states(store) == ["accepted", "accepted"]


def test_silence_about_a_change_moves_nothing(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    take(store, fb0211(1, 2))
    taken = take(store, fb0222(answer(outbox), leave_out=1))
    assert [(r.code, r.number, r.consent_id) for r in taken.remarks] == [("FB-291", 1, 1)]
    assert states(store) == ["accepted", "changed", "accepted"]
    require_whole(store)


@pytest.mark.parametrize("left_out", [0, 1, 4])
def test_records_that_are_alike_are_each_answered_once(store: Store, outbox: Outbox, left_out: int) -> None:
    """The same wish twice, in one second: the second is drafted with 7319, and the result names both."""
    accepted(outbox, 3)
    taken = take(store, fb0211(1, 2, 2, 3))
    assert [(r.number, r.code) for r in taken.remarks] == [(3, "FB-311")]
    path = answer(outbox)
    assert receipts(path) == ["0000", "0000", "7319", "0000"]
    result = take(store, fb0222(path, leave_out=left_out))  # without the first one the numbers are others
    assert [r.code for r in result.remarks] == ["FB-291"] * bool(left_out)
    assert states(store)[1] == "changed"
    outcome = {one[0]: one[2] for one in outcomes(store, result.file_id)[::-1]}  # of two the first
    assert outcome[2] == "changed"
    require_whole(store)


def test_records_that_were_not_sent_refuse_the_whole_file(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    take(store, fb0211(1))
    path = answer(outbox)
    for old, new in ((b"90000000000001", b"90000000000002"), (b"20261104103000", b"20261104103001")):
        with pytest.raises(RecordNotSent):
            take(store, changed(fb0222(path), old, new))
    take(store, fb0211(1, 2, day="20261106"))
    second = answer(outbox)
    with pytest.raises(CountsDiffer):
        take(store, changed(fb0222(second), b"20261106", b"20261105"))
    assert states(store) == ["accepted", "accepted"]
    require_whole(store)


def test_a_consent_may_wander_on(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 1)
    take(store, fb0211(1))
    take(store, fb0222(answer(outbox)))
    again = {"old_bank_code": "088", "old_account_number": "90000000000001", "new_account_number": "77"}
    take(store, fb0211(1, bank="011", day="20261110", **again))
    take(store, fb0222(answer(outbox)))
    assert states(store) == ["changed", "changed", "accepted"]
    assert [consent(store, n).successor_id for n in (1, 2, 3)] == [2, 3, None]
    with store.writing(NOW) as writing:
        move(writing, [Move(3, Event.CANCEL_QUEUED)])
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    (record,) = data(outbox.folder / one.name)
    assert (record.fields["bank_code"], record.fields["account_number"]) == ("011", "77")
    take(store, fb0120(outbox.folder / one.name), answers=one.name)
    assert states(store)[-1] == "cancelled"
    require_whole(store)


def test_an_answer_still_agrees_when_another_file_is_open(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    sent(outbox, 1, first=5)
    take(store, fb0211(1))
    take(store, fb0211(2))
    first, second = (outbox.folder / one.name for one in outbox.send("FB0221", settle_fb0221, DAY))
    take(store, fb0222(second))
    take(store, fb0222(first))
    assert states(store) == ["changed", "changed", "sent", "accepted", "accepted"]
