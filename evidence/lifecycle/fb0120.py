"""FB0120 taken in: what the FB0110 it answers has come to (설계서 V3.8 4.2.2).

It lists errors only, and silence is no approval (ADR 0008): header, trailer, counts and every record it lists have to
agree with one FB0110 before anything moves. Format is all that was looked at; nothing is reconciled by it (4.1 (1)).
For partly exempt institutions HYPHEN makes the FB0110, from their R00: then the list for that R00 is what is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, select

from evidence.codes import ACCEPTED
from evidence.lifecycle.answers import answered, close, comes_back, result_of
from evidence.lifecycle.errors import AcceptedAsError, AnswersNothing, CountsDiffer, RecordNotSent
from evidence.lifecycle.fb0620 import fail_as_kept
from evidence.lifecycle.files import R00, FileState, texts_of
from evidence.lifecycle.moving import AT_ONCE, Move, move
from evidence.lifecycle.sending import INTEGRATED, PROCESSING
from evidence.lifecycle.states import Event, State
from evidence.lifecycle.taking import Taking
from evidence.reader import DataRecord
from evidence.store.schema import CONSENT, FILE_RECORD
from evidence.store.store import groups

SENT: Final = "FB0110"
ECHOED: Final = (  # of 4 to 15: what the institute has no reason to write otherwise than it was sent
    "applied_on",
    "holder_id_type",
    "holder_id",
    "institution_code",
    "payer_number",
    "bank_code",
    "account_number",
    "evidence_type",
    "evidence_size",
)
MADE_BY_HYPHEN: Final = frozenset({"applied_on", "evidence_size"})
"""Of an FB0110 that is made from R00: what is not known to stand in R00 as we told it."""
_OUTCOMES: Final[Mapping[str, tuple[Event, Event]]] = {
    State.SENT: (Event.ACCEPTED, Event.REJECTED),
    State.CANCEL_SENT: (Event.CANCEL_ACCEPTED, Event.CANCEL_REJECTED),
}


def take_in_fb0120(taking: Taking) -> None:
    """Move every consent of the FB0110 on: those listed are rejected with their code, all others accepted."""
    sent = answered(taking, SENT, lambda row: _require_sent(taking, row), made_from=R00)
    taking.enter(FileState.CLOSED, sent.id)
    codes: dict[int, str] = {}
    for some in groups(taking.records(), AT_ONCE):
        rows = _rows(taking, sent, some)
        codes |= {row.number: record.fields["response_code"] for record, row in zip(some, rows, strict=True)}
        taking.enter_records([result_of(record, row) for record, row in zip(some, rows, strict=True)])
    for waiting in _waiting(taking, sent.id):
        moves = [_move(taking, row, codes.get(row.record_number)) for row in waiting]
        move(taking.writing, moves)
        fail_as_kept(taking.writing, [one.consent_id for one in moves if one.event is Event.ACCEPTED], sent.id)
    close(taking, sent, FileState.ANSWERED)


def _require_sent(taking: Taking, sent: Row[Any]) -> None:
    """Return only if counts and all records listed are those of this FB0110.

    Raises:
        AnswersNothing, CountsDiffer, RecordNotSent, AcceptedAsError.
    """
    if not _is_ours(taking, sent):
        raise AnswersNothing("FB0120", SENT, taking.process_date.isoformat())
    said = int(taking.survey.trailer["total"])
    if said != sent.records:
        raise CountsDiffer("FB0120", sent.name, sent.records, said)
    seen: set[int] = set()
    for some in groups(taking.records(), AT_ONCE):
        for record, row in zip(some, _rows(taking, sent, some), strict=True):
            if record.fields["response_code"] == ACCEPTED:
                raise AcceptedAsError("FB0120", record.sequence)
            if row is None or row.number in seen or not _same(taking, sent, record, row):
                raise RecordNotSent("FB0120", sent.name, record.sequence)
            seen.add(row.number)


def _is_ours(taking: Taking, sent: Row[Any]) -> bool:
    """Whether institution and bank of the header stand in the file; in integrated processing they may be left out.

    One that lists nothing agrees with every FB0110 of as many records, whoever sent it.
    """
    named = select(CONSENT.c.id).join(FILE_RECORD, FILE_RECORD.c.consent_id == CONSENT.c.id)
    named = named.where(FILE_RECORD.c.file_id == sent.id)
    for name in ("institution_code", "bank_code"):
        if taking.survey.header[name]:
            named = named.where(CONSENT.c[name] == taking.survey.header[name])
    return taking.writing.connection.execute(named.limit(1)).first() is not None


def _rows(taking: Taking, sent: Row[Any], records: Sequence[DataRecord]) -> list[Any]:
    """The records of the FB0110 that these speak of, found by identity; None for one that it has not."""
    identities = [taking.identity(record.fields) for record in records]
    query = select(FILE_RECORD).where(FILE_RECORD.c.file_id == sent.id, FILE_RECORD.c.identity.in_(identities))
    found = {bytes(row.identity): row for row in taking.writing.connection.execute(query)}
    return [found.get(identity) for identity in identities]


def _same(taking: Taking, sent: Row[Any], record: DataRecord, row: Row[Any]) -> bool:
    """Whether a record comes back as it was sent; integrated processing does not keep its number (4.2.1.1 (2) 2)."""
    texts = texts_of(taking.writing.store, row)
    if sent.code == R00:
        return comes_back(record, texts, SENT, [name for name in ECHOED if name not in MADE_BY_HYPHEN])
    if taking.writing.setting(PROCESSING) != INTEGRATED and int(record.fields["sequence"]) != row.number:
        return False
    return comes_back(record, texts, SENT, ECHOED)


def _waiting(taking: Taking, file_id: int) -> Iterator[list[Any]]:
    """The consents that wait for this answer; what happened to others meanwhile (FB0320) stands."""
    last = 0
    query = select(CONSENT.c.id, CONSENT.c.state, CONSENT.c.record_number).order_by(CONSENT.c.id).limit(AT_ONCE)
    query = query.where(CONSENT.c.file_id == file_id, CONSENT.c.state.in_(_OUTCOMES))
    while rows := taking.writing.connection.execute(query.where(CONSENT.c.id > last)).all():
        yield list(rows)
        last = rows[-1].id


def _move(taking: Taking, row: Row[Any], code: str | None) -> Move:
    accepted, rejected = _OUTCOMES[row.state]
    return Move(row.id, accepted if code is None else rejected, code=code, file_id=taking.file_id)
