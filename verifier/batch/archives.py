"""Tar and zip archives: where their members lie. Members are never unpacked to disk."""

from __future__ import annotations

import hashlib
import os
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

from verifier.batch.chunks import Chunk, Entry, grouped, shown
from verifier.batch.faults import ArchiveSwells, SourceDamaged
from verifier.batch.reading import UNPACKED, UNPACKING

MOST_TIMES: Final = 1100
"""What gzip can pack into a byte, at most. Only archives made to do harm hold more."""
_HEADER_BYTES: Final = 1024 * 1024
"""More than a header of a tar, or a name in it, ever has."""
_ENCRYPTED: Final = 0x1
_MARKS: Final = {b"\x1f\x8b": "gz", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz"}


def packing_of(start: bytes) -> str:
    """How a file is compressed, by its first bytes."""
    return next((packing for mark, packing in _MARKS.items() if start.startswith(mark)), "")


def is_tar(path: Path, packing: str) -> bool:
    try:
        with UNPACKED[packing](str(path)) as stream:
            tarfile.TarInfo.frombuf(stream.read(tarfile.BLOCKSIZE), "utf-8", "surrogateescape")
    except (tarfile.HeaderError, *UNPACKING):
        return False
    return True


def chunks_of_tar(path: Path, stamp: str, packing: str) -> Iterator[Chunk]:
    """References to all members but folders; links and devices come out as rows without bytes.

    Raises:
        SourceDamaged: it breaks off, or is no tar.
        ArchiveSwells: it unpacks to far more than it could hold.
    """
    for entries in grouped(_tar_entries(path, packing)):
        yield Chunk("ranges", str(path), stamp, tuple(entries), (packing,))


def _tar_entries(path: Path, packing: str) -> Iterator[Entry]:
    names = _Names()
    limit = path.stat().st_size * MOST_TIMES + _HEADER_BYTES
    try:
        with UNPACKED[packing](str(path)) as stream:
            bounded = cast("BinaryIO", _Bounded(stream, path, limit if packing else None))
            with tarfile.open(fileobj=bounded, mode="r:", errorlevel=2) as archive:
                while (member := archive.next()) is not None:
                    archive.members = []  # type: ignore[attr-defined] # it would keep all of them
                    if member.size < 0 or archive.offset <= member.offset:  # it would go round for ever
                        raise tarfile.ReadError
                    if not member.isdir():
                        yield names.unique(shown(member.name)), *_place(member)
                _require_end(bounded, archive.offset)
    except (tarfile.TarError, RecursionError, *UNPACKING):  # headers can be about headers, without end
        raise SourceDamaged(str(path), "tar") from None


def _require_end(stream: BinaryIO, offset: int) -> None:
    """An archive that was cut short between two members, or is damaged there, looks like one that ends."""
    stream.seek(offset)
    if stream.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError
    while stream.read(_HEADER_BYTES):  # to where a compressed one says by a checksum that it is whole
        stream.tell()


def _place(member: tarfile.TarInfo) -> tuple[int, int]:
    return (member.offset_data, member.size) if member.isreg() and not member.issparse() else (-1, 0)


class _Bounded:
    """A stream of which nobody reads much at a time, nor far more than its packed size lets expect."""

    def __init__(self, stream: BinaryIO, path: Path, limit: int | None) -> None:
        self.stream, self.path, self.limit = stream, path, limit

    def read(self, size: int) -> bytes:
        if not 0 <= size <= _HEADER_BYTES:
            raise ValueError
        return self.stream.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if self.limit is not None and whence == os.SEEK_SET and offset > self.limit:
            raise ArchiveSwells(str(self.path), MOST_TIMES)
        return self.stream.seek(offset, whence)

    def tell(self) -> int:
        if self.limit is not None and self.stream.tell() > self.limit:
            raise ArchiveSwells(str(self.path), MOST_TIMES)
        return self.stream.tell()


def chunks_of_zip(path: Path, stamp: str) -> Iterator[Chunk]:
    """References to all members but folders; encrypted ones come out as rows without bytes.

    Raises:
        SourceDamaged: it breaks off, or is no zip.
    """
    for entries in grouped(_zip_entries(path)):
        yield Chunk("zip", str(path), stamp, tuple(entries))


def _zip_entries(path: Path) -> Iterator[Entry]:
    names = _Names()
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except Exception:  # noqa: BLE001 - zipfile raises whatever it stumbles over
        raise SourceDamaged(str(path), "zip") from None
    for one in members:
        if not one.is_dir():
            offset = -1 if one.flag_bits & _ENCRYPTED else one.header_offset
            name = names.unique(shown(one.filename))
            yield name, offset, one.compress_size, one.compress_type, one.CRC, one.file_size


class _Names:
    """Two members of one name are two rows. Kept are eight bytes of each name's digest."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.counts: dict[int, int] = {}  # of names that came more than once: a million times the same may come

    def unique(self, name: str) -> str:
        found, first = name, _digest(name)
        digest, count = first, self.counts.get(first, 1)
        while digest in self.seen:
            count += 1
            found = f"{name}#{count}"
            digest = _digest(found)
        self.seen.add(digest)
        if count > 1:
            self.counts[first] = count
        return found


def _digest(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()[:8])
