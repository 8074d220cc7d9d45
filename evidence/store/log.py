"""The log: every event of the store, each row holding the digest of the one before it.

Digests are plain SHA-256, so that anybody who has the rows can follow them. Who can write to the database could make
all of them anew: therefore the last one carries a code under the store's key, and every file sent names the last one in
its manifest, outside the database.
"""

from __future__ import annotations

import hmac
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import Final, NamedTuple

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from evidence.store.errors import LogNotVouched
from evidence.store.keyring import Keys
from evidence.store.schema import CONSENT, LOG, LOG_HEAD

START: Final = bytes(32)  # what the first row names as the one before it
_AT_ONCE: Final = 5000  # rows held back: a ledger moves millions of consents in one transaction


class Entry(NamedTuple):
    """One row of the log, without its digest."""

    seq: int
    at: str
    event: str
    consent_id: int | None
    file_id: int | None
    details: str

    def digest(self, before: bytes) -> bytes:
        return sha256(before + _json(self).encode()).digest()


class Mark(NamedTuple):
    """Where the log of a transaction stood."""

    seq: int
    digest: bytes
    rows: tuple[dict[str, object], ...]
    counted: Counter[str]


_HEAD: Final = select(LOG_HEAD).with_for_update()
_MOVE_HEAD: Final = update(LOG_HEAD).values({name: bindparam(name) for name in ("seq", "digest", "mac")})
_ADD: Final = insert(LOG)
_json: Final = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode


class LogWriter:
    """Collects the rows of one transaction; `flush` writes them and moves the head on."""

    def __init__(self, connection: Connection, keys: Keys, at: str) -> None:
        """Lock the head: from here to the end of the transaction nobody else writes.

        Raises:
            LogNotVouched: it is not as it was left. To write on would put the store's own code over what was forged.
        """
        head = connection.execute(_HEAD).one_or_none()
        if head is None or not _vouched(keys, head.seq, head):
            raise LogNotVouched
        self.connection, self.keys, self.at = connection, keys, at
        self.seq, self.digest = int(head.seq), bytes(head.digest)
        self.rows: list[dict[str, object]] = []
        self.counted: Counter[str] = Counter()

    def add(
        self,
        event: str,
        *,
        consent_id: int | None = None,
        file_id: int | None = None,
        details: Mapping[str, str | int] | None = None,
    ) -> None:
        """Add a row. `details` hold codes, numbers and digests, and nothing personal."""
        text = _json(dict(details)) if details else "{}"
        self.counted[event] += 1
        self.seq += 1
        row = Entry(self.seq, self.at, event, consent_id, file_id, text)
        self.digest = row.digest(self.digest)
        self.rows.append({**row._asdict(), "digest": self.digest})
        if len(self.rows) == _AT_ONCE:
            self._write()

    def mark(self) -> Mark:
        """Where the log stands, for `back_to`."""
        return Mark(self.seq, self.digest, tuple(self.rows), self.counted.copy())

    def back_to(self, mark: Mark) -> None:
        """Forget the rows added since; those written in between the database forgets by itself."""
        self.seq, self.digest = mark.seq, mark.digest
        self.rows, self.counted = list(mark.rows), mark.counted.copy()

    def flush(self) -> None:
        self._write()
        values = {"seq": self.seq, "digest": self.digest, "mac": head_mac(self.keys, self.seq, self.digest)}
        self.connection.execute(_MOVE_HEAD, values)

    def _write(self) -> None:
        if self.rows:
            self.connection.execute(_ADD, self.rows)
            self.rows = []


def first_head(keys: Keys) -> dict[str, object]:
    """The row that `log_head` begins with."""
    return {"id": 1, "seq": 0, "digest": START, "mac": head_mac(keys, 0, START)}


def head_mac(keys: Keys, seq: int, digest: bytes) -> bytes:
    return keys.digest("log head", f"{seq}:{digest.hex()}")


