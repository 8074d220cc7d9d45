"""Worker processes: chunks in, verdicts out. A worker that dies or hangs costs the row it did so over, not the run."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from multiprocessing.connection import wait
from typing import Any, Final

import pyarrow as pa

from consent.errors import CodedError
from verifier.batch.asking import Asked
from verifier.batch.chunks import Chunk
from verifier.batch.columns import VERDICTS
from verifier.batch.faults import WorkersFail
from verifier.batch.judging import unjudged, verdicts
from verifier.batch.pieces import DIED, TOOK_TOO_LONG, Piece, after_death
from verifier.batch.reading import identity_of
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


Done = tuple[int, pa.RecordBatch]


class _Pool:
    def __init__(self, chunks: Iterable[tuple[int, Chunk]], asked: Asked, seconds: int) -> None:
        self.chunks = iter(chunks)
        self.asked, self.seconds = asked, seconds
        self.again: deque[Piece] = deque()
        self.finished: dict[int, dict[int, pa.RecordBatch]] = {}
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
            if worker.is_ready and worker.piece is None and (piece := self._next()) is not None:
                worker.give(piece)
        return bool(self.again) or any(worker.piece is not None for worker in self.workers) or self._has_more()

    def _next(self) -> Piece | None:
        if self.again:
            return self.again.popleft()
        following = next(self.chunks, None)
        return None if following is None else Piece(following[0], following[1], 0, len(following[1]))

    def _has_more(self) -> bool:
        following = self._next()
        if following is not None:
            self.again.append(following)
        return following is not None

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
        yield from self._is_finished(piece, result)

    def _is_finished(self, piece: Piece, result: pa.RecordBatch) -> Iterator[Done]:
        parts = self.finished.setdefault(piece.number, {})
        parts[piece.start] = result
        if sum(part.num_rows for part in parts.values()) == len(piece.chunk):
            del self.finished[piece.number]
            in_order = [parts[start] for start in sorted(parts)]
            whole = pa.Table.from_batches(in_order, VERDICTS).combine_chunks().to_batches()
            yield piece.number, whole[0] if whole else verdicts(())

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
            yield from self._is_finished(piece, nameless(piece.chunk, piece.start, piece.refused))
        elif piece is not None:
            self.again.extend(after_death(piece, worker.row, why))


def nameless(chunk: Chunk, row: int, code: str) -> pa.RecordBatch:
    """The row of a chunk that cannot even be read without grief: its place may have to be its name."""
    return verdicts([unjudged(identity_of(chunk, row), code)])
