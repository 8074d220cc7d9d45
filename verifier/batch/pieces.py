"""What workers have in hand, and what becomes of it when one of them dies.

Any process may be killed from outside at any time, so that one death proves nothing: the rows are begun again, then
taken apart around the one that was at work, and only a row that kills its worker each time it stands alone is given up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from verifier.batch.chunks import Chunk

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
