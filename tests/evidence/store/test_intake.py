"""What the store has after consents were taken in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from certs.demo import DemoPki
from evidence.faults import RecordError
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.states import Event, State
from evidence.store.errors import ConsentExists, EvidenceOfAnotherKind
from evidence.store.finding import story_of
from evidence.store.log import verify_log, verify_states
from evidence.store.pieces import read_piece
from evidence.store.schema import CONSENT, EVIDENCE, EVIDENCE_ISSUER, LOG, VERDICT
from evidence.store.store import Store
from tests.evidence.lifecycle.people import NOW, anew, clock, payer, payers
from tests.evidence.signed import signed
from verifier.issuers import issuer_digests


def test_the_log_has_every_step_to_where_a_consent_stands(store: Store, pki: DemoPki) -> None:
    (taken,) = take_in_consents(store, [signed(pki, 1), signed(pki, 2, by="revoked")], clock)
    (held,) = take_in_consents(store, [signed(pki, 3)], clock, queue=False)
    assert (taken.added, held.added, [one.consent_id for one in taken.refused]) == ((1, 2), (3,), [2])
    with store.reading() as connection:
        stories = [story_of(connection, number) for number in (1, 2, 3)]
        assert [*verify_log(connection, store.keys), *verify_states(connection)] == []
    steps = [[row.event for row in story.log] for story in stories]
    assert steps == [["signed", "passed", "queued"], ["signed", "refused"], ["signed", "passed"]]
    assert [story.consent.state for story in stories] == ["queued", "refused", "verified"]
    assert [json.loads(row.details).get("code") for row in stories[1].log] == [None, taken.refused[0].codes[0]]
    assert stories[1].consent.code == taken.refused[0].codes[0]
    assert [story.evidence and story.evidence.indication for story in stories] == [
        "TOTAL_PASSED",
        "TOTAL_FAILED",
        "TOTAL_PASSED",
    ]
    assert {row.judged_at for story in stories for row in story.verdicts} == {"2026-11-02T03:00:00.000000Z"}


def test_issuers_of_signed_evidence_are_noted(store: Store, pki: DemoPki) -> None:
    one = signed(pki, 1)
    list(take_in_consents(store, [one, payer(2)], clock))
    with store.reading() as connection:
        noted = connection.execute(select(EVIDENCE_ISSUER.c.evidence_id, EVIDENCE_ISSUER.c.issuer)).all()
    assert {(row.evidence_id, bytes(row.issuer)) for row in noted} == {(1, d) for d in issuer_digests(one.evidence)}


def test_the_same_evidence_of_two_consents_is_kept_once_with_both_verdicts(store: Store, pki: DemoPki) -> None:
    one = signed(pki, 1)
    list(take_in_consents(store, [one, replace(one, payer_number="B", line=2)], clock))
    list(take_in_consents(store, [replace(one, payer_number="C")], clock))
    with store.reading() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar()
            for table in (CONSENT, EVIDENCE, VERDICT)
        ]
        assert counts == [3, 1, 3]
        assert read_piece(store, connection, 1) == one.evidence


def test_the_same_list_changes_nothing(store: Store) -> None:
    list(take_in_consents(store, payers(1200), clock))
    again = list(take_in_consents(store, payers(1200), clock))
    assert [(one.added, one.known) for one in again] == [((), 500), ((), 500), ((), 200)]


@pytest.mark.parametrize("events", [[Event.WITHDRAWN], [Event.SENT, Event.CANCELLED], [Event.SENT, Event.CHANGED]])
def test_what_has_ended_with_the_same_evidence_stays_ended(store: Store, events: list[Event]) -> None:
    list(take_in_consents(store, payers(2), clock))
    with store.writing(NOW) as writing:
        move(writing, [Move(1, event) for event in events])
    before = len(log_of(store))
    (taken,) = take_in_consents(store, [*payers(2), payer(1), payer(3)], clock)
    assert (taken.added, taken.known) == ((3,), 1)
    assert [(one.consent_id, one.line, one.state) for one in taken.ended] == [
        (1, line, State(events[-1])) for line in (1, 1)
    ]
    assert taken.ended[0].notice.message("en").startswith("Line 1 of the list: Consent 1 has ended (")
    assert len(log_of(store)) == before + 3  # what happened to consent 3
    (asked,) = take_in_consents(store, [payer(1), payer(1)], clock, again=True)
    assert (asked.added, asked.known, asked.ended) == ((4,), 1, ())
    (known,) = take_in_consents(store, [payer(1)], clock)
    assert (known.added, known.known, known.ended) == ((), 1, ())


def test_who_signs_anew_is_registered_and_the_old_list_undoes_nothing(store: Store) -> None:
    list(take_in_consents(store, [payer(1)], clock))
    with store.writing(NOW) as writing:
        move(writing, [Move(1, Event.SENT), Move(1, Event.CANCELLED)])
    (taken,) = take_in_consents(store, [anew(1)], clock)
    assert (taken.added, taken.ended) == ((2,), ())
    (old,) = take_in_consents(store, [payer(1)], clock)
    assert (old.added, [one.consent_id for one in old.ended]) == ((), [1])
    with pytest.raises(ConsentExists):
        list(take_in_consents(store, [payer(1)], clock, again=True))
    with store.writing(NOW) as writing:
        move(writing, [Move(2, Event.WITHDRAWN)])
    for one, number in ((payer(1), 1), (anew(1), 2)):
        (late,) = take_in_consents(store, [one], clock)
        assert [gone.consent_id for gone in late.ended] == [number]


def log_of(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.execute(select(LOG.c.event).order_by(LOG.c.seq)).scalars())


def test_a_record_that_does_not_fit_is_named_by_its_number_and_line_and_what_was_before_is_kept(store: Store) -> None:
    people = list(payers(700))
    people[599] = replace(people[599], bank_code="4")
    with pytest.raises(RecordError) as caught:
        list(take_in_consents(store, people, clock))
    assert (caught.value.code, caught.value.details["line"]) == ("FB-022", 600)
    assert "D600" in caught.value.message("en")
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(CONSENT)).scalar() == 500


def test_a_file_is_evidence_of_one_kind_only(store: Store, pki: DemoPki) -> None:
    """Else it would go out under a kind that its verdict says nothing about."""
    one = signed(pki, 1)
    other = replace(one, payer_number="B", evidence_kind="7")
    with pytest.raises(EvidenceOfAnotherKind):
        list(take_in_consents(store, [one, other], clock))
    list(take_in_consents(store, [one], clock))
    for again in (other, replace(one, payer_number="B", extension="p7s")):
        with pytest.raises((EvidenceOfAnotherKind, RecordError)):
            list(take_in_consents(store, [again], clock))
    list(take_in_consents(store, [replace(one, payer_number="B", extension="DER")], clock))
