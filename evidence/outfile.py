"""Writing a file so that it is there whole or not at all."""

from __future__ import annotations

import io
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Final

from evidence.file_faults import NotWritable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

CREATE: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
ASIDE: Final = ".part"  # how a file that is being written ends
ANY: Final = 0o7777
NEW: Final = 0o666  # of which the process's umask takes away
PRIVATE: Final = 0o600  # for its owner alone
OF_GROUP: Final = 0o640  # personal data that another program of the same group hands in
_LINKS: Final = 40  # that lead from one to the next, as the system has it
SPOOL: Final = Path("(temporary file)")


@contextmanager
def writing(path: Path, *, most: int = ANY, aside: str = "") -> Iterator[BinaryIO]:
    """Open a file beside `path` for writing; put it in `path`'s place when the block ends without an error.

    What stood at `path` stays as it was until then, and for good if the block raises; nothing is left behind.
    A new file gets the permissions that the process gives to new files, an old one keeps its own; neither has one that
    is not in `most`, such as `PRIVATE`. A link stays a link.
    Devices and pipes cannot be replaced and are written to as they are, and so is what this process has open already
    (`/dev/stdout`, `/dev/fd/63`): what stands before it there stays. `aside` is how the name of the file beside it
    begins, for those who look for what a killed process left.

    Raises:
        NotWritable: the folder, the file or the disk refuses.
    """
    mode, opened = _mode(path), descriptor(path)
    if opened is not None or (mode is not None and not stat.S_ISREG(mode)):
        with refusals(path), open(path if opened is None else opened, "wb", closefd=opened is None) as out:
            yield out
        return
    target = Path(os.path.realpath(path))
    part = target.with_name(f".{aside}{secrets.token_hex(8)}{ASIDE}")
    try:
        permissions = most & (NEW if mode is None else stat.S_IMODE(mode))
        with _OutFile(part, path, permissions) as out:
            yield out
            out.flush()
            with refusals(path):
                os.fsync(out.fileno())
        with refusals(path):
            if mode is not None:
                part.chmod(permissions)
            part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    sync_folder(target.parent)


@contextmanager
def spooling(folder: Path | None) -> Iterator[IO[bytes]]:
    """Open a temporary file that goes away by itself; `folder` None: the system's.

    Raises:
        NotWritable: it cannot be made.
    """
    with refusals(SPOOL):
        spool = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed below; only its making is guarded
    with spool:
        yield spool


class _OutFile(io.BufferedRandom):
    """A new file whose own failures, and no others, come out as `NotWritable`."""

    def __init__(self, path: Path, shown: Path, mode: int) -> None:
        self.shown = shown
        with refusals(self.shown):
            handle = os.open(path, CREATE, mode)
        super().__init__(io.FileIO(handle, "w+"))

    def write(self, data: ReadableBuffer, /) -> int:
        with refusals(self.shown):
            return super().write(data)

    def flush(self) -> None:
        with refusals(self.shown):
            super().flush()


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn the system's refusals into `NotWritable`, which names the file as the caller does."""
    try:
        yield
    except OSError as error:
        raise NotWritable(str(path), error.strerror or type(error).__name__, error.errno or 0) from error


def _mode(path: Path) -> int | None:
    with refusals(path):
        try:
            return path.stat().st_mode
        except FileNotFoundError:
            return None


def descriptor(path: Path) -> int | None:
    """Which of this process's own descriptors a name stands for, as `/dev/stdout` does; None for those of files."""
    own = {os.path.realpath(folder) for folder in ("/dev/fd", "/proc/self/fd")}
    for _ in range(_LINKS):
        if path.name.isdecimal() and os.path.realpath(path.parent) in own:
            return int(path.name)
        if not os.path.islink(path):  # noqa: PTH114 - which a name that is too long does not break
            break
        path = path.parent / path.readlink()
    return None


def sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can do that for folders."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
