"""Consents on their way to a signature: opened with their text, prepared for a key, signed once, or withdrawn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from evidence.build import Registration
from evidence.lifecycle.drafts import Draft
from evidence.lifecycle.errors import SigningChanged, SigningClosed, SigningExpired, SigningUnknown
from evidence.lifecycle.intake import identity_of, require_new, take_in_part
from evidence.lifecycle.receipts import Receipt, give_receipt
from evidence.store.pieces import Piece, add_pieces
from evidence.store.schema import CONSENT
from evidence.store.sealed_tables import about_signing
from evidence.store.store import Store, Writing, time_text
from evidence.store.verdicts import Judged, add_verdicts, judged_otherwise
from evidence.store.web_schema import SIGNING


class SigningState(StrEnum):
    """Where a consent stands before it is evidence."""

    OPEN = "open"
    PREPARED = "prepared"
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Signing:
    """A row of `signing`, opened."""

    number: int
    handle: str
    version: int
    state: SigningState
    created_at: str
    expires_at: str
    evidence_id: int | None
    consent_id: int | None
    draft: Draft


def open_signing(writing: Writing, handle: str, draft: Draft, expires_at: datetime) -> Signing:
    """Begin a consent; `handle` is how the outside calls it.

    Raises:
        ConsentExists: it is to be registered, and the same consent is there: nobody is asked to sign that again.
    """
    registration = draft.registration_of(draft.evidence_kind or "2", b"-", None)
    if registration is not None:
        require_new(writing, registration)
    number = writing.next_id(SIGNING)
    signing = Signing(number, handle, 1, SigningState.OPEN, writing.at, time_text(expires_at), None, None, draft)
    writing.connection.execute(
        insert(SIGNING),
        {
            "id": number,
            "handle": handle,
            "version": 1,
            "state": signing.state.value,
            "created_at": writing.at,
            "changed_at": writing.at,
            "expires_at": signing.expires_at,
            "key_id": writing.sealer.key_id,
            "sealed": _sealed(writing, number, draft),
        },
    )
    return signing


def find_signing(store: Store, connection: Connection, handle: str) -> Signing:
    """Look a consent up.

    Raises:
        SigningUnknown: there is none of that handle.
        SealBroken, KeyUnknown.
    """
    row = connection.execute(_BY_HANDLE, {"handle": handle}).one_or_none()
    if row is None:
        raise SigningUnknown
    return _opened(store, row)


_BY_HANDLE: Final = select(SIGNING).where(SIGNING.c.handle == bindparam("handle"))


def list_signings(
    store: Store, connection: Connection, *, state: SigningState | None, before: int | None, limit: int
) -> list[Signing]:
    """The newest consents first, those with a number less than `before`."""
    query = select(SIGNING).order_by(SIGNING.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(SIGNING.c.state == state)
    if before is not None:
        query = query.where(SIGNING.c.id < before)
    return [_opened(store, row) for row in connection.execute(query)]


def require_signable(signing: Signing, now: datetime) -> None:
    """Return only if it may still be signed. Raises: SigningClosed, SigningExpired."""
    if signing.state in {SigningState.SIGNED, SigningState.WITHDRAWN}:
        raise SigningClosed(signing.state.value)
    if time_text(now) >= signing.expires_at:
        raise SigningExpired(signing.expires_at)


def note_prepared(writing: Writing, signing: Signing, prepared: str) -> Signing:
    """Keep the signature that was prepared; the one before it is worth nothing any more.

    Raises:
        SigningChanged: somebody else was faster.
    """
    draft = replace(signing.draft, prepared=prepared)
    (now,) = _changed(writing, [replace(signing, state=SigningState.PREPARED, draft=draft)])
    return now


def withdraw_signing(writing: Writing, signing: Signing) -> Signing:
    """The payer did not sign. Raises: SigningChanged."""
    draft = replace(signing.draft, prepared=None)
    (now,) = _changed(writing, [replace(signing, state=SigningState.WITHDRAWN, draft=draft)])
    return now


@dataclass(frozen=True)
class SignedEvidence:
    """A signature that passed, ready to be kept.

    Attributes:
        piece: the DER, with its verdict.
        content: SHA-256 of the text in it.
        certificate: SHA-256 of the signer's certificate.
        registration: what FB0110 needs, where the consent is to be registered.
    """

    piece: Piece
    content: bytes
    certificate: bytes
    registration: Registration | None


def note_signed(writing: Writing, signed: Sequence[tuple[Signing, SignedEvidence]]) -> list[tuple[Signing, Receipt]]:
    """Take evidence in, close the consents, and give the receipts: all in the caller's transaction.

    Raises:
        SigningChanged: somebody else was faster.
        ConsentExists: the same consent is there with other evidence.
    """
    numbers = _registered(writing, signed)
    alone = [place for place, (_, one) in enumerate(signed) if one.registration is None]
    kept = keep_evidence(writing, [signed[place][1].piece for place in alone])
    numbers |= {place: (None, evidence_id) for place, evidence_id in zip(alone, kept, strict=True)}
    closed = []
    for place, (signing, one) in enumerate(signed):
        consent_id, evidence_id = numbers[place]
        receipt = give_receipt(
            writing, one.piece.sha256, content=one.content, certificate=one.certificate, consent_id=consent_id
        )
        now = replace(
            signing,
            state=SigningState.SIGNED,
            draft=replace(signing.draft, prepared=None, receipt=receipt.to_json()),
            consent_id=consent_id,
            evidence_id=evidence_id,
        )
        closed.append((now, receipt))
    changed = _changed(writing, [now for now, _ in closed])
    return [(now, receipt) for now, (_, receipt) in zip(changed, closed, strict=True)]


def _registered(
    writing: Writing, signed: Sequence[tuple[Signing, SignedEvidence]]
) -> dict[int, tuple[int | None, int]]:
    """Numbers of consent and evidence of what is to be registered, by its place.

    Not by its digest: RSA signs the same text in the same second to the same bytes, for whichever consent it is.
    """
    found: dict[int, tuple[int | None, int]] = {}
    for queue in (True, False):
        some = {
            place: one.registration
            for place, (signing, one) in enumerate(signed)
            if one.registration is not None and signing.draft.queue is queue
        }
        if some:
            registrations = [*some.values()]
            taken = take_in_part(writing, registrations, queue=queue, again=True)  # the payer signed it just now
            added = zip(taken.added, taken.evidence, strict=True)
            found |= zip(some, alive_consents(writing, registrations) if taken.known else added, strict=True)
    return found


def alive_consents(writing: Writing, registrations: Sequence[Registration]) -> list[tuple[int, int]]:
    """Numbers of consent and evidence of registrations that are all there."""
    hashes = [identity_of(one).hashed(writing.keys.digest) for one in registrations]
    query = select(CONSENT.c.identity, CONSENT.c.id, CONSENT.c.evidence_id)
    rows = writing.connection.execute(query.where(CONSENT.c.identity.in_(hashes), CONSENT.c.live))
    numbers = {bytes(row.identity): (row.id, row.evidence_id) for row in rows}
    return [numbers[one] for one in hashes]


def keep_evidence(writing: Writing, pieces: Sequence[Piece]) -> list[int]:
    """Keep evidence that no consent is registered with; its numbers, in the same order."""
    if not pieces:
        return []
    numbers, new = add_pieces(writing, pieces)
    kept = dict(zip(numbers, pieces, strict=True))
    verdicts = [
        Judged.of(number, piece.verdict)
        for number, piece in zip(numbers, pieces, strict=True)
        if piece.verdict is not None
    ]
    add_verdicts(writing, verdicts, new - judged_otherwise(verdicts))
    for number in sorted(new):
        writing.log.add("evidence_kept", details={"evidence": kept[number].sha256.hex()})
    return numbers


def _changed(writing: Writing, signings: Sequence[Signing]) -> list[Signing]:
    """Write rows anew, unless one of them is another by now."""
    rows = [
        {
            "of": one.number,
            "was": one.version,
            "version": one.version + 1,
            "state": one.state.value,
            "changed_at": writing.at,
            "consent_id": one.consent_id,
            "evidence_id": one.evidence_id,
            "key_id": writing.sealer.key_id,
            "sealed": _sealed(writing, one.number, one.draft),
        }
        for one in signings
    ]
    done = writing.connection.execute(_CHANGE, rows)
    if done.rowcount != len(rows):
        raise SigningChanged
    return [replace(one, version=one.version + 1) for one in signings]


_CHANGE: Final = (
    update(SIGNING)
    .where(SIGNING.c.id == bindparam("of"), SIGNING.c.version == bindparam("was"))
    .values(
        {
            name: bindparam(name)
            for name in ("version", "state", "changed_at", "consent_id", "evidence_id", "key_id", "sealed")
        }
    )
)


def _sealed(writing: Writing, number: int, draft: Draft) -> bytes:
    return writing.sealer.seal(about_signing(number), json.dumps(vars(draft), ensure_ascii=False).encode())


def _opened(store: Store, row: Row[Any]) -> Signing:
    said = json.loads(store.sealer.open(about_signing(row.id), row.key_id, bytes(row.sealed)))
    state = SigningState(row.state)
    times = row.created_at, row.expires_at
    return Signing(row.id, row.handle, row.version, state, *times, row.evidence_id, row.consent_id, Draft(**said))
