"""Indexes of long revocation lists, kept in the hidden folder `.index` of a trust folder.

They save time and prove nothing. An index is taken for that of a list only if it is whole and made of these very bytes,
which were read as strict DER then; else the list is read anew. The folder lies beside `anchors/`, not in `crls/`, whose
files are signed and may come from a less trusted machine: whoever can write here can also write anchors (ADR 0035).
"""

from __future__ import annotations

import hashlib
import os
import struct
import sys
from array import array
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import cryptography

from certs.list_index import ListIndex, layout_of

NAME: Final = ".index"
SUFFIX: Final = ".crl-index"
_ASIDE: Final = ".part"
LEAST_BYTES: Final = 1 << 16
"""Shorter lists are as quickly read as their index."""

# What is well-formed is for the library to say: another release of it reads all lists anew.
_MAGIC: Final = f"Dongui CRL index 1, {sys.byteorder}-endian, cryptography {cryptography.__version__}\n".encode()
_COUNTS: Final = struct.Struct("<?II")
_CHECKSUM_BYTES: Final = hashlib.sha256().digest_size


class IndexFolder:
    """The folder may be missing, full, read-only or damaged: that costs time, and nothing else."""

    def __init__(self, trust_folder: Path) -> None:
        self.path = trust_folder / NAME

    def index_of(self, der: bytes) -> ListIndex:
        """The index of a list, read from here or made, and then kept here if that can be done.

        Raises:
            ValueError, x509.InvalidVersion: it is no X.509 CRL in strict DER.
        """
        if len(der) < LEAST_BYTES:
            return ListIndex.of(der)
        digest = hashlib.sha256(der).digest()
        found = self._read(der, digest)
        if found is None:
            found = ListIndex.of(der)
            self._write(found, digest)
        return found

    def keep(self, index: ListIndex) -> None:
        if len(index.der) >= LEAST_BYTES:
            self._write(index, hashlib.sha256(index.der).digest())

    def discard_others(self, lists: Iterable[bytes]) -> None:
        """Remove the indexes of all but these lists."""
        kept = {hashlib.sha256(der).hexdigest() + SUFFIX for der in lists if len(der) >= LEAST_BYTES}
        with suppress(OSError):
            for file in self.path.iterdir():
                if file.suffix in {SUFFIX, _ASIDE} and file.name not in kept:
                    file.unlink(missing_ok=True)

    def _file(self, digest: bytes) -> Path:
        return self.path / (digest.hex() + SUFFIX)

    def _read(self, der: bytes, digest: bytes) -> ListIndex | None:
        try:
            file = self._file(digest)
            if not file.is_file() or file.stat().st_size > len(der):  # of any list, the index is shorter
                return None
            return read_index(file.read_bytes(), der, digest)
        except OSError:
            return None

    def _write(self, index: ListIndex, digest: bytes) -> None:
        aside = self.path / (os.urandom(8).hex() + _ASIDE)
        try:
            self.path.mkdir(exist_ok=True)
            with aside.open("xb") as out:
                out.writelines(written_index(index, digest))
            aside.replace(self._file(digest))
        except OSError:
            with suppress(OSError):
                aside.unlink(missing_ok=True)


def written_index(index: ListIndex, digest: bytes) -> Iterator[bytes]:
    """The contents of an index's file, piece by piece."""
    counts = _COUNTS.pack(index.names_issuers, len(index.offsets), len(index.last))
    parts = (_MAGIC, digest, counts, *(numbers.tobytes() for numbers in (index.offsets, index.before, index.last)))
    checksum = hashlib.sha256()
    for part in parts:
        checksum.update(part)
        yield part
    yield checksum.digest()


def read_index(data: bytes, der: bytes, digest: bytes) -> ListIndex | None:
    """The index that a file holds, if it is whole and that of this list, by its SHA-256; else None."""
    view, start, end = memoryview(data), len(_MAGIC) + len(digest), len(data) - _CHECKSUM_BYTES
    body = start + _COUNTS.size
    if end < body or data[:start] != _MAGIC + digest or hashlib.sha256(view[:end]).digest() != data[end:]:
        return None
    names_issuers, entries, buckets = _COUNTS.unpack(view[start:body])
    second, third = body + 4 * entries, body + 8 * entries
    if end != third + 4 * buckets:
        return None
    offsets, before, last = _numbers(view[body:second]), _numbers(view[second:third]), _numbers(view[third:end])
    return ListIndex(der, names_issuers, offsets, before, last, layout_of(der))


def _numbers(data: memoryview) -> array[int]:
    numbers = array("I")
    numbers.frombytes(data)
    return numbers
