"""A new key, and everything sealed anew with it: in small steps, each of which may be the last for now.

The new key stands in the key file before anything is sealed with it. Then the store's setting names it, and every
transaction of whoever has the store open seals with it from there on. What is sealed with other keys is opened and
sealed anew, some rows in one transaction; when none is left, the old key seals nothing any more and can be forgotten.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Table, bindparam, func, select, tuple_, update

from evidence.store.errors import KeyInUse, KeyStillSeals, KeyUnknown
from evidence.store.figures import keys_in_use
from evidence.store.key_file import KeyFile
from evidence.store.pieces import IN_FILES, opened
from evidence.store.schema import EVIDENCE, SEALING_KEY, SETTING
from evidence.store.sealed_tables import SEALED_TABLES
from evidence.store.sealing import DELETED, about_evidence
from evidence.store.store import Store, Writing

AT_ONCE: Final = 200  # rows of one transaction; others wait meanwhile
EVIDENCE_AT_ONCE: Final = 20  # it may have 300 KB
Clock = Callable[[], datetime]


def is_under_way(store: Store, keys: KeyFile) -> bool:
    """Whether a change of keys was begun and not finished."""
    with store.reading() as connection:
        in_use = keys_in_use(connection)
    agreed = store.setting(SEALING_KEY)
    return keys.current != agreed or bool(set(in_use) - {agreed})


def begin(store: Store, keys: KeyFile, clock: Clock, name: str) -> str:
    """Let everybody seal with a new key from now on; its id, which begins with `name`.

    Where a change of keys is under way, that one is gone on with.

    Raises:
        NotWritable: the key file cannot be written.
    """
    with keys.locked():
        if not is_under_way(store, keys):
            keys.replace(keys.ring.rotated(f"{name}-{secrets.token_hex(3)}"))  # never that of a key in some backup
        with store.writing(clock()) as writing:
            if writing.setting(SEALING_KEY) != keys.current:
                named = update(SETTING).where(SETTING.c.name == SEALING_KEY).values(value=keys.current)
                writing.connection.execute(named)
                writing.log.add("key_added", details={"key": keys.current})
        return keys.current


def seal_anew(store: Store, clock: Clock) -> Iterator[int]:
    """Seal everything with the key that the store now seals with. Yields how many rows each transaction did.

    Raises:
        KeyUnknown, SealBroken, EvidenceGone: something cannot be opened; it stays as it is.
    """
    done = 0
    for table in SEALED_TABLES:
        size = EVIDENCE_AT_ONCE if table is EVIDENCE else AT_ONCE
        last: tuple[int, ...] = (0,) * len(table.primary_key.columns)
        while True:
            with store.writing(clock()) as writing:
                rows = _left(writing, table, last, size)
                if rows:
                    _seal(writing, table, rows)
            if not rows:
                break
            last = tuple(getattr(rows[-1], column.name) for column in table.primary_key.columns)
            done += len(rows)
            yield len(rows)
    with store.writing(clock()) as writing:
        if done:
            writing.log.add("rekeyed", details={"key": writing.sealer.key_id, "rows": done})


def rows_left(store: Store) -> int:
    """How many rows are sealed with another key than the one that the store seals with."""
    agreed = store.setting(SEALING_KEY)
    with store.reading() as connection:
        return sum(count for key, count in keys_in_use(connection).items() if key != agreed)


def _left(writing: Writing, table: Table, last: tuple[int, ...], size: int) -> list[Row[Any]]:
    number = tuple_(*table.primary_key.columns)
    query = select(table).where(number > last, table.c.key_id.not_in((writing.sealer.key_id, DELETED)))
    return list(writing.connection.execute(query.order_by(*table.primary_key.columns).limit(size)))


def _seal(writing: Writing, table: Table, rows: list[Row[Any]]) -> None:
    names = [column.name for column in table.primary_key.columns]
    changes = [
        {f"of_{name}": getattr(row, name) for name in names} | {"anew": _anew(writing, table, row)} for row in rows
    ]
    statement = update(table).values(key_id=writing.sealer.key_id, sealed=bindparam("anew"))
    for name in names:
        statement = statement.where(table.c[name] == bindparam(f"of_{name}"))
    writing.connection.execute(statement, changes)


def _anew(writing: Writing, table: Table, row: Row[Any]) -> bytes | None:
    store, sealer = writing.store, writing.sealer
    if table is EVIDENCE:
        digest = bytes(row.sha256)
        content = opened(store, digest, row.place, row.key_id, row.sealed)
        sealed = sealer.seal(about_evidence(digest), content)
        if row.place != IN_FILES or store.files is None:
            return sealed
        store.files.put(digest.hex(), sealer.key_id, sealed)
        return None
    about = SEALED_TABLES[table](row)
    return sealer.seal(about, sealer.open(about, row.key_id, bytes(row.sealed)))


def forget(store: Store, keys: KeyFile, clock: Clock, key_id: str) -> None:
    """Take a key that seals nothing any more out of the key file.

    Raises:
        KeyUnknown: it is not in the file.
        KeyStillSeals: it is the one that everything is sealed with.
        KeyInUse: something is sealed with it still.
        NotWritable: the key file cannot be written.
    """
    with keys.locked():
        if key_id not in keys.ring.keys:
            raise KeyUnknown(key_id)
        with store.writing(clock()) as writing:
            if key_id in {keys.current, writing.sealer.key_id}:
                raise KeyStillSeals(key_id)
            rows = sum(_count(writing, table, key_id) for table in SEALED_TABLES)
            if rows:
                raise KeyInUse(key_id, rows)
            writing.log.add("key_forgotten", details={"key": key_id})
            keys.replace(keys.ring.without(key_id))


def _count(writing: Writing, table: Table, key_id: str) -> int:
    query = select(func.count()).select_from(table).where(table.c.key_id == key_id)
    return int(writing.connection.execute(query).scalar_one())
