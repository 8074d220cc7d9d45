"""Parquet files, Arrow IPC files and folders of either: their rows as references, and back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from verifier.batch.chunks import Chunk, grouped, shown
from verifier.batch.columns import EVIDENCE
from verifier.batch.faults import ColumnMissing, SourceDamaged
from verifier.batch.judging import in_microseconds

SUFFIXES: Final = {".parquet": "parquet", ".arrow": "arrow", ".feather": "arrow"}
ROWS_AT_A_TIME: Final = 32  # a file of a few KB can hold values of megabytes each, all the same one
_WANTED: Final = {
    "id": ("문자열 또는 정수", "text or whole numbers"),
    "der": ("바이트열", "bytes"),
    "received_at": ("시간대가 있는 시각", "times with a time zone"),
}

Values = tuple[str, bytes | None, int | None]


@dataclass(frozen=True)
class Columns:
    """What the columns of `columns.EVIDENCE` are called in the caller's table."""

    id: str = "id"
    der: str = "der"
    received_at: str = "received_at"

    @property
    def names(self) -> tuple[str, str, str]:
        return self.id, self.der, self.received_at


def chunks_of_tables(
    files: list[Path], root: Path, form: str, columns: Columns, stamp_of: Callable[[Path], str]
) -> Iterator[Chunk]:
    """References to all rows, file by file.

    Raises:
        SourceDamaged: a file is not what its name says.
        ColumnMissing: a column is missing, or of another type.
    """
    for file in files:
        stamp, label = stamp_of(file), "" if file == root else file.relative_to(root).as_posix()
        try:
            schema, sizes = _shape(file, form)
        except (pa.ArrowException, OSError, ValueError, EOFError):
            raise SourceDamaged(str(file), form) from None
        has_receipts = _check(schema, columns, str(file))
        first = 0
        for group, size in enumerate(sizes):
            more = (label, group, first, columns.id, columns.der, columns.received_at if has_receipts else "")
            for numbers in grouped(range(size)):
                yield Chunk(form, str(file), stamp, tuple(numbers), more)
            first += size


def _shape(file: Path, form: str) -> tuple[pa.Schema, list[int]]:
    if form == "parquet":
        with pa.OSFile(os.fsencode(file)) as source:
            opened = pq.ParquetFile(source)
            return opened.schema_arrow, [opened.metadata.row_group(n).num_rows for n in range(opened.num_row_groups)]
    with pa.memory_map(os.fsencode(file)) as source:
        reader = pa.ipc.open_file(source)
        return reader.schema, [reader.get_batch(n).num_rows for n in range(reader.num_record_batches)]


def _check(schema: pa.Schema, columns: Columns, file: str) -> bool:
    """Whether there are times of receipt.

    Raises:
        ColumnMissing.
    """
    for field, name in zip(EVIDENCE, columns.names, strict=True):
        count = len(schema.get_all_field_indices(name))
        if count == 0 and field.name == "received_at" and name == field.name:
            return False
        if count != 1 or not _fits(field.name, schema.field(name).type):
            raise ColumnMissing(file, name, *_WANTED[field.name])
    return True


def _fits(name: str, kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if name == "id":
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind))
    if name == "der":
        return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))
    return bool(pa.types.is_timestamp(kind) and kind.tz is not None)


class _Reading:
    """The rows of one group of a table from some row on. They come forward only, a few at a time."""

    def __init__(self, chunk: Chunk) -> None:
        self.group = group_of(chunk)
        self.next = 0
        self.held: list[Values] = []
        self.held_from = 0
        self.batches = _batches(chunk)

    def row(self, number: int, alive: Callable[[], object]) -> Values:
        while number >= self.held_from + len(self.held):
            self.held_from += len(self.held)
            self.held = _values(next(self.batches), self.group, self.held_from)
            alive()
        return self.held[number - self.held_from]


def group_of(chunk: Chunk) -> tuple[object, ...]:
    return chunk.form, chunk.place, chunk.stamp, *chunk.more


def _batches(chunk: Chunk) -> Iterator[pa.RecordBatch]:
    _, group, _, *named = chunk.more
    names = [str(name) for name in named if name]
    if chunk.form == "parquet":
        with pa.OSFile(os.fsencode(chunk.place)) as source:
            opened = pq.ParquetFile(source, buffer_size=1024 * 1024, pre_buffer=False)
            yield from opened.iter_batches(ROWS_AT_A_TIME, row_groups=[group], columns=names, use_threads=False)
        return
    with pa.memory_map(os.fsencode(chunk.place)) as source:
        batch = pa.ipc.open_file(source).get_batch(group).select(names)
        for start in range(0, batch.num_rows, ROWS_AT_A_TIME):
            yield batch.slice(start, ROWS_AT_A_TIME)


def _values(batch: pa.RecordBatch, group: tuple[object, ...], start: int) -> list[Values]:
    label, _, first, *names = cast("tuple[str, int, int, str, str, str]", group[3:])
    by_name: Mapping[str, pa.Array] = {name: batch.column(name) for name in names if name}
    ids, ders, times = (by_name.get(name) for name in names)
    received: list[int | None] = [None] * batch.num_rows
    if times is not None:
        received = in_microseconds(_plain(times))
    texts = [_text(label, first + start + n, value) for n, value in enumerate(_legible(_plain(ids)).to_pylist())]
    return list(zip(texts, _plain(ders).to_pylist(), received, strict=True))


def _legible(ids: pa.Array) -> pa.Array:
    """Texts as bytes: they may not be the UTF-8 that Arrow takes them for."""
    return ids if pa.types.is_integer(ids.type) else ids.cast(pa.large_string()).cast(pa.large_binary())


def _text(label: str, number: int, value: bytes | int | None) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return _fallback(label, number) if value is None else str(value)


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _fallback(label: str, number: int) -> str:
    """The id of a row that has none, or whose own cannot be had."""
    return f"{shown(label)}#{number + 1}"


def place_of(chunk: Chunk, number: int) -> str:
    """The same, by the chunk's entry."""
    label, _, first, *_ = cast("tuple[str, int, int]", chunk.more)
    return _fallback(label, first + number)


_last: Final[list[_Reading]] = []
"""What was read last, if it can go on from there."""


def read_table(chunk: Chunk, most: int, alive: Callable[[], object]) -> Iterator[Values]:
    """The rows of a chunk. Where the table turns out to be damaged, its rows come without bytes from there on."""
    is_damaged = False
    for number in cast("tuple[int, ...]", chunk.entries):
        values: Values = (place_of(chunk, number), None, None)
        if not is_damaged:
            try:
                identity, der, received = _reading(chunk, number).row(number, alive)
                values = identity, der if der is None else der[: most + 1], received
            except (pa.ArrowException, OSError, ValueError, KeyError, StopIteration):
                is_damaged = True
                _last.clear()
        yield values


def _reading(chunk: Chunk, number: int) -> _Reading:
    if not _last or _last[0].group != group_of(chunk) or number < _last[0].held_from:
        _last[:] = [_Reading(chunk)]
    return _last[0]
