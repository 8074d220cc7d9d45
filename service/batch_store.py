"""A store as the source of a batch: references to its evidence, and how workers read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final, cast

from service.stores import keyring, opened
from verifier.batch.chunks import Chunk, grouped
from verifier.batch.reading import Row, Watcher

if TYPE_CHECKING:
    from evidence.store.store import Store

STORE: Final = "store "
"""What the names of such sources begin with in a manifest."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_READ: Final = 64  # rows that are read, and unsealed, at a time


@dataclass(frozen=True)
class StoreSource:
    """Evidence of a store.

    Attributes:
        address: of the store.
        keys: file with its keys; None: they are in the environment.
        files: folder for large evidence.
        touched: SHA-256 of names of issuers: only evidence that hangs on one of these; None: all of it.
    """

    address: str
    keys: str | None
    files: str | None
    touched: frozenset[bytes] | None = None

    def __str__(self) -> str:
        from evidence.store.opening import shown  # noqa: PLC0415 - loads SQLAlchemy

        about = "" if self.touched is None else f" {sha256(b''.join(sorted(self.touched))).hexdigest()}"
        return f"{STORE}{shown(self.address)}{about}"

    def chunks(self, kinds: frozenset[str]) -> Iterator[Chunk]:
        """References to the evidence of these kinds, by its number; each is named after the first consent it is of."""
        for entries in grouped(self._entries(kinds)):
            yield Chunk("store", "", "", tuple(entries))

    def _entries(self, kinds: frozenset[str]) -> Iterator[tuple[str, int]]:
        from evidence.store.finding import find_evidence  # noqa: PLC0415 - loads SQLAlchemy

        with opened(self.address, self.keys, self.files) as store:
            yield from ((str(consent), number) for number, consent in find_evidence(store, kinds, self.touched))

    @property
    def reader(self) -> StoreReader:
        return StoreReader(self.address, self.keys, self.files)


@dataclass(frozen=True)
class StoreReader:
    """Reads evidence in whatever process it gets to; keys do not travel, but the name of their file."""

    address: str
    keys: str | None
    files: str | None

    def __call__(self, chunk: Chunk, most: int, _: Watcher) -> Iterator[Row]:
        store = _store(self)
        for entries in grouped(cast("tuple[tuple[str, int], ...]", chunk.entries), _READ):
            yield from _rows(store, entries, most)


_open: dict[StoreReader, Store] = {}


def _store(reader: StoreReader) -> Store:
    """The store, opened once in each process."""
    from evidence.store.store import Store  # noqa: PLC0415 - loads SQLAlchemy

    if reader not in _open:
        _open[reader] = Store.open(reader.address, keyring(reader.keys), reader.files)
    return _open[reader]


def _rows(store: Store, entries: Sequence[tuple[str, int]], most: int) -> Iterator[Row]:
    from evidence.store.finding import open_evidence  # noqa: PLC0415 - loads SQLAlchemy

    found = open_evidence(store, [number for _, number in entries])
    for name, number in entries:
        received_at, content = found.get(number, (None, None))
        received = None if received_at is None else (received_at - _EPOCH) // _MICROSECOND
        yield Row(name, None if content is None else content[: most + 1], received)
