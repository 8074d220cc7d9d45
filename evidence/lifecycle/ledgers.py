"""Ledgers that were taken in (FB0933), and what each of them and the store do not agree on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from evidence.lifecycle.fb0933 import DIFFERENCES, LEDGER_LACKS
from evidence.lifecycle.registered import REGISTERED, registered_on
from evidence.lifecycle.states import Event
from evidence.store.schema import CONSENT, FILE, FILE_RECORD, LOG

CODE: Final = "FB0933"
_AT_ONCE: Final = 1000
_SEEN: Final = (*REGISTERED, Event.REJECTED.value)
"""Events after which a bank may have a consent; of rejections that with 7125 or 2041, which no acceptance follows."""


@dataclass(frozen=True)
class Ledger:
    """One of them: `differences` counts its records by the code of what differs."""

    file_id: int
    name: str
    process_date: date
    institution_code: str
    bank_code: str
    records: int
    differences: Mapping[str, int]


def ledgers(connection: Connection) -> list[Ledger]:
    """All of them, the last one first."""
    counted: dict[int, dict[str, int]] = {}
    mine = select(FILE.c.id).where(FILE.c.code == CODE)
    count = select(FILE_RECORD.c.file_id, FILE_RECORD.c.outcome, func.count().label("count"))
    count = count.where(FILE_RECORD.c.file_id.in_(mine), FILE_RECORD.c.outcome.in_(DIFFERENCES))
    for row in connection.execute(count.group_by(FILE_RECORD.c.file_id, FILE_RECORD.c.outcome)):
        counted.setdefault(row.file_id, {})[row.outcome] = row[2]
    files = connection.execute(select(FILE).where(FILE.c.code == CODE).order_by(FILE.c.id.desc()))
    return [
        Ledger(f.id, f.name, f.process_date, f.institution_code, f.bank_code, f.records, counted.get(f.id, {}))
        for f in files
    ]


def differences(connection: Connection, ledger: Row[Any]) -> Iterator[Row[Any]]:
    """The records that differ, by their number; those that the ledger lacks come last. Constant memory."""
    query = (
        select(FILE_RECORD, CONSENT.c.state, CONSENT.c.institution_code, CONSENT.c.bank_code, CONSENT.c.applied_on)
        .outerjoin(CONSENT, FILE_RECORD.c.consent_id == CONSENT.c.id)
        .where(FILE_RECORD.c.file_id == ledger.id)
        .order_by(FILE_RECORD.c.number)
    )
    yield from connection.execution_options(yield_per=_AT_ONCE).execute(query)


def lacked(connection: Connection, consent_id: int) -> Row[Any] | None:
    """The record by which the newest ledger that may be of a consent's bank lacks it; None where none does.

    A ledger counts only if it was made and came after the consent was accepted last: an older one could not know of it.

    Args:
        connection: to the store.
        consent_id: number of a consent that stands as accepted or reconciled, or was rejected as it is there already.
    """
    key = connection.execute(select(CONSENT).where(CONSENT.c.id == consent_id)).one()
    newest = (
        select(FILE.c.id).where(FILE.c.code == CODE).order_by(FILE.c.process_date.desc(), FILE.c.id.desc()).limit(1)
    )
    newest = newest.where(FILE.c.institution_code.in_(["", key.institution_code]))
    newest = newest.where(FILE.c.bank_code.in_(["", key.bank_code]))
    newest = newest.order_by(FILE.c.process_date.desc(), FILE.c.id.desc()).limit(1)
    query = select(FILE_RECORD).where(FILE_RECORD.c.file_id == newest.scalar_subquery())
    query = query.where(FILE_RECORD.c.consent_id == consent_id, FILE_RECORD.c.outcome == LEDGER_LACKS)
    record = connection.execute(query).first()
    if record is None:
        return None
    made_on = connection.execute(select(FILE.c.process_date).where(FILE.c.id == record.file_id)).scalar_one()
    if made_on <= registered_on(connection, [consent_id]).get(consent_id, date.min):
        return None
    came = select(func.min(LOG.c.seq)).where(LOG.c.file_id == record.file_id)
    since = select(func.max(LOG.c.seq)).where(LOG.c.consent_id == consent_id, LOG.c.event.in_(_SEEN))
    after = connection.execute(select(came.scalar_subquery() > since.scalar_subquery())).scalar()
    return record if after else None