@dataclass(frozen=True)
class LogFault:
    """Something about the log that is not as it was written.

    Attributes:
        code: FB-240 a row altered or exchanged, FB-241 rows missing, FB-242 the head does not fit the last row,
            FB-243 the log does not hold what was noted outside, FB-244 a consent does not stand where the log says,
            FB-378 a file does not, FB-379 a consent is not what is sealed in it.
        number: of the row; with FB-244 and FB-379, of the consent; with FB-378, of the file.
    """

    code: str
    number: int


def verify_log(connection: Connection, keys: Keys, noted: Mapping[int, bytes] | None = None) -> Iterator[LogFault]:
    """Follow the whole log; constant memory.

    Args:
        connection: to the store.
        keys: of the store.
        noted: digests by number, noted outside the database earlier (manifests of files sent).
    """
    noted = noted or {}
    digest, due = START, 1
    seen: set[int] = set()
    rows = connection.execution_options(yield_per=10_000).execute(select(LOG).order_by(LOG.c.seq))
    for found in rows:
        if found.seq != due:
            yield LogFault("FB-241", due)
        digest = bytes_of(found.digest) if found.seq != due else digest
        if found.seq == due:
            row = Entry(found.seq, found.at, found.event, found.consent_id, found.file_id, found.details)
            expected = row.digest(digest)
            if expected != bytes_of(found.digest):
                yield LogFault("FB-240", found.seq)
            digest = bytes_of(found.digest)
        if found.seq in noted:
            seen.add(found.seq)
            if noted[found.seq] != bytes_of(found.digest):
                yield LogFault("FB-243", found.seq)
        due = found.seq + 1
    yield from (LogFault("FB-243", seq) for seq in sorted(set(noted) - seen))
    head = connection.execute(select(LOG_HEAD)).one_or_none()
    if head is None or head.seq != due - 1 or bytes_of(head.digest) != digest or not _vouched(keys, head.seq, head):
        yield LogFault("FB-242", due - 1)


def verify_states(connection: Connection) -> Iterator[LogFault]:
    """Whether every consent stands where its rows in the log lead to; constant memory."""
    reading = connection.execution_options(yield_per=10_000)
    told = _last_states(reading.execute(_TOLD))
    last = next(told, None)
    for consent in reading.execute(select(CONSENT.c.id, CONSENT.c.state).order_by(CONSENT.c.id)):
        while last is not None and last[0] < consent.id:
            yield LogFault("FB-244", last[0])
            last = next(told, None)
        if last is not None and last[0] == consent.id:
            if last[1] != consent.state:
                yield LogFault("FB-244", consent.id)
            last = next(told, None)
        else:
            yield LogFault("FB-244", consent.id)
    while last is not None:
        yield LogFault("FB-244", last[0])
        last = next(told, None)


_TOLD: Final = (
    select(LOG.c.consent_id, LOG.c.details).where(LOG.c.consent_id.is_not(None)).order_by(LOG.c.consent_id, LOG.c.seq)
)


def _last_states(rows: Iterable[Row[tuple[int | None, str]]]) -> Iterator[tuple[int, str]]:
    for consent_id, some in groupby(rows, key=lambda row: int(row.consent_id)):
        states = [state for row in some if (state := _state(row.details)) is not None]
        yield consent_id, states[-1] if states else ""


def _state(details: str) -> str | None:
    try:
        found = json.loads(details)
    except ValueError:
        return None  # altered: `verify_log` tells
    return found.get("state") if isinstance(found, dict) else None


def _vouched(keys: Keys, seq: int, head: object) -> bool:
    digest, mac = bytes_of(head.digest), bytes_of(head.mac)  # type: ignore[attr-defined]
    return hmac.compare_digest(head_mac(keys, seq, digest), mac)


def bytes_of(value: object) -> bytes:
    """What stands where bytes should: SQLite lets anything stand there, and that is another value and no crash."""
    return value if isinstance(value, bytes) else repr(value).encode()
