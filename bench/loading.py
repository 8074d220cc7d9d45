"""What opening things costs, whether a consent costs the same among many, and how much memory judging takes."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from bench.corpus import Population
from bench.extent import Extent
from bench.rounds import each, interleaved
from bench.worker import Work, started
from certs.keys import load_certificates, load_pkcs12, load_private_key

BATCH: Final = 1000


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

    A larger size is judged in parts, and the smallest by a new worker before each part, so that both had the same
    machine. Each worker has judged one consent of each payer before.
    """
    known = [population.consent(number) for number in range(len(population.payers))]
    smallest, *larger = extent.sizes
    few = [population.consent(number) for number in range(smallest)]

    def judge_few() -> Work:
        with started(trust, population.at) as worker:
            worker.judge(known)
            return worker.judge(few)

    measured: dict[int, dict[str, float]] = {}
    alone: list[Work] = []
    for size in larger:
        pairs: list[tuple[float, float]] = []
        with started(trust, population.at) as worker:
            worker.judge(known)
            for part in _split(range(size), -(-size // extent.parts)):
                alone.append(judge_few())
                work = [worker.judge(population.consent(number) for number in batch) for batch in _split(part, BATCH)]
                pairs.append((sum(one.cpu for one in work) / len(part), alone[-1].cpu / smallest))
        measured[size] = {
            "microseconds": statistics.fmean(one for one, _ in pairs),
            "of_smallest": statistics.median(one / few_each for one, few_each in pairs),
            "peak_bytes": work[-1].peak_bytes,
        }
    first = {
        "microseconds": statistics.median(one.cpu / smallest for one in alone),
        "of_smallest": 1.0,
        "peak_bytes": max(one.peak_bytes for one in alone),
    }
    return {smallest: first, **measured}


def _split(numbers: range, step: int) -> list[range]:
    return [numbers[start : start + step] for start in range(0, len(numbers), step)]
