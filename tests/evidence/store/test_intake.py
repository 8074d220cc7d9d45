"""What the store has after consents were taken in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from certs.demo import DemoPki
from evidence.faults import RecordError
from evidence.lifecycle.intake import take_in_consents
from evidence.store.errors import EvidenceOfAnotherKind
from evidence.store.finding import story_of
from evidence.store.log import verify_log, verify_states
from evidence.store.pieces import read_piece
from evidence.store.schema import CONSENT, EVIDENCE, EVIDENCE_ISSUER, VERDICT
from evidence.store.store import Store
from tests.evidence.lifecycle.people import clock, payer, payers
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
