"""From references to rows: the reader of each form. A row whose bytes cannot be had comes without them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, cast

import pyarrow as pa

from verifier.batch.chunks import Chunk, shown
from verifier.batch.columns import EVIDENCE
from verifier.batch.tables import place_of, read_table

MOST_ROWS: Final = 64
MOST_BYTES: Final = 8 * 1024 * 1024
"""What is held at a time, beside one row that may be larger."""

_SKIP: Final = 16 * 1024 * 1024
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")  # of a zip member: signature, lengths of name and extra field
_STORED, _DEFLATED = 0, 8


class Row(NamedTuple):
    """`der` is None where the bytes cannot be had; no more than the first `most + 1` of them are ever read.

    `received_at` is in microseconds since 1970.
    """

    id: str
    der: bytes | None
    received_at: int | None = None


class Watcher:
    """Whoever reads and judges tells it where it is; this one does not care."""

    def row(self, number: int) -> None:
        """Row `number` of the chunk, from 0, is begun: to be read, and later to be judged."""

    def alive(self) -> None:
        """The row takes a while, but goes on."""


NOBODY: Final = Watcher()


Reader = Callable[[Chunk, int, Watcher], Iterator[Row]]
"""Reads a chunk, of each DER no more than so many bytes and one; a row for each entry, in their order."""


def batches(chunk: Chunk, most: int, watcher: Watcher = NOBODY, read: Reader | None = None) -> Iterator[pa.RecordBatch]:
    """Rows of a chunk as tables of `columns.EVIDENCE`, a few rows or megabytes each.

    Args:
        chunk: any.
        most: bytes of a DER that are of interest: the policy's limit.
        watcher: is told of each row before it is read.
        read: how to read it; None: by its form.
    """
    rows: list[Row] = []
    size = 0
    reader = (read or READERS[chunk.form])(chunk, most, watcher)
    for number in range(len(chunk)):
        watcher.row(number)
        row = next(reader)
        rows.append(row)
        size += len(row.der or b"")
        if len(rows) == MOST_ROWS or size >= MOST_BYTES:
            yield _batch(rows)
            rows, size = [], 0
    if rows:
        yield _batch(rows)


def _batch(rows: list[Row]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, EVIDENCE, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=EVIDENCE)


def identity_of(chunk: Chunk, row: int) -> str:
    """A row's id, or where that is not known without reading the row, its place."""
    entry = chunk.entries[row]
    if isinstance(entry, int):
        return place_of(chunk, entry)
    return shown(entry) if isinstance(entry, str) else str(entry[0])


def _files(chunk: Chunk, most: int, _: Watcher) -> Iterator[Row]:
    """Entries are names below the folder."""
    for name in cast("tuple[str, ...]", chunk.entries):
        yield Row(shown(name), _file(Path(chunk.place, name), most))


def _file(path: Path, most: int) -> bytes | None:
    try:
        with open(path, "rb", buffering=0, opener=_at_once) as stream:
            return _all(stream, most + 1) if stat.S_ISREG(os.fstat(stream.fileno()).st_mode) else None
    except (OSError, ValueError):
        return None


