"""What a batch takes its evidence from, by what lies there: references to all of it, in a fixed order."""

from __future__ import annotations

import errno
import stat
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, cast

from verifier.batch.archives import chunks_of_tar, chunks_of_zip, is_tar, packing_of
from verifier.batch.chunks import Chunk
from verifier.batch.faults import SourceUnreadable
from verifier.batch.folders import FILES, chunks_of_folder, files_below, names_below, stamp_of_files
from verifier.batch.tables import SUFFIXES, Columns, chunks_of_tables

_FIRST: Final = 16
_PARQUET: Final = b"PAR1"
_ARROW: Final = b"ARROW1"
_ZIP: Final = b"PK\x03\x04"


def stamp_of(file: Path) -> str:
    """Size and time of change."""
    try:
        about = file.stat()
    except OSError as error:
        raise SourceUnreadable(str(file), error.errno or errno.EIO) from None
    return f"{about.st_size}-{about.st_mtime_ns}"


def stamp_now(chunk: Chunk) -> str:
    """What the stamp of a chunk would be if it were planned now; empty where its file cannot be seen."""
    if chunk.form == FILES:
        return stamp_of_files(Path(chunk.place), cast("tuple[str, ...]", chunk.entries))
    try:
        return stamp_of(Path(chunk.place))
    except SourceUnreadable:
        return ""


def chunks_of(source: Path, columns: Columns, apart: Iterable[Path] = ()) -> Iterator[Chunk] | None:
    """References to a folder's files, an archive's members or a table's rows; None for a file of any other kind.

    Args:
        source: folder or file.
        columns: of a table.
        apart: files and folders below a folder that are none of its evidence.

    Raises:
        SourceUnreadable, SourceDamaged, ArchiveSwells, ColumnMissing: when the references are asked for, too.
    """
    if _is_folder(source):
        without = names_below(source, apart)
        form = _form_of_all(source, without)
        if form is None:
            return chunks_of_folder(source, without)
        files = [file for file in files_below(source, without) if not _is_marker(file, source)]
        return chunks_of_tables(files, source, form, columns, stamp_of)
    start = _start(source)
    if start.startswith((_PARQUET, _ARROW)):
        form = "parquet" if start.startswith(_PARQUET) else "arrow"
        return chunks_of_tables([source], source, form, columns, stamp_of)
    packing = packing_of(start)
    if is_tar(source, packing):
        return chunks_of_tar(source, stamp_of(source), packing)
    if start.startswith(_ZIP) or zipfile.is_zipfile(source):  # which looks at the end, if there is one
        return chunks_of_zip(source, stamp_of(source))
    return None


def _is_folder(source: Path) -> bool:
    try:
        return source.is_dir()
    except OSError as error:
        raise SourceUnreadable(str(source), error.errno or errno.EIO) from None
    except ValueError:  # a name that cannot be one
        raise SourceUnreadable(str(source), errno.EINVAL) from None


def _start(source: Path) -> bytes:
    try:
        if not stat.S_ISREG(source.stat().st_mode):
            raise SourceUnreadable(str(source), errno.EINVAL)
        with source.open("rb") as stream:
            return stream.read(_FIRST)
    except OSError as error:
        raise SourceUnreadable(str(source), error.errno or errno.EIO) from None
    except ValueError:  # a name that cannot be one
        raise SourceUnreadable(str(source), errno.EINVAL) from None


def _form_of_all(folder: Path, without: frozenset[str]) -> str | None:
    """`parquet` or `arrow` if that is what every file of a folder is, else None: it is a folder of DERs then."""
    form = None
    for file in files_below(folder, without):
        if _is_marker(file, folder):
            continue
        this = SUFFIXES.get(file.suffix)
        if this is None or (form is not None and this != form):
            return None
        form = this
    return form


def _is_marker(file: Path, folder: Path) -> bool:
    """What Spark and its like leave beside their files, such as `_SUCCESS`; a folder's name may say the same."""
    return any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts)
