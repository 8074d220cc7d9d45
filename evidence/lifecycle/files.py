"""Files in the store: their rows, and the bytes of a file sent, which follow from its rows alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection, Row, insert, select

from evidence.layouts import LAYOUTS
from evidence.registration_list import write_list
from evidence.store.pieces import opened
from evidence.store.schema import EVIDENCE, FILE, FILE_RECORD
from evidence.store.sealing import about_record
from evidence.store.store import Store, Writing
from evidence.writer import Written, write_file

AT_ONCE: Final = 256  # records read in one query
NOTHING: Final[Mapping[str, str | int]] = MappingProxyType({})
R00: Final = "R00"  # not a file of ours, but the list that it is made from


class FileState(StrEnum):
    """Where a file stands."""

    ASSIGNED = "assigned"  # its records are settled, it is not in the outbox yet
    READY = "ready"  # in the outbox, waiting for an answer
    ANSWERED = "answered"
    REFUSED = "refused"  # answered with errors that refuse it as a whole (FB0421)
    OPEN = "open"  # taken in, and to be answered by us
    CLOSED = "closed"  # nothing more to be done


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A file to be entered."""

    code: str
    direction: str
    state: FileState
    name: str
    process_date: date
    institution_code: str
    bank_code: str
    records: int
    header: Mapping[str, str] = field(repr=False)
    trailer: Mapping[str, str] = field(default_factory=dict, repr=False)
    answers_id: int | None = None
    size: int | None = None
    sha256: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class NewRecord:
    """A data record of a file to be entered; `texts` without its sequence number."""

    number: int
    texts: Mapping[str, str] = field(repr=False)
    consent_id: int | None = None
    evidence_id: int | None = None
    identity: bytes | None = None
    code: str | None = None
    outcome: str | None = None


def add_file(writing: Writing, file_id: int, new: NewFile, details: Mapping[str, str | int] = NOTHING) -> None:
    """Enter a file and log it."""
    row: dict[str, Any] = {
        **vars(new),
        "id": file_id,
        "state": new.state.value,
        "header": json.dumps(new.header, ensure_ascii=False),
        "trailer": json.dumps(new.trailer, ensure_ascii=False),
        "created_at": writing.at,
    }
    writing.connection.execute(insert(FILE), row)
    said: dict[str, str | int] = {
        "code": new.code,
        "name": new.name,
        "process_date": new.process_date.isoformat(),
        "records": new.records,
        "state": new.state.value,
    }
    writing.log.add(f"file_{new.state.value}", file_id=file_id, details={**said, **details})


def add_records(writing: Writing, file_id: int, records: Sequence[NewRecord]) -> None:
    """Enter data records of a file."""
    sealer = writing.sealer
    rows = [
        {
            "file_id": file_id,
            "number": one.number,
            "consent_id": one.consent_id,
            "evidence_id": one.evidence_id,
            "identity": one.identity,
            "code": one.code,
            "outcome": one.outcome,
            "key_id": sealer.key_id,
            "sealed": sealer.seal_texts(about_record(file_id, one.number), one.texts),
        }
        for one in records
    ]
    if rows:
        writing.connection.execute(insert(FILE_RECORD), rows)


def records_of(connection: Connection, file_id: int) -> Iterator[Row[Any]]:
    """The rows of a file's data records in order, with their evidence; some at a time."""
    last = 0
    while True:
        query = (
            select(FILE_RECORD, EVIDENCE.c.sha256, EVIDENCE.c.place)
            .add_columns(EVIDENCE.c.key_id.label("evidence_key_id"), EVIDENCE.c.sealed.label("evidence_sealed"))
            .outerjoin(EVIDENCE, FILE_RECORD.c.evidence_id == EVIDENCE.c.id)
            .where(FILE_RECORD.c.file_id == file_id, FILE_RECORD.c.number > last)
            .order_by(FILE_RECORD.c.number)
            .limit(AT_ONCE)
        )
        rows = connection.execute(query).all()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].number


def texts_of(store: Store, row: Row[Any]) -> dict[str, str]:
    """The texts of a data record."""
    return store.sealer.open_texts(about_record(row.file_id, row.number), row.key_id, bytes(row.sealed))


def write_sent(store: Store, connection: Connection, file: Row[Any], out: BinaryIO) -> Written:
    """Write the bytes of a file sent: always the same from the same rows. An error leaves a part of them in `out`.

    Raises:
        EvidenceGone, SealBroken, KeyUnknown: something in the store is not what it was.
        RecordError: the rows do not make a file of its layout.
    """

    def contents() -> Iterator[tuple[dict[str, str], bytes]]:
        for row in records_of(connection, file.id):
            yield texts_of(store, row), b"" if row.evidence_id is None else _evidence(store, row)

    if file.code == R00:
        return write_list(out, (texts_of(store, row) for row in records_of(connection, file.id)))
    return write_file(out, LAYOUTS[file.code], json.loads(file.header), contents(), count=file.records)


def _evidence(store: Store, row: Row[Any]) -> bytes:
    return opened(store, bytes(row.sha256), row.place, row.evidence_key_id, row.evidence_sealed)
