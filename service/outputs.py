"""Where results go: a file that is there whole or not at all, or standard output."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from evidence.outfile import writing
from service.errors import OutputIsInput, StandardOutputFailed
from service.inputs import STDIN


@contextmanager
def result(out: str, *inputs: str | None) -> Iterator[BinaryIO]:
    """Standard output for `-`, else the file, put in place only when the block ends without an error.

    Args:
        out: as the command line has it.
        inputs: files that this command reads; none of them is ever written over.

    Raises:
        OutputIsInput: `out` is one of `inputs`.
        NotWritable: the folder, the file or the disk refuses.
        StandardOutputFailed: it is closed.
    """
    if out == STDIN:
        if sys.stdout is None:
            raise StandardOutputFailed(os.strerror(errno.EBADF))
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    for file in inputs:
        if file is not None and file != STDIN and _is_same(out, file):
            raise OutputIsInput(out)
    with writing(Path(out)) as stream:
        yield stream


def _is_same(one: str, other: str) -> bool:
    with suppress(OSError, ValueError):
        return Path(one).is_file() and Path(one).samefile(other)
    return False
