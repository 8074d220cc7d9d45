"""A process that opens a trust folder and judges what it is sent, as a worker of a batch does.

    python -m bench.worker TRUST_FOLDER AT [CORE]

On standard input come consents, each after its length in four bytes; a length of zero ends a batch. For each batch, and
once for the opening of the folder before, a line of JSON is written.
"""

from __future__ import annotations

import json
import os
import resource
import struct
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from certs import TrustStore
from verifier import Indication, policies, verify_der

_LENGTH: Final = struct.Struct("<I")
_KILO: Final = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there


@dataclass(frozen=True)
class Work:
    """What one batch took; microseconds, and the most memory that the process ever held until then."""

    judged: int
    cpu: float
    wall: float
    peak_bytes: int


class Worker:
    """The other side of it."""

    def __init__(self, trust: Path, at: datetime, core: int | None = None) -> None:
        command = [sys.executable, "-m", "bench.worker", str(trust), at.isoformat()]
        command += [] if core is None else [str(core)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to: IO[bytes] = self._process.stdin
        self._from: IO[bytes] = self._process.stdout
        self.opening = self.result()

    def send(self, ders: Iterable[bytes]) -> None:
        for der in ders:
            self._to.write(_LENGTH.pack(len(der)) + der)
        self._to.flush()

    def start(self) -> None:
        """Have all that was sent judged."""
        self._to.write(_LENGTH.pack(0))
        self._to.flush()

    def result(self) -> Work:
        line = self._from.readline()
        if not line:
            raise SystemExit("a worker ended early")
        return Work(**json.loads(line))

    def judge(self, ders: Iterable[bytes]) -> Work:
        self.send(ders)
        self.start()
        return self.result()

    def close(self) -> None:
        self._to.close()
        self._process.wait()
        self._from.close()


@contextmanager
def started(trust: Path, at: datetime, core: int | None = None) -> Iterator[Worker]:
    worker = Worker(trust, at, core)
    try:
        yield worker
    finally:
        worker.close()


def main(folder: Path, at: datetime) -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    trust = TrustStore.open(folder)
    _say(0, cpu, wall)
    batch: list[bytes] = []
    while header := sys.stdin.buffer.read(_LENGTH.size):
        (length,) = _LENGTH.unpack(header)
        if length:
            batch.append(sys.stdin.buffer.read(length))
            continue
        cpu, wall = time.process_time(), time.perf_counter()
        for der in batch:
            require_passed(der, trust, at)
        _say(len(batch), cpu, wall)
        batch.clear()


def require_passed(der: bytes, trust: TrustStore, at: datetime) -> None:
    """Judge a consent of the corpus; whatever is quick and wrong is no measurement."""
    verdict = verify_der(der, trust=trust, policy=policies.KFTC, at=at)
    if verdict.indication is not Indication.TOTAL_PASSED:
        codes = [one.code for one in verdict.findings if one.effect is not Indication.TOTAL_PASSED]
        raise SystemExit(f"a consent of the corpus is {verdict.indication.name}: {codes}")


def _say(judged: int, cpu: float, wall: float) -> None:
    taken = {"cpu": (time.process_time() - cpu) * 1e6, "wall": (time.perf_counter() - wall) * 1e6}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILO
    print(json.dumps({"judged": judged, **taken, "peak_bytes": peak}), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 3:
        os.sched_setaffinity(0, {int(sys.argv[3])})
    main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
