"""How long consents are kept once they have ended, and deleting what is personal of them.

What stays of a deleted consent is a row with its number, state and days, and its rows of the log, which hold nothing
personal: log and states can still be verified as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, or_, select, update

from evidence.lifecycle.better_evidence import ADDED as EVIDENCE_ADDED
from evidence.lifecycle.files import FileState
from evidence.lifecycle.states import ENDED, Event, State, after
from evidence.store.errors import EvidenceGone, RetentionNotOver
from evidence.store.pieces import IN_FILES
from evidence.store.schema import CONSENT, EVIDENCE, EVIDENCE_ISSUER, FILE, FILE_RECORD, LOG, VERDICT
from evidence.store.sealing import DELETED
from evidence.store.store import Store, Writing
from evidence.store.web_schema import SIGNING, SIGNING_TOKEN

YEARS: Final = 5
AUDIT: Final = "FB0410"
AT_ONCE: Final = 200
_OVER: Final = [state.value for state in ENDED - {State.DELETED}]
_NOTHING: Final = {"key_id": DELETED, "sealed": b""}


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; the 28th where there is no 29th of February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def years_after(day: date, years: int) -> date:
    """The first day of which `years_before` is not before it."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, month=3, day=1)


def ended_before(connection: Connection, day: date) -> Iterator[Row[int, str, date]]:
    """Consents that ended before a day and may be deleted: number, state and day, the longest ended first."""
    query = (
        select(CONSENT.c.id, CONSENT.c.state, CONSENT.c.ended_on)
        .where(CONSENT.c.state.in_(_OVER), CONSENT.c.ended_on < day, ~_is_needed(day))
        .order_by(CONSENT.c.ended_on, CONSENT.c.id)
    )
    yield from connection.execution_options(yield_per=1000).execute(query)


def _is_needed(day: date) -> ColumnElement[bool]:
    """Whether a file that is settled has still to be built from a consent, or an open audit of since asks for it."""
    in_file = select(FILE.c.id).join(FILE_RECORD, FILE_RECORD.c.file_id == FILE.c.id)
    unbuilt = in_file.where(FILE_RECORD.c.consent_id == CONSENT.c.id, FILE.c.state == FileState.ASSIGNED)
    asked = in_file.where(FILE_RECORD.c.identity == CONSENT.c.identity, FILE.c.code == AUDIT)
    asked = asked.where(FILE.c.state == FileState.OPEN, FILE.c.process_date >= day)
    return or_(unbuilt.exists(), asked.exists())


def require_over(day: date, today: date, years: int) -> None:
    """Return only if whatever ended before a day ended so many years ago.

    Raises:
        RetentionNotOver.
    """
    latest = years_before(today, years) + timedelta(days=1)
    if day > latest:
        raise RetentionNotOver(years, latest.isoformat())


@dataclass(frozen=True)
class Removed:
    """How much one transaction deleted: consents, pieces of evidence, and texts of records."""

    consents: int
    evidence: int
    records: int


def delete_ended(store: Store, day: date, clock: Callable[[], datetime]) -> Iterator[Removed]:
    """Delete what is personal of consents that ended before a day, some hundred in one transaction.

    With them go evidence that nothing else has, with its verdicts, how they were signed over HTTP, and the texts of
    their records in files; and the texts of records that belong to no consent, in files of before that day. What an
    open audit asks for stays, and so does what a file is still to be built from.

    Raises:
        EvidenceGone: evidence is in files, and the store was opened without their folder.
    """
    while True:
        with store.writing(clock()) as writing:
            removed = _delete(writing, day)
        if removed == Removed(0, 0, 0):
            return
        yield removed


