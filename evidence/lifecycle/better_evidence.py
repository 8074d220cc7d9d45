"""Better evidence for a consent: what an audit found wrong stays in the store, and the next answer has the new one.

Evidence is never changed. Other evidence is put beside a consent only where an FB0421 found what it has wrong and the
audit is still to be answered: without it the whole answer would be found wrong again (설계서 V3.8 4.6.2).
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row, select, update

from consent.kinds import KINDS
from evidence.build import Registration
from evidence.lifecycle.errors import EvidenceNotFoundWrong, SameEvidence
from evidence.lifecycle.intake import SEALED, keep_pieces, require_fit
from evidence.lifecycle.states import State
from evidence.lifecycle.stuck import stuck_audits
from evidence.store.errors import ConsentUnknown
from evidence.store.pieces import Piece
from evidence.store.schema import CONSENT, EVIDENCE
from evidence.store.sealing import about_consent
from evidence.store.store import Writing
from evidence.vouching import require_vouched

ADDED: Final = "evidence_added"


def add_evidence(writing: Writing, consent_id: int, piece: Piece) -> None:
    """Put other evidence beside a consent, in the place of what an audit found wrong.

    Args:
        writing: a transaction on the store.
        consent_id: its number.
        piece: the evidence, with its verdict where its kind is judged.

    Raises:
        ConsentUnknown: there is no such consent.
        EvidenceNotFoundWrong: no open audit found its evidence wrong.
        SameEvidence: it is what the consent has.
        RecordError, SignedForAnother: it does not fit its kind or the consent, as where consents are taken in.
        EvidenceNotVouched: its kind is judged, and it does not pass.
        EvidenceOfAnotherKind: it is there as evidence of another kind.
    """
    row = writing.connection.execute(_consent(consent_id)).one_or_none()
    if row is None:
        raise ConsentUnknown(consent_id)
    if row.state == State.DELETED or not list(stuck_audits(writing.connection, consent_id)):
        raise EvidenceNotFoundWrong(consent_id)
    if bytes(row.sha256) == piece.sha256:
        raise SameEvidence(consent_id)
    require_fit([_registration(writing, row, piece)])
    require_vouched(KINDS[piece.kind], piece.content, piece.verdict, 1)
    (evidence_id,) = keep_pieces(writing, [piece])
    here = update(CONSENT).where(CONSENT.c.id == consent_id)
    writing.connection.execute(here.values(evidence_id=evidence_id))
    writing.log.add(ADDED, consent_id=consent_id, details={"evidence": piece.sha256.hex()})


def _consent(consent_id: int) -> Any:  # noqa: ANN401 - a query
    query = select(CONSENT, EVIDENCE.c.sha256).outerjoin(EVIDENCE, CONSENT.c.evidence_id == EVIDENCE.c.id)
    return query.where(CONSENT.c.id == consent_id)


def _registration(writing: Writing, row: Row[Any], piece: Piece) -> Registration:
    """What it would be registered as with this evidence."""
    texts = writing.sealer.open_texts(about_consent(row.id), row.key_id, bytes(row.sealed))
    own: dict[str, Any] = {name: texts[name] for name in SEALED}
    return Registration(
        **own,
        applied_on=row.applied_on,
        institution_code=row.institution_code,
        bank_code=row.bank_code,
        evidence_kind=piece.kind,
        extension=piece.extension,
        evidence=piece.content,
        verdict=piece.verdict,
    )
