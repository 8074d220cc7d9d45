"""Rows beside the log: whether consents and files are still what was sealed, and what the log says of them."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Row, Text, case, cast, func, or_, select

from evidence.identity import Identity
from evidence.store.errors import StoreError
from evidence.store.log import LogFault, bytes_of
from evidence.store.schema import CONSENT, EVIDENCE, FILE, FILE_RECORD, LOG
from evidence.store.sealing import about_consent
from evidence.store.store import Store

_AT_ONCE: Final = 10_000
_TAKEN_IN: Final = "signed"
_BEGAN: Final = "began"
_ADDED: Final = "evidence_added"
_DELETED: Final = "deleted"
_DAYS: Final = ("applied_on", "ended_on")
_Told = Mapping[str, str | None]
_HASHED: Final = {"payer_number": "payer_hash", "account_number": "account_hash", "holder_id": "holder_hash"}

_COMPARED: Final = (
    *(column for column in CONSENT.c if column.name not in {"live", *_DAYS}),
    case((CONSENT.c.live, 1), else_=0).label("is_live"),  # as every query takes it, whatever stands there
    *(cast(CONSENT.c[day], Text).label(day) for day in _DAYS),  # one that is no day any more is a fault, and no crash
    EVIDENCE.c.sha256,
)


def verify_files(connection: Connection) -> Iterator[LogFault]:
    """Whether every file stands where its rows in the log lead to, with the records and the bytes that they tell of.

    There are as many files as days and banks, so what is told of them is held in memory.
    """
    told: dict[int, dict[str, Any]] = {}
    rows = select(LOG.c.file_id, LOG.c.details).where(LOG.c.event.startswith("file_"), LOG.c.file_id.is_not(None))
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(rows.order_by(LOG.c.seq)):
        details = _details(row.details)
        if "state" in details:
            told.setdefault(row.file_id, {}).update(details)
    counts = select(FILE_RECORD.c.file_id, func.count()).group_by(FILE_RECORD.c.file_id)
    held: dict[int, int] = {row[0]: row[1] for row in connection.execute(counts)}
    columns = (column for column in FILE.c if column.name != "process_date")
    query = select(*columns, cast(FILE.c.process_date, Text).label("day")).order_by(FILE.c.id)
    for file in connection.execute(query).all():
        said = told.pop(file.id, {})
        digest = None if file.sha256 is None else bytes_of(file.sha256).hex()
        here = {"state": file.state, "code": file.code, "name": file.name, "records": file.records, "sha256": digest}
        if "process_date" in said:  # of files taken in or settled before it was logged, only FB0110 and FB0910 have it
            here["process_date"] = file.day
        lacks = file.direction == "out" and held.get(file.id, 0) != file.records
        if lacks or any(said.get(name) != value for name, value in here.items()):
            yield LogFault("FB-378", file.id)
    yield from (LogFault("FB-378", number) for number in sorted(told))


def verify_consents(store: Store, connection: Connection) -> Iterator[LogFault]:
    """Whether every consent is found by what is sealed in it, and has the evidence and the days that the log tells of.

    By number. Of consents taken in, amended or ended before days were logged, the log tells none.
    """
    with closing(_told(connection)) as told:
        yield from _differing(store, connection, told)


def _differing(store: Store, connection: Connection, told: Iterator[tuple[int, _Told]]) -> Iterator[LogFault]:
    last = next(told, None)
    query = select(*_COMPARED).outerjoin(EVIDENCE, CONSENT.c.evidence_id == EVIDENCE.c.id).order_by(CONSENT.c.id)
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(query):
        while last is not None and last[0] < row.id:
            last = next(told, None)
        said = last[1] if last is not None and last[0] == row.id else {}
        is_gone = row.state == _DELETED  # which `verify_states` looks at
        if not (_has_its_days(row, said) and (is_gone or (_is_sealed_so(store, row) and _has_its_evidence(row, said)))):
            yield LogFault("FB-379", row.id)


def _told(connection: Connection) -> Generator[tuple[int, _Told], None, None]:
    """The evidence and the days that were told last of consents; by number."""
    said = or_(LOG.c.event.in_((_TAKEN_IN, _BEGAN, _ADDED)), *(LOG.c.details.contains(f'"{name}":') for name in _DAYS))
    query = select(LOG.c.consent_id, LOG.c.event, LOG.c.details).where(LOG.c.consent_id.is_not(None), said)
    query = query.order_by(LOG.c.consent_id, LOG.c.seq)
    with connection.execution_options(yield_per=_AT_ONCE).execute(query) as rows:
        for number, some in groupby(rows, key=lambda row: row.consent_id):
            told: dict[str, str | None] = {}
            for row in some:
                details = _details(row.details)
                told |= {name: str(details[name]) for name in _DAYS if name in details}
                if row.event in {_TAKEN_IN, _ADDED} or (row.event == _BEGAN and "evidence" in details):
                    told["evidence"] = str(details.get("evidence"))
            if "applied_on" in told:  # its end is told too, if it has come
                told.setdefault("ended_on", None)
            yield number, told


def _has_its_days(row: Row[Any], told: _Told) -> bool:
    return bool(row.is_live) == (row.ended_on is None) and all(
        getattr(row, day) == told[day] for day in _DAYS if day in told
    )


def _has_its_evidence(row: Row[Any], told: _Told) -> bool:
    digest = None if row.sha256 is None else bytes_of(row.sha256).hex()
    return "evidence" not in told or digest == told["evidence"]


def _is_sealed_so(store: Store, row: Row[Any]) -> bool:
    try:
        texts = store.sealer.open_texts(about_consent(row.id), row.key_id, bytes_of(row.sealed))
    except StoreError:
        return False
    identity = Identity(row.institution_code, texts["payer_number"], row.bank_code, texts["account_number"])
    return bytes_of(row.identity) == identity.hashed(store.keys.digest) and all(
        bytes_of(getattr(row, column)) == store.keys.digest(name, texts[name]) for name, column in _HASHED.items()
    )


def _details(text: str) -> dict[str, Any]:
    """Of a row of the log; nothing where it was altered, which `verify_log` tells."""
    try:
        details = json.loads(text)
    except ValueError:
        return {}
    return details if isinstance(details, dict) else {}
