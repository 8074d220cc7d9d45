"""What is left to do of a batch, in pieces, what came of the rest, and what becomes of rows over which workers die.

Any process may be killed from outside at any time, so that one death proves nothing: the rows are begun again, then
taken apart around the one that was at work, and only a row that kills its worker each time it stands alone is given up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import pyarrow as pa

from verifier.batch.chunks import Chunk
from verifier.batch.columns import VERDICTS
from verifier.batch.judging import unjudged, verdicts
from verifier.batch.reading import identity_of

Done = tuple[int, pa.RecordBatch]
"""A chunk that is finished: its number, and as many rows of `columns.VERDICTS`."""

DIED: Final = "CMS-194"
TOOK_TOO_LONG: Final = "CMS-195"

_TRIES: Final = 2
"""Deaths over several rows together until they are taken apart."""
_TRIES_ALONE: Final = {DIED: 3, TOOK_TOO_LONG: 2}
"""Deaths over a row alone until it is given up."""


@dataclass(frozen=True)
class Piece:
    """Rows of a chunk that are judged in one go, and what has happened to them so far.

    Attributes:
        number: of the chunk.
        chunk: the whole of it.
        start: first row.
        stop: the row behind the last.
        deaths: of workers over these rows.
        refused: the code that its one row is to be given up with.
    """

    number: int
    chunk: Chunk
    start: int
    stop: int
    deaths: int = 0
    refused: str | None = None

    @property
    def rows(self) -> int:
        return self.stop - self.start

    def between(self, start: int, stop: int) -> Piece:
        return Piece(self.number, self.chunk, start, stop)


class Pieces:
    """Those of a batch's chunks, each of which is finished when all of its pieces are."""

    def __init__(self, chunks: Iterable[tuple[int, Chunk]]) -> None:
        self.chunks = iter(chunks)
        self.again: deque[Piece] = deque()
        self.parts: dict[int, dict[int, pa.RecordBatch]] = {}

    def next(self) -> Piece | None:
        """What is to be done next: first what has to be done again."""
        if self.again:
            return self.again.popleft()
        following = next(self.chunks, None)
        return None if following is None else Piece(following[0], following[1], 0, len(following[1]))

    def has_more(self) -> bool:
        following = self.next()
        if following is not None:
            self.again.append(following)
        return following is not None

    def finished(self, piece: Piece, result: pa.RecordBatch) -> Iterator[Done]:
        """Take the rows of a piece; its chunk comes out if it was the last of it."""
        parts = self.parts.setdefault(piece.number, {})
        parts[piece.start] = result
        if sum(part.num_rows for part in parts.values()) == len(piece.chunk):
            del self.parts[piece.number]
            in_order = [parts[start] for start in sorted(parts)]
            whole = pa.Table.from_batches(in_order, VERDICTS).combine_chunks().to_batches()
            yield piece.number, whole[0] if whole else verdicts(())

    def given_up(self, piece: Piece) -> Iterator[Done]:
        """Take its one row as one that cannot even be read without grief: its place may have to be its name."""
        row = unjudged(identity_of(piece.chunk, piece.start), str(piece.refused))
        yield from self.finished(piece, verdicts([row]))


def after_death(piece: Piece, row: int, why: str) -> list[Piece]:
    """What to do about the rows that a worker had in hand when it died.

    Args:
        piece: those rows.
        row: the one that was at work, counted from the piece's first; negative where none was.
        why: `DIED` or `TOOK_TOO_LONG`.
    """
    deaths = piece.deaths + 1
    if piece.rows == 1:
        return [replace(piece, deaths=deaths, refused=why if deaths >= _TRIES_ALONE[why] else None)]
    if deaths < _TRIES and why == DIED:
        return [replace(piece, deaths=deaths)]
    middle = piece.start + row
    if not 0 <= row < piece.rows:
        middle = piece.start + piece.rows // 2
        return [piece.between(piece.start, middle), piece.between(middle, piece.stop)]
    alone = replace(piece.between(middle, middle + 1), deaths=1)
    around = [piece.between(piece.start, middle), alone, piece.between(middle + 1, piece.stop)]
    return [one for one in around if one.rows]
