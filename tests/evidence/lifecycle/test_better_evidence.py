"""Better evidence in the place of what an audit found wrong: the next answer has it, and nothing else is changed."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select

from certs.demo import DemoPki
from evidence import EvidenceNotVouched, RecordError
from evidence.lifecycle.better_evidence import add_evidence
from evidence.lifecycle.errors import EvidenceNotFoundWrong, SameEvidence
from evidence.lifecycle.files import write_sent
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.retention import delete_ended
from evidence.lifecycle.sending import Outbox
from evidence.store.errors import ConsentExists, ConsentUnknown
from evidence.store.finding import story_of
from evidence.store.pieces import Piece
from evidence.store.schema import EVIDENCE, FILE
from evidence.store.store import Store
from tests.evidence.lifecycle.institute import fb0410, fb0421
from tests.evidence.lifecycle.notices import fb0320
from tests.evidence.lifecycle.people import JPEG, NOW, clock, payer
from tests.evidence.lifecycle.test_notices import accepted
from tests.evidence.lifecycle.test_sending import require_whole
from tests.evidence.lifecycle.test_take_in import answer, asked, data, take
from tests.evidence.signed import signed

BETTER = JPEG + b"scanned again"


@pytest.fixture
def outbox(store: Store, tmp_path: Path) -> Outbox:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return Outbox(store, folder, clock)


def better(store: Store, number: int, content: bytes = BETTER, kind: str = "1", extension: str = "jpg") -> None:
    with store.writing(NOW) as writing:
        add_evidence(writing, number, Piece.of(kind, extension, content))


def found_wrong(outbox: Outbox, count: int) -> Path:
    """The answer to an audit of so many consents, of which the last one was found wrong."""
    store = accepted(outbox, count)
    take(store, fb0410([asked(number) for number in range(1, count + 1)]))
    (one,) = answer(outbox)
    take(store, fb0421(outbox.folder / one.name, {count: "7121"}))
    return outbox.folder / one.name


def test_the_next_answer_has_it_and_what_was_sent_stays(store: Store, outbox: Outbox) -> None:
    first = found_wrong(outbox, 2)
    better(store, 2)
    (again,) = answer(outbox)
    assert [record.evidence for record in data(outbox.folder / again.name)] == [payer(1).evidence, BETTER]
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(EVIDENCE)).scalar() == 3
        log = [(row.event, json.loads(row.details).get("evidence")) for row in story_of(connection, 2).log]
        sent = connection.execute(select(FILE).where(FILE.c.name == first.name)).one()
        bytes_again = io.BytesIO()
        write_sent(store, connection, sent, bytes_again)
    assert bytes_again.getvalue() == first.read_bytes()
    digests = [sha256(one).hexdigest() for one in (payer(2).evidence, BETTER)]
    assert [one for one in log if one[1]] == [("signed", digests[0]), ("evidence_added", digests[1])]
    take(store, fb0421(outbox.folder / again.name), answers=again.name)
    require_whole(store)


def test_it_is_added_only_where_an_audit_waits_for_it(store: Store, outbox: Outbox) -> None:
    accepted(outbox, 2)
    take(store, fb0410([asked(1), asked(2)]))
    (one,) = answer(outbox)
    for number, error in ((1, EvidenceNotFoundWrong), (2, EvidenceNotFoundWrong), (9, ConsentUnknown)):
        with pytest.raises(error):
            better(store, number)
    take(store, fb0421(outbox.folder / one.name, {2: "7121"}))
    with pytest.raises(EvidenceNotFoundWrong):  # the audit is about another one
        better(store, 1)
    with pytest.raises(SameEvidence):
        better(store, 2, payer(2).evidence)
    with pytest.raises(RecordError):
        better(store, 2, extension="exe")
    answer(outbox)
    with pytest.raises(EvidenceNotFoundWrong):  # what was sent again has its result to come
        better(store, 2)
    require_whole(store)


def test_what_is_signed_has_to_pass(store: Store, outbox: Outbox, pki: DemoPki) -> None:
    found_wrong(outbox, 1)
    good, bad = signed(pki, 1), signed(pki, 2, by="revoked")
    for one in (replace(good, verdict=None), bad):
        with pytest.raises(EvidenceNotVouched), store.writing(NOW) as writing:
            add_evidence(writing, 1, Piece.of("2", "der", one.evidence, one.verdict))
    with store.writing(NOW) as writing:
        add_evidence(writing, 1, Piece.of("2", "der", good.evidence, good.verdict))
    with store.reading() as connection:
        assert [row.indication for row in story_of(connection, 1).verdicts] == ["TOTAL_PASSED"]
    (again,) = answer(outbox)
    (record,) = data(outbox.folder / again.name)
    assert (record.evidence, record.fields["evidence_type"], record.fields["extension"]) == (good.evidence, "2", "der")
    require_whole(store)


def test_the_list_of_before_may_be_added_again(store: Store, outbox: Outbox) -> None:
    found_wrong(outbox, 1)
    better(store, 1)
    for one in (payer(1), replace(payer(1), evidence=BETTER)):
        (known,) = take_in_consents(store, [one], clock)
        assert (known.added, known.known) == ((), 1)
    with pytest.raises(ConsentExists):
        list(take_in_consents(store, [replace(payer(1), evidence=JPEG + b"something else")], clock))


def test_neither_evidence_brings_it_back_once_it_has_ended(store: Store, outbox: Outbox) -> None:
    found_wrong(outbox, 1)
    better(store, 1)
    take(store, fb0320((1, "0")))
    for one in (payer(1), replace(payer(1), evidence=BETTER)):
        (told,) = take_in_consents(store, [one], clock)
        assert (told.added, [ended.consent_id for ended in told.ended]) == ((), [1])
    (new,) = take_in_consents(store, [replace(payer(1), evidence=JPEG + b"signed anew")], clock)
    assert new.added == (2,)


def test_all_evidence_that_a_consent_had_is_deleted_with_it(store: Store, outbox: Outbox) -> None:
    found_wrong(outbox, 1)
    better(store, 1, b"%PDF-1.7 another mistake", extension="pdf")
    better(store, 1)
    (again,) = answer(outbox)
    take(store, fb0421(outbox.folder / again.name), answers=again.name)
    take(store, fb0320((1, "0")))
    later = datetime(2032, 1, 1, tzinfo=UTC)
    assert sum(one.evidence for one in delete_ended(store, date(2027, 1, 1), lambda: later)) == 3
    require_whole(store)
