"""Mending what stands still: queued again, amended, or given up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, func, select, update

from consent.kinds import KINDS
from evidence.agreement import compare, text_of
from evidence.build import Registration, record_rules, record_texts
from evidence.faults import Part, Place
from evidence.field import date_of
from evidence.identity import Identity
from evidence.layouts import LAYOUTS
from evidence.lifecycle.errors import (
    AcceptedBefore,
    AmendmentNotSigned,
    CannotAmend,
    EvidenceDoesNotPass,
    IdentityTaken,
    NothingToAmend,
)
from evidence.lifecycle.intake import SEALED
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.states import Event, State
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
_MENDED: Final = frozenset({State.VERIFIED, State.QUEUED, State.REJECTED, State.FAILED})


def requeue(writing: Writing, consent_ids: Iterable[int]) -> int:
    """Queue consents again that were rejected, have failed, or were held; return how many.

    Raises:
        ConsentUnknown, IllegalEvent.
        EvidenceDoesNotPass: the last verdict on the evidence of one is no pass.
    """
    numbers = list(dict.fromkeys(consent_ids))
    count = move(writing, [Move(number, Event.QUEUED) for number in numbers])
    for some in groups(numbers, AT_ONCE):
        _require_passed(writing, some)
    return count


def withdraw(writing: Writing, consent_ids: Iterable[int]) -> int:
    """Give consents up that no bank has; return how many.

    Raises:
        ConsentUnknown, IllegalEvent.
        AcceptedBefore: one was accepted once, so that its bank may have it: it has to be cancelled.
    """
    numbers = list(dict.fromkeys(consent_ids))
    for some in groups(numbers, AT_ONCE):
        query = select(LOG.c.consent_id).where(LOG.c.consent_id.in_(some))
        query = query.where(LOG.c.event.in_([Event.ACCEPTED.value, Event.BEGAN.value]))
        accepted = writing.connection.execute(query.order_by(LOG.c.consent_id)).scalar()
        if accepted is not None:
            raise AcceptedBefore(accepted)
    return move(writing, [Move(number, Event.WITHDRAWN) for number in numbers])


def amend(writing: Writing, consent_id: int, values: Mapping[str, str]) -> tuple[str, ...]:
    """Put other values in the place of a consent's, and queue it; return the names of those that changed.

    Evidence never changes. Where it is signed, its text has to have the new values.

    Args:
        writing: a transaction on the store.
        consent_id: its number.
        values: texts of `AMENDABLE`, those that change; the day as YYYYMMDD.

    Raises:
        ConsentUnknown: there is no such consent.
        CannotAmend: it does not stand where something can be amended.
        NothingToAmend: all values are as they were.
        RecordError: a value does not fit FB0110.
        AmendmentNotSigned: the text that was signed says something else, or does not say it.
        IdentityTaken: there is a live consent of that identity already.
        EvidenceDoesNotPass: the last verdict on its evidence is no pass.
    """
    row = writing.connection.execute(_consent(consent_id)).one_or_none()
    if row is None:
        raise ConsentUnknown(consent_id)
    if row.state not in _MENDED or row.kind is None:
        raise CannotAmend(consent_id, row.state)
    before = _texts(writing, row)
    after = {**before, **values}
    names = tuple(name for name in AMENDABLE if after[name] != before[name])
    if not names:
        raise NothingToAmend(consent_id)
    record = _require_fit(row, after)
    _require_signed(writing, row, record, names)
    _write(writing, row, after)
    writing.log.add("amended", consent_id=consent_id, details={"fields": " ".join(names)})
    if row.state != State.QUEUED:
        move(writing, [Move(consent_id, Event.QUEUED)])
    _require_passed(writing, [consent_id])
    return names


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
        select(CONSENT, EVIDENCE.c.kind, EVIDENCE.c.extension, EVIDENCE.c.size)
        .outerjoin(EVIDENCE, CONSENT.c.evidence_id == EVIDENCE.c.id)
        .where(CONSENT.c.id == consent_id)
    )


def _texts(writing: Writing, row: Row[Any]) -> dict[str, str]:
    sealed = writing.sealer.open_texts(about_consent(row.id), row.key_id, bytes(row.sealed))
    plain = {"institution_code": row.institution_code, "bank_code": row.bank_code}
    return {**sealed, **plain, "applied_on": f"{row.applied_on:%Y%m%d}"}


def _require_fit(row: Row[Any], after: Mapping[str, str]) -> dict[str, str]:
    """The texts of the FB0110 record that it would be. Raises: RecordError."""
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
    return texts


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


def _write(writing: Writing, row: Row[Any], after: Mapping[str, str]) -> None:
    keys = writing.keys
    identity = Identity(
        after["institution_code"], after["payer_number"], after["bank_code"], after["account_number"]
    ).hashed(keys.digest)
    other = select(CONSENT.c.id).where(CONSENT.c.identity == identity, CONSENT.c.live, CONSENT.c.id != row.id)
    taken = writing.connection.execute(other).scalar()
    if taken is not None:
        raise IdentityTaken(row.id, taken)
    applied_on: date = date_of(after["applied_on"])
    texts = {name: after[name] for name in SEALED}
    writing.connection.execute(
        update(CONSENT)
        .where(CONSENT.c.id == row.id)
        .values(
            identity=identity,
            institution_code=after["institution_code"],
            bank_code=after["bank_code"],
            payer_hash=keys.digest("payer_number", after["payer_number"]),
            account_hash=keys.digest("account_number", after["account_number"]),
            holder_hash=keys.digest("holder_id", after["holder_id"]),
            applied_on=applied_on,
            changed_at=writing.at,
            key_id=writing.sealer.key_id,
            sealed=writing.sealer.seal_texts(about_consent(row.id), texts),
        )
    )
