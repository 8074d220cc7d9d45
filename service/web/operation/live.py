"""Trust folders, signing keys and overrides that are read again when their files change, while the service runs.

What does not load leaves what was there before in use: a folder that is being written to must not stop the service, and
a broken one must not go unnoticed either: `/readyz` and the log tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final, Generic, TypeVar

import structlog

from consent.errors import CodedError
from service.errors import InternalFault

T = TypeVar("T")
Look = tuple[tuple[str, int, int, int], ...]
_log: Final = structlog.get_logger()
_DEEPEST: Final = 3
"""Levels below a trust folder: its own, its sub-folders, and their files."""


def look_at(paths: Sequence[str]) -> Look:
    """Name, size, inode and time of change of everything at and below these paths; cheap, and reads no contents."""
    return tuple(entry for path in paths for entry in _seen(Path(path), _DEEPEST))


def _seen(path: Path, levels: int) -> Iterator[tuple[str, int, int, int]]:
    try:
        found = path.stat()
        yield str(path), found.st_size, found.st_ino, found.st_mtime_ns
        if levels and path.is_dir():
            for entry in sorted(path.iterdir()):
                if not entry.name.startswith("."):  # of a trust folder, its index, which is written by reading
                    yield from _seen(entry, levels - 1)
    except OSError as error:
        yield str(path), -1, error.errno or 0, 0


class Live(Generic[T]):
    """Something made from files, and made anew when they change."""

    def __init__(self, paths: Sequence[str], load: Callable[[], T]) -> None:
        """Load it for the first time. Raises: what `load` raises."""
        self._paths, self._load = tuple(paths), load
        self._seen = self._loaded = look_at(self._paths)
        self._value = load()
        self._lock = Lock()
        self.fault: CodedError | None = None

    def __call__(self) -> T:
        return self._value

    def refresh(self) -> bool:
        """Load it anew if its files changed and then lay still since the last call; True if that was tried."""
        with self._lock:
            seen = look_at(self._paths)
            is_still, self._seen = seen == self._seen, seen
            if seen == self._loaded or not is_still:
                return False
            self._loaded = seen
            try:
                self._value = self._load()
                self.fault = None
            except Exception as error:  # noqa: BLE001 - whatever it is, what was there before serves on
                self.fault = error if isinstance(error, CodedError) else InternalFault(type(error).__name__)
            return True


class Watch:
    """Looks every few seconds, in a thread of its own, and goes on whatever a look comes to."""

    def __init__(self, seconds: float, look: Callable[[], object]) -> None:
        self._seconds, self._look = seconds, look
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="dongui-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - the next look comes in any case
                _log.exception("unexpected error", code=InternalFault.code, exc_info=error)
