"""Mending what stands still: queued again, amended, or given up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, and_, func, insert, or_, select, update

from consent.kinds import KINDS
from evidence.agreement import compare, text_of
from evidence.build import Registration, record_rules, record_texts
from evidence.faults import Part, Place
from evidence.field import date_of
from evidence.identity import Identity
from evidence.layouts import LAYOUTS
from evidence.lifecycle.cancelling import queued_again
from evidence.lifecycle.errors import (
    AcceptedBefore,
    AmendmentNotSigned,
    BeganByChange,
    CannotAmend,
    EvidenceDoesNotPass,
    GoesOnAsAnother,
    IdentityTaken,
    LedgerDoesNotLack,
    NothingToAmend,
    NotOfCancellation,
)
from evidence.lifecycle.intake import consent_row, first_steps, identity_of
from evidence.lifecycle.ledgers import lacked
from evidence.lifecycle.moving import Move, move, states_of
from evidence.lifecycle.states import ALREADY_THERE, NEXT, Event, State
from evidence.store.errors import ConsentUnknown
from evidence.store.pieces import read_piece
from evidence.store.schema import CONSENT, EVIDENCE, LOG
from evidence.store.sealing import about_consent
from evidence.store.store import Writing, groups
from verifier.verdict import Indication

AT_ONCE: Final = 500
AMENDABLE: Final = (
    "applied_on",
    "holder_id_type",
    "holder_id",
    "institution_code",
    "payer_number",
    "bank_code",
    "account_number",
)
OF_CANCELLATION: Final = ("holder_id_type", "holder_id")
"""What may be amended of a cancellation that was rejected: anything else would be another consent."""
_MENDED: Final = frozenset({State.VERIFIED, State.QUEUED, State.REJECTED, State.FAILED})


class Amended(NamedTuple):
    """What came of amending a consent: the names of what changed, and the number of the consent that is queued so."""

    fields: tuple[str, ...]
    consent_id: int


def requeue(writing: Writing, consent_ids: Iterable[int]) -> int:
    """Queue consents again that were rejected, have failed, were held, or are lacked by their ledger; return how many.

    Raises:
        ConsentUnknown, IllegalEvent.
        LedgerDoesNotLack: one was accepted, and no ledger that came since says that its bank has not registered it.
        GoesOnAsAnother: one was amended, and goes out as another consent.
        BeganByChange: one began with a change of account, and its evidence is for the account before.
        EvidenceDoesNotPass: the last verdict on the evidence of one is no pass.
    """
    numbers = list(dict.fromkeys(consent_ids))
    count = 0
    for some in groups(numbers, AT_ONCE):
        count += move(writing, _again(writing, some))
        query = select(CONSENT.c.id, CONSENT.c.successor_id).where(CONSENT.c.id.in_(some))
        gone_on = writing.connection.execute(query.where(CONSENT.c.successor_id.is_not(None))).first()
        if gone_on is not None:
            raise GoesOnAsAnother(gone_on.id, gone_on.successor_id)
        began = select(LOG.c.consent_id).where(LOG.c.consent_id.in_(some), LOG.c.event == Event.BEGAN.value)
        changed = writing.connection.execute(began.order_by(LOG.c.consent_id)).scalar()
        if changed is not None:
            raise BeganByChange(changed)
        _require_passed(writing, some)
    return count


def _again(writing: Writing, consent_ids: list[int]) -> list[Move]:
    """What queues these once more. Raises: LedgerDoesNotLack."""
    moves = []
    for number, state in states_of(writing, consent_ids).items():
        if (state, Event.LACKED) not in NEXT:
            continue
        ledger = lacked(writing.connection, number)
        if ledger is None:
            raise LedgerDoesNotLack(number)
        moves.append(Move(number, Event.LACKED, file_id=ledger.file_id, record_number=ledger.number))
    accepted = {one.consent_id for one in moves}
    return moves + [Move(number, Event.QUEUED) for number in consent_ids if number not in accepted]


def withdraw(writing: Writing, consent_ids: Iterable[int]) -> int:
    """Give consents up that no bank has; return how many.

    Raises:
        ConsentUnknown, IllegalEvent.
        AcceptedBefore: one was accepted once, so that its bank may have it: it has to be cancelled.
    """
    numbers = list(dict.fromkeys(consent_ids))
    for some in groups(numbers, AT_ONCE):
        accepted = _accepted_once(writing, some)
        if accepted is not None:
            raise AcceptedBefore(accepted)
    return move(writing, [Move(number, Event.WITHDRAWN) for number in numbers])


def _accepted_once(writing: Writing, consent_ids: list[int]) -> int | None:
    """The first of these that a bank may have had at any time."""
    query = select(LOG.c.consent_id).where(LOG.c.consent_id.in_(consent_ids))
    there_already = or_(*(LOG.c.details.contains(f'"code":"{code}"', autoescape=True) for code in ALREADY_THERE))
    query = query.where(
        or_(
            LOG.c.event.in_([Event.ACCEPTED.value, Event.BEGAN.value, Event.IN_LEDGER.value]),
            and_(LOG.c.event == Event.REJECTED.value, there_already),
        )
    )
    return writing.connection.execute(query.order_by(LOG.c.consent_id)).scalar()


def amend(writing: Writing, consent_id: int, values: Mapping[str, str]) -> Amended:
    """Put other values in the place of a consent's, and queue it.

    Evidence never changes. Where it is signed, its text has to have the new values. What the bank may have under
    another identity stays as it is, to be cancelled, and what is amended goes out as a consent of its own (ADR 0044).

    Args:
        writing: a transaction on the store.
        consent_id: its number.
        values: texts of `AMENDABLE`, those that change; the day as YYYYMMDD.

    Raises:
        ConsentUnknown: there is no such consent.
        CannotAmend: it does not stand where something can be amended.
        NotOfCancellation: its cancellation was rejected, and more than the holder's number was to be amended.
        GoesOnAsAnother: it was amended before, and goes out as another consent.
        NothingToAmend: all values are as they were.
        RecordError: a value does not fit FB0110.
        AmendmentNotSigned: the text that was signed says something else, or does not say it.
        IdentityTaken: there is a live consent of that identity already.
        EvidenceDoesNotPass: the last verdict on its evidence is no pass.
    """
    row = writing.connection.execute(_consent(consent_id)).one_or_none()
    if row is None:
        raise ConsentUnknown(consent_id)
    cancels = row.state == State.CANCEL_REJECTED
    if (row.state not in _MENDED and not cancels) or row.kind is None:
        raise CannotAmend(consent_id, row.state)
    if row.successor_id is not None and not cancels:
        raise GoesOnAsAnother(consent_id, row.successor_id)
    before = _texts(writing, row)
    after = {**before, **values}
    names = tuple(name for name in AMENDABLE if after[name] != before[name])
    if not names:
        raise NothingToAmend(consent_id)
    registration, record = _require_fit(row, after)
    if cancels:
        return _amend_cancellation(writing, row, registration, names)
    _require_signed(writing, row, record, names)
    identity = _require_free(writing, row, registration)
    is_another = not set(names).isdisjoint(Identity._fields) and _accepted_once(writing, [consent_id]) is not None
    if is_another:
        queued = _begin_another(writing, row, registration, identity, names)
    else:
        queued = consent_id
        _write(writing, row, registration, identity)
        said = {"fields": " ".join(names)}
        if "applied_on" in names:
            said["applied_on"] = registration.applied_on.isoformat()
        writing.log.add("amended", consent_id=consent_id, details=said)
        if row.state != State.QUEUED:
            move(writing, [Move(consent_id, Event.QUEUED)])
    _require_passed(writing, [queued])
    return Amended(names, queued)


def _amend_cancellation(writing: Writing, row: Row[Any], one: Registration, names: tuple[str, ...]) -> Amended:
    """Put the holder's number right, and queue the cancellation again: no evidence goes with it, whatever it says."""
    if not set(names).issubset(OF_CANCELLATION):
        raise NotOfCancellation(row.id)
    _write(writing, row, one, bytes(row.identity))
    writing.log.add("amended", consent_id=row.id, details={"fields": " ".join(names)})
    move(writing, queued_again(writing, [row.id]))
    return Amended(names, row.id)


