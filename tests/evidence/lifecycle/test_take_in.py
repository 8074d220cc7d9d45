"""Answers taken in: everything has to agree before anything moves, and the same file twice changes nothing."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from evidence import DataRecord, RecordError, read_file
from evidence.lifecycle.contracts import set_partly_exempt
from evidence.lifecycle.errors import (
    AcceptedAsError,
    AnsweredOtherwise,
    AnswersNothing,
    AnswersSeveral,
    AuditNotOpen,
    CountsDiffer,
    EvidenceMissingForAudit,
    FileChanged,
    FileUnknown,
    NotIncoming,
    RecordNotSent,
)
from evidence.lifecycle.facts import facts_of
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.fb0410 import close_audit, settle_fb0420
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.sending import Outbox, Sent
from evidence.lifecycle.states import Event
from evidence.lifecycle.stuck import stuck_audits
from evidence.lifecycle.take_in import TakenFile, take_in
from evidence.store.schema import FILE, LOG
from evidence.store.store import Store
from tests.evidence.lifecycle.institute import fb0120, fb0410, fb0421
from tests.evidence.lifecycle.people import DAY, NOW, anew, clock, payer, payers
from tests.evidence.lifecycle.test_sending import require_whole, states


@pytest.fixture
def outbox(store: Store, tmp_path: Path) -> Outbox:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return Outbox(store, folder, clock)


def sent(outbox: Outbox, count: int, first: int = 1) -> Path:
    """An FB0110 of some new consents."""
    list(take_in_consents(outbox.store, payers(count, first), clock))
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    return outbox.folder / one.name


def take(store: Store, file: io.BytesIO, **how: str) -> TakenFile:
    return take_in(store, file, "from the institute", NOW, **how)


def rows_of_log(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(LOG)).scalar_one()


def test_those_listed_are_rejected_and_all_others_accepted(store: Store, outbox: Outbox) -> None:
    path = sent(outbox, 5)
    taken = take(store, fb0120(path, {2: "7109", 4: "7190"}))
    assert (taken.code, taken.records, taken.already) == ("FB0120", 2, False)
    assert taken.events == {"rejected": 2, "accepted": 3}
    assert states(store) == ["accepted", "rejected", "accepted", "rejected", "accepted"]
    require_whole(store)


def test_the_same_file_twice_changes_nothing(store: Store, outbox: Outbox) -> None:
    path = sent(outbox, 3)
    first = take(store, fb0120(path, {2: "7109"}))
    rows = rows_of_log(store)
    second = take(store, fb0120(path, {2: "7109"}))
    assert (second.already, second.file_id, second.events) == (True, first.file_id, {})
    assert rows_of_log(store) == rows


@pytest.mark.parametrize("header", [{"institution_code": "8812345678"}, {"bank_code": "088"}])
def test_an_answer_to_another_institution_or_bank_accepts_nothing(
    store: Store, outbox: Outbox, header: dict[str, str]
) -> None:
    """It lists nothing and has as many records: in integrated processing nothing else would tell it from ours."""
    path = sent(outbox, 3)
    with pytest.raises(AnswersNothing):
        take(store, fb0120(path, None, **header))
    assert states(store) == ["sent"] * 3
    ours = {"institution_code": "9912345678", "bank_code": "004"}
    assert take(store, fb0120(path, None, **ours)).events == {"accepted": 3}


class Replaced(io.BytesIO):
    """A file over which somebody writes another one, once it was read `times`."""

    def __init__(self, first: io.BytesIO, then: io.BytesIO, times: int) -> None:
        super().__init__(first.getvalue())
        self.then, self.times = then.getvalue(), times

    def seek(self, offset: int, whence: int = 0) -> int:
        self.times -= 1
        if self.times == -1:
            super().seek(0)
            self.truncate()
            self.write(self.then)
        return super().seek(offset, whence)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_file_written_over_while_it_is_taken_in_is_refused(store: Store, outbox: Outbox, times: int) -> None:
    """Else two rejected consents would be taken for accepted: the counts were looked at before."""
    path = sent(outbox, 5)
    file = Replaced(fb0120(path, {2: "7109", 4: "7190"}), fb0120(path), times)
    if times == 3:  # by then everything was read
        assert take(store, file).events == {"rejected": 2, "accepted": 3}
        return
    rows = rows_of_log(store)
    with pytest.raises(FileChanged):
        take(store, file)
    assert states(store) == ["sent"] * 5
    assert rows_of_log(store) == rows
    require_whole(store)


def test_a_second_answer_that_says_something_else_is_refused(store: Store, outbox: Outbox) -> None:
    path = sent(outbox, 3)
    take(store, fb0120(path, {2: "7109"}))
    with pytest.raises(AnsweredOtherwise):
        take(store, fb0120(path, {3: "7109"}))
    assert states(store) == ["accepted", "rejected", "accepted"]


def changed(file: io.BytesIO, old: bytes, new: bytes) -> io.BytesIO:
    content = file.getvalue()
    assert content.count(old) == 1
    return io.BytesIO(content.replace(old, new))


def test_silence_is_no_approval(store: Store, outbox: Outbox) -> None:
    """Whatever does not agree, nothing moves: another day, another number of records, records that were not sent."""
    path = sent(outbox, 3)
    with pytest.raises(AnswersNothing):
        take(store, fb0120(path, process_date="20261103"))
    other = sent(outbox, 2, first=10)
    with pytest.raises(CountsDiffer):
        take(store, fb0120(path), answers=other.name)
    with pytest.raises(RecordNotSent):
        take(store, changed(fb0120(path, {2: "7109"}), b"A-00000002", b"A-00000022"))
    with pytest.raises(RecordNotSent):
        take(store, changed(fb0120(path, {2: "7109"}), b"800101", b"800102"))
    with pytest.raises(AcceptedAsError):
        take(store, fb0120(path, {2: "0000"}))
    with pytest.raises(RecordError):
        take(store, io.BytesIO(fb0120(path).getvalue()[:-402]))
    assert set(states(store)) == {"sent"}
    require_whole(store)


def test_two_files_that_fit_alike_have_to_be_told_apart(store: Store, outbox: Outbox) -> None:
    first, second = sent(outbox, 2), sent(outbox, 2, first=10)
    with pytest.raises(AnswersSeveral) as caught:
        take(store, fb0120(first))
    assert caught.value.details["names"] == f"{first.name}, {second.name}"
    take(store, fb0120(second), answers=second.name)
    assert states(store) == ["sent", "sent", "accepted", "accepted"]
    take(store, fb0120(first, {1: "7105"}))
    assert states(store) == ["rejected", "accepted", "accepted", "accepted"]


def test_the_same_answer_to_another_file_of_the_day_is_pointed_out(store: Store, outbox: Outbox) -> None:
    """Two files with as many records, both in order, have answers that are alike to the last byte."""
    first, second = sent(outbox, 2), sent(outbox, 2, first=10)
    take(store, fb0120(first), answers=first.name)
    again = take(store, fb0120(second))
    assert (again.already, [r.code for r in again.remarks]) == (True, ["FB-232"])
    take(store, fb0120(second), answers=second.name)
    assert set(states(store)) == {"accepted"}
    assert take(store, fb0120(second)).remarks == ()


def test_one_that_lists_records_tells_by_itself_what_it_answers(store: Store, outbox: Outbox) -> None:
    sent(outbox, 2)
    second = sent(outbox, 2, first=10)
    take(store, fb0120(second, {2: "7105"}))
    assert states(store) == ["sent", "sent", "accepted", "rejected"]


def test_a_cancellation_that_is_accepted_ends_the_consent(store: Store, outbox: Outbox) -> None:
    take(store, fb0120(sent(outbox, 3)))
    with store.writing(NOW) as writing:
        move(writing, [Move(number, Event.CANCEL_QUEUED) for number in (1, 2)])
    (cancelling,) = outbox.send("FB0110", settle_fb0110, DAY)
    taken = take(store, fb0120(outbox.folder / cancelling.name, {2: "7107"}))
    assert taken.events == {"cancel_accepted": 1, "cancel_rejected": 1}
    assert states(store) == ["cancelled", "cancel_rejected", "accepted"]
    list(take_in_consents(store, [anew(1)], clock))  # the same payer may consent anew
    assert states(store)[-1] == "queued"


def test_what_was_cancelled_meanwhile_stays_so(store: Store, outbox: Outbox) -> None:
    path = sent(outbox, 2)
    with store.writing(NOW) as writing:
        move(writing, [Move(1, Event.CANCELLED)])
    assert take(store, fb0120(path)).events == {"accepted": 1}
    assert states(store) == ["cancelled", "accepted"]


def test_files_that_we_send_do_not_come_in(store: Store, outbox: Outbox) -> None:
    path = sent(outbox, 1)
    with pytest.raises(NotIncoming):
        take(store, io.BytesIO(path.read_bytes()))


def asked(number: int, day: str = "20261102") -> dict[str, str]:
    one = payer(number)
    return {
        "institution_code": one.institution_code,
        "payer_number": one.payer_number,
        "bank_code": one.bank_code,
        "account_number": one.account_number,
        "applied_on": day,
    }


def answer(outbox: Outbox, *, allow_missing: bool = False) -> list[Sent]:
    refused: list[EvidenceMissingForAudit] = []
    made = list(outbox.send("FB0420", partial(settle_fb0420, refused=refused, allow_missing=allow_missing), DAY))
    for error in refused:
        raise error
    return made


def data(path: Path) -> list[DataRecord]:
    with path.open("rb") as stream:
        return [item for item in read_file(stream) if isinstance(item, DataRecord)]


def test_an_audit_is_answered_with_the_evidence_that_is_held(store: Store, outbox: Outbox) -> None:
    take(store, fb0120(sent(outbox, 3)))
    take(store, fb0410([asked(3), asked(1, "20261030")]))
    (one,) = answer(outbox)
    first, second = data(outbox.folder / one.name)
    assert first.evidence == payer(3).evidence
    assert second.evidence == payer(1).evidence
    assert (second.fields["applied_on"], second.fields["extension"]) == ("20261102", "jpg")  # what is held, not asked
    assert answer(outbox) == []
    taken = take(store, fb0421(outbox.folder / one.name))
    assert (taken.code, taken.remarks) == ("FB0421", ())
    with store.reading() as connection:
        rows = connection.execute(select(FILE.c.code, FILE.c.state).order_by(FILE.c.id)).all()
    assert [tuple(row) for row in rows][2:] == [("FB0410", "closed"), ("FB0420", "answered"), ("FB0421", "closed")]
    assert answer(outbox) == []
    require_whole(store)


def test_one_error_sends_the_whole_answer_again(store: Store, outbox: Outbox) -> None:
    sent(outbox, 3)
    take(store, fb0410([asked(1), asked(2), asked(3)]))
    (one,) = answer(outbox)
    taken = take(store, fb0421(outbox.folder / one.name, {2: "7120"}))
    assert [(r.code, r.number, r.consent_id) for r in taken.remarks] == [("FB-231", 2, 2)]
    (again,) = answer(outbox)
    assert again.name != one.name
    assert [r.fields["payer_number"] for r in data(outbox.folder / again.name)] == [
        "A-00000001",
        "A-00000002",
        "A-00000003",
    ]
    same = take(store, fb0421(outbox.folder / one.name, {2: "7120"}))  # may be an answer to the second one, or not
    assert (same.already, [r.code for r in same.remarks]) == (True, ["FB-232"])
    take(store, fb0421(outbox.folder / again.name, {2: "7120"}), answers=again.name)
    (third,) = answer(outbox)
    take(store, fb0421(outbox.folder / third.name))
    assert answer(outbox) == []
    require_whole(store)


def test_a_file_called_unsound_without_an_error_is_sent_again_too(store: Store, outbox: Outbox) -> None:
    sent(outbox, 2)
    take(store, fb0410([asked(1)]))
    (one,) = answer(outbox)
    taken = take(store, fb0421(outbox.folder / one.name, sound="N"))
    assert [(r.code, r.number, r.details) for r in taken.remarks] == [
        ("FB-233", 0, {"number": 0, "consent": "-", "sound": "N", "listed": 1, "sent": 1})
    ]
    assert len(answer(outbox)) == 1


@pytest.mark.parametrize(("listed", "sound"), [([1], "Y"), ([], "N"), ([], "Y")])
def test_a_result_that_leaves_records_out_is_remarked_until_the_answer_is_sent_again(
    store: Store, outbox: Outbox, listed: list[int], sound: str
) -> None:
    sent(outbox, 2)
    take(store, fb0410([asked(1), asked(2)]))
    (one,) = answer(outbox)
    taken = take(store, fb0421(outbox.folder / one.name, sound=sound, only=listed))
    assert [(r.code, r.details["listed"], r.details["sent"]) for r in taken.remarks] == [("FB-233", len(listed), 2)]
    with store.reading() as connection:
        ((number, code, file_id, request),) = [
            (row.number, row.code, row.file_id, row.request) for row in stuck_audits(connection)
        ]
    assert (number, code, file_id, request) == (None, None, taken.file_id, "from the institute")
    (again,) = answer(outbox)
    with store.reading() as connection:
        assert list(stuck_audits(connection)) == []
    take(store, fb0421(outbox.folder / again.name), answers=again.name)
    assert answer(outbox) == []
    require_whole(store)


def test_an_audit_that_cannot_be_answered_does_not_hold_up_the_others(store: Store, outbox: Outbox) -> None:
    sent(outbox, 3)
    for numbers, day in (((7,), "20261109"), ((1, 2), "20261110"), ((3, 8, 9), "20261111")):
        take(store, fb0410([asked(number) for number in numbers], day=day))
    refused: list[EvidenceMissingForAudit] = []
    (one,) = outbox.send("FB0420", partial(settle_fb0420, refused=refused), DAY)
    assert [record.fields["payer_number"] for record in data(outbox.folder / one.name)] == ["A-00000001", "A-00000002"]
    assert [(error.details["missing"], error.details["first"]) for error in refused] == [(1, 1), (2, 2)]
    refused.clear()
    assert list(outbox.send("FB0420", partial(settle_fb0420, refused=refused), DAY)) == []
    assert len(refused) == 2
    assert len(answer(outbox, allow_missing=True)) == 2
    require_whole(store)


def test_missing_evidence_is_answered_only_when_somebody_says_so(store: Store, outbox: Outbox) -> None:
    sent(outbox, 1)
    take(store, fb0410([asked(1), asked(7)]))
    with pytest.raises(EvidenceMissingForAudit) as caught:
        answer(outbox)
    assert (caught.value.details["missing"], caught.value.details["first"]) == (1, 2)
    assert caught.value.details["near"] == "none"
    (one,) = answer(outbox, allow_missing=True)
    first, second = data(outbox.folder / one.name)
    assert (first.fields["evidence_present"], second.fields["evidence_present"]) == ("Y", "N")
    assert (second.evidence, second.fields["extension"], second.fields["evidence_type"]) == (b"", "", "1")
    require_whole(store)


def only(outbox: Outbox, file: str, *, allow_missing: bool = False) -> list[Sent]:
    settle = partial(settle_fb0420, refused=[], allow_missing=allow_missing, only=file)
    return list(outbox.send("FB0420", settle, DAY))


def test_one_audit_of_several_may_be_answered(store: Store, outbox: Outbox) -> None:
    """Each answer that lacks evidence counts (4.6.2): one that is known to lack it must not take the others along."""
    sent(outbox, 1)
    first, second = (take(store, fb0410([asked(7)], day=day)) for day in ("20261109", "20261110"))
    with pytest.raises(FileUnknown):
        only(outbox, "FB0410.1")
    (one,) = only(outbox, str(second.file_id), allow_missing=True)
    assert one.name.startswith("FB0420_20261110_")
    with pytest.raises(AuditNotOpen):
        only(outbox, str(second.file_id))
    with store.writing(NOW) as writing:
        close_audit(writing, first.file_id)
    with pytest.raises(AuditNotOpen):
        only(outbox, str(first.file_id))
    require_whole(store)


def test_an_audit_that_is_answered_elsewhere_is_closed(store: Store, outbox: Outbox) -> None:
    sent(outbox, 1)
    request = take(store, fb0410([asked(1)]))
    with store.writing(NOW) as writing:
        (settled,) = settle_fb0420(writing, DAY, refused=[])
    with pytest.raises(AuditNotOpen), store.writing(NOW) as writing:  # it would be put into the outbox after that
        close_audit(writing, request.file_id)
    (one,) = outbox.finish("FB0420")
    with store.writing(NOW) as writing:
        close_audit(writing, request.file_id)
    assert answer(outbox) == []
    with store.reading() as connection:
        facts = facts_of(store, connection, DAY)
        told = connection.execute(select(LOG.c.file_id).where(LOG.c.event == "file_elsewhere").order_by(LOG.c.seq))
        assert list(told.scalars()) == [request.file_id, settled]
    assert (facts.requests, [file.code for file in facts.sent]) == ((), ["FB0110"])
    with pytest.raises(AnswersNothing):
        take(store, fb0421(outbox.folder / one.name))
    require_whole(store)


def test_an_audit_of_an_institution_that_the_store_does_not_know_is_remarked(store: Store, outbox: Outbox) -> None:
    sent(outbox, 1)
    theirs = asked(1) | {"institution_code": "7700000001"}
    taken = take(store, fb0410([asked(1), theirs, theirs]))
    assert [(r.code, r.number, r.details["institutions"], r.details["count"]) for r in taken.remarks] == [
        ("FB-401", 0, "7700000001", 2)
    ]
    with store.writing(NOW) as writing:
        set_partly_exempt(writing, "7700000001", exempt=True)
    assert take(store, fb0410([theirs], day="20261110")).remarks == ()
    many = fb0410([asked(1) | {"institution_code": f"88000000{n:02}"} for n in range(40)], day="20261111")
    (remark,) = take(store, many).remarks
    assert (remark.details["count"], len(str(remark.details["institutions"]))) == (40, 5 * 12 + 1)


def test_what_an_audit_misses_is_told_with_consents_like_it(store: Store, outbox: Outbox) -> None:
    sent(outbox, 2)
    take(store, fb0410([asked(1), asked(2) | {"bank_code": "032"}]))
    with pytest.raises(EvidenceMissingForAudit) as caught:
        answer(outbox)
    assert (caught.value.details["first"], caught.value.details["near"]) == (2, "2")


def test_an_audit_names_the_bank_of_today(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, [payer(1, bank="005")], clock))
    take(store, fb0410([asked(1) | {"bank_code": "081"}, asked(2) | {"bank_code": "081"}]))
    list(take_in_consents(store, [payer(2, bank="025")], clock))  # what was missing may come later
    (one,) = answer(outbox)
    found = data(outbox.folder / one.name)
    assert [(r.evidence, r.fields["bank_code"]) for r in found] == [(payer(n).evidence, "081") for n in (1, 2)]
    take(store, fb0421(outbox.folder / one.name))
    require_whole(store)


def test_an_answer_that_speaks_of_others_is_refused(store: Store, outbox: Outbox) -> None:
    sent(outbox, 2)
    take(store, fb0410([asked(1)]))
    (one,) = answer(outbox)
    with pytest.raises(RecordNotSent):
        take(store, changed(fb0421(outbox.folder / one.name), b"A-00000001", b"A-00000002"))
    trailer = b"TFB0421" + b"1".rjust(10, b"0")
    more = changed(fb0421(outbox.folder / one.name), trailer + b"1".rjust(10, b"0"), trailer + b"2".rjust(10, b"0"))
    with pytest.raises(CountsDiffer):
        take(store, more)
