"""Where results go: a file that is there whole or not at all, or standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from evidence.outfile import writing
from service.inputs import STDIN


@contextmanager
def result(out: str) -> Iterator[BinaryIO]:
    """Standard output for `-`, else the file, put in place only when the block ends without an error."""
    if out == STDIN:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with writing(Path(out)) as stream:
        yield stream
