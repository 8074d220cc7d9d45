"""Who sends slowly waits without taking a place from those who are ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier, Event
from typing import Any

from service.web.operation.places import READ_AHEAD, Places


class Slow:
    """A body that comes when it is let go."""

    def __init__(self) -> None:
        self.go = Event()

    def read(self, size: int = -1) -> bytes:
        assert self.go.wait(20)
        return b"slow"[:size]


def echo(environ: dict[str, Any], _: Callable[..., Any]) -> Iterable[bytes]:
    return [environ["wsgi.input"].read(4)]


def asked(app: Places, body: object, length: int = 4) -> bytes:
    return b"".join(app({"CONTENT_LENGTH": str(length), "wsgi.input": body}, lambda *_: None))


def test_a_slow_body_takes_no_place() -> None:
    app, slow = Places(echo, 1), Slow()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(asked, app, slow)
        assert asked(app, BytesIO(b"fast")) == b"fast"
        slow.go.set()
        assert waiting.result(20) == b"slow"


def test_a_body_that_is_long_is_not_read_ahead() -> None:
    body = BytesIO(b"long")
    assert (
        asked(Places(lambda environ, _: [b"" if environ["wsgi.input"] is body else b"no"], 1), body, READ_AHEAD + 1)
        == b""
    )


def test_no_more_are_worked_on_at_once_than_there_are_places() -> None:
    met = Barrier(2)

    def meet(_: dict[str, Any], __: Callable[..., Any]) -> Iterable[bytes]:
        return [b"met" if met.wait(20) >= 0 else b""]

    app = Places(meet, 2)
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(asked, app, BytesIO(b"")) for _ in range(4)]
        assert [answer.result(20) for answer in answers] == [b"met"] * 4
        assert met.n_waiting == 0
