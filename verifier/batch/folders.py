"""A folder with DERs: every file below it, in the order of the names."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from verifier.batch.chunks import Chunk, grouped
from verifier.batch.faults import SourceUnreadable

FILES: Final = "files"
"""The form of these chunks."""

TIME_STAMP: str = ".tsr"
"""A time-stamp lies beside its evidence and is none itself."""


def chunks_of_folder(folder: Path, without: frozenset[str] = frozenset()) -> Iterator[Chunk]:
    """References to all files below a folder, but for what has a name in `without`.

    Nothing is passed over in silence but time-stamps beside their evidence: folders that cannot be read and linked
    ones, which are not entered, are entries like files, and come out as rows without bytes.

    Raises:
        SourceUnreadable: the folder itself cannot be read.
    """
    for group in grouped(_below(folder, without)):
        yield Chunk(FILES, str(folder), _stamp(group), tuple(name for name, _, _ in group))


def _stamp(group: Iterable[tuple[str, int, int]]) -> str:
    seen = hashlib.sha256()
    for name, size, changed in group:
        seen.update(f"{len(os.fsencode(name))} ".encode() + os.fsencode(name) + f" {size} {changed}\n".encode())
    return seen.hexdigest()[:32]


def stamp_of_files(folder: Path, names: Iterable[str]) -> str:
    """The stamp that a chunk of these files would have now."""
    return _stamp((name, *_seen(folder / name)) for name in names)


def _seen(path: Path) -> tuple[int, int]:
    """Size and time of change, as `_below` tells them: a folder is an entry only where it cannot be read."""
    try:
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            about = path.stat()
        elif stat.S_ISDIR(about.st_mode):
            return -1, -1
    except (OSError, ValueError):
        return -1, -1
    return about.st_size, about.st_mtime_ns


def files_below(folder: Path, without: frozenset[str] = frozenset()) -> Iterator[Path]:
    """As they are taken for rows."""
    return (folder / name for name, _, _ in _below(folder, without))


def names_below(folder: Path, paths: Iterable[Path]) -> frozenset[str]:
    """What those of the paths that lie below a folder are called there."""
    top = Path(os.path.realpath(folder))
    real = [Path(os.path.realpath(path.parent), path.name) for path in paths]
    return frozenset(path.relative_to(top).as_posix() for path in real if path.is_relative_to(top))


def _below(folder: Path, without: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Names relative to the folder, with size and time of change."""
    try:
        waiting = _entries(folder, "")
    except OSError as error:
        raise SourceUnreadable(str(folder), error.errno or errno.EIO) from None
    waiting.reverse()
    while waiting:
        entry, name = waiting.pop()
        if name in without:
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                inner = _entries(Path(entry.path), f"{name}/")
                inner.reverse()
                waiting += inner
                continue
            about = entry.stat()
        except OSError:
            yield name, -1, -1
        else:
            yield name, about.st_size, about.st_mtime_ns


def _entries(folder: Path, prefix: str) -> list[tuple[os.DirEntry[str], str]]:
    with os.scandir(folder) as found:
        entries = {entry.name: entry for entry in found}
    names = sorted(name for name in entries if not _is_time_stamp(name, entries))
    return [(entries[name], prefix + name) for name in names]


def _is_time_stamp(name: str, entries: dict[str, os.DirEntry[str]]) -> bool:
    return name.endswith(TIME_STAMP) and name.removesuffix(TIME_STAMP) in entries
