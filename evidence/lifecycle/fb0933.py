"""FB0933 taken in: a bank's ledger laid beside the store (설계서 V3.8 4.5.2).

It may have millions of records: they are read some at a time, and only what differs is kept, with the number it has in
the file. What the ledger lacks has no number there: such rows follow behind the file's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, and_, func, or_, select, tuple_, update

from evidence.lifecycle.answers import close
from evidence.lifecycle.fb0910 import CODE as REQUEST
from evidence.lifecycle.fb0910 import LedgerKey
from evidence.lifecycle.files import FileState, NewRecord
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.named import Named, find, identities_of
from evidence.lifecycle.registered import failed_on, registered_on
from evidence.lifecycle.states import ALREADY_THERE, CANCELLING, ENDED, Event, State
from evidence.lifecycle.taking import Taking
from evidence.reader import DataRecord
from evidence.store.schema import CONSENT, FILE, FILE_RECORD
from evidence.store.store import groups

AT_ONCE: Final = 2000
NOT_OURS: Final = "FB-360"
ENDED_WITH_US: Final = "FB-361"
NOT_ACCEPTED: Final = "FB-362"
LEDGER_LACKS: Final = "FB-363"
NOT_ASKED: Final = "FB-364"
DIFFERS: Final = "FB-365"
DIFFERENCES: Final = (NOT_OURS, ENDED_WITH_US, NOT_ACCEPTED, LEDGER_LACKS)
ARRIVED: Final = "arrived"
_EXPECTED: Final = (State.ACCEPTED, State.RECONCILED, State.FAILED)


def take_in_fb0933(taking: Taking) -> None:
    """Reconcile what the ledger lists, and keep both sides' differences."""
    taking.enter(FileState.CLOSED)
    comparison = _Comparison(taking)
    for some in groups(taking.records(), AT_ONCE):
        comparison.take_in(some)
    header = taking.survey.header
    if header["institution_code"] and header["bank_code"]:
        comparison.keys.add(LedgerKey(header["institution_code"], header["bank_code"]))
    asked_on = _note_arrival(taking, sorted(comparison.keys))
    if asked_on is None:
        taking.remark(NOT_ASKED, 0)
    lacking = comparison.enter_lacking(asked_on or taking.process_date)
    if comparison.differing or lacking:
        taking.remark(DIFFERS, 0, ledger=comparison.differing, ours=lacking)