def _delete(writing: Writing, day: date) -> Removed:
    query = select(CONSENT.c.id, CONSENT.c.state, CONSENT.c.evidence_id)
    query = query.where(CONSENT.c.state.in_(_OVER), CONSENT.c.ended_on < day, ~_is_needed(day))
    query = query.order_by(CONSENT.c.id).limit(AT_ONCE)
    rows = writing.connection.execute(query).all()
    if not rows:
        return Removed(0, 0, _clear_strangers(writing, day))
    numbers = [row.id for row in rows]
    theirs = {row.evidence_id for row in rows} | _had_before(writing, numbers)
    emptied = _NOTHING | dict.fromkeys(("identity", "payer_hash", "account_hash", "holder_hash"), b"")
    gone = update(CONSENT).where(CONSENT.c.id.in_(numbers)).values(
        **emptied, state=State.DELETED.value, live=False, evidence_id=None, changed_at=writing.at
    )  # fmt: skip
    writing.connection.execute(gone)
    texts = update(FILE_RECORD).where(FILE_RECORD.c.consent_id.in_(numbers), FILE_RECORD.c.key_id != DELETED)
    records = writing.connection.execute(texts.values(**_NOTHING, identity=None, evidence_id=None)).rowcount
    for row in rows:
        state = after(row.id, State(row.state), Event.DELETED, None)
        writing.log.add(Event.DELETED.value, consent_id=row.id, details={"state": state.value})
    _delete_signings(writing, numbers)
    evidence = _delete_evidence(writing, sorted(theirs - {None}))
    return Removed(len(rows), evidence, records)


def _clear_strangers(writing: Writing, day: date) -> int:
    """Empty records that belong to no consent, in files of before that day."""
    before = select(FILE.c.id).where(FILE.c.process_date < day)
    texts = update(FILE_RECORD).where(
        FILE_RECORD.c.consent_id.is_(None), FILE_RECORD.c.file_id.in_(before), FILE_RECORD.c.key_id != DELETED
    )
    count = writing.connection.execute(texts.values(**_NOTHING, identity=None, evidence_id=None)).rowcount
    if count:
        writing.log.add("records_deleted", details={"records": count})
    return count


def _had_before(writing: Writing, consents: Sequence[int]) -> set[int]:
    """The evidence that consents had before they were given better one; the log tells what they began with."""
    events = (Event.SIGNED.value, Event.BEGAN.value, EVIDENCE_ADDED)
    given = select(LOG.c.consent_id).where(LOG.c.consent_id.in_(consents), LOG.c.event == EVIDENCE_ADDED)
    told = select(LOG.c.details).where(LOG.c.consent_id.in_(given), LOG.c.event.in_(events))
    digests = [bytes.fromhex(json.loads(text)["evidence"]) for text in writing.connection.execute(told).scalars()]
    return set(writing.connection.execute(select(EVIDENCE.c.id).where(EVIDENCE.c.sha256.in_(digests))).scalars())


def _delete_signings(writing: Writing, consents: Sequence[int]) -> None:
    """Delete how consents were signed over HTTP: texts, registrations, receipts, and the tokens for it."""
    theirs = SIGNING.c.consent_id.in_(consents)
    tokens = SIGNING_TOKEN.c.signing_id.in_(select(SIGNING.c.id).where(theirs))
    writing.connection.execute(delete(SIGNING_TOKEN).where(tokens))
    writing.connection.execute(delete(SIGNING).where(theirs))


def _delete_evidence(writing: Writing, numbers: Sequence[int]) -> int:
    """Delete evidence that nothing refers to any more, be it a consent, a record, or what was signed without one."""
    unused = select(EVIDENCE.c.id, EVIDENCE.c.sha256, EVIDENCE.c.place).where(
        EVIDENCE.c.id.in_(numbers),
        ~exists().where(CONSENT.c.evidence_id == EVIDENCE.c.id),
        ~exists().where(FILE_RECORD.c.evidence_id == EVIDENCE.c.id),
        ~exists().where(SIGNING.c.evidence_id == EVIDENCE.c.id),
    )
    rows = writing.connection.execute(unused).all()
    gone = [row.id for row in rows]
    for table in (VERDICT, EVIDENCE_ISSUER):
        writing.connection.execute(delete(table).where(table.c.evidence_id.in_(gone)))
    writing.connection.execute(delete(EVIDENCE).where(EVIDENCE.c.id.in_(gone)))
    for row in rows:  # killed here, the rows are there still, and the next run deletes them
        if row.place == IN_FILES:
            name = bytes(row.sha256).hex()
            if writing.store.files is None:
                raise EvidenceGone(name)
            writing.store.files.remove(name)
    return len(gone)
