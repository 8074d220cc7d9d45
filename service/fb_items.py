"""FB files that a command reads as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from evidence.reader import Sound, read_file
from service.errors import about
from service.inputs import reading


@contextmanager
def sound_items(file: str) -> Iterator[Iterator[Sound]]:
    """The records of an FB file that has to be sound, as `read_file` gives them; errors name the file."""
    with reading(file) as stream:
        yield _naming(file, read_file(stream))


def _naming(file: str, items: Iterator[Sound]) -> Iterator[Sound]:
    with about(file):
        yield from items
