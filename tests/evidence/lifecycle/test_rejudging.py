"""Verdicts reached anew on evidence in the store."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from certs.demo import DemoPki
from evidence.lifecycle.errors import EvidenceDoesNotPass
from evidence.lifecycle.intake import take_in_consents, take_in_part
from evidence.lifecycle.mending import requeue
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.rejudging import Rejudged, take_verdicts
from evidence.lifecycle.states import Event
from evidence.store.finding import find_evidence, story_of
from evidence.store.log import verify_log, verify_states
from evidence.store.schema import CONSENT, EVIDENCE
from evidence.store.store import Store
from evidence.store.verdicts import Judged
from tests.evidence.lifecycle.people import NOW, clock, payer
from tests.evidence.signed import signed
from verifier.issuers import issuer_digests

LATER = NOW + timedelta(hours=1)


def failing(number: int, indication: str = "TOTAL_FAILED") -> Judged:
    return Judged(number, indication, ("PKI-121",), "kftc", LATER)


def passing(number: int) -> Judged:
    return Judged(number, "TOTAL_PASSED", (), "kftc", LATER)


def taken(store: Store, *judged: Judged, hours: int = 1) -> Rejudged:
    (rejudged,) = take_verdicts(store, judged, NOW + timedelta(hours=hours), clock)
    return rejudged


def states(store: Store) -> list[str]:
    with store.reading() as connection:
        assert [*verify_log(connection, store.keys), *verify_states(connection)] == []
        return list(connection.execute(select(CONSENT.c.state).order_by(CONSENT.c.id)).scalars())


def filled(store: Store, pki: DemoPki, count: int) -> None:
    list(take_in_consents(store, [signed(pki, number) for number in range(1, count + 1)], clock))


def test_a_consent_goes_where_its_last_verdict_leads(store: Store, pki: DemoPki) -> None:
    filled(store, pki, 4)
    with store.writing(NOW) as writing:
        move(writing, [Move(3, Event.SENT), Move(4, Event.SENT), Move(4, Event.ACCEPTED)])
    assert taken(store, failing(1), passing(2), failing(3, "INDETERMINATE"), failing(4)) == Rejudged(
        4, (1,), (), (3, 4)
    )
    assert states(store) == ["refused", "queued", "sent", "accepted"]
    assert taken(store, passing(1), failing(3), failing(4), hours=2) == Rejudged(3, (), (1,), ())
    assert states(store) == ["verified", "queued", "sent", "accepted"]
    with store.reading() as connection:
        log = story_of(connection, 3).log
    assert [row.event for row in log] == ["signed", "passed", "queued", "sent", "doubted"]
    assert json.loads(log[-1].details) == {"code": "PKI-121", "indication": "INDETERMINATE"}


def test_what_was_kept_is_not_kept_again_and_brings_about_nothing(store: Store, pki: DemoPki) -> None:
    filled(store, pki, 2)
    taken(store, failing(1))
    with store.writing(NOW) as writing:
        move(writing, [Move(1, Event.PASSED)])
    assert taken(store, failing(1), passing(2)) == Rejudged(1, (), (), ())
    assert states(store) == ["verified", "queued"]


def test_a_verdict_from_before_the_last_one_is_kept_and_followed_by_nobody(store: Store, pki: DemoPki) -> None:
    filled(store, pki, 1)
    taken(store, passing(1), hours=3)
    assert taken(store, failing(1), hours=2) == Rejudged(1, (), (), ())
    assert states(store) == ["queued"]
    with store.reading() as connection:
        assert connection.execute(select(EVIDENCE.c.indication)).scalar() == "TOTAL_PASSED"
        assert len(story_of(connection, 1).verdicts) == 3


def test_what_does_not_pass_any_more_is_not_queued_again(store: Store, pki: DemoPki) -> None:
    """It would stand as queued, and never be sent: nobody would see that it stands still."""
    filled(store, pki, 2)
    for number, event in ((1, Event.REJECTED), (2, Event.ACCEPTED)):
        with store.writing(NOW) as writing:
            move(writing, [Move(number, Event.SENT)])
        taken(store, failing(number), hours=number)
        with store.writing(NOW) as writing:
            move(writing, [Move(number, event)])
    with store.writing(NOW) as writing:
        move(writing, [Move(2, Event.NOT_RECONCILED, "81")])
    for number in (1, 2):
        with pytest.raises(EvidenceDoesNotPass), store.writing(NOW) as writing:
            requeue(writing, [number])
    assert states(store) == ["rejected", "failed"]
    taken(store, passing(1), passing(2), hours=5)
    with store.writing(NOW) as writing:
        assert requeue(writing, [1, 2]) == 2


def test_one_evidence_twice_in_a_list_is_as_good_as_its_worst_verdict(store: Store, pki: DemoPki) -> None:
    """Two consents with the same DER, judged at two times of receipt: what speaks against one speaks against both."""
    one, against = signed(pki, 1), signed(pki, 2, by="revoked").verdict
    assert one.verdict is not None and against is not None
    other = replace(one, payer_number="B", verdict=replace(against, der_sha256=one.verdict.der_sha256))
    list(take_in_consents(store, [one, other], clock))
    assert states(store) == ["refused", "refused"]
    with store.reading() as connection:
        assert connection.execute(select(EVIDENCE.c.indication)).scalar_one() == against.indication.name


def test_evidence_that_is_gone_is_passed_over(store: Store, pki: DemoPki) -> None:
    filled(store, pki, 1)
    assert taken(store, failing(7)) == Rejudged(0, (), (), ())


def test_all_consents_on_the_same_evidence_follow(store: Store, pki: DemoPki) -> None:
    one = signed(pki, 1)
    list(take_in_consents(store, [one, replace(one, payer_number="B")], clock))
    assert taken(store, failing(1)) == Rejudged(1, (1, 2), (), ())


def test_taking_in_evidence_again_that_does_not_pass_any_more_doubts_the_others(store: Store, pki: DemoPki) -> None:
    one = signed(pki, 1)
    assert one.verdict is not None
    against = signed(pki, 2, by="revoked").verdict
    assert against is not None
    list(take_in_consents(store, [one], clock))
    again = replace(one, payer_number="B", verdict=replace(against, der_sha256=one.verdict.der_sha256))
    list(take_in_consents(store, [again], clock))
    assert states(store) == ["refused", "refused"]


def test_evidence_is_found_by_kind_and_issuer(store: Store, pki: DemoPki) -> None:
    rsa, ecdsa = signed(pki, 1, by="rsa"), signed(pki, 2)
    same = replace(ecdsa, payer_number="B")
    list(take_in_consents(store, [rsa, ecdsa, same, payer(4)], clock))
    assert list(find_evidence(store, frozenset({"2", "7"}))) == [(1, 1), (2, 2)]
    assert list(find_evidence(store, frozenset({"7"}))) == []
    assert list(find_evidence(store, frozenset({"1", "2"}))) == [(1, 1), (2, 2), (3, 4)]
    assert list(find_evidence(store, frozenset({"2"}), issuer_digests(ecdsa.evidence))) == [(2, 2)]
    assert list(find_evidence(store, frozenset({"2"}), frozenset())) == []


def test_evidence_that_comes_again_and_fails_again_is_doubted_once(store: Store, pki: DemoPki) -> None:
    """By consents of other payers over the same DER, each time judged anew."""
    one = signed(pki, 1)
    assert one.verdict is not None
    unclear = replace(one.verdict, findings=())
    assert unclear.indication.name != "TOTAL_PASSED"
    list(take_in_consents(store, [one], clock))
    with store.writing(NOW) as writing:
        move(writing, [Move(1, Event.SENT)])
    for number in (2, 3):
        again = replace(one, payer_number=f"again-{number}", verdict=unclear)
        with store.writing(NOW) as writing:
            take_in_part(writing, [again], queue=False)
    with store.reading() as connection:
        assert [row.event for row in story_of(connection, 1).log].count("doubted") == 1
