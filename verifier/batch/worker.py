"""One worker process: as its parent sees it, and what it does."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from time import monotonic
from typing import Any, Final

from consent.errors import CodedError
from verifier.batch.asking import Asked, judge_chunk, opened, refuse_row
from verifier.batch.pieces import Piece
from verifier.batch.reading import Watcher

READY: Final = "ready"
_CONTEXT: Final = multiprocessing.get_context("spawn")  # a fork server would be one more process to be killed
_BROKEN: Final = 70


class Worker:
    """One process as its parent sees it."""

    def __init__(self, asked: Asked) -> None:
        self.beat = _CONTEXT.RawArray("q", [-1, 0])  # the row at work, and a count that goes up while something goes on
        self.results, theirs = _CONTEXT.Pipe()
        self.process: SpawnProcess = _CONTEXT.Process(target=_work, args=(theirs, self.beat, asked), daemon=True)
        self.process.start()
        theirs.close()
        self.is_ready = False
        self.piece: Piece | None = None
        self.seen, self.since = -1, 0.0

    @property
    def row(self) -> int:
        return int(self.beat[0])

    def give(self, piece: Piece) -> None:
        self.beat[0] = -1
        self.piece, self.since = piece, monotonic()
        with contextlib.suppress(OSError):  # it has just died: that is found out when its answer is waited for
            self.results.send((piece.chunk.part(piece.start, piece.stop), piece.refused))

    def is_stuck(self, seconds: int) -> bool:
        if self.piece is None:
            return False
        beat = int(self.beat[1])
        if beat != self.seen:
            self.seen, self.since = beat, monotonic()
        return monotonic() - self.since > seconds

    def kill(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            self.process.kill()
        self.results.close()


def _work(tasks: Connection, beat: Any, asked: Asked) -> None:  # noqa: ANN401 - a ctypes array
    """Judge what comes until nobody is there to say what is next."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and tells us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        opened(asked)
        tasks.send(READY)
        while True:
            chunk, refused = tasks.recv()
            result = refuse_row(chunk, asked, refused) if refused else judge_chunk(chunk, asked, _Beat(beat))
            tasks.send(result.serialize().to_pybytes())
    except CodedError as error:
        tasks.send(error)
    except (EOFError, OSError, KeyboardInterrupt):
        pass
    except BaseException:  # noqa: BLE001 - the parent finds out which row it was
        os._exit(_BROKEN)


class _Beat(Watcher):
    """Tells the parent the row at work, and that something goes on."""

    def __init__(self, shared: Any) -> None:  # noqa: ANN401 - a ctypes array
        self.shared = shared

    def row(self, number: int) -> None:
        self.shared[0] = number
        self.alive()

    def alive(self) -> None:
        self.shared[1] += 1


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(_BROKEN)
