"""Who sends slowly waits without taking a place from those who are ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from io import BytesIO
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from werkzeug.exceptions import ClientDisconnected

from service.web.operation.places import READ_AHEAD, InPlaces, Places


class Slow:
    """A body that comes when it is let go."""

    def __init__(self) -> None:
        self.asked, self.go = Event(), Event()

    def read(self, size: int = -1) -> bytes:
        self.asked.set()
        assert self.go.wait(20)
        return b"slow"[:size]


def echo(environ: dict[str, Any], _: Callable[..., Any]) -> Iterable[bytes]:
    return [environ["wsgi.input"].read(4)]


def asked(app: InPlaces, body: object, length: int = 4) -> bytes:
    return b"".join(app({"CONTENT_LENGTH": str(length), "wsgi.input": body}, lambda *_: None))


def test_a_slow_body_takes_no_place() -> None:
    app, slow = InPlaces(echo, Places(1)), Slow()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(asked, app, slow)
        assert asked(app, BytesIO(b"fast")) == b"fast"
        slow.go.set()
        assert waiting.result(20) == b"slow"


@pytest.mark.parametrize("length", [0, READ_AHEAD + 1])  # 0: it comes in chunks
def test_a_slow_body_that_is_long_takes_no_place_either(length: int) -> None:
    app, slow = InPlaces(echo, Places(1)), Slow()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(asked, app, slow, length)
        assert slow.asked.wait(20)
        assert asked(app, BytesIO(b"fast")) == b"fast"
        slow.go.set()
        assert waiting.result(20) == b"slow"


def test_a_body_that_is_long_is_read_as_it_comes() -> None:
    lines = []

    def read(environ: dict[str, Any], _: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"]
        lines.extend([body.readline(), *body.readlines(1), *body])
        return []

    asked(InPlaces(read, Places(1)), BytesIO(b"a\nb\nc\n" + b"d" * READ_AHEAD), READ_AHEAD + 6)
    assert lines == [b"a\n", b"b\n", b"c\n", b"d" * READ_AHEAD]


class InPieces:
    """A body of which each reading gives a little."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return b"".join(self.pieces)
        return self.pieces.pop(0) if self.pieces else b""

    def readline(self, size: int = -1) -> bytes:
        return self.read(abs(size))


@pytest.mark.parametrize("length", [9, READ_AHEAD + 1])
@pytest.mark.parametrize("way", ["read", "piece by piece", "line by line"])
def test_a_body_that_was_cut_off_is_no_request_however_whole_it_looks(length: int, way: str) -> None:
    def read(environ: dict[str, Any], _: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"]
        if way == "line by line":
            return list(body)
        if way == "read":
            return [body.read()]
        return list(iter(partial(body.read, 4), b""))

    with pytest.raises(ClientDisconnected):
        asked(InPlaces(read, Places(1)), InPieces(b'{"a"', b": 1}"), length)
    whole = asked(InPlaces(read, Places(1)), InPieces(b'{"a"', b": 1}"), 8)
    assert whole == b'{"a": 1}'


def test_no_more_are_worked_on_at_once_than_there_are_places() -> None:
    met = Barrier(2)

    def meet(_: dict[str, Any], __: Callable[..., Any]) -> Iterable[bytes]:
        return [b"met" if met.wait(20) >= 0 else b""]

    app = InPlaces(meet, Places(2))
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(asked, app, BytesIO(b"")) for _ in range(4)]
        assert [answer.result(20) for answer in answers] == [b"met"] * 4
        assert met.n_waiting == 0


def test_a_place_that_is_left_is_had_by_another_until_it_is_free_again() -> None:
    places, order = Places(1), []
    with places.taken():
        with places.left(), places.taken():
            order.append("another")
        order.append("back")
    with places.left():  # who has none leaves none
        order.append("none")
    assert order == ["another", "back", "none"]


def test_whoever_goes_on_comes_before_those_who_begin() -> None:
    places, order = Places(1), []

    def come(name: str, *, first: bool) -> None:
        with places.taken(first=first):
            order.append(name)

    def waits(thread: Thread, count: int) -> Thread:
        thread.start()
        while places.waiting < count:
            assert thread.is_alive()
        return thread

    with places.taken():
        names = [("begins", False), ("begins later", False), ("goes on", True)]
        threads = [
            waits(Thread(target=come, args=(name,), kwargs={"first": first}), count)
            for count, (name, first) in enumerate(names, 1)
        ]
    for thread in threads:
        thread.join(20)
    assert order == ["goes on", "begins", "begins later"]
    with places.taken():
        order.append("free")
    assert order[-1] == "free"


def test_a_place_is_given_back_by_what_breaks() -> None:
    places = Places(1)
    for _ in range(2):
        with suppress(ZeroDivisionError), places.taken(), places.left():
            1 / 0  # noqa: B018
    with places.taken():
        pass
