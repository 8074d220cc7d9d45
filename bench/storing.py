"""How many consents a second the store takes in: `python -m bench.storing`.

On SQLite, on one core, by the clock on the wall: signed DERs of 1.5 KB of text, every one another, with their verdicts
given, since judging is measured apart. Every row is on the disk when a part counts as taken in.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.corpus import Population, populate
from bench.rounds import on_one_core
from evidence import Registration
from evidence.lifecycle.intake import take_in_consents
from evidence.store.keyring import Keyring
from evidence.store.opening import create
from evidence.store.store import Store
from verifier import policies, verify_der

WANTED = 2_000
"""Consents a second."""


def registrations(population: Population, count: int) -> list[Registration]:
    return [_registration(population, number) for number in range(count)]


def _registration(population: Population, number: int) -> Registration:
    der = population.consent(number)
    return Registration(
        applied_on=population.at.date(),
        holder_id_type="0",
        holder_id="800101",
        institution_code="9912345678",
        payer_number=f"A-{number:08}",
        bank_code="004",
        account_number=f"{number:014}",
        evidence_kind="2",
        extension="der",
        evidence=der,
        verdict=verify_der(der, trust=population.trust, policy=policies.KFTC, at=population.at),
        line=number + 1,
    )


def measure(taken: Sequence[Registration], folder: Path) -> tuple[float, float]:
    """Seconds on the wall, and of processor time, that one new store takes for all of them."""
    keys = Keyring.generate("bench")
    address = str(folder / "store.db")
    create(address, keys, {"processing": "integrated"})
    store = Store.open(address, keys)
    wall, processor = time.perf_counter(), time.process_time()
    added = sum(len(part.added) for part in take_in_consents(store, taken, lambda: datetime.now(UTC)))
    figures = time.perf_counter() - wall, time.process_time() - processor
    store.close()
    if added != len(taken):
        raise RuntimeError(f"{added} of {len(taken)} were taken in")
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    wanted = argparse.ArgumentParser(prog="python -m bench.storing", description="Consents taken into a store.")
    wanted.add_argument("--consents", type=int, default=10_000)
    wanted.add_argument("--rounds", type=int, default=3)
    options = wanted.parse_args(arguments)
    with on_one_core():
        taken = registrations(populate("p256", 1_000, 16), options.consents)
        print(f"{len(taken):,} consents, evidence of {sum(len(one.evidence) for one in taken) // len(taken):,} bytes")
        for _ in range(options.rounds):
            with tempfile.TemporaryDirectory() as folder:
                wall, processor = measure(taken, Path(folder))
            print(
                f"{len(taken) / wall:8,.0f} a second ({WANTED:,} wanted), "
                f"{processor / len(taken) * 1e6:6.0f} µs of processor time each"
            )


if __name__ == "__main__":
    main()
