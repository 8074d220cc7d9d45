"""A store that is open: reading from it, and writing to it under one lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from itertools import islice
from typing import Final, Self, TypeVar

from sqlalchemy import Connection, Engine, Executable, ScalarSelect, Table, bindparam, func, select

from evidence.calendar import KOREA
from evidence.store.evidence_files import EvidenceFiles
from evidence.store.keyring import Keys
from evidence.store.log import LogWriter
from evidence.store.opening import open_engine, refusals
from evidence.store.schema import LOG_HEAD, SEALING_KEY, SETTING
from evidence.store.sealing import Sealer

T = TypeVar("T")


class Store:
    """A store at an address, its keys, and the folder for large evidence.

    Every transaction that writes locks the head of the log first, so that all of them stand in one order.
    """

    def __init__(self, engine: Engine, keys: Keys, files: EvidenceFiles | None) -> None:
        self.engine = engine
        self.keys = keys
        self.sealer = Sealer(keys)
        self.files = files

    @classmethod
    def open(cls, address: str, keys: Keys, files: str | None = None) -> Self:
        """Open a store.

        Args:
            address: a file of SQLite, or the URL of a PostgreSQL database.
            keys: those it was made with.
            files: folder, or URL that fsspec understands, for evidence that is no DER; None: in the database too.

        Raises:
            StoreMissing, SchemaDiffers, KeysOfAnotherStore, StoreUnavailable.
        """
        return cls(open_engine(address, keys), keys, None if files is None else EvidenceFiles(files))

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the store."""
        options = {"writes": False, "isolation_level": "REPEATABLE READ"} if self._is_postgresql else {"writes": False}
        with refusals(), self.engine.connect() as connection:
            yield connection.execution_options(**options)

    @contextmanager
    def writing(self, now: datetime) -> Iterator[Writing]:
        """One transaction: all of it happens, or, if the block raises, nothing.

        Args:
            now: time of the events, aware.

        Raises:
            StoreUnavailable: the database refuses.
        """
        with refusals(), self.engine.begin() as connection:
            log = LogWriter(connection, self.keys, time_text(now))
            self._seal_as_agreed(connection)
            writing = Writing(self, connection, log, now)
            yield writing
            log.flush()

    def _seal_as_agreed(self, connection: Connection) -> None:
        """Whoever has the store open goes over to a new key with the first transaction after it came."""
        agreed = _setting(connection, SEALING_KEY)
        if agreed != self.sealer.key_id:
            self.sealer.use(agreed)

    def setting(self, name: str) -> str:
        """What holds for the whole store; "" where nothing was set."""
        with self.reading() as connection:
            return _setting(connection, name)

    @property
    def _is_postgresql(self) -> bool:
        return self.engine.url.get_backend_name() == "postgresql"


@dataclass
class Writing:
    """A transaction that writes."""

    store: Store
    connection: Connection
    log: LogWriter
    time: datetime
    _last: dict[str, int] = field(default_factory=dict)

    @property
    def at(self) -> str:
        return self.log.at

    @property
    def day(self) -> date:
        """The day of the events, in Korea."""
        return self.time.astimezone(KOREA).date()

    @property
    def sealer(self) -> Sealer:
        return self.store.sealer

    @property
    def keys(self) -> Keys:
        return self.store.keys

    @contextmanager
    def apart(self) -> Iterator[None]:
        """A part that may fail alone: if the block raises, nothing of it has happened, and the transaction goes on."""
        before, last = self.log.mark(), dict(self._last)
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            self.log.back_to(before)
            self._last = last
            raise

    def setting(self, name: str) -> str:
        """As `Store.setting`."""
        return _setting(self.connection, name)

    def next_id(self, table: Table) -> int:
        """The next number of a table; nobody else gives numbers while this transaction lasts."""
        if not self._last:
            self._last.update(self.connection.execute(_last_numbers()).one()._asdict())
        last = self._last[table.name]
        self._last[table.name] = last + 1
        return last + 1


def _setting(connection: Connection, name: str) -> str:
    return str(connection.execute(_NAMED, {"name": name}).scalar() or "")


_NAMED: Final = select(SETTING.c.value).where(SETTING.c.name == bindparam("name"))


@cache
def _last_numbers() -> Executable:
    """The last number of every table that is numbered here, by the table's name."""
    tables = [table for table in SETTING.metadata.sorted_tables if "id" in table.c and table is not LOG_HEAD]
    return select(*(_last_number(table).label(table.name) for table in tables))


def _last_number(table: Table) -> ScalarSelect[int]:
    return select(func.coalesce(func.max(table.c.id), 0)).scalar_subquery()


def time_text(time: datetime) -> str:
    """ISO 8601 in UTC, with microseconds always, so that times sort as texts do."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def groups(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items, some at a time."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
