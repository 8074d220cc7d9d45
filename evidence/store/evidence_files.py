"""Large evidence beside the database: a folder or an object store, each file named by the SHA-256 of what it holds.

A file begins with the id of the key that it is sealed with and a line end; it is written once, and again only by
`dongui store rekey`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import fsspec
from fsspec.implementations.local import LocalFileSystem

from evidence.outfile import PRIVATE, writing
from evidence.store.errors import EvidenceGone, FilesUrlUnusable, StoreUnavailable

_NAME: Final = re.compile("[0-9a-f]{64}")


class EvidenceFiles:
    """A folder, or what fsspec understands as one (`s3://…`)."""

    def __init__(self, url: str) -> None:
        """Raises: FilesUrlUnusable, it names a protocol that nothing here speaks."""
        self.url = url
        try:
            self.system, self.root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError):
            raise FilesUrlUnusable(url.partition("://")[0][:20]) from None

    def put(self, sha256: str, key_id: str, sealed: bytes) -> None:
        """Write one file, whole or not at all.

        Raises:
            NotWritable, StoreUnavailable: the folder or the object store refuses.
        """
        content = key_id.encode() + b"\n" + sealed
        path = self._path(sha256)
        if isinstance(self.system, LocalFileSystem):
            with _refusals():
                Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with writing(Path(path), most=PRIVATE) as out:
                out.write(content)
            return
        with _refusals():
            self.system.pipe_file(path, content)

    def get(self, sha256: str) -> tuple[str, bytes]:
        """Read one file: the id of its key, and what is sealed.

        Raises:
            EvidenceGone: there is no such file.
        """
        with _refusals():
            try:
                content: bytes = self.system.cat_file(self._path(sha256))
            except FileNotFoundError:
                raise EvidenceGone(sha256) from None
        key_id, _, sealed = content.partition(b"\n")
        return key_id.decode("ascii", "replace"), sealed

    def names(self) -> Iterator[str]:
        """The SHA-256 of each file that there is."""
        with _refusals():
            paths = self.system.find(self.root)
        for path in paths:
            name = path.rpartition("/")[2]
            if _NAME.fullmatch(name) and path.endswith(self._path(name).removeprefix(self.root)):
                yield name

    def remove(self, sha256: str) -> None:
        with _refusals(), suppress(FileNotFoundError):
            self.system.rm_file(self._path(sha256))

    def _path(self, sha256: str) -> str:
        return f"{self.root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(error.strerror or type(error).__name__) from error
