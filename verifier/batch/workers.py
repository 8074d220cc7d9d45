"""Worker processes: chunks in, verdicts out. A worker that dies or hangs costs the row it did so over, not the run."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from multiprocessing.connection import wait
from typing import Any, Final

import pyarrow as pa

from consent.errors import CodedError
from verifier.batch.asking import Asked
from verifier.batch.chunks import Chunk
from verifier.batch.columns import VERDICTS
from verifier.batch.faults import WorkersFail
from verifier.batch.pieces import DIED, TOOK_TOO_LONG, Done, Pieces, after_death
from verifier.batch.worker import READY, Worker

_STARTS: Final = 5
"""Deaths in a row before anything was judged until nothing more is tried."""
_LOOK_EVERY: Final = 0.5


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
        self.workers: list[Worker] = []
        self.failed_starts = 0

    def start(self, count: int) -> None:
        for _ in range(count):
            self.workers.append(self._started())

    def _started(self) -> Worker:
        try:
            return Worker(self.asked)
        except OSError:  # no room for another process
            raise WorkersFail(self.failed_starts + 1) from None

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
            or any(worker.piece is not None for worker in self.workers)
            or self.pieces.has_more()
        )

    def _answered(self, worker: Worker, answer: Any) -> Iterator[Done]:  # noqa: ANN401 - whatever a worker says
        if isinstance(answer, CodedError):
            raise answer
        if answer == READY:
            worker.is_ready, self.failed_starts = True, 0
            return
        piece, worker.piece = worker.piece, None
        if piece is None:
            return
        result = pa.ipc.read_record_batch(pa.py_buffer(answer), VERDICTS)
        yield from self.pieces.finished(piece, result)

    def _replace(self, worker: Worker, why: str) -> Iterator[Done]:
        worker.kill()
        worker.process.join()
        if not worker.is_ready:
            self.failed_starts += 1
            if self.failed_starts >= _STARTS:
                raise WorkersFail(self.failed_starts)
        self.workers[self.workers.index(worker)] = self._started()
        piece = worker.piece
        if piece is not None and piece.refused is not None:  # not even reading it goes well
            yield from self.pieces.given_up(piece)
        elif piece is not None:
            self.pieces.again.extend(after_death(piece, worker.row, why))
