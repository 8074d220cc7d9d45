"""What a batch has to do: references to all evidence of its source, or to a sample of it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from evidence.batch_source import FbSource, is_fb_file
from service.batch_faults import ColumnsNotUnderstood, NothingToJudge, SourceUnknown
from service.batch_store import StoreSource
from verifier.batch.chunks import Chunk
from verifier.batch.sources import chunks_of, stamp_of
from verifier.batch.tables import Columns


@dataclass(frozen=True)
class Planned:
    """A plan as its manifest has it."""

    sha256: str
    rows: int
    chunks: int
    left_out: int


@dataclass(frozen=True)
class Sample:
    """So many rows, picked by a seed: the same ones each time."""

    size: int
    seed: int


def plan(  # noqa: PLR0913, PLR0917 - what there is, what of it, and where to
    source: Path | StoreSource,
    columns: Columns,
    kinds: frozenset[str],
    apart: tuple[Path, ...],
    sample: Sample | None,
    out: BinaryIO,
) -> Planned:
    """Work out the references and write them, one a line.

    Args:
        source: folder, file or store.
        columns: of a table.
        kinds: evidence kinds that are to be judged of an FB file or a store.
        apart: what is no evidence where it lies in a folder: the report, and what belongs to it.
        sample: None for everything.
        out: where to write them.

    Raises:
        SourceUnreadable, SourceDamaged, SourceUnknown, ArchiveSwells, ColumnMissing.
        NothingToJudge: there is none.
    """
    chunks, left_out = _chunks(source, columns, kinds, apart)
    if sample is not None:
        everything = chunks
        total = sum(len(chunk) for chunk in everything())
        chosen = sorted(random.Random(sample.seed).sample(range(total), min(sample.size, total)))  # noqa: S311 - no secret

        def chunks() -> Iterator[Chunk]:
            return _picked(everything(), chosen)

    seen, rows, count = hashlib.sha256(), 0, 0
    for chunk in chunks():
        line = chunk.as_json().encode() + b"\n"
        seen.update(line)
        rows += len(chunk)
        count += 1
        out.write(line)
    if rows == 0:
        raise NothingToJudge(str(source))
    return Planned(seen.hexdigest(), rows, count, left_out())


def _chunks(
    source: Path | StoreSource, columns: Columns, kinds: frozenset[str], apart: tuple[Path, ...]
) -> tuple[Callable[[], Iterator[Chunk]], Callable[[], int]]:
    """What gives the references each time it is called, and what tells how many records hold none of the evidence."""
    if isinstance(source, StoreSource):
        return partial(source.chunks, kinds), lambda: 0
    found = chunks_of(source, columns, apart)
    if found is None:
        if not is_fb_file(source):
            raise SourceUnknown(str(source))
        file = FbSource(source, stamp_of(source), kinds)
        return file.chunks, lambda: file.left_out
    return lambda: chunks_of(source, columns, apart) or iter(()), lambda: 0


def _picked(chunks: Iterator[Chunk], chosen: list[int]) -> Iterator[Chunk]:
    """Of each chunk the rows whose numbers, over all, are chosen."""
    first, place = 0, 0
    for chunk in chunks:
        numbers = []
        while place < len(chosen) and chosen[place] < first + len(chunk):
            numbers.append(chosen[place] - first)
            place += 1
        if numbers:
            yield chunk.picked(numbers)
        first += len(chunk)


def columns_named(words: str | None) -> Columns:
    """`id=payer,der=evidence`: the caller's names for the columns.

    Raises:
        ColumnsNotUnderstood.
    """
    if words is None:
        return Columns()
    named = dict(part.partition("=")[::2] for part in words.split(","))
    if not set(named) <= {"id", "der", "received_at"} or not all(named.values()):
        raise ColumnsNotUnderstood(words)
    return Columns(**named)
