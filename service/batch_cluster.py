"""A batch on a Dask cluster: references go to its workers, rows come back. A client only: nothing listens here."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Final
from uuid import uuid4

import pyarrow as pa

from certs import TrustStore
from service.batch_faults import ClusterDiffers, ClusterFails, ClusterMissing, SchedulerUnreachable
from verifier.batch.asking import Asked, fingerprint
from verifier.batch.chunks import Chunk
from verifier.batch.cluster import Answer, dongui_there, judge_there
from verifier.batch.columns import VERDICTS
from verifier.batch.faults import TrustChanged
from verifier.batch.pieces import DIED, Done, Piece, Pieces, after_death
from verifier.batch.sources import stamp_now

_ADDRESS: Final = re.compile(r"(tcp|tls)://[^/\s]+:[0-9]{1,5}")
_ANSWERS_WITHIN: Final = 10
"""Seconds for the scheduler, and for rows that are finished to come over."""
_WORKER_WITHIN: Final = 60.0
"""Seconds without any worker until the run is given up."""
_LOOK_EVERY: Final = 1.0
_AHEAD: Final = 2
"""Pieces in flight for each thread of the cluster: one is judged, one waits beside it."""
_FEWEST: Final = 4
_SPEAKERS: Final = ("distributed", "distributed.client", "tornado.application", "asyncio")


@dataclass(frozen=True)
class Cluster:
    """A cluster that answers."""

    address: str
    client: Any

    def judge_all(
        self, chunks: Iterable[tuple[int, Chunk]], asked: Asked, *, seconds: int
    ) -> Generator[Done, None, None]:
        """Judge chunks; as `verifier.batch.workers.judge_all`, with the cluster's workers.

        Raises:
            SchedulerUnreachable: the scheduler is gone.
            ClusterDiffers: a worker has another Dongui, or sees another source or trust folder.
            ClusterFails: there are no workers, or none that has Dongui.
            TrustChanged: the trust folder is no longer what it was, for everybody.
        """
        return _Run(self, chunks, asked, seconds).run()


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """Talk to the scheduler until the block ends.

    For `tls://` the certificates are those of Dask's own configuration (`distributed.comm.tls`).

    Raises:
        ClusterMissing: Dask is not installed.
        SchedulerUnreachable: nobody answers there.
        ClusterFails, ClusterDiffers: Dongui is not there, or another.
    """
    if not _ADDRESS.fullmatch(address):
        raise SchedulerUnreachable(address)
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and a second's loading
    except ImportError:
        raise ClusterMissing from None
    for name in _SPEAKERS:  # they tell what codes tell, with tracebacks
        logging.getLogger(name).setLevel(logging.CRITICAL)
    client: Any = Client.__new__(Client)
    try:
        with warnings.catch_warnings(action="ignore"):
            client.__init__(address, timeout=_ANSWERS_WITHIN, set_as_default=False)
    except Exception:  # noqa: BLE001 - from OSError to AssertionError, as the case may be
        # Not left to the garbage collector, which closes it anywhere, be it under the lock that closing waits for.
        with suppress(Exception):
            client.close(timeout=_ANSWERS_WITHIN)
        raise SchedulerUnreachable(address) from None
    try:
        _require_dongui(client, address)
        yield Cluster(address, client)
    finally:
        client.close(timeout=_ANSWERS_WITHIN)


def _require_dongui(client: Any, address: str) -> None:  # noqa: ANN401 - of Dask
    """Ask before any reference is sent: where Dongui cannot be loaded, Dask writes what came into its log."""
    try:
        there = [client.run_on_scheduler(dongui_there), *client.run(dongui_there).values()]
    except Exception:  # noqa: BLE001 - whatever loading it raised
        raise ClusterFails(address) from None
    for machine, theirs in there:
        if theirs != version("dongui"):
            raise ClusterDiffers(machine, "version", theirs)


class _Run:
    def __init__(self, cluster: Cluster, chunks: Iterable[tuple[int, Chunk]], asked: Asked, seconds: int) -> None:
        self.cluster, self.asked, self.seconds = cluster, asked, seconds
        self.version = version("dongui")
        self.pieces = Pieces(chunks)
        self.in_flight: dict[str, tuple[Piece, Any]] = {}  # Dask drops what nobody holds the future of
        self.ended: SimpleQueue[Any] = SimpleQueue()
        self.threads = 0
        self.looked_at = self.worked_at = monotonic()

    def run(self) -> Generator[Done, None, None]:
        while self._hand_out():
            try:
                future = self.ended.get(timeout=_LOOK_EVERY)
            except Empty:
                continue
            piece, _ = self.in_flight.pop(future.key)
            yield from self._ended(piece, future)

    def _hand_out(self) -> bool:
        """Keep the cluster busy; whether anything is in flight."""
        self._look()
        while len(self.in_flight) < max(_FEWEST, _AHEAD * self.threads) and (piece := self.pieces.next()) is not None:
            key = f"dongui-{uuid4()}"
            with self._talking():
                future = self.cluster.client.submit(
                    judge_there, piece, self.asked, self.seconds, self.version, key=key, pure=False
                )
            self.in_flight[key] = piece, future
            future.add_done_callback(self.ended.put)
        return bool(self.in_flight)

    def _look(self) -> None:
        """Learn how many threads the cluster has: workers come and go."""
        if self.cluster.client.status != "running":
            raise SchedulerUnreachable(self.cluster.address)
        now = monotonic()
        if self.threads and now - self.looked_at < _LOOK_EVERY:
            return
        self.looked_at = now
        with self._talking():
            self.threads = sum(self.cluster.client.nthreads().values())
        if self.threads:
            self.worked_at = now
        elif now - self.worked_at > _WORKER_WITHIN:
            raise ClusterFails(self.cluster.address)

    @contextmanager
    def _talking(self) -> Iterator[None]:
        try:
            yield
        except Exception:  # noqa: BLE001 - whatever Dask raises, there is nobody to talk to
            raise SchedulerUnreachable(self.cluster.address) from None

    def _ended(self, piece: Piece, future: Any) -> Iterator[Done]:  # noqa: ANN401 - of Dask
        if future.status == "error":
            from distributed import KilledWorker  # noqa: PLC0415 - an extra; it is there: this came from it

            if not isinstance(future.exception(), KilledWorker):  # what is there does not know Dongui
                raise ClusterFails(self.cluster.address)
            yield from self._killed(piece)
        elif future.status == "cancelled":
            raise SchedulerUnreachable(self.cluster.address)
        else:
            try:
                answer = future.result(timeout=_ANSWERS_WITHIN)
            except Exception:  # noqa: BLE001 - it died with the rows before they came over
                self.pieces.again.append(piece)
            else:
                yield from self._answered(piece, answer)

    def _killed(self, piece: Piece) -> Iterator[Done]:
        """Several workers died over these rows: Dask has tried again already."""
        if piece.refused is not None:
            yield from self.pieces.given_up(piece)
        else:
            tried = piece if piece.rows == 1 else replace(piece, deaths=1)
            self.pieces.again.extend(after_death(tried, -1, DIED))

    def _answered(self, piece: Piece, answer: Answer) -> Iterator[Done]:
        if answer.error is not None:
            raise answer.error
        if answer.differs is not None:
            self.pieces.again.append(self._seen_alike(piece, answer))
        elif answer.rows is not None:
            result = pa.ipc.read_record_batch(pa.py_buffer(answer.rows), VERDICTS)
            if result.num_rows != piece.rows:
                raise ClusterFails(self.cluster.address)
            yield from self.pieces.finished(piece, result)

    def _seen_alike(self, piece: Piece, answer: Answer) -> Piece:
        """The piece as both sides see it now: a source may change while it is judged, as long as it does for everybody.

        Raises:
            ClusterDiffers: the sides see different things.
            TrustChanged: both see that the trust folder is not what it was.
        """
        if answer.differs == "source" and (stamp := stamp_now(piece.chunk)) == answer.seen:
            return replace(piece, chunk=replace(piece.chunk, stamp=stamp))
        if answer.differs == "trust":
            folder = Path(self.asked.trust)
            if fingerprint(folder, TrustStore.open(folder)) != self.asked.trust_sha256:
                raise TrustChanged(self.asked.trust)
            raise ClusterDiffers(answer.machine, "trust", self.asked.trust)
        place = piece.chunk.place if answer.differs == "source" else answer.seen
        raise ClusterDiffers(answer.machine, answer.differs or "version", place)
