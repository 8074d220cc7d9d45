"""Worker processes: chunks in, verdicts out. A worker that dies or hangs costs the row it did so over, not the run."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from time import monotonic
from typing import Any, Final

import pyarrow as pa

from consent.errors import CodedError
from verifier.batch.asking import Asked, judge_chunk, opened, refuse_row
from verifier.batch.chunks import Chunk
from verifier.batch.columns import VERDICTS
from verifier.batch.faults import WorkersFail
from verifier.batch.pieces import DIED, TOOK_TOO_LONG, Done, Piece, Pieces, after_death, nameless
from verifier.batch.reading import Watcher

_STARTS: Final = 5
"""Deaths in a row before anything was judged until nothing more is tried."""
_LOOK_EVERY: Final = 0.5
_READY: Final = "ready"
_CONTEXT: Final = multiprocessing.get_context("spawn")


def judge_all(
    chunks: Iterable[tuple[int, Chunk]], asked: Asked, *, workers: int, seconds: int
) -> Generator[Done, None, None]:
    """Judge chunks by worker processes; nothing is left running when the iterator is closed.

    Args:
        chunks: with their numbers, taken as workers get to them.
        asked: what to judge by.
        workers: how many processes.
        seconds: that a row may take.

    Yields: each chunk once, as it is finished: its number and as many rows of `columns.VERDICTS`.

    Raises:
        WorkersFail: workers die before they have done anything.
        CodedError: what a worker says about the trust folder.
    """
    pool = _Pool(chunks, asked, seconds)
    try:
        pool.start(workers)
        yield from pool.run()
    finally:
        pool.stop()


class _Pool:
    def __init__(self, chunks: Iterable[tuple[int, Chunk]], asked: Asked, seconds: int) -> None:
        self.pieces = Pieces(chunks)
        self.asked, self.seconds = asked, seconds
        self.workers: list[_Worker] = []
        self.failed_starts = 0

    def start(self, count: int) -> None:
        self.workers = [_Worker(self.asked) for _ in range(count)]

    def stop(self) -> None:
        for worker in self.workers:
            worker.kill()
        for worker in self.workers:
            worker.process.join()

    def run(self) -> Iterator[Done]:
        while self._hand_out():
            sources = {worker.results: worker for worker in self.workers}
            for ready in wait(list(sources), _LOOK_EVERY):
                worker = sources[ready]  # type: ignore[index]
                try:
                    answer = worker.results.recv()
                except (EOFError, OSError):
                    yield from self._replace(worker, DIED)
                else:
                    yield from self._answered(worker, answer)
            for worker in self.workers:
                if worker.is_stuck(self.seconds):
                    yield from self._replace(worker, TOOK_TOO_LONG)

    def _hand_out(self) -> bool:
        """Give every idle worker something to do; whether anything is left that somebody does."""
        for worker in self.workers:
            if worker.is_ready and worker.piece is None and (piece := self.pieces.next()) is not None:
                worker.give(piece)
        return (
            bool(self.pieces.again)
            or any(w.piece is not None or not w.is_ready for w in self.workers)
            or self.pieces.has_more()
        )

    def _answered(self, worker: _Worker, answer: Any) -> Iterator[Done]:  # noqa: ANN401 - whatever a worker says
        if isinstance(answer, CodedError):
            raise answer
        if answer == _READY:
            worker.is_ready, self.failed_starts = True, 0
            return
        piece, worker.piece = worker.piece, None
        if piece is None:
            return
        result = pa.ipc.read_record_batch(pa.py_buffer(answer), VERDICTS)
        yield from self.pieces.finished(piece, result)

    def _replace(self, worker: _Worker, why: str) -> Iterator[Done]:
        worker.kill()
        worker.process.join()
        if not worker.is_ready:
            self.failed_starts += 1
            if self.failed_starts >= _STARTS:
                raise WorkersFail(self.failed_starts)
        self.workers[self.workers.index(worker)] = _Worker(self.asked)
        piece = worker.piece
        if piece is not None and piece.refused is not None:  # not even reading it goes well
            yield from self.pieces.finished(piece, nameless(piece.chunk, piece.start, piece.refused))
        elif piece is not None:
            self.pieces.again.extend(after_death(piece, worker.row, why))


class _Worker:
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
        tasks.send(_READY)
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


_BROKEN: Final = 70


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
