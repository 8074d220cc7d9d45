"""Making and opening a store: SQLite beside nothing else, or PostgreSQL by its URL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from evidence.store.errors import (
    AddressNotUnderstood,
    KeysOfAnotherStore,
    NotADatabase,
    SchemaDiffers,
    StoreExists,
    StoreMissing,
    StoreUnavailable,
)
from evidence.store.keyring import Keys
from evidence.store.log import first_head
from evidence.store.schema import LOG_HEAD, SEALING_KEY, SETTING

if TYPE_CHECKING:
    import psycopg

KEY_CHECK: Final = "key_check"
BUSY_SECONDS: Final = 60
"""How long to wait for whoever else writes, on either database."""
_MIGRATIONS: Final = Path(__file__).with_name("migrations")
_PATIENCE: Final = {"connect_timeout": 10, "tcp_user_timeout": BUSY_SECONDS * 1000}
"""Of libpq, in seconds and milliseconds, where the address says nothing: it would wait for hours for a server that has
vanished."""
_DRIVERS: Final = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def engine_of(address: str) -> Engine:
    """Open the database of an address: a file's path, or a URL `postgresql://…` or `sqlite:///…`.

    Raises:
        AddressNotUnderstood: it is neither.
    """
    url = _url(address)
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    patience = {name: value for name, value in _PATIENCE.items() if name not in url.query}
    engine = create_engine(url, pool_pre_ping=True, connect_args=patience)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def create(address: str, keys: Keys, settings: dict[str, str]) -> None:
    """Make a store.

    Raises:
        StoreExists: there is one.
        StoreUnavailable: the database refuses.
    """
    engine = engine_of(address)
    _new_file(engine.url)
    with _closed_after(engine), refusals(), engine.begin() as connection:
        if _revision(connection) is not None:
            raise StoreExists(shown(address))
        _upgrade(connection)
        connection.execute(insert(LOG_HEAD), first_head(keys))
        values = {**settings, KEY_CHECK: _check_value(keys), SEALING_KEY: keys.current}
        connection.execute(insert(SETTING), [{"name": name, "value": value} for name, value in values.items()])


def upgrade(address: str) -> None:
    """Bring a store made by an earlier version to this one's tables."""
    engine = _existing(address)
    with _closed_after(engine), refusals(), engine.begin() as connection:
        if _revision(connection) is None:
            raise StoreMissing(shown(address))
        _upgrade(connection)


def open_engine(address: str, keys: Keys | None) -> Engine:
    """Open a store that is there, with the keys it was made with; None: look at everything else.

    Raises:
        StoreMissing: there is none at the address.
        SchemaDiffers: another version of Dongui made it; `upgrade` mends that when it was an earlier one.
        KeysOfAnotherStore: the keys do not belong to it.
        NotADatabase: the file is something else.
        StoreUnavailable: the database cannot be reached.
    """
    engine = _existing(address)
    try:
        _require_ours(engine, address, keys)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _require_ours(engine: Engine, address: str, keys: Keys | None) -> None:
    with refusals(), engine.connect() as connection:
        connection.execution_options(writes=False)  # whoever reads waits for no writer
        found = _revision(connection)
        if found is None:
            raise StoreMissing(shown(address))
        if found != newest():
            raise SchemaDiffers(found, newest())
        check = connection.execute(select(SETTING.c.value).where(SETTING.c.name == KEY_CHECK)).scalar()
        if keys is not None and check != _check_value(keys):
            raise KeysOfAnotherStore


@contextmanager
def _closed_after(engine: Engine) -> Iterator[None]:
    try:
        yield
    finally:
        engine.dispose()


@contextmanager
def refusals() -> Iterator[None]:
    """Turn the database's refusals into ours; their words may hold values, so only their kind is told.

    Raises:
        StoreUnavailable.
    """
    try:
        yield
    except DBAPIError as error:
        raise _refusal(error) from error
    except SQLAlchemyError as error:
        raise StoreUnavailable(type(error).__name__) from error


def _refusal(error: DBAPIError) -> StoreUnavailable:
    cause = error.orig
    if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
        return NotADatabase()
    if name := getattr(cause, "sqlite_errorname", None):
        return StoreUnavailable(name)
    if state := getattr(cause, "sqlstate", None):
        return StoreUnavailable(f"SQLSTATE {state}")
    if isinstance(error, OperationalError):  # libpq has no code for these, and its words name users and hosts
        return StoreUnavailable("it cannot be reached, or does not let us in", "연결되지 않거나 접속을 거부함")
    return StoreUnavailable(type(cause).__name__)


def newest() -> str:
    """The revision of the tables that this version works with."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def shown(address: str) -> str:
    """The address without a password."""
    return _url(address).render_as_string(hide_password=True) if "://" in address else address


def _url(address: str) -> URL:
    if "://" not in address:
        return URL.create("sqlite", database=str(Path(address).absolute()))
    try:
        url = make_url(address)
        return url.set(drivername=_DRIVERS[url.get_backend_name()])
    except (ArgumentError, KeyError, ValueError, NoSuchModuleError):
        raise AddressNotUnderstood(address.partition("://")[0][:20] + "://…") from None


def _existing(address: str) -> Engine:
    engine = engine_of(address)
    if engine.url.get_backend_name() == "sqlite" and not os.path.isfile(engine.url.database or ""):  # noqa: PTH113
        raise StoreMissing(shown(address))
    return engine


def _new_file(url: URL) -> None:
    """A new SQLite file is for its owner alone, and so are those that SQLite puts beside it."""
    if url.get_backend_name() == "sqlite":
        try:
            os.close(os.open(url.database or "", os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise StoreUnavailable(error.strerror or type(error).__name__) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin as `_begin_sqlite` says
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: psycopg.Connection, _record: ConnectionPoolEntry) -> None:
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    connection.autocommit = False


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(_config(connection), "head")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _check_value(keys: Keys) -> str:
    return keys.digest("key check", "").hex()
