"""Consents on their way to a signature: opened with their text, prepared for a key, signed once, or withdrawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from consent.charset import Charset
from consent.text import ConsentText
from evidence.build import Registration
from evidence.lifecycle.errors import SigningChanged, SigningClosed, SigningExpired, SigningUnknown
from evidence.lifecycle.intake import take_in_part
from evidence.lifecycle.receipts import Receipt, give_receipt
from evidence.store.pieces import Piece, add_pieces
from evidence.store.schema import CONSENT, EVIDENCE
from evidence.store.sealed_tables import about_signing
from evidence.store.store import Store, Writing, time_text
from evidence.store.verdicts import Judged, add_verdicts
from evidence.store.web_schema import SIGNING
from verifier.verdict import Verdict

REGISTERED: Final = (
    "holder_id_type",
    "holder_id",
    "institution_code",
    "payer_number",
    "bank_code",
    "account_number",
    "trace_number",
)


class SigningState(StrEnum):
    """Where a consent stands before it is evidence."""

    OPEN = "open"
    PREPARED = "prepared"
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Draft:
    """What is to be signed, and what becomes of it.

    Attributes:
        text: the consent text.
        charset: that it is signed in.
        registration: the texts of FB0110 that it is registered with (`REGISTERED`, and `applied_on` in ISO 8601);
            None: the evidence is kept and not registered.
        evidence_kind: 증빙구분; None: 2, or 7 where the service's own key signs.
        queue: whether it goes into the next FB0110 once it is signed.
        ref: the caller's own name for it.
        prepared: JSON of the signature that was prepared last (`signer.Prepared`).
        receipt: once it is signed.
    """

    text: str = field(repr=False)
    charset: str
    registration: Mapping[str, str] | None = field(default=None, repr=False)
    evidence_kind: str | None = None
    queue: bool = True
    ref: str | None = field(default=None, repr=False)
    prepared: str | None = field(default=None, repr=False)
    receipt: Mapping[str, object] | None = None

    @property
    def consent_text(self) -> ConsentText:
        return ConsentText.of(self.text, Charset(self.charset))

    def registration_of(self, kind: str, der: bytes, verdict: Verdict) -> Registration | None:
        """What is taken into the store with this evidence, where it is to be registered."""
        if self.registration is None:
            return None
        texts: dict[str, Any] = {name: self.registration[name] for name in REGISTERED}
        return Registration(
            applied_on=date.fromisoformat(self.registration["applied_on"]),
            evidence_kind=kind,
            extension="der",
            evidence=der,
            verdict=verdict,
            **texts,
        )


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
    """Begin a consent; `handle` is how the outside calls it."""
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
    row = connection.execute(select(SIGNING).where(SIGNING.c.handle == handle)).one_or_none()
    if row is None:
        raise SigningUnknown
    return _opened(store, row)


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
    return _changed(writing, signing, replace(signing, state=SigningState.PREPARED, draft=draft))


def withdraw_signing(writing: Writing, signing: Signing) -> Signing:
    """The payer did not sign. Raises: SigningChanged."""
    draft = replace(signing.draft, prepared=None)
    return _changed(writing, signing, replace(signing, state=SigningState.WITHDRAWN, draft=draft))


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


def note_signed(writing: Writing, signing: Signing, signed: SignedEvidence) -> tuple[Signing, Receipt]:
    """Take the evidence in, close the consent, and give the receipt: all in the caller's transaction.

    Raises:
        SigningChanged: somebody else was faster.
        ConsentExists: the same consent is there with other evidence.
    """
    if signed.registration is not None:
        consent_id, evidence_id = _registered(writing, signed.registration, queue=signing.draft.queue)
    else:
        consent_id, evidence_id = None, keep_evidence(writing, signed.piece)
    receipt = give_receipt(
        writing, signed.piece.sha256, content=signed.content, certificate=signed.certificate, consent_id=consent_id
    )
    draft = replace(signing.draft, prepared=None, receipt=receipt.to_json())
    closed = replace(signing, state=SigningState.SIGNED, draft=draft, consent_id=consent_id, evidence_id=evidence_id)
    return _changed(writing, signing, closed), receipt


def keep_evidence(writing: Writing, piece: Piece) -> int:
    """Keep evidence that no consent is registered with; its number."""
    (evidence_id,), new = add_pieces(writing, [piece])
    if piece.verdict is not None:
        add_verdicts(writing, [Judged.of(evidence_id, piece.verdict)], new)
    if new:
        writing.log.add("evidence_kept", details={"evidence": piece.sha256.hex()})
    return evidence_id


def _registered(writing: Writing, registration: Registration, *, queue: bool) -> tuple[int | None, int]:
    taken = take_in_part(writing, [registration], queue=queue)
    digest = Piece.of(registration.evidence_kind, registration.extension, registration.evidence).sha256
    evidence = writing.connection.execute(select(EVIDENCE.c.id).where(EVIDENCE.c.sha256 == digest)).scalar_one()
    if taken.added:
        return taken.added[0], evidence
    query = select(CONSENT.c.id).where(CONSENT.c.evidence_id == evidence, CONSENT.c.live)
    return writing.connection.execute(query).scalars().first(), evidence


def _changed(writing: Writing, was: Signing, now: Signing) -> Signing:
    """Write the row anew, unless it is another one by now."""
    now = replace(now, version=was.version + 1)
    done = writing.connection.execute(
        update(SIGNING)
        .where(SIGNING.c.id == was.number, SIGNING.c.version == was.version)
        .values(
            version=now.version,
            state=now.state.value,
            changed_at=writing.at,
            consent_id=now.consent_id,
            evidence_id=now.evidence_id,
            key_id=writing.sealer.key_id,
            sealed=_sealed(writing, now.number, now.draft),
        )
    )
    if not done.rowcount:
        raise SigningChanged
    return now


def _sealed(writing: Writing, number: int, draft: Draft) -> bytes:
    return writing.sealer.seal(about_signing(number), json.dumps(asdict(draft), ensure_ascii=False).encode())


def _opened(store: Store, row: Row[Any]) -> Signing:
    said = json.loads(store.sealer.open(about_signing(row.id), row.key_id, bytes(row.sealed)))
    state = SigningState(row.state)
    times = row.created_at, row.expires_at
    return Signing(row.id, row.handle, row.version, state, *times, row.evidence_id, row.consent_id, Draft(**said))
