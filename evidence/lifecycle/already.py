"""Which consents a store has already, by who agreed to what: those that live, and those that have ended."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, select

from evidence.lifecycle.states import State
from evidence.store.schema import CONSENT, EVIDENCE, FILE_RECORD
from evidence.store.store import Writing


class Over(NamedTuple):
    """One that has ended, and the SHA-256 of its evidence."""

    consent_id: int
    state: State
    sha256: bytes


Alive = dict[bytes, tuple[int, bytes]]


def already_there(writing: Writing, hashes: list[bytes]) -> tuple[Alive, dict[bytes, list[Over]]]:
    """The consents of these identities: of the live ones number and SHA-256 of their evidence, and what ended."""
    alive: Alive = {}
    over: dict[bytes, list[Over]] = {}
    for row in writing.connection.execute(_THERE, {"hashes": hashes}):
        identity, digest = bytes(row.identity), bytes(row.sha256)
        if row.live:
            alive[identity] = (row.id, digest)
        else:
            over.setdefault(identity, []).append(Over(row.id, State(row.state), digest))
    return alive, over


def ended_with(writing: Writing, ended: list[Over], digest: bytes) -> Over | None:
    """The last of them that has this evidence, or was handed in with it before it was given better one."""
    return next((one for one in reversed(ended) if one.sha256 == digest or had(writing, one.consent_id, digest)), None)


def had(writing: Writing, consent_id: int, digest: bytes) -> bool:
    """Whether a consent was handed in with this evidence before it was given better one."""
    query = select(FILE_RECORD.c.number).join(EVIDENCE, FILE_RECORD.c.evidence_id == EVIDENCE.c.id)
    query = query.where(FILE_RECORD.c.consent_id == consent_id, EVIDENCE.c.sha256 == digest)
    return writing.connection.execute(query).first() is not None


_THERE: Final = (
    select(CONSENT.c.identity, CONSENT.c.id, CONSENT.c.live, CONSENT.c.state, EVIDENCE.c.sha256)
    .join(EVIDENCE, CONSENT.c.evidence_id == EVIDENCE.c.id)
    .where(CONSENT.c.identity.in_(bindparam("hashes", expanding=True)))
    .order_by(CONSENT.c.id)
)
