"""FB0222 taken in: what became of the changes at both banks (설계서 V3.8 4.4.3).

What counts is the new registration: where there is one, the bank can debit, and a consent has to stand behind it,
whatever became of the old one (ADR 0044). Silence about a record moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Row, select, update

from evidence.codes import ACCEPTED, IN_ORDER
from evidence.lifecycle.answers import answered, close, is_under_way
from evidence.lifecycle.errors import AnswersNothing, AnswersSeveral, CountsDiffer, RecordNotSent, TakeInError
from evidence.lifecycle.fb0211 import ANSWER
from evidence.lifecycle.files import FileState, NewRecord, texts_of
from evidence.lifecycle.moving import Move, move, states_of
from evidence.lifecycle.states import CANCELLING, ENDED, NEXT, Event, State
from evidence.lifecycle.successors import begin
from evidence.lifecycle.taking import Taking
from evidence.reader import DataRecord
from evidence.store.schema import FILE, FILE_RECORD
from evidence.store.store import groups

AT_ONCE: Final = 500
REQUEST: Final = "FB0211"
NOT_RECEIVED: Final = frozenset({"7401", "7402", "7403", "7404", "7405", "7406"})
ECHOED: Final = (
    "requested_at",
    "old_institution_code",
    "old_payer_number",
    "old_bank_code",
    "old_account_number",
    "new_bank_code",
    "new_account_number",
)
ECHOED_IF_TAKEN: Final = ("new_institution_code", "new_payer_number")

OLD_REMAINS: Final = "FB-285"
NOBODY_CAN_DEBIT: Final = "FB-286"
NOTHING_CHANGED: Final = "FB-287"
ANSWER_DID_NOT_ARRIVE: Final = "FB-288"
THERE_ALREADY: Final = "FB-289"
CHANGED_UNASKED: Final = "FB-290"
NOT_ANSWERED: Final = "FB-291"
WAS_ENDING: Final = "FB-292"
CHANGED: Final = "changed"
LEFT: Final = "left"  # the institution had not taken the change


def take_in_fb0222(taking: Taking) -> None:
    """Let every change that was registered go on as a new consent, and end those that were only cancelled."""
    sent = _answered(taking)
    taking.enter(FileState.CLOSED, sent.id)
    seen: set[int] = set()
    for some in groups(taking.records(), AT_ONCE):
        entries = []
        for record, row in zip(some, _rows(taking, sent, some, seen), strict=True):
            entries.append(_entry(record, row, _take_in(taking, record, row)))
        taking.enter_records(entries)
    _remark_missing(taking, sent, seen)
    if sent.code == ANSWER:
        close(taking, sent, FileState.ANSWERED)
        sent = taking.writing.connection.execute(select(FILE).where(FILE.c.id == sent.answers_id)).one()
    close(taking, sent, FileState.CLOSED)


def _answered(taking: Taking) -> Row[Any]:
    """The FB0221 that it answers; where none was sent, the FB0211 that it says so about."""
    if taking.survey.records == 0 and taking.answers is None:  # it would agree with any
        raise AnswersNothing("FB0222", ANSWER, taking.process_date.isoformat())
    try:
        return answered(taking, ANSWER, lambda row: _require_sent(taking, row))
    except AnswersSeveral:
        raise
    except TakeInError as error:
        try:
            return answered(taking, REQUEST, lambda row: _require_unanswered(taking, row), FileState.OPEN)
        except AnswersSeveral:
            raise
        except TakeInError:
            raise error from None


def _require_sent(taking: Taking, sent: Row[Any]) -> None:
    """Return only if every record is one of that file, as it was sent.

    Raises:
        CountsDiffer, RecordNotSent.
    """
    if taking.survey.records > sent.records:
        raise CountsDiffer("FB0222", sent.name, sent.records, taking.survey.records)
    seen: set[int] = set()
    for some in groups(taking.records(), AT_ONCE):
        for record, row in zip(some, _rows(taking, sent, some, seen), strict=True):
            if row is None:
                raise RecordNotSent("FB0222", sent.name, record.sequence)


def _require_unanswered(taking: Taking, request: Row[Any]) -> None:
    if is_under_way(taking.writing, request.id, ANSWER) or any(
        NOT_RECEIVED.isdisjoint(_codes(record)) for record in taking.records()
    ):
        raise AnswersNothing("FB0222", ANSWER, taking.process_date.isoformat())
    if taking.survey.records != request.records:  # the others would stay without an answer
        raise CountsDiffer("FB0222", request.name, request.records, taking.survey.records)
    _require_sent(taking, request)


def _rows(taking: Taking, sent: Row[Any], records: list[DataRecord], seen: set[int]) -> list[Any]:
    """The records of the file sent that these speak of; None for one that it has not.

    Of several that are alike, each is spoken of once: that with the same number, else the first of those that are left.

    Args:
        taking: the file that came in.
        sent: the file sent.
        records: some of those that came in, in their order.
        seen: numbers of records sent that others spoke of before; those that these speak of are added.
    """
    identities = [taking.identity(record.fields, "old_") for record in records]
    query = select(FILE_RECORD).where(FILE_RECORD.c.file_id == sent.id, FILE_RECORD.c.identity.in_(identities))
    found: dict[bytes, list[tuple[Any, Mapping[str, str]]]] = {}
    for row in taking.writing.connection.execute(query):
        found.setdefault(bytes(row.identity), []).append((row, texts_of(taking.writing.store, row)))
    rows = []
    for record, identity in zip(records, identities, strict=True):
        alike = [one for one, texts in found.get(identity, []) if _same(record.fields, texts)]
        left = {one.number: one for one in alike if one.number not in seen}
        number = record.sequence if record.sequence in left else min(left, default=0)
        seen.add(number)
        rows.append(left.get(number))
    return rows


def _same(said: Mapping[str, str], sent: Mapping[str, str]) -> bool:
    return all(said[name] == sent[name] for name in ECHOED) and all(
        said[name] in {"", sent.get(name, "")} for name in ECHOED_IF_TAKEN
    )


def _codes(record: DataRecord) -> tuple[str, str]:
    return record.fields["cancel_code"], record.fields["register_code"]


def _entry(record: DataRecord, row: Row[Any], outcome: str) -> NewRecord:
    cancel, register = _codes(record)
    return NewRecord(
        number=record.sequence,
        texts=record.fields,
        consent_id=row.consent_id,
        identity=bytes(row.identity),
        code=cancel if register in IN_ORDER and cancel not in IN_ORDER else register,
        outcome=outcome,
    )


def _take_in(taking: Taking, record: DataRecord, row: Row[Any]) -> str:
    cancel, register = _codes(record)
    cancelled, registered = cancel in IN_ORDER, register in IN_ORDER
    if cancel in NOT_RECEIVED or register in NOT_RECEIVED:
        return _remark(taking, record, row, ANSWER_DID_NOT_ARRIVE)
    if row.code != ACCEPTED:
        return _remark(taking, record, row, CHANGED_UNASKED) if cancelled or registered else LEFT
    if registered:
        return _go_on(taking, record, row, cancelled=cancelled)
    if not cancelled:
        return _remark(taking, record, row, NOTHING_CHANGED)
    _move_if_it_can(taking, record, row, Event.CANCELLED, register)
    return _remark(taking, record, row, NOBODY_CAN_DEBIT)


def _go_on(taking: Taking, record: DataRecord, row: Row[Any], *, cancelled: bool) -> str:
    before = _move_if_it_can(taking, record, row, Event.CHANGED, None if cancelled else record.fields["cancel_code"])
    sent = texts_of(taking.writing.store, row)
    after = begin(taking.writing, row.consent_id, sent, taking.file_id, record.sequence)
    outcome = CHANGED
    if not after.is_new:
        outcome = _remark(taking, record, row, THERE_ALREADY, successor=after.consent_id)
    if not cancelled:
        outcome = _remark(taking, record, row, OLD_REMAINS, successor=after.consent_id)
    if before in CANCELLING | ENDED:
        outcome = _remark(taking, record, row, WAS_ENDING, successor=after.consent_id)
    return outcome


def _move_if_it_can(taking: Taking, record: DataRecord, row: Row[Any], event: Event, code: str | None) -> State:
    """Move the old consent on, unless it has ended meanwhile; return where it stood."""
    before = states_of(taking.writing, [row.consent_id])[row.consent_id]
    if (before, event) in NEXT:
        one = Move(row.consent_id, event, code, file_id=taking.file_id, record_number=record.sequence)
        move(taking.writing, [one])
    return before


def _remark(taking: Taking, record: DataRecord, row: Row[Any], remark: str, **said: str | int) -> str:
    cancel, register = _codes(record)
    taking.remark(remark, record.sequence, row.consent_id, cancel=cancel or "-", register=register or "-", **said)
    return remark


def _remark_missing(taking: Taking, sent: Row[Any], seen: set[int]) -> None:
    """Note what the institution took and the file is silent about, beside what was sent: there is no record here."""
    if sent.code != ANSWER or len(seen) == sent.records:
        return
    mine = FILE_RECORD.c.file_id == sent.id
    query = select(FILE_RECORD.c.number, FILE_RECORD.c.consent_id).where(mine, FILE_RECORD.c.code == ACCEPTED)
    for row in taking.writing.connection.execute(query.order_by(FILE_RECORD.c.number)).all():
        if row.number not in seen:
            taking.remark(NOT_ANSWERED, row.number, row.consent_id, file=sent.name)
            here = update(FILE_RECORD).where(mine, FILE_RECORD.c.number == row.number)
            taking.writing.connection.execute(here.values(outcome=NOT_ANSWERED))
