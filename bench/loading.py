"""What opening things costs, whether a consent costs the same among many, and how much memory judging takes."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from bench.corpus import Population
from bench.extent import Extent
from bench.rounds import each, interleaved
from bench.worker import Worker, started
from certs.keys import load_certificates, load_pkcs12, load_private_key

BATCH: Final = 1000
PIECES: Final = 10


def measure_files(population: Population, extent: Extent) -> dict[str, list[float]]:
    """Microseconds for a certificate, a private key and a PKCS#12 file."""
    pair = population.payer(0)
    certificate = pair.certificate.public_bytes(Encoding.DER)
    key = pair.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    both = pkcs12.serialize_key_and_certificates(b"payer", pair.private_key, pair.certificate, None, NoEncryption())
    runners = {
        "certificate": each(lambda: load_certificates(certificate), extent.signatures),
        "key": each(lambda: load_private_key(key, None), 3),
        "pkcs12": each(lambda: load_pkcs12(both, None), 3),
    }
    return interleaved(runners, extent.rounds)


def measure_opening(population: Population, trust: Path) -> dict[str, float]:
    """Microseconds of processor time: a folder opened as new, and again by another process; first verdicts.

    Indexes that the first leaves in the folder are there for the second. `peak_bytes` is the most memory of either.
    """
    consent = population.consent(0)
    found: dict[str, float] = {"peak_bytes": 0}
    for name in ("new", "again"):
        with started(trust, population.at) as worker:
            verdict = worker.judge([consent])
            found |= {f"open-{name}": worker.opening.cpu, f"first-verdict-{name}": verdict.cpu}
            found["peak_bytes"] = max(found["peak_bytes"], verdict.peak_bytes)
    return found


def measure_sizes(population: Population, extent: Extent, trust: Path) -> dict[int, dict[str, float]]:
    """For each size: microseconds a consent, how that relates to the smallest size, and the worker's peak memory.

    A larger size is judged in parts. At the beginning of each, a new worker judges the smallest size in turn with it,
    piece by piece, so that both had the same machine. Each worker has judged one consent of each payer before.
    """
    smallest, *larger = extent.sizes
    measured: dict[int, dict[str, float]] = {}
    fresh_ones: list[_Judged] = []
    for size in larger:
        ratios: list[float] = []
        with _seasoned(population, trust) as among_many:
            for part in _split(range(size), -(-size // extent.parts)):
                with _seasoned(population, trust) as fresh:
                    for piece in _split(part[:smallest], -(-smallest // PIECES)):
                        few_each = fresh.microseconds(piece)
                        ratios.append(among_many.microseconds(piece) / few_each)
                for batch in _split(part[smallest:], BATCH):
                    among_many.microseconds(batch)
                fresh_ones.append(fresh)
        measured[size] = _figures(among_many.cost, statistics.median(ratios), among_many.peak_bytes)
    cost = statistics.median(one.cost for one in fresh_ones)
    return {smallest: _figures(cost, 1.0, max(one.peak_bytes for one in fresh_ones)), **measured}


def _figures(cost: float, of_smallest: float, peak_bytes: int) -> dict[str, float]:
    return {"microseconds": cost, "of_smallest": of_smallest, "peak_bytes": peak_bytes}


class _Judged:
    """What a worker has done since it began to count."""

    def __init__(self, population: Population, worker: Worker) -> None:
        self._population, self._worker = population, worker
        self._cpu, self._count = 0.0, 0
        self.peak_bytes = 0

    def microseconds(self, numbers: range) -> float:
        """Have the consents of these numbers judged; for each one."""
        work = self._worker.judge(self._population.consent(number) for number in numbers)
        self._cpu += work.cpu
        self._count += work.judged
        self.peak_bytes = work.peak_bytes
        return work.cpu / work.judged

    @property
    def cost(self) -> float:
        return self._cpu / self._count


@contextmanager
def _seasoned(population: Population, trust: Path) -> Iterator[_Judged]:
    with started(trust, population.at) as worker:
        worker.judge(population.consent(number) for number in range(len(population.payers)))
        yield _Judged(population, worker)


def _split(numbers: range, step: int) -> list[range]:
    return [numbers[start : start + step] for start in range(0, len(numbers), step)]
