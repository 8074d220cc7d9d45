"""One target under atheris: `python -m tests.fuzz.one TARGET [options of libFuzzer] [folders]`."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import atheris

with atheris.instrument_imports(include=["consent", "certs", "evidence", "service", "signer", "verifier"]):
    from tests.fuzz import mutate
    from tests.fuzz.pki import FOLDER
    from tests.fuzz.targets import TARGETS

LONGEST_SECONDS: Final = 1.0

Change = Callable[[bytes, random.Random, Sequence[bytes]], bytes]
_CHANGES: Final[Mapping[str, Change]] = MappingProxyType(
    {
        "message": mutate.message,
        "crl": mutate.issued,
        "ocsp": mutate.ocsp_response,
        "certificate": mutate.issued,
        "keys": mutate.structure,
    }
)


class TooSlow(AssertionError):
    """An input took more than a second of the processor's time."""


def main(name: str, options: list[str]) -> None:
    target = TARGETS[name]
    slowest = 0.0
    target(next((FOLDER / "corpus" / name).iterdir()).read_bytes())  # the first one pays for what is imported late

    def run(data: bytes) -> None:
        nonlocal slowest
        start = time.process_time()
        target(data)
        seconds = time.process_time() - start
        if seconds > slowest:
            slowest = seconds
            print(f"slowest: {seconds:.3f} s", flush=True)
        if seconds > LONGEST_SECONDS:
            raise TooSlow(f"{seconds:.1f} s")

    change = _CHANGES.get(name)
    mutator = {} if change is None else {"custom_mutator": _mutator(change, _pool(name))}
    atheris.Setup([sys.argv[0], *options], run, **mutator)
    atheris.Fuzz()


def _pool(name: str) -> list[bytes]:
    """The kept inputs that have elements to be taken."""
    kept = (file.read_bytes() for file in sorted((FOLDER / "corpus" / name).iterdir()))
    return [data for data in kept if mutate.elements_of(data)]


def _mutator(change: Change, pool: Sequence[bytes]) -> Callable[[bytes, int, int], bytes]:
    def mutated(data: bytes, max_size: int, seed: int) -> bytes:
        rng = random.Random(seed)
        made = atheris.Mutate(data, max_size) if rng.random() < 0.1 else change(data, rng, pool)
        return made[:max_size]

    return mutated


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
