"""What a store holds, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from evidence.store.schema import CONSENT, EVIDENCE, FILE, LOG, LOG_HEAD, SETTING
from evidence.store.sealed_tables import SEALED_TABLES
from evidence.store.sealing import DELETED
from evidence.store.store import Store


@dataclass(frozen=True)
class Figures:
    """The store at one moment.

    Attributes:
        settings: what holds for the whole store.
        consents: how many stand at each state.
        evidence: number of pieces and of their bytes, by where they are.
        files: how many there are, by code, direction and state.
        log_rows: number of the last row of the log.
        log_digest: its digest.
        last_at: when it was written; none while the log is empty.
        keys: how many rows are sealed with each key.
        size: bytes of the database.
    """

    settings: Mapping[str, str]
    consents: Mapping[str, int]
    evidence: Mapping[str, tuple[int, int]]
    files: Mapping[tuple[str, str, str], int]
    log_rows: int
    log_digest: bytes
    last_at: str | None
    keys: Mapping[str, int]
    size: int


def figures(store: Store) -> Figures:
    """Count what a store holds, in one consistent view."""
    with store.reading() as connection:
        head = connection.execute(select(LOG_HEAD.c.seq, LOG_HEAD.c.digest)).one()
        states = select(CONSENT.c.state, func.count()).group_by(CONSENT.c.state)
        pieces = select(EVIDENCE.c.place, func.count(), func.sum(EVIDENCE.c.size)).group_by(EVIDENCE.c.place)
        files = select(FILE.c.code, FILE.c.direction, FILE.c.state, func.count())
        files = files.group_by(FILE.c.code, FILE.c.direction, FILE.c.state)
        return Figures(
            settings={row.name: row.value for row in connection.execute(select(SETTING))},
            consents={row[0]: row[1] for row in connection.execute(states)},
            evidence={place: (count, int(size)) for place, count, size in connection.execute(pieces)},
            files={(code, way, state): count for code, way, state, count in connection.execute(files)},
            log_rows=head.seq,
            log_digest=bytes(head.digest),
            last_at=connection.execute(select(LOG.c.at).where(LOG.c.seq == head.seq)).scalar(),
            keys=keys_in_use(connection),
            size=_size(store, connection),
        )


def keys_in_use(connection: Connection) -> dict[str, int]:
    """How many rows are sealed with each key."""
    found: dict[str, int] = {}
    for table in SEALED_TABLES:
        counts = select(table.c.key_id, func.count()).where(table.c.key_id != DELETED).group_by(table.c.key_id)
        for key_id, count in connection.execute(counts):
            found[key_id] = found.get(key_id, 0) + count
    return dict(sorted(found.items()))


def _size(store: Store, connection: Connection) -> int:
    if store.engine.url.get_backend_name() == "postgresql":
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    file = Path(store.engine.url.database or "")
    beside = (file, file.with_name(file.name + "-wal"))
    return sum(one.stat().st_size for one in beside if one.exists())