def _require_passed(writing: Writing, consent_ids: list[int]) -> None:
    """What does not pass is never sent, and would wait in the queue where nobody sees it."""
    judged = [kind.code for kind in KINDS.values() if kind.is_der]
    query = select(CONSENT.c.id).join(EVIDENCE, CONSENT.c.evidence_id == EVIDENCE.c.id).order_by(CONSENT.c.id)
    query = query.where(CONSENT.c.id.in_(consent_ids), EVIDENCE.c.kind.in_(judged))
    passed = func.coalesce(EVIDENCE.c.indication, "") == Indication.TOTAL_PASSED.name
    found = writing.connection.execute(query.where(~passed)).scalar()
    if found is not None:
        raise EvidenceDoesNotPass(found)


def _consent(consent_id: int) -> Any:  # noqa: ANN401 - a query
    return (
        select(CONSENT, EVIDENCE.c.kind, EVIDENCE.c.extension, EVIDENCE.c.size, EVIDENCE.c.sha256)
        .outerjoin(EVIDENCE, CONSENT.c.evidence_id == EVIDENCE.c.id)
        .where(CONSENT.c.id == consent_id)
    )


def _texts(writing: Writing, row: Row[Any]) -> dict[str, str]:
    sealed = writing.sealer.open_texts(about_consent(row.id), row.key_id, bytes(row.sealed))
    plain = {"institution_code": row.institution_code, "bank_code": row.bank_code}
    return {**sealed, **plain, "applied_on": f"{row.applied_on:%Y%m%d}"}