class _Comparison:
    """One ledger against the store, in the memory of one bit for each consent that there is."""

    def __init__(self, taking: Taking) -> None:
        self.taking = taking
        self.keys: set[LedgerKey] = set()
        self.differing = 0
        last = taking.writing.connection.execute(select(func.coalesce(func.max(CONSENT.c.id), 0))).scalar_one()
        self.listed = bytearray(last // 8 + 1)

    def take_in(self, records: Sequence[DataRecord]) -> None:
        """Move those on that the ledger confirms; keep the records that no consent of ours stands behind."""
        taking = self.taking
        identities = identities_of(taking.writing, [record.fields for record in records])
        named = find(taking.writing, identities)
        failed = [one.consent_id for one in named.values() if one.state is State.FAILED]
        since = failed_on(taking.writing.connection, failed) if failed else {}
        entries, moves = [], []
        for record, identity in zip(records, identities, strict=True):
            self.keys.add(LedgerKey(record.fields["institution_code"], record.fields["bank_code"]))
            one = named.get(identity)
            if one is not None:
                self.listed[one.consent_id // 8] |= 1 << one.consent_id % 8
            remark = _difference(one)
            if one is not None and self._is_older(one, since):
                continue  # what it lists is an earlier registration, or not mended yet
            if remark:
                entries.append(_entry(record, identity, one, remark))
            elif one is not None and one.can(Event.IN_LEDGER):
                one.state, one.code = State.RECONCILED, None
                moves.append(
                    Move(one.consent_id, Event.IN_LEDGER, file_id=taking.file_id, record_number=record.sequence)
                )
        self.differing += len(entries)
        taking.enter_records(entries)
        move(taking.writing, moves)

    def _is_older(self, one: Named, failed: Mapping[int, date]) -> bool:
        """Whether the ledger was made before the consent was applied for, or failed to be reconciled."""
        day = self.taking.process_date
        return day < one.applied_on or day < failed.get(one.consent_id, day)

    def enter_lacking(self, before: date) -> int:
        """Keep what should stand in the ledger and does not.

        That is what was applied for before the day on which it was asked for, and registered before it was made.
        """
        count = 0
        for rows in self._expected(before):
            lacking = [row for row in rows if not self.listed[row.id // 8] >> row.id % 8 & 1]
            since = registered_on(self.taking.writing.connection, [row.id for row in lacking]) if lacking else {}
            lacking = [row for row in lacking if since.get(row.id, date.min) < self.taking.process_date]
            first = self.taking.survey.records + count + 1
            self.taking.enter_records(
                [
                    NewRecord(
                        number=number, texts={}, consent_id=row.id, identity=bytes(row.identity), outcome=LEDGER_LACKS
                    )
                    for number, row in enumerate(lacking, first)
                ]
            )
            count += len(lacking)
        return count

    def _expected(self, before: date) -> Iterator[list[Row[Any]]]:
        keys = [(key.institution_code, key.bank_code) for key in sorted(self.keys)]
        query = select(CONSENT.c.id, CONSENT.c.identity).order_by(CONSENT.c.id)
        there_already = and_(CONSENT.c.state == State.REJECTED, CONSENT.c.code.in_(ALREADY_THERE))
        query = query.where(or_(CONSENT.c.state.in_(_EXPECTED), there_already), CONSENT.c.applied_on < before)
        query = query.where(tuple_(CONSENT.c.institution_code, CONSENT.c.bank_code).in_(keys))
        for first in range(0, len(self.listed) * 8 if keys else 0, AT_ONCE):  # ranges: a limit would sort all of them
            here = query.where(CONSENT.c.id.between(first, first + AT_ONCE - 1))
            yield list(self.taking.writing.connection.execute(here))


def _difference(one: Named | None) -> str:
    """Why a record of the ledger should not be there as far as we know; "" where it may."""
    if one is None:
        return NOT_OURS
    if one.state in ENDED:
        return ENDED_WITH_US
    if one.state not in {*_EXPECTED, *CANCELLING} and not one.can(Event.IN_LEDGER):
        return NOT_ACCEPTED
    return ""


def _entry(record: DataRecord, identity: bytes, one: Named | None, remark: str) -> NewRecord:
    return NewRecord(
        number=record.sequence,
        texts=record.fields,
        consent_id=None if one is None else one.consent_id,
        identity=identity,
        outcome=remark,
    )


def _note_arrival(taking: Taking, keys: Sequence[LedgerKey]) -> date | None:
    """Note beside each request that its ledger came; return the last day on which one of these was asked for."""
    hashed = [key.hashed(taking.writing.keys) for key in keys]
    waiting = (
        select(FILE_RECORD.c.file_id, FILE_RECORD.c.number, FILE.c.process_date)
        .join(FILE, FILE_RECORD.c.file_id == FILE.c.id)
        .where(FILE.c.code == REQUEST, FILE.c.state == FileState.READY, FILE.c.process_date <= taking.process_date)
        .where(FILE_RECORD.c.identity.in_(hashed))
    )
    rows = taking.writing.connection.execute(waiting).all()
    for row in rows:
        here = update(FILE_RECORD).where(FILE_RECORD.c.file_id == row.file_id, FILE_RECORD.c.number == row.number)
        taking.writing.connection.execute(here.values(outcome=ARRIVED))
    for file_id in sorted({row.file_id for row in rows}):
        _close_if_complete(taking, file_id)
    return max((row.process_date for row in rows), default=None)


def _close_if_complete(taking: Taking, file_id: int) -> None:
    open_ones = select(FILE_RECORD.c.number).where(FILE_RECORD.c.file_id == file_id, FILE_RECORD.c.outcome.is_(None))
    if taking.writing.connection.execute(open_ones.limit(1)).first() is None:
        request = taking.writing.connection.execute(select(FILE).where(FILE.c.id == file_id)).one()
        close(taking, request, FileState.ANSWERED)
