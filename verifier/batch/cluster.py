"""What a machine of a cluster does with rows that it is handed: judge them by the local engine, if it sees the same.

Beside the cluster's own process, one of the local engine is at work for each piece that is judged at a time. Rows that
bring a process down, or keep it busy for ever, are found out by that engine, as they are on one machine, and cost the
cluster's processes nothing. Nothing here knows what kind of cluster it is.
"""

from __future__ import annotations

import multiprocessing
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from queue import SimpleQueue
from threading import Lock, Timer
from typing import Final, Literal

import pyarrow as pa

from certs.errors import CertsRefusal
from consent.errors import CodedError
from verifier.batch.asking import Asked, refuse_row
from verifier.batch.chunks import Chunk
from verifier.batch.faults import TrustChanged
from verifier.batch.pieces import Piece
from verifier.batch.sources import stamp_now
from verifier.batch.workers import judge_all

Differs = Literal["version", "source", "trust"]

_STAYS: Final = 30.0
"""Seconds that a process stays, with its trust folder open, without anything to do."""


@dataclass(frozen=True)
class Answer:
    """What became of a piece.

    Attributes:
        machine: that had it.
        rows: of `columns.VERDICTS`, as an Arrow IPC message; None where there are none.
        differs: what that machine does not see as whoever asked does.
        seen: the version or the stamp that is there instead.
        error: why it cannot judge.
    """

    machine: str
    rows: bytes | None = None
    differs: Differs | None = None
    seen: str = ""
    error: CodedError | None = None


def dongui_there() -> tuple[str, str]:
    """The machine where this runs, and the version of Dongui there."""
    return platform.node(), version("dongui")


def judge_there(piece: Piece, asked: Asked, seconds: int, ours: str) -> Answer:
    """Judge a piece where this runs.

    Args:
        piece: its chunk's stamp says what has to stand there.
        asked: what to judge by.
        seconds: that a row may take.
        ours: the version of Dongui that the others have.

    Raises: nothing that tells of the rows: a cluster writes into its log what was asked when that went wrong.
    """
    machine, theirs = dongui_there()
    if theirs != ours:
        return Answer(machine, differs="version", seen=theirs)
    if (stamp := stamp_now(piece.chunk)) != piece.chunk.stamp:
        return Answer(machine, differs="source", seen=stamp)
    try:
        rows = _judged(piece.chunk.part(piece.start, piece.stop), asked, seconds, piece.refused)
    except (TrustChanged, CertsRefusal):
        return Answer(machine, differs="trust")
    except CodedError as error:
        return Answer(machine, error=error)
    return Answer(machine, rows=rows.serialize().to_pybytes())


def _judged(chunk: Chunk, asked: Asked, seconds: int, refused: str | None) -> pa.RecordBatch:
    if refused is not None:
        with _reading:
            return refuse_row(chunk, asked, refused)
    with _engine(asked, seconds) as engine:
        return engine.judge(chunk)


_reading: Final = Lock()
"""Readers keep a file open where they left it: one at a time in a process."""


class _Engine:
    """The local engine with one process, which stays for one piece after the other."""

    def __init__(self, asked: Asked, seconds: int) -> None:
        # Some clusters start their processes as daemons, which may have no children, as nobody would end these; ours
        # end by themselves when their parent does.
        multiprocessing.current_process().daemon = False
        self.asked, self.seconds = asked, seconds
        self.waiting: SimpleQueue[tuple[int, Chunk]] = SimpleQueue()
        self.judged = judge_all(iter(self.waiting.get, None), asked, workers=1, seconds=seconds)
        self.leaving: Timer | None = None

    def judge(self, chunk: Chunk) -> pa.RecordBatch:
        self.waiting.put((0, chunk))
        _, rows = next(self.judged)
        return rows

    def stay(self) -> None:
        """Be at hand for a while."""
        self.leaving = Timer(_STAYS, self.leave)
        self.leaving.daemon = True
        self.leaving.start()
        with _taking:
            _at_hand.append(self)

    def leave(self) -> None:
        with _taking:
            if self not in _at_hand:
                return
            _at_hand.remove(self)
        self.judged.close()


_at_hand: Final[list[_Engine]] = []
_taking: Final = Lock()


@contextmanager
def _engine(asked: Asked, seconds: int) -> Iterator[_Engine]:
    """One that nobody else uses until the block ends; it ends too if that does with an error."""
    with _taking:
        fitting = [one for one in _at_hand if (one.asked, one.seconds) == (asked, seconds)]
        for one in fitting[:1]:
            _at_hand.remove(one)
    engine = fitting[0] if fitting else _Engine(asked, seconds)
    if engine.leaving is not None:
        engine.leaving.cancel()
    try:
        yield engine
    except BaseException:
        engine.judged.close()
        raise
    engine.stay()
