"""Whose turn it is to write, where several workers share a file of SQLite."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from service.lock_files import TURNS, lock_refusals, open_lock_file


class Turns:
    """Workers wait for each other in the kernel, which wakes the next one at once.

    SQLite by itself would ask again and again with ever longer pauses, while nobody writes. Who does without, as
    commands do, waits in that way still. A turn ends with its process. PostgreSQL needs none of this.
    """

    def __init__(self, engine: Engine) -> None:
        self._file: int | None = None
        if engine.url.get_backend_name() == "sqlite":
            self._file = open_lock_file(engine.url.database or "", TURNS)

    @contextmanager
    def mine(self) -> Iterator[None]:
        """One thread of a process at a time."""
        if self._file is None:
            yield
            return
        with lock_refusals():
            fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