def _at_once(path: str, flags: int) -> int:
    """A pipe would make us wait otherwise."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _all(stream: BinaryIO, size: int) -> bytes:
    """As many bytes, fewer only at the end."""
    data = stream.read(size)
    while data and len(data) < size and (piece := stream.read(size - len(data))):
        data += piece
    return data


class _Open:
    """The file that was read last stays open, where it was left: chunks come in the order in which they lie there."""

    def __init__(self) -> None:
        self.name: tuple[str, str] | None = None
        self.stream: BinaryIO | None = None

    def stream_of(self, place: str, packing: str) -> BinaryIO:
        if self.stream is None or self.name != (place, packing):
            self.close()
            self.stream = UNPACKED[packing](place)
            self.name = place, packing
        return self.stream

    def close(self) -> None:
        if self.stream is not None:
            self.stream.close()
        self.stream = None


def _plain(place: str) -> BinaryIO:
    return Path(place).open("rb")


UNPACKED: Final[Mapping[str, Callable[[str], BinaryIO]]] = {
    "": _plain,
    "gz": cast("Callable[[str], BinaryIO]", gzip.open),
    "bz2": cast("Callable[[str], BinaryIO]", bz2.open),
    "xz": cast("Callable[[str], BinaryIO]", lzma.open),
}
"""Streams of files, by how they are compressed. Those that are go forward only, and begin anew to go back."""

UNPACKING: Final = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)
"""What reading such a stream raises."""

_open: Final = _Open()


def _ranges(chunk: Chunk, most: int, watcher: Watcher) -> Iterator[Row]:
    """Entries are the id, the offset (negative where there is nothing to read) and the size; `more` is the packing."""
    (packing,) = cast("tuple[str]", chunk.more)
    for identity, offset, size in cast("tuple[tuple[str, int, int], ...]", chunk.entries):
        yield Row(identity, None if offset < 0 else _range(_skipping(chunk, packing, watcher), offset, size, most))


def _skipping(chunk: Chunk, packing: str, watcher: Watcher) -> Callable[[int], BinaryIO]:
    """What opens the chunk's file at an offset. In a compressed one that means to read everything before."""

    def at(offset: int) -> BinaryIO:
        stream = _open.stream_of(chunk.place, packing)
        while packing and offset - stream.tell() > _SKIP:
            stream.seek(stream.tell() + _SKIP)
            watcher.alive()
        stream.seek(offset)
        return stream

    return at


def _range(at: Callable[[int], BinaryIO], offset: int, size: int, most: int) -> bytes | None:
    wanted = min(size, most + 1)
    try:
        data = _all(at(offset), wanted)
    except UNPACKING:
        _open.close()
        return None
    return data if len(data) == wanted else None


def _zip(chunk: Chunk, most: int, _: Watcher) -> Iterator[Row]:
    """Entries are the id, and of the member: offset (negative: not to be read), packed size, method, CRC-32, size."""
    for entry in cast("tuple[tuple[str, int, int, int, int, int], ...]", chunk.entries):
        yield Row(entry[0], None if entry[1] < 0 else _member(chunk.place, *entry[1:], most))


def _member(place: str, offset: int, packed: int, method: int, crc: int, size: int, most: int) -> bytes | None:  # noqa: PLR0913, PLR0917 - of the central directory
    try:
        stream = _open.stream_of(place, "")
        stream.seek(offset)
        signature, name, extra = _LOCAL_HEADER.unpack(_all(stream, _LOCAL_HEADER.size))
        if signature != b"PK\x03\x04":
            return None
        stream.seek(name + extra, os.SEEK_CUR)
        if method == _STORED:
            data = _all(stream, min(packed, most + 1))
        elif method == _DEFLATED:
            data = _inflated(stream, packed, most + 1)
        else:
            return None
    except (*UNPACKING, struct.error):
        _open.close()
        return None
    if len(data) > most:
        return data
    return data if len(data) == size and zlib.crc32(data) == crc else None


def _inflated(stream: BinaryIO, packed: int, most: int) -> bytes:
    """The first bytes of what is packed; no more of it is unpacked."""
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    data, left = b"", packed
    while len(data) < most and not unpacking.eof:
        piece = unpacking.unconsumed_tail
        if not piece:
            piece = stream.read(min(left, 16384))
            left -= len(piece)
            if not piece:
                break
        data += unpacking.decompress(piece, most - len(data))
    return data


def _table(chunk: Chunk, most: int, watcher: Watcher) -> Iterator[Row]:
    return (Row(*row) for row in read_table(chunk, most, watcher.alive))


READERS: Final[Mapping[str, Reader]] = {
    "files": _files,
    "ranges": _ranges,
    "zip": _zip,
    "parquet": _table,
    "arrow": _table,
}
