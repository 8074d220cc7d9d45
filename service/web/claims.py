"""Which requests are being answered right now, by Idempotency-Key, over all workers on a store.

A claim ends with the process that holds it, whatever ends that: locks of the operating system, or of PostgreSQL. They
let a second request be told that the first one runs; that it does nothing twice is the store's own doing.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Final, Protocol

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from evidence.store.opening import refusals
from service.lock_files import CLAIMS, lock_refusals, open_lock_file

_BITS: Final = 62  # of the key's hash, for a lock's number


class _Locks(Protocol):
    def take(self, number: int) -> bool: ...

    def release(self, number: int) -> None: ...

    def close(self) -> None: ...


class Claims:
    """The claims of this process."""

    def __init__(self, engine: Engine) -> None:
        is_postgresql = engine.url.get_backend_name() == "postgresql"
        self._locks: _Locks = _AdvisoryLocks(engine) if is_postgresql else _FileLocks(engine.url.database or "")
        self._mutex = Lock()
        self._held: set[int] = set()

    @contextmanager
    def claim(self, key: bytes) -> Iterator[bool]:
        """Hold a key for the length of a block; False: another request holds it.

        Args:
            key: a hash, 8 bytes and more.

        Raises:
            StoreUnavailable.
        """
        number = int.from_bytes(key[:8], "big") >> (64 - _BITS)
        with self._mutex:
            is_mine = number not in self._held and self._locks.take(number)
            if is_mine:
                self._held.add(number)
        try:
            yield is_mine
        finally:
            if is_mine:
                with self._mutex:
                    self._held.discard(number)
                    self._locks.release(number)

    def close(self) -> None:
        self._locks.close()


class _FileLocks:
    """Locks on single bytes of a file beside the store; they belong to the process."""

    def __init__(self, database: str) -> None:
        self._file = open_lock_file(database, CLAIMS)

    def take(self, number: int) -> bool:
        with lock_refusals():
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
            except (BlockingIOError, PermissionError):  # POSIX allows both for a lock that another process holds
                return False
        return True

    def release(self, number: int) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)

    def close(self) -> None:
        os.close(self._file)


class _AdvisoryLocks:
    """Locks of PostgreSQL that belong to one connection, kept for this."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def take(self, number: int) -> bool:
        with refusals():
            try:
                return self._asked(func.pg_try_advisory_lock(number))
            except SQLAlchemyError:
                self.close()  # the server went away, and the locks with it
                return self._asked(func.pg_try_advisory_lock(number))

    def release(self, number: int) -> None:
        with suppress(SQLAlchemyError):  # gone with its connection
            self._asked(func.pg_advisory_unlock(number))

    def close(self) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.invalidate()
                self._connection.close()
            self._connection = None

    def _asked(self, what: object) -> bool:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        return bool(self._connection.execute(select(what)).scalar_one())  # type: ignore[call-overload]
