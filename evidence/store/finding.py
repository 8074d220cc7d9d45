"""Finding consents in the store, and all that is known of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from evidence.store.errors import ConsentUnknown, EvidenceGone, KeyUnknown, SealBroken
from evidence.store.keyring import Keys
from evidence.store.pieces import opened
from evidence.store.schema import CONSENT, EVIDENCE, EVIDENCE_ISSUER, FILE, FILE_RECORD, LOG, VERDICT
from evidence.store.store import Store

_AT_ONCE: Final = 1000
SEARCHABLE: Final = {
    "payer_number": CONSENT.c.payer_hash,
    "account_number": CONSENT.c.account_hash,
    "holder_id": CONSENT.c.holder_hash,
}
"""What consents are found by although it is sealed, and the keyed hash it is found by."""


def find_consents(
    connection: Connection, keys: Keys, *, state: str | None = None, wanted: Mapping[str, str]
) -> Iterator[Row[Any]]:
    """Rows of consents by their number; constant memory.

    Args:
        connection: to the store.
        keys: of the store.
        state: where they stand; None: anywhere.
        wanted: values of `SEARCHABLE`, all of which they have to have.
    """
    query = select(CONSENT).order_by(CONSENT.c.id)
    if state is not None:
        query = query.where(CONSENT.c.state == state)
    for name, value in wanted.items():
        query = query.where(SEARCHABLE[name] == keys.digest(name, value))
    yield from connection.execution_options(yield_per=_AT_ONCE).execute(query)


def find_log_rows(
    connection: Connection, *, consent_id: int | None = None, file_id: int | None = None, since: str | None = None
) -> Iterator[Row[Any]]:
    """Rows of the log in their order; constant memory. `since`: as `time_text` writes times."""
    query = select(LOG).order_by(LOG.c.seq)
    if consent_id is not None:
        query = query.where(LOG.c.consent_id == consent_id)
    if file_id is not None:
        query = query.where(LOG.c.file_id == file_id)
    if since is not None:
        query = query.where(LOG.c.at >= since)
    yield from connection.execution_options(yield_per=_AT_ONCE).execute(query)


@dataclass(frozen=True)
class Story:
    """All that is known of one consent: rows of the tables.

    Attributes:
        consent: its row.
        evidence: its evidence; none once that is deleted.
        verdicts: on that evidence, the first one first.
        records: of files that it stands in, with the file's code, direction, state, name and day.
        log: its rows of the log.
    """

    consent: Row[Any]
    evidence: Row[Any] | None
    verdicts: Sequence[Row[Any]]
    records: Sequence[Row[Any]]
    log: Sequence[Row[Any]]


def story_of(connection: Connection, consent_id: int) -> Story:
    """Look a consent up.

    Raises:
        ConsentUnknown: there is none of that number.
    """
    consent = connection.execute(select(CONSENT).where(CONSENT.c.id == consent_id)).one_or_none()
    if consent is None:
        raise ConsentUnknown(consent_id)
    evidence = select(EVIDENCE).where(EVIDENCE.c.id == consent.evidence_id)
    verdicts = select(VERDICT).where(VERDICT.c.evidence_id == consent.evidence_id).order_by(VERDICT.c.id)
    records = (
        select(FILE_RECORD, FILE.c.code.label("file_code"), FILE.c.direction, FILE.c.name, FILE.c.process_date)
        .join(FILE, FILE_RECORD.c.file_id == FILE.c.id)
        .where(FILE_RECORD.c.consent_id == consent_id)
        .order_by(FILE_RECORD.c.file_id, FILE_RECORD.c.number)
    )
    return Story(
        consent,
        connection.execute(evidence).one_or_none(),
        connection.execute(verdicts).all(),
        connection.execute(records).all(),
        list(find_log_rows(connection, consent_id=consent_id)),
    )


def find_evidence(
    store: Store, kinds: frozenset[str], issuers: frozenset[bytes] | None = None
) -> Iterator[tuple[int, int]]:
    """Numbers of the evidence of some kinds, in order, each with that of the first consent it is of; constant memory.

    Args:
        store: open.
        kinds: 증빙구분.
        issuers: only what hangs on a certificate of one of these (`verifier.issuers.name_digest`); None: all.
    """
    query = (
        select(EVIDENCE.c.id, func.min(CONSENT.c.id).label("consent"))
        .join(CONSENT, CONSENT.c.evidence_id == EVIDENCE.c.id)
        .where(EVIDENCE.c.kind.in_(kinds))
        .group_by(EVIDENCE.c.id)
        .order_by(EVIDENCE.c.id)
        .limit(_AT_ONCE)
    )
    if issuers is not None:
        hanging = select(EVIDENCE_ISSUER.c.evidence_id).where(EVIDENCE_ISSUER.c.issuer.in_(issuers))
        query = query.where(EVIDENCE.c.id.in_(hanging))
    last = 0
    while True:  # by ranges of numbers: nobody's transaction is kept waiting for the end of millions
        with store.reading() as connection:
            rows = connection.execute(query.where(EVIDENCE.c.id > last)).all()
        yield from ((row.id, row.consent) for row in rows)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].id


def open_evidence(store: Store, numbers: Sequence[int]) -> dict[int, tuple[datetime, bytes | None]]:
    """When evidence was received first, and its bytes; None where they cannot be had any more."""
    found: dict[int, tuple[datetime, bytes | None]] = {}
    with store.reading() as connection:
        for row in connection.execute(select(EVIDENCE).where(EVIDENCE.c.id.in_(numbers))):
            try:
                content = opened(store, bytes(row.sha256), row.place, row.key_id, row.sealed)
            except (EvidenceGone, SealBroken, KeyUnknown):
                content = None
            found[row.id] = (first_received(row), content)
    return found


def first_received(row: Row[Any]) -> datetime:
    """When evidence was received: by the store, or earlier where it was told so. In whole seconds, rounded up."""
    at = datetime.fromisoformat(min(row.added_at, row.received_at or row.added_at))
    return at.replace(microsecond=0) + timedelta(seconds=1 if at.microsecond else 0)
