"""How many requests are worked on at once; the others wait without holding anything up.

A thread waits for each body, so a client that sends slowly holds a thread, which costs little, and no place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from threading import Semaphore
from typing import Any, Final

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

READ_AHEAD: Final = 1 << 20
"""Bytes of a body that is read before it has a place; the few that are longer come from callers with a key."""


class Places:
    """WSGI middleware."""

    def __init__(self, app: Application, places: int) -> None:
        self.app, self.places = app, Semaphore(places)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and 0 < int(length) <= READ_AHEAD:
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(length)))
        with self.places:
            return self.app(environ, start_response)