def _require_fit(row: Row[Any], after: Mapping[str, str]) -> tuple[Registration, dict[str, str]]:
    """What would be registered, and the texts of the FB0110 record that it would be. Raises: RecordError."""
    table, place = LAYOUTS["FB0110"].data, Place(Part.DATA)
    table.field("applied_on").encode(after["applied_on"], place)
    own: dict[str, Any] = {name: after[name] for name in (*AMENDABLE, "trace_number")}
    one = Registration(
        **(own | {"applied_on": date_of(after["applied_on"])}),
        evidence_kind=row.kind,
        extension=row.extension,
        evidence=b"",
    )
    texts = record_texts(one) | {"evidence_size": str(row.size), "sequence": "1"}
    table.encode(texts, place)
    for error in record_rules(table, texts, place):
        raise error
    return one, texts


def _require_signed(writing: Writing, row: Row[Any], record: Mapping[str, str], names: tuple[str, ...]) -> None:
    """A signature stands behind what was signed, and behind nothing that is put in its place afterwards."""
    if not KINDS[row.kind].is_der:
        return
    text = text_of(read_piece(writing.store, writing.connection, row.evidence_id))
    if text is None:
        raise AmendmentNotSigned(row.id, " ".join(names))
    compared = compare({name: record[name] for name in names}, text)
    against = compared.differing + compared.not_found
    if against:
        raise AmendmentNotSigned(row.id, " ".join(against))


def _require_free(writing: Writing, row: Row[Any], one: Registration) -> bytes:
    """The keyed hash of the identity that it would have. Raises: IdentityTaken."""
    identity = identity_of(one).hashed(writing.keys.digest)
    other = select(CONSENT.c.id).where(CONSENT.c.identity == identity, CONSENT.c.live, CONSENT.c.id != row.id)
    taken = writing.connection.execute(other).scalar()
    if taken is not None:
        raise IdentityTaken(row.id, taken)
    return identity


def _write(writing: Writing, row: Row[Any], one: Registration, identity: bytes) -> None:
    values = consent_row(writing, row.id, one, identity)
    del values["created_at"]
    writing.connection.execute(update(CONSENT).where(CONSENT.c.id == row.id).values(values))


def _begin_another(writing: Writing, row: Row[Any], one: Registration, identity: bytes, names: tuple[str, ...]) -> int:
    """Begin a consent with the same evidence, and note beside the old one that it goes on so."""
    number = writing.next_id(CONSENT)
    state = first_steps(writing, number, (bytes(row.sha256), one.applied_on), (), queue=True)
    begun = consent_row(writing, number, one, identity) | {"state": state.value, "evidence_id": row.evidence_id}
    writing.connection.execute(insert(CONSENT), begun)
    if row.state == State.QUEUED:  # else it would go out with the values that are wrong
        move(writing, [Move(row.id, Event.HELD)])
    gone_on = update(CONSENT).where(CONSENT.c.id == row.id)
    writing.connection.execute(gone_on.values(successor_id=number, changed_at=writing.at))
    writing.log.add("amended", consent_id=row.id, details={"fields": " ".join(names), "as": number})
    return number
