"""References to evidence: what travels to whoever judges it. Never the bytes themselves."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, TypeVar

ROWS: Final = 2000
"""Of a chunk: what a worker does at a time, and what is lost and done again if it dies."""

Entry = str | int | tuple[str | int, ...]


@dataclass(frozen=True)
class Chunk:
    """Where some rows stand. Plain values: small, picklable, and JSON.

    Attributes:
        form: how to read it: a key of `reading.READERS`.
        place: the file or folder.
        stamp: of what stood there when the batch was planned: sizes and times of change, or a digest of them.
        entries: one a row; what they are is the reader's affair.
        more: whatever the reader needs besides.
    """

    form: str
    place: str
    stamp: str
    entries: tuple[Entry, ...]
    more: tuple[str | int, ...] = ()

    def __len__(self) -> int:
        return len(self.entries)

    def part(self, start: int, stop: int) -> Chunk:
        return replace(self, entries=self.entries[start:stop])

    def picked(self, numbers: Iterable[int]) -> Chunk:
        return replace(self, entries=tuple(self.entries[number] for number in numbers))

    def as_json(self) -> str:
        """In one line of ASCII; names that are not in UTF-8 survive it."""
        return json.dumps([self.form, self.place, self.stamp, self.entries, self.more], separators=(",", ":"))

    @classmethod
    def of_json(cls, line: str) -> Chunk:
        form, place, stamp, entries, more = json.loads(line)
        return cls(form, place, stamp, tuple(tuple(e) if isinstance(e, list) else e for e in entries), tuple(more))


def shown(name: str) -> str:
    """A file's name as text, whatever its bytes are."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


_One = TypeVar("_One")


def grouped(items: Iterable[_One], size: int = ROWS) -> Iterator[Sequence[_One]]:
    """So many at a time."""
    left = iter(items)
    while group := tuple(islice(left, size)):
        yield group
