"""What judging a consent costs, against what it costs in C and what others take for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from bench.compiled import Compiled, write_parts
from bench.corpus import Population
from bench.extent import Extent
from bench.peers import openssl_runner, pyhanko_runner
from bench.rounds import interleaved
from bench.worker import Worker, require_passed, started
from certs import TrustStore


def measure(population: Population, extent: Extent, compiled: Compiled | None, folder: Path) -> dict[str, list[float]]:
    """Microseconds a consent of everybody that judges, on one core and in processor time.

    `dongui` and `cms-crl` ask the lists; `floor` is the two signatures alone; the others ask nothing about revocation.
    """
    ders = [population.consent(number) for number in range(extent.consents)]
    write_parts(population, ders, folder)
    runners: dict[str, Callable[[], float]] = {
        "dongui": _judging(ders, population.trust, population.at),
        "dongui-no-crl": _judging(ders, population.trust_without_lists, population.at),
        "pyhanko": pyhanko_runner(population, ders[: extent.slow_consents]),
    }
    if compiled is not None:
        runners["floor"] = compiled.runner(folder, "floor", len(ders))
        runners["cms"] = compiled.runner(folder, "cms", len(ders))
        runners["cms-crl"] = compiled.runner(folder, "cms-crl", extent.slow_consents)
    openssl = openssl_runner(population, folder, extent.slow_consents)
    if openssl is not None:
        runners["openssl"] = openssl
    return interleaved(runners, extent.rounds)


def _judging(ders: list[bytes], trust: TrustStore, at: datetime) -> Callable[[], float]:
    def run() -> float:
        start = time.process_time()
        for der in ders:
            require_passed(der, trust, at)
        return (time.process_time() - start) * 1e6 / len(ders)

    return run


def measure_cores(population: Population, extent: Extent, trust: Path, usable: list[int]) -> dict[str, list[float]]:
    """Microseconds a consent by the clock on the wall: of one worker, and of one on each core with as much to do."""
    ders = [population.consent(number) for number in range(extent.consents)]
    with ExitStack() as stack:
        workers = [stack.enter_context(started(trust, population.at, core)) for core in usable]
        for worker in workers:
            worker.judge(ders)  # so that all remember what there is to remember
        runners = {"one": lambda: _by_the_clock(workers[:1], ders), "all": lambda: _by_the_clock(workers, ders)}
        return interleaved(runners, extent.rounds)


def _by_the_clock(workers: list[Worker], ders: list[bytes]) -> float:
    for worker in workers:
        worker.send(ders)
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.result()
    return (time.perf_counter() - start) * 1e6 / (len(ders) * len(workers))
