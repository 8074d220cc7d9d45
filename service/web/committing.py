"""Writing to the store for many requests at once: those that wait share one transaction, and one flush to disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Final, TypeVar, cast

from evidence.store.errors import StoreUnavailable
from evidence.store.store import Store, Writing
from service.web.operation.metrics import count_events
from service.web.operation.places import Places
from service.web.turns import Turns

A = TypeVar("A")
T = TypeVar("T")
_AT_ONCE: Final = 64


Together = Callable[[Writing, Sequence[Any]], Sequence[Any]]
"""Writes what several requests want of the same sort, and gives what came of each, in their order."""


@dataclass(eq=False)
class _Job:
    """What one request wants to write, and what came of it."""

    together: Together
    item: Any
    is_done: bool = False
    result: Any = None
    error: Exception | None = None


@dataclass
class Committer:
    """Runs what requests write. Each call returns once what it wrote is durable, or raises and nothing was written.

    Whoever comes while a transaction runs waits for the next; one of them then runs it for all.
    """

    store: Store
    clock: Callable[[], datetime]
    places: Places
    _waiting: deque[_Job] = field(default_factory=deque)
    _leading: Lock = field(default_factory=Lock)
    turns: Turns = field(init=False)

    def __post_init__(self) -> None:
        self.turns = Turns(self.store.engine)

    def run(self, work: Callable[[Writing], T]) -> T:
        """Run `work` in a transaction, perhaps with others. It may run twice: where one of them fails, each runs alone.

        Raises:
            Whatever `work` raises; StoreUnavailable.
        """
        return cast("T", self._run(_Job(one_by_one, work)))

    def run_together(self, together: Callable[[Writing, Sequence[A]], Sequence[T]], item: A) -> T:
        """As `run`, for what costs less when several requests write it at once."""
        return cast("T", self._run(_Job(together, item)))

    def _run(self, job: _Job) -> object:
        self._waiting.append(job)
        try:
            with self.places.left(), self._leading:
                while not job.is_done:
                    with self.places.taken(first=True), self.turns.mine():  # whoever comes meanwhile is written too
                        self._lead(self._take())
        except BaseException:
            with suppress(ValueError):  # nobody else may write what this caller is told has failed
                self._waiting.remove(job)
            raise
        if job.error is not None:
            raise job.error
        return job.result

    def _take(self) -> list[_Job]:
        count = min(len(self._waiting), _AT_ONCE)
        return [self._waiting.popleft() for _ in range(count)]

    def _lead(self, jobs: list[_Job]) -> None:
        """Commit; where this thread is ended on its way, nobody waits for ever for what it had taken."""
        try:
            self._commit(jobs)
        finally:
            for job in jobs:
                if not job.is_done:
                    job.is_done, job.error = True, StoreUnavailable("interrupted", "중단됨")

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            with self.store.writing(self.clock()) as writing:
                results = _written(writing, jobs)
        except Exception as error:  # noqa: BLE001 - each caller hears of its own
            if len(jobs) > 1:
                for job in jobs:
                    self._commit([job])
                return
            jobs[0].is_done, jobs[0].error = True, error
            return
        count_events(writing.log.counted)
        for job, result in results:
            job.is_done, job.result = True, result


def _written(writing: Writing, jobs: list[_Job]) -> list[tuple[_Job, object]]:
    sorts: dict[Together, list[_Job]] = {}
    for job in jobs:
        sorts.setdefault(job.together, []).append(job)
    results: list[tuple[_Job, object]] = []
    for together, some in sorts.items():
        results += zip(some, together(writing, [job.item for job in some]), strict=True)
    return results


def one_by_one(writing: Writing, works: Sequence[Callable[[Writing], T]]) -> list[T]:
    """Write what has nothing in common."""
    return [work(writing) for work in works]
