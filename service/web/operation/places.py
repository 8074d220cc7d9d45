"""How many requests are worked on at once; the others wait without holding anything up.

A thread waits for each body, so a client that sends slowly holds a thread, which costs little, and no place. Short
bodies are read before a place is taken; while a long one comes, or one of unknown length, the place is left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Lock, local
from typing import Any, Final, cast

from werkzeug.exceptions import ClientDisconnected

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

READ_AHEAD: Final = 1 << 20
"""Bytes of a body that is read before it has a place."""


class Places:
    """So many threads work at a time. Whoever goes on with what was begun comes before whoever begins."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._mutex = Lock()
        self._first: deque[Lock] = deque()
        self._others: deque[Lock] = deque()
        self._mine = local()

    @contextmanager
    def taken(self, *, first: bool = False) -> Iterator[None]:
        """Hold a place."""
        self._take(first=first)
        try:
            yield
        finally:
            self._give()

    @contextmanager
    def left(self) -> Iterator[None]:
        """Let others have this thread's place for the time of a block, if it has one."""
        if not getattr(self._mine, "held", False):
            yield
            return
        self._give()
        try:
            yield
        finally:
            self._take(first=True)

    @property
    def waiting(self) -> int:
        """How many threads wait for a place."""
        return len(self._first) + len(self._others)

    def _take(self, *, first: bool) -> None:
        with self._mutex:
            gate = Lock() if self._free == 0 else None
            if gate is None:
                self._free -= 1
            else:
                gate.acquire()
                (self._first if first else self._others).append(gate)
        if gate is not None:
            gate.acquire()
        self._mine.held = True

    def _give(self) -> None:
        self._mine.held = False
        with self._mutex:
            if self._first or self._others:
                (self._first or self._others).popleft().release()
            else:
                self._free += 1


class InPlaces:
    """WSGI middleware."""

    def __init__(self, app: Application, places: Places) -> None:
        self.app, self.places = app, places

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length, body = environ.get("CONTENT_LENGTH") or "0", environ["wsgi.input"]
        due = int(length) if length.isdecimal() else None  # of one that comes in chunks, nobody knows
        is_short = due is not None and 0 < due <= READ_AHEAD
        stream = _Body(body, self.places, due)
        environ["wsgi.input"] = _read_ahead(stream, due) if is_short and due is not None else stream
        with self.places.taken():
            return self.app(environ, start_response)


def _read_ahead(body: _Body, due: int) -> BytesIO | _Body:
    """The body at once; where it was cut off, whoever reads it is told."""
    read = bytearray()
    try:
        while len(read) < due:
            read += body.read(due - len(read))
    except ClientDisconnected:
        return body
    return BytesIO(read)


class _Body:
    """A body that is read without a place. What was cut off is no request, however whole it looks.

    Raises:
        ClientDisconnected: on reading, where less came than Content-Length said.
    """

    def __init__(self, stream: Any, places: Places, due: int | None) -> None:  # noqa: ANN401 - whatever the server has
        self.stream, self.places, self.due = stream, places, due

    def read(self, size: int = -1) -> bytes:
        with self.places.left():
            data = cast("bytes", self.stream.read(size))
        return self._came(data, is_end=size < 0 or (size > 0 and not data))

    def readline(self, size: int = -1) -> bytes:
        with self.places.left():
            data = cast("bytes", self.stream.readline(size))
        return self._came(data, is_end=not data)

    def readlines(self, _hint: int = -1) -> list[bytes]:
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _came(self, data: bytes, *, is_end: bool) -> bytes:
        if self.due is not None:
            self.due -= len(data)
            if is_end and self.due > 0:
                raise ClientDisconnected
        return data
