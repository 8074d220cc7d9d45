"""Inputs that are read more than once, wherever they come from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final, cast

from evidence.outfile import SPOOL, refusals, spooling
from service.inputs import is_file, reading

_PIECE: Final = 1024 * 1024


@contextmanager
def seekable(file: str) -> Iterator[BinaryIO]:
    """As `reading`, at the start of a stream that can go back there; what is no file is kept aside for that.

    Raises:
        InputUnreadable, StandardInputTwice: as `reading`.
        NotWritable: there is no room to keep it aside.
    """
    with reading(file) as stream:
        if is_file(file):
            yield stream
            return
        with spooling(None) as spool:
            while piece := stream.read(_PIECE):
                with refusals(SPOOL):
                    spool.write(piece)
            with refusals(SPOOL):
                spool.seek(0)
            yield cast("BinaryIO", spool)
