"""What `evidence.due` works from, as the store knows it: counted by the database, whatever the store holds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, cast

from sqlalchemy import Connection, func, select

from evidence.calendar import KOREA
from evidence.due_facts import Facts, Failures, LedgerKey, Queued, Request, Retention, Sent, TurnedBad, Unfinished
from evidence.identity import FIRM_BANKING
from evidence.lifecycle.contracts import partly_exempt
from evidence.lifecycle.fb0910 import asked_before, live_keys
from evidence.lifecycle.files import R00, FileState
from evidence.lifecycle.retention import YEARS, years_after, years_before
from evidence.lifecycle.states import ALREADY_THERE, AT_THE_BANK, ENDED, Event, State
from evidence.store.schema import CONSENT, EVIDENCE, FILE, FILE_RECORD, VERDICT
from evidence.store.store import Store
from verifier.verdict import Indication

_ANSWERS: Final = {"FB0410": "FB0420", "FB0211": "FB0221"}
_ANSWERED: Final = ("FB0110", R00, "FB0221", "FB0420", "FB0910")
_SOON: Final = timedelta(days=30)


def facts_of(store: Store, connection: Connection, today: date) -> Facts:
    """Everything that is due, awaited or stands still.

    Args:
        store: open.
        connection: to it, reading.
        today: in Korea.
    """
    return Facts(
        requests=_requests(connection),
        consents=_queued(connection, State.QUEUED),
        cancellations=_queued(connection, State.CANCEL_QUEUED),
        rejected=_queued(connection, State.REJECTED),
        cancellations_rejected=_queued(connection, State.CANCEL_REJECTED),
        unfinished=_unfinished(connection),
        sent=_sent(connection),
        ledger_keys=_ledger_keys(store, connection, today),
        failures=_failures(connection),
        retention=_retention(connection, today),
        turned_bad=_turned_bad(connection),
    )


def _requests(connection: Connection) -> tuple[Request, ...]:
    """Those that are open and have no answer in the outbox; one that is settled and not delivered is none."""
    answer = FILE.alias()
    delivered = select(answer.c.id).where(answer.c.answers_id == FILE.c.id, answer.c.state == FileState.READY)
    query = select(FILE).where(FILE.c.code.in_(_ANSWERS), FILE.c.state == FileState.OPEN, ~delivered.exists())
    return tuple(
        Request(
            code=cast("Literal['FB0410', 'FB0211']", row.code),
            file=row.name,
            process_date=row.process_date,
            records=row.records,
        )
        for row in connection.execute(query.order_by(FILE.c.id))
    )


def _queued(connection: Connection, state: State) -> tuple[Queued, ...]:
    """What waits to be sent: since the day of application; a cancellation since it was queued, or rejected."""
    registered = state in {State.QUEUED, State.REJECTED}
    oldest = CONSENT.c.applied_on if registered else CONSENT.c.changed_at
    columns = (CONSENT.c.institution_code, CONSENT.c.bank_code)
    query = select(*columns, func.count().label("records"), func.min(oldest).label("oldest"))
    query = query.where(CONSENT.c.state == state.value).group_by(*columns).order_by(*columns)
    if state is State.REJECTED:  # what is there already is not sent again: its ledger is asked for
        query = query.where(func.coalesce(CONSENT.c.code, "").not_in(ALREADY_THERE))
    exempt = partly_exempt(connection)
    return tuple(
        Queued(
            file="R00" if row.institution_code in exempt else "FB0110",
            institution_code=row.institution_code,
            bank_code=row.bank_code,
            records=row.records,
            oldest_on=row.oldest if isinstance(row.oldest, date) else _moment(row.oldest).astimezone(KOREA).date(),
        )
        for row in connection.execute(query)
    )


def _unfinished(connection: Connection) -> tuple[Unfinished, ...]:
    query = select(FILE.c.code, FILE.c.name, FILE.c.process_date, FILE.c.records).order_by(FILE.c.id)
    rows = connection.execute(query.where(FILE.c.state == FileState.ASSIGNED))
    return tuple(
        Unfinished(code=row.code, file=row.name, process_date=row.process_date, records=row.records) for row in rows
    )


def _sent(connection: Connection) -> tuple[Sent, ...]:
    query = select(FILE).where(FILE.c.code.in_(_ANSWERED), FILE.c.direction == "out", FILE.c.state == FileState.READY)
    return tuple(
        Sent(
            code=cast("Literal['FB0110', 'R00', 'FB0221', 'FB0420', 'FB0910']", row.code),
            file=row.name,
            process_date=row.process_date,
            sent_at=_moment(row.done_at),
            records=row.records,
        )
        for row in connection.execute(query.order_by(FILE.c.id))
    )


def _ledger_keys(store: Store, connection: Connection, today: date) -> tuple[LedgerKey, ...]:
    asked = asked_before(store, connection, today)
    return tuple(
        LedgerKey(
            institution_code=key.institution_code,
            bank_code=key.bank_code,
            service_kind=FIRM_BANKING,
            asked_on=tuple(sorted(asked.of_key.get(key, ()))),
            institution_asked_on=tuple(sorted(asked.of_institution.get(key.institution_code, ()))),
        )
        for key in live_keys(connection)
    )


def _failures(connection: Connection) -> tuple[Failures, ...]:
    """Consents that stand as failed, by the last FB0620 that names them."""
    last = (
        select(FILE_RECORD.c.consent_id, func.max(FILE_RECORD.c.file_id).label("file_id"))
        .join(FILE, FILE_RECORD.c.file_id == FILE.c.id)
        .join(CONSENT, FILE_RECORD.c.consent_id == CONSENT.c.id)
        .where(FILE.c.code == "FB0620", CONSENT.c.state == State.FAILED.value)
        .where(FILE_RECORD.c.outcome == Event.NOT_RECONCILED.value)
        .group_by(FILE_RECORD.c.consent_id)
        .subquery()
    )
    query = select(FILE.c.id, FILE.c.name, FILE.c.process_date, func.count().label("records"))
    query = query.join(last, last.c.file_id == FILE.c.id).group_by(FILE.c.id, FILE.c.name, FILE.c.process_date)
    return tuple(
        Failures(file=row.name, process_date=row.process_date, records=row.records)
        for row in connection.execute(query.order_by(FILE.c.id))
    )


def _retention(connection: Connection, today: date) -> tuple[Retention, ...]:
    """What ended so long ago that it may not be kept any more, or will have within a month."""
    soon = years_before(today + _SOON, YEARS)
    query = select(func.count(), func.min(CONSENT.c.ended_on))
    query = query.where(CONSENT.c.state.in_(ENDED - {State.DELETED}), CONSENT.c.ended_on <= soon)
    count, first = connection.execute(query).one()
    return (Retention(records=count, ends_on=years_after(first, YEARS)),) if count else ()


def _turned_bad(connection: Connection) -> tuple[TurnedBad, ...]:
    """Consents that a bank may debit on, though the last verdict on their evidence is no pass any more.

    Looked for from the verdicts: they are small, where evidence is kilobytes a row.
    """
    bad = select(VERDICT.c.evidence_id).where(VERDICT.c.indication != Indication.TOTAL_PASSED.name).distinct()
    query = (
        select(func.count(), func.min(EVIDENCE.c.judged_at))
        .select_from(CONSENT)
        .join(EVIDENCE, CONSENT.c.evidence_id == EVIDENCE.c.id)
        .where(CONSENT.c.evidence_id.in_(bad), EVIDENCE.c.indication != Indication.TOTAL_PASSED.name)
        .where(CONSENT.c.state.in_(AT_THE_BANK))
    )
    count, since = connection.execute(query).one()
    return (TurnedBad(records=count, since=_moment(since)),) if count else ()


def _moment(text: Any) -> datetime:  # noqa: ANN401 - a column's value
    """A time as the store writes it."""
    return datetime.fromisoformat(text)
