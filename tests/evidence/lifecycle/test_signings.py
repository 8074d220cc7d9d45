"""What is signed, several at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import select

from certs.demo import DemoPki
from evidence.build import Registration
from evidence.lifecycle.drafts import Draft
from evidence.lifecycle.signings import SignedEvidence, keep_evidence, note_signed, open_signing
from evidence.store.log import verify_log
from evidence.store.pieces import Piece
from evidence.store.schema import EVIDENCE, LOG, VERDICT
from evidence.store.store import Store
from tests.evidence.lifecycle.people import NOW
from tests.evidence.signed import signed


def piece_of(one: Registration) -> Piece:
    return Piece.of(one.evidence_kind, one.extension, one.evidence, one.verdict)


def test_the_same_evidence_twice_at_once_is_kept_once_with_both_verdicts(store: Store, pki: DemoPki) -> None:
    one, other = piece_of(signed(pki, 1)), piece_of(signed(pki, 2))
    assert one.verdict is not None
    doubted = replace(one, verdict=replace(one.verdict, findings=()))
    with store.writing(NOW) as writing:
        assert keep_evidence(writing, []) == []
        numbers = keep_evidence(writing, [one, other, doubted])
    assert numbers == [1, 2, 1]
    with store.writing(NOW) as writing:
        assert keep_evidence(writing, [other]) == [2]
    with store.reading() as connection:
        assert not list(verify_log(connection, store.keys))
        events = connection.execute(select(LOG.c.event).order_by(LOG.c.seq)).scalars().all()
        assert events == ["evidence_kept", "evidence_kept"]
        stands = connection.execute(select(EVIDENCE.c.id, EVIDENCE.c.indication).order_by(EVIDENCE.c.id)).all()
        assert [tuple(row) for row in stands] == [(1, "INDETERMINATE"), (2, "TOTAL_PASSED")]
        given = connection.execute(select(VERDICT.c.evidence_id).order_by(VERDICT.c.id)).scalars().all()
        assert given == [1, 2, 1, 2]


def test_each_consent_has_its_own_number_though_all_have_the_same_bytes(store: Store, pki: DemoPki) -> None:
    """RSA signs a text that many agree to, within one second, to the same bytes each time."""
    one = signed(pki, 1)
    piece = piece_of(one)
    of: list[Registration | None] = [one, replace(one, payer_number="B"), None, one, replace(one, payer_number="C")]
    with store.writing(NOW) as writing:
        draft = Draft("동의합니다.", "utf-8")
        opened = [open_signing(writing, f"h{n}", draft, NOW + timedelta(hours=1)) for n in range(len(of))]
    texts = sha256(b"text").digest(), sha256(b"certificate").digest()
    with store.writing(NOW) as writing:
        closed = note_signed(
            writing,
            [
                (signing, SignedEvidence(piece, *texts, registration))
                for signing, registration in zip(opened, of, strict=True)
            ],
        )
    assert [signing.consent_id for signing, _ in closed] == [1, 2, None, 1, 3]
    assert {signing.evidence_id for signing, _ in closed} == {1}
    with store.reading() as connection:
        given = select(LOG.c.consent_id).where(LOG.c.event == "receipt_given").order_by(LOG.c.seq)
        assert connection.execute(given).scalars().all() == [1, 2, None, 1, 3]
