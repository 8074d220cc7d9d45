"""What writing and reading an FB0110 costs beside copying the same bytes, by the clock on the wall.

    python -m bench.records COUNT ROUNDS FOLDER CORE...

A process of its own, so that the most memory it ever held says something, and on all cores, because the digest of what
is written is taken on another. Each record has 4 KB of evidence. What is written is there before the clock starts, 1000
different records that come round and round; what is read has another payer in each record. Every file is new, and none
is synced to the disk.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Final
from unittest.mock import patch

from bench.rounds import interleaved
from evidence import LAYOUTS, Written, check, read_file, write_file

EVIDENCE_BYTES: Final = 4096
DIFFERENT: Final = 1000
_KILO: Final = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there
_HEADER: Final = {"van_code": "VKN", "institution_code": "9912345678", "process_date": "20261130", "bank_code": ""}
_BANKS: Final = ("004", "011", "020", "081", "088")


@dataclass(frozen=True)
class Records:
    """Microseconds a record, one for each round; `peak_bytes` is the most memory that the process ever held."""

    times: Mapping[str, list[float]]
    peak_bytes: float


def measure(count: int, rounds: int, folder: Path, usable: list[int]) -> Records:
    command = [sys.executable, "-m", "bench.records", str(count), str(rounds), str(folder), *map(str, usable)]
    said = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return Records(said["times"], said["peak_bytes"])


def main(count: int, rounds: int, folder: Path) -> None:
    base = list(_records())
    file, source, copy = folder / "FB0110", folder / "source", folder / "copy"

    def write(known: int | None) -> Written:
        with file.open("wb") as out:
            return write_file(out, LAYOUTS["FB0110"], _HEADER, islice(cycle(base), count), count=known)

    def write_undigested() -> Written:
        with patch.object(hashlib, "sha256", _NoDigest):
            return write(count)

    def read() -> None:
        with source.open("rb") as stream:
            assert sum(1 for _ in read_file(stream)) == count + 2

    def foretell() -> None:
        with source.open("rb") as stream:
            assert check(stream).sound

    def copied() -> None:
        with source.open("rb") as one, copy.open("wb") as other:
            shutil.copyfileobj(one, other)

    with source.open("wb") as out:
        records = (
            (values | {"payer_number": f"B-{n}"}, der) for n, (values, der) in enumerate(islice(cycle(base), count))
        )
        write_file(out, LAYOUTS["FB0110"], _HEADER, records)
    actions: dict[str, tuple[Callable[[], object], Path | None]] = {
        "copy": (copied, copy),
        "write": (lambda: write(count), file),
        "write-undigested": (write_undigested, file),
        "write-uncounted": (lambda: write(None), file),
        "read": (read, None),
        "check": (foretell, None),
    }
    times = interleaved({name: _timed(action, made, count) for name, (action, made) in actions.items()}, rounds)
    print(json.dumps({"times": times, "peak_bytes": _peak_bytes()}))


def _peak_bytes() -> int:
    """Of this program alone: what getrusage says includes the process that started it, where /proc knows better."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILO


class _NoDigest:
    """Takes no time: what the digest costs is the difference."""

    def update(self, _: bytes) -> None:
        """Nothing."""

    def digest(self) -> bytes:
        return b""


def _timed(action: Callable[[], object], made: Path | None, count: int) -> Callable[[], float]:
    """Microseconds a record; the file that it makes is not there before."""

    def run() -> float:
        if made is not None:
            made.unlink(missing_ok=True)
        start = time.perf_counter()
        action()
        return (time.perf_counter() - start) * 1e6 / count

    return run


def _records() -> Iterator[tuple[dict[str, str], bytes]]:
    for number in range(DIFFERENT):
        values = {
            "trace_number": "",
            "applied_on": f"202611{number % 28 + 1:02}",
            "holder_id_type": "0",
            "holder_id": f"{number % 100:02}0{number % 9 + 1}0{number % 9 + 1}",
            "institution_code": "9912345678",
            "payer_number": f"A-{number:010}",
            "bank_code": _BANKS[number % len(_BANKS)],
            "account_number": f"110{number:011}",
            "evidence_type": "2",
            "extension": "der",
            "evidence_size": str(EVIDENCE_BYTES),
            "cancellation": "N",
        }
        yield values, os.urandom(EVIDENCE_BYTES)


if __name__ == "__main__":
    if len(sys.argv) > 4 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, [int(core) for core in sys.argv[4:]])
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
