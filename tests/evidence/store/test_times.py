"""Times as the store keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from certs.demo import DemoPki
from evidence.lifecycle.signings import keep_evidence
from evidence.store.finding import open_evidence
from evidence.store.pieces import Piece
from evidence.store.store import Store, time_text
from tests.evidence.lifecycle.people import NOW
from tests.evidence.signed import signed
from verifier.verdict import TimeSource

EARLY = datetime(150, 1, 1, tzinfo=UTC)
TIMES = st.datetimes(timezones=st.just(UTC))


@given(TIMES, TIMES)
@example(EARLY, NOW)
@example(NOW, NOW.replace(microsecond=1))
def test_times_sort_as_texts_do_and_are_read_again(one: datetime, other: datetime) -> None:
    assert (time_text(one) < time_text(other)) == (one < other)
    assert datetime.fromisoformat(time_text(one)) == one


def test_evidence_received_long_ago_can_be_judged_again(store: Store, pki: DemoPki) -> None:
    registration = signed(pki, 1)
    assert registration.verdict is not None
    verdict = replace(registration.verdict, verified_at=EARLY, time_source=TimeSource.RECEIPT)
    with store.writing(NOW) as writing:
        (number,) = keep_evidence(writing, [Piece.of("2", "der", registration.evidence, verdict)])
    ((received_at, content),) = open_evidence(store, [number]).values()
    assert (received_at, content) == (EARLY, registration.evidence)
