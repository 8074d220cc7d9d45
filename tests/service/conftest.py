"""Fixtures of the command line's tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from service.inputs import PASSWORD_VARIABLE
from tests.service.desk import Desk, set_up
from tests.service.http_server import Server, serving
from tests.service.running import nothing_changes


@pytest.fixture(scope="session")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return set_up(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Return the desk; whatever a command did, what lies on it has to be as before."""
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    with nothing_changes(_desk.folder):
        yield _desk


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Let processes be interrupted although the tests themselves may run where SIGINT is ignored, as in the background.

    What a process ignores, the processes it starts ignore too.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def _http_server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def server(_http_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Return a real HTTP server that has no answers yet, and is asked without a proxy."""
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    _http_server.answers.clear()
    _http_server.asked.clear()
    return _http_server
