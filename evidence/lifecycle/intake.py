"""Taking consents into the store: checked as FB0110 will need them, judged, kept, queued."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import insert

from consent.kinds import KINDS
from evidence.build import RECORD_RULES, Registration, record_rules, record_texts
from evidence.faults import Part, Place, RecordError
from evidence.identity import FIRM_BANKING, Identity
from evidence.layouts import LAYOUTS
from evidence.lifecycle.already import already_there, ended_with, had
from evidence.lifecycle.rejudging import PASSED, follow
from evidence.lifecycle.states import Event, State, after
from evidence.lifecycle.words import state_name
from evidence.notices import ENDED_WITH_IT, Notice
from evidence.packing import Packing, encode_data
from evidence.store.errors import ConsentExists
from evidence.store.pieces import Piece, add_pieces
from evidence.store.schema import CONSENT
from evidence.store.sealing import about_consent
from evidence.store.store import Store, Writing
from evidence.store.verdicts import Judged, add_verdicts, judged_otherwise, last_indications
from evidence.vouching import EvidenceNotVouched, may_be_own_form, require_same_consent, require_vouched

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
class Ended:
    """A consent that has ended, with the very evidence that a line brings once more; it was not registered anew."""

    consent_id: int
    line: int
    state: State

    @property
    def notice(self) -> Notice:
        """What whoever gave the line should know."""
        at = (f"목록 {self.line}번째 줄: ", f"Line {self.line} of the list: ") if self.line else ("", "")
        said: dict[str, str | int] = {"consent": self.consent_id, "where_ko": at[0], "where_en": at[1]}
        names = {"state": state_name(self.state, "en"), "state_ko": state_name(self.state, "ko")}
        return Notice(ENDED_WITH_IT, said | names)


@dataclass(frozen=True)
class TakenIn:
    """What came of some consents.

    Attributes:
        added: numbers of the consents that are new.
        evidence: numbers of their evidence, in the same order.
        known: how many were there already, with the same evidence; nothing was done about them.
        refused: those of the new ones whose evidence did not pass.
        ended: those that have ended, with the same evidence; nothing was done about them either.
    """

    added: tuple[int, ...]
    evidence: tuple[int, ...]
    known: int
    refused: tuple[Refused, ...]
    ended: tuple[Ended, ...] = ()


def take_in_consents(
    store: Store, registrations: Iterable[Registration], clock: Clock, *, queue: bool = True, again: bool = False
) -> Iterator[TakenIn]:
    """Take consents in, some hundred in one transaction; each part that comes out is kept for good.

    The same list may be taken in again: what is there already with the same evidence stays as it is, and what has
    ended with the same evidence stays ended (ADR 0053).

    Args:
        store: where to.
        registrations: with their verdicts where their kind is judged; taken one at a time.
        clock: tells the time of each transaction.
        queue: whether those that pass go into the next FB0110; else they wait.
        again: register also what has ended with the same evidence.

    Raises:
        RecordError: values do not fit FB0110, or the evidence its kind. Nothing of that part was kept.
        SignedForAnother: a signed form of ours says something else than the list. Nothing of that part was kept.
        ConsentExists: the same consent is there with other evidence.
    """
    for part in _parts(registrations):
        with store.writing(clock()) as writing:
            taken = take_in_part(writing, part, queue=queue, again=again)
        yield taken


def _parts(registrations: Iterable[Registration]) -> Iterator[list[Registration]]:
    part: list[Registration] = []
    size = before = 0
    for one in registrations:
        part.append(one)
        size += len(one.evidence)
        if len(part) == AT_ONCE or size > BYTES_AT_ONCE:
            require_fit(part, before)
            yield part
            before += len(part)
            part, size = [], 0
    if part:
        require_fit(part, before)
        yield part


def require_fit(part: list[Registration], before: int = 0) -> None:
    """What does not fit a record of FB0110 must not wait for the evening to be found out.

    Raises:
        RecordError, SignedForAnother: as `take_in_consents`; numbers count on from `before`.
    """
    require_records_fit(part, before)
    for number, one in enumerate(part, before + 1):
        if KINDS[one.evidence_kind].is_der and may_be_own_form(one.evidence):
            require_same_consent(record_texts(one), one.evidence, number, line=one.line)


def require_records_fit(part: list[Registration], before: int = 0) -> None:
    """As `require_fit`, where it is known that the evidence says the same as the record. Raises: RecordError."""
    packing = Packing(LAYOUTS["FB0110"], RECORD_RULES, lambda: 0)
    texts = [record_texts(one) for one in part]
    try:
        for _ in packing.bytes_of((values, one.evidence) for values, one in zip(texts, part, strict=True)):
            pass
    except RecordError:
        for number, one in enumerate(part, before + 1):
            _require_fits(one, number)
        raise


def _require_fits(one: Registration, number: int) -> None:
    """The same of one alone, which is named by its number in the whole list."""
    layout = LAYOUTS["FB0110"]
    place = Place(Part.DATA, number, line=one.line)
    texts = record_texts(one) | {"sequence": "1"}
    encode_data(layout, texts, one.evidence, place)
    for error in record_rules(layout.data, texts, place):
        raise error


def take_in_part(writing: Writing, part: list[Registration], *, queue: bool, again: bool = False) -> TakenIn:
    """Take in consents that `require_fit` let pass, within a transaction. Raises: ConsentExists."""
    news = [_New(one, identity_of(one).hashed(writing.keys.digest), _piece(one)) for one in part]
    alive, over = already_there(writing, [one.identity for one in news])
    new: list[_New] = []
    ended: list[Ended] = []
    for one in news:
        there = alive.get(one.identity)
        if there is not None and there[1] == one.piece.sha256:
            continue
        before = None if again else ended_with(writing, over.get(one.identity, []), one.piece.sha256)
        if before is not None:
            ended.append(Ended(before.consent_id, one.registration.line, before.state))
        elif there is not None:
            if not had(writing, there[0], one.piece.sha256):
                raise ConsentExists(there[0], one.registration.line)
        else:
            alive[one.identity] = (0, one.piece.sha256)
            new.append(one)
    known = len(part) - len(new) - len(ended)
    if not new:
        return TakenIn((), (), known, (), tuple(ended))
    ids, evidence, refused = _insert(writing, new, queue=queue)
    return TakenIn(tuple(ids), tuple(evidence), known, tuple(refused), tuple(ended))


def require_new(writing: Writing, registration: Registration) -> None:
    """Return only if no live consent is the same, whatever its evidence. Raises: ConsentExists."""
    alive, _ = already_there(writing, [identity_of(registration).hashed(writing.keys.digest)])
    for number, _ in alive.values():
        raise ConsentExists(number, registration.line)


class _New(NamedTuple):
    """A consent that may be new: what it says, the keyed hash it is known by, and its evidence."""

    registration: Registration
    identity: bytes
    piece: Piece


def _piece(one: Registration) -> Piece:
    return Piece.of(one.evidence_kind, one.extension.lower(), one.evidence, one.verdict)


_ADD: Final = insert(CONSENT)


def _insert(writing: Writing, news: list[_New], *, queue: bool) -> tuple[list[int], list[int], list[Refused]]:
    """Write consents as they stand in the end; the log has every step that led there."""
    evidence_ids, new_evidence = add_pieces(writing, [one.piece for one in news])
    ids, rows, verdicts, refused = [], [], [], []
    for (one, identity, piece), evidence_id in zip(news, evidence_ids, strict=True):
        consent_id = writing.next_id(CONSENT)
        ids.append(consent_id)
        codes = _against(one)
        if codes:
            refused.append(Refused(consent_id, one.line, codes))
        state = first_steps(writing, consent_id, (piece.sha256, one.applied_on), codes, queue=queue)
        came_with = {"state": state.value, "code": codes[0] if codes else None, "evidence_id": evidence_id}
        rows.append(consent_row(writing, consent_id, one, identity) | came_with)
        if one.verdict is not None:
            verdicts.append(Judged.of(evidence_id, one.verdict))
    writing.connection.execute(_ADD, rows)
    _keep_verdicts(writing, verdicts, new_evidence)
    return ids, evidence_ids, refused


def keep_pieces(writing: Writing, pieces: list[Piece]) -> list[int]:
    """Keep evidence and its verdicts for consents that are there; its numbers. Raises as `add_pieces`."""
    evidence_ids, new_evidence = add_pieces(writing, pieces)
    judged = [
        Judged.of(number, one.verdict)
        for number, one in zip(evidence_ids, pieces, strict=True)
        if one.verdict is not None
    ]
    _keep_verdicts(writing, judged, new_evidence)
    return evidence_ids


def _keep_verdicts(writing: Writing, verdicts: list[Judged], new_evidence: frozenset[int]) -> None:
    settled = new_evidence - judged_otherwise(verdicts)
    again = [one for one in verdicts if one.evidence_id not in settled and one.indication != PASSED]
    was = last_indications(writing.connection, [one.evidence_id for one in again])
    add_verdicts(writing, verdicts, settled)
    if again:  # other consents have that evidence too, and it does not pass any more
        follow(writing, again, was)


def first_steps(
    writing: Writing, consent_id: int, signed: tuple[bytes, date], codes: tuple[str, ...], *, queue: bool
) -> State:
    """Let the first things happen to a consent, by the table of states; where it then stands.

    `signed` are the SHA-256 of its evidence, and the day on which it was applied for.
    """
    state, (digest, day) = State.SIGNED, signed
    said = {"evidence": digest.hex(), "applied_on": day.isoformat(), "state": state.value}
    writing.log.add(Event.SIGNED.value, consent_id=consent_id, details=said)
    for event in (Event.REFUSED,) if codes else (Event.PASSED, Event.QUEUED) if queue else (Event.PASSED,):
        state = after(consent_id, state, event, None)
        details = {"state": state.value}
        writing.log.add(event.value, consent_id=consent_id, details=details | {"code": codes[0]} if codes else details)
    return state


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


def consent_row(writing: Writing, consent_id: int, one: Registration, identity: bytes) -> dict[str, object]:
    """The row that a consent begins with, but for state and evidence; `identity` is the keyed hash of `identity_of`."""
    texts = {name: getattr(one, name) for name in SEALED}
    keys = writing.keys
    return {
        "id": consent_id,
        "identity": identity,
        "live": True,
        "service_kind": FIRM_BANKING,
        "institution_code": one.institution_code,
        "bank_code": one.bank_code,
        "payer_hash": keys.digest("payer_number", one.payer_number),
        "account_hash": keys.digest("account_number", one.account_number),
        "holder_hash": keys.digest("holder_id", one.holder_id),
        "applied_on": one.applied_on,
        "created_at": writing.at,
        "changed_at": writing.at,
        "key_id": writing.sealer.key_id,
        "sealed": writing.sealer.seal_texts(about_consent(consent_id), texts),
    }
