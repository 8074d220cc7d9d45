"""Measuring several things in turn, so that whatever else the machine does weighs on all of them."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

Times = Mapping[str, Sequence[float]]
"""Microseconds of each thing that was measured, one for each round."""


@contextmanager
def on_one_core() -> Iterator[None]:
    """Keep this process, and those it starts, on one core, where that can be done."""
    usable = cores()
    with suppress(AttributeError, OSError):
        os.sched_setaffinity(0, usable[-1:])
    try:
        yield
    finally:
        with suppress(AttributeError, OSError):
            os.sched_setaffinity(0, usable)


def cores() -> list[int]:
    """Those that this process may use."""
    try:
        return sorted(os.sched_getaffinity(0))
    except AttributeError:
        return list(range(os.cpu_count() or 1))


def interleaved(runners: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """What each runner returns, run in turn, each round beginning with another; a first round does not count."""
    times: dict[str, list[float]] = {name: [] for name in runners}
    names = list(runners)
    for count in range(rounds + 1):
        for name in names:
            taken = runners[name]()
            if count:
                times[name].append(taken)
        names.append(names.pop(0))
    return times


def each(action: Callable[[], object], count: int) -> Callable[[], float]:
    """A runner: microseconds of processor time that one call takes, of so many."""

    def run() -> float:
        start = time.process_time()
        for _ in range(count):
            action()
        return (time.process_time() - start) * 1e6 / count

    return run


def median(times: Times, name: str) -> float | None:
    return statistics.median(times[name]) if times.get(name) else None


def ratio(times: Times, over: str, under: str) -> float | None:
    """The median of the rounds' ratios: within a round both had the same machine. None where one was not measured."""
    if not times.get(over) or not times.get(under):
        return None
    return statistics.median(a / b for a, b in zip(times[over], times[under], strict=True))
