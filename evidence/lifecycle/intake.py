"""Taking consents into the store: checked as FB0110 will need them, judged, kept, queued."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select

from consent.kinds import KINDS
from evidence.build import Registration, record_rules, record_texts
from evidence.faults import Part, Place
from evidence.layouts import LAYOUTS
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.states import Event, State
from evidence.store.errors import ConsentExists
from evidence.store.pieces import Piece, add_pieces
from evidence.store.schema import CONSENT, EVIDENCE
from evidence.store.store import Identity, Store, Writing
from evidence.store.verdicts import Judged, add_verdicts
from evidence.vouching import EvidenceNotVouched, require_vouched
from evidence.writer import encode_data

AT_ONCE: Final = 500  # consents of one transaction
BYTES_AT_ONCE: Final = 8 << 20  # and their evidence
Clock = Callable[[], datetime]
SEALED: Final = ("holder_id_type", "holder_id", "payer_number", "account_number", "trace_number")


@dataclass(frozen=True)
class Refused:
    """A consent that was taken in and whose evidence did not pass: its number, its line, and why."""

    consent_id: int
    line: int
    codes: tuple[str, ...]


@dataclass(frozen=True)
class TakenIn:
    """What came of some consents.

    Attributes:
        added: numbers of the consents that are new.
        known: how many were there already, with the same evidence; nothing was done about them.
        refused: those of the new ones whose evidence did not pass.
    """

    added: tuple[int, ...]
    known: int
    refused: tuple[Refused, ...]


def take_in_consents(
    store: Store, registrations: Iterable[Registration], clock: Clock, *, queue: bool = True
) -> Iterator[TakenIn]:
    """Take consents in, some hundred in one transaction; each part that comes out is kept for good.

    The same list may be taken in again: what is there already with the same evidence stays as it is.

    Args:
        store: where to.
        registrations: with their verdicts where their kind is judged; taken one at a time.
        clock: tells the time of each transaction.
        queue: whether those that pass go into the next FB0110; else they wait.

    Raises:
        RecordError: values do not fit FB0110, or the evidence its kind. Nothing of that part was kept.
        ConsentExists: the same consent is there with other evidence.
    """
    for part in _parts(registrations):
        with store.writing(clock()) as writing:
            taken = _take_in(writing, part, queue=queue)
        yield taken


def _parts(registrations: Iterable[Registration]) -> Iterator[list[Registration]]:
    part: list[Registration] = []
    size = 0
    for number, one in enumerate(registrations, 1):
        _require_fit(one, number)
        part.append(one)
        size += len(one.evidence)
        if len(part) == AT_ONCE or size > BYTES_AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _require_fit(one: Registration, number: int) -> None:
    """What does not fit a record of FB0110 must not wait for the evening to be found out."""
    layout = LAYOUTS["FB0110"]
    place = Place(Part.DATA, number, line=one.line)
    texts = record_texts(one) | {"sequence": "1"}
    encode_data(layout, texts, one.evidence, place)
    for error in record_rules(layout.data, texts, place):
        raise error


def _take_in(writing: Writing, part: list[Registration], *, queue: bool) -> TakenIn:
    hashes = [identity_of(one).hashed(writing.keys) for one in part]
    alive = _alive(writing, hashes)
    new: list[Registration] = []
    for one, identity in zip(part, hashes, strict=True):
        pieces = alive.get(identity)
        digest = Piece(one.evidence_kind, one.extension, one.evidence).sha256
        if pieces is None:
            alive[identity] = (0, digest)
            new.append(one)
        elif pieces[1] != digest:
            raise ConsentExists(pieces[0], one.line)
    if not new:
        return TakenIn((), len(part), ())
    ids, moves, refused = _insert(writing, new, queue=queue)
    move(writing, moves)
    return TakenIn(tuple(ids), len(part) - len(new), tuple(refused))


def _alive(writing: Writing, hashes: list[bytes]) -> dict[bytes, tuple[int, bytes]]:
    """The live consents of these identities: number, and SHA-256 of their evidence."""
    query = (
        select(CONSENT.c.identity, CONSENT.c.id, EVIDENCE.c.sha256)
        .join(EVIDENCE, CONSENT.c.evidence_id == EVIDENCE.c.id)
        .where(CONSENT.c.identity.in_(hashes), CONSENT.c.live)
    )
    return {bytes(row.identity): (row.id, bytes(row.sha256)) for row in writing.connection.execute(query)}


def _insert(writing: Writing, new: list[Registration], *, queue: bool) -> tuple[list[int], list[Move], list[Refused]]:
    pieces = [Piece(one.evidence_kind, one.extension.lower(), one.evidence) for one in new]
    evidence_ids = add_pieces(writing, pieces)
    ids, rows, verdicts, moves, refused = [], [], [], [], []
    for one, piece, evidence_id in zip(new, pieces, evidence_ids, strict=True):
        consent_id = writing.next_id(CONSENT)
        ids.append(consent_id)
        rows.append(consent_row(writing, consent_id, one, evidence_id))
        details = {"evidence": piece.sha256.hex(), "state": State.SIGNED.value}
        writing.log.add(Event.SIGNED.value, consent_id=consent_id, details=details)
        if one.verdict is not None:
            verdicts.append(Judged.of(evidence_id, one.verdict))
        codes = _against(one)
        if codes:
            refused.append(Refused(consent_id, one.line, codes))
            moves.append(Move(consent_id, Event.REFUSED, code=codes[0]))
        else:
            moves.append(Move(consent_id, Event.PASSED))
            moves.extend([Move(consent_id, Event.QUEUED)] if queue else [])
    writing.connection.execute(insert(CONSENT), rows)
    add_verdicts(writing, verdicts)
    return ids, moves, refused


def _against(one: Registration) -> tuple[str, ...]:
    """Why evidence is not vouched for: the verdict's codes, or ours where there is no such verdict."""
    try:
        require_vouched(KINDS[one.evidence_kind], one.evidence, one.verdict, 0, line=one.line)
    except EvidenceNotVouched as error:
        said = str(error.details.get("codes", "-")).split(", ")
        return (error.code,) if said == ["-"] else tuple(said)
    return ()


def identity_of(one: Registration) -> Identity:
    return Identity(one.institution_code, one.payer_number, one.bank_code, one.account_number)


def consent_row(writing: Writing, consent_id: int, one: Registration, evidence_id: int) -> dict[str, object]:
    """The row that a consent begins with."""
    texts = {name: str(getattr(one, name)) for name in SEALED}
    keys = writing.keys
    return {
        "id": consent_id,
        "identity": identity_of(one).hashed(keys),
        "live": True,
        "state": State.SIGNED.value,
        "service_kind": "3",
        "institution_code": one.institution_code,
        "bank_code": one.bank_code,
        "payer_hash": keys.digest("payer_number", one.payer_number),
        "account_hash": keys.digest("account_number", one.account_number),
        "holder_hash": keys.digest("holder_id", one.holder_id),
        "applied_on": one.applied_on,
        "evidence_id": evidence_id,
        "created_at": writing.at,
        "changed_at": writing.at,
        "key_id": writing.sealer.key_id,
        "sealed": writing.sealer.seal_texts(f"consent:{consent_id}", texts),
    }
