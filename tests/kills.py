"""Kill a batch again and again: does its report come out as if nothing had happened?

    python -m tests.kills [--rows 200000] [--kills 50] [--seed 1]

One batch is judged undisturbed. Then it is judged anew while processes of it, the parent or a worker, are killed
(SIGKILL) at random places of the way, the last times while the report is being written; after a parent's death the same
command goes on with --resume. In the end both reports have to be equal, but for how long each row took; no part that
was finished may ever have been written again; and no worker may outlive its parent by more than a few seconds.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from bench.corpus import PAYERS_EACH, populate

DONGUI: Final = Path(sys.executable).with_name("dongui")
DISTINCT: Final = 240
ORPHANS_MAY_LIVE: Final = 5.0
_GROUP: Final = 20_000


@dataclass
class Outcome:
    """What happened on the way."""

    parents: int = 0
    workers: int = 0
    parts: dict[str, int] = field(default_factory=dict)

    @property
    def kills(self) -> int:
        return self.parents + self.workers


def main() -> None:
    wanted = argparse.ArgumentParser(description="Kill a batch again and again.")
    wanted.add_argument("--rows", type=int, default=200_000)
    wanted.add_argument("--kills", type=int, default=50)
    wanted.add_argument("--seed", type=int, default=1)
    arguments = wanted.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, arguments.rows, small=False)
        start = time.monotonic()
        undisturbed(folder)
        took = time.monotonic() - start
        print(f"undisturbed: {arguments.rows} rows in {took:.1f} s", flush=True)
        start = time.monotonic()
        outcome = disturbed(folder, arguments.kills, random.Random(arguments.seed))
        took = time.monotonic() - start
        require_equal(folder)
        print(f"killed {outcome.parents} parents and {outcome.workers} workers: {took:.1f} s, and the report is equal")


def make(folder: Path, rows: int, *, small: bool) -> None:
    """A trust folder, and a table of consents, of which some are spoilt; with `small` most rows are no messages."""
    population = populate("rsa", 10 if small else 1000, 1 if small else PAYERS_EACH)
    population.write_trust(folder / "trust")
    ders = [population.consent(n) for n in range(8 if small else DISTINCT)]
    ders = [der if n % 7 else der[:-8] + bytes(8) for n, der in enumerate(ders)]
    ders += [b"\x30\x03\x02\x01%c" % n for n in range(200)] if small else []
    schema = pa.schema([("id", pa.string()), ("der", pa.binary())])
    with pq.ParquetWriter(folder / "evidence.parquet", schema) as writer:
        for start in range(0, rows, _GROUP):
            numbers = range(start, min(rows, start + _GROUP))
            columns = {"id": [f"{n:08}" for n in numbers], "der": [ders[n % len(ders)] for n in numbers]}
            writer.write_table(pa.table(columns, schema=schema))
    (folder / "at").write_text(population.at.isoformat(), encoding="ascii")


def command(folder: Path, report: str) -> list[str]:
    at = (folder / "at").read_text(encoding="ascii")
    words = [
        "batch",
        "evidence.parquet",
        "--trust",
        "trust",
        "--at",
        at,
        "--out",
        report,
        "--resume",
        "--fail-on",
        "none",
    ]
    return [str(DONGUI), *words]


def undisturbed(folder: Path) -> None:
    subprocess.run(command(folder, "undisturbed.parquet"), cwd=folder, check=True, capture_output=True)


def disturbed(folder: Path, kills: int, chance: random.Random) -> Outcome:
    """Judge the batch while `kills` processes are killed on the way; both kinds of process get their share."""
    outcome = Outcome()
    while True:
        parent = subprocess.Popen(
            command(folder, "disturbed.parquet"), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            if not _kill_some(parent, folder, kills, chance, outcome):
                return outcome
        finally:
            parent.kill()
            parent.wait()


def _kill_some(
    parent: subprocess.Popen[bytes], folder: Path, kills: int, chance: random.Random, outcome: Outcome
) -> bool:
    """Kill workers until the parent has its turn; False once the run has come to its end."""
    work = folder / "disturbed.parquet.parts"
    chunks = 0
    while (code := parent.poll()) is None:
        time.sleep(0.01)
        chunks = chunks or _lines(work / "plan.jsonl")
        done = _parts(work, outcome)
        writes_report = chunks > 0 and done == chunks
        if outcome.kills >= kills or not (chunks and (writes_report or done / chunks >= outcome.kills / kills)):
            continue
        time.sleep(chance.uniform(0, 0.3))
        workers = children(parent.pid)
        if writes_report or not workers or chance.random() < 1 / 2:
            parent.kill()
            parent.wait()
            outcome.parents += 1
            _require_gone(workers)
            return True
        with suppress(ProcessLookupError):
            os.kill(chance.choice(workers), signal.SIGKILL)
            outcome.workers += 1
    if code == 2 and (folder / "disturbed.parquet").exists():  # killed when all was done but for its end
        return False
    if code != 0:
        raise SystemExit(f"the batch ended with {code}")
    return False


def _lines(file: Path) -> int:
    with suppress(OSError):
        return file.read_bytes().count(b"\n") if (file.parent / "manifest.json").exists() else 0
    return 0


def _parts(work: Path, outcome: Outcome) -> int:
    """How many parts are finished; none may ever be written again."""
    count = 0
    with suppress(OSError):
        for entry in os.scandir(work):
            if entry.name.startswith("part-"):
                count += 1
                first = outcome.parts.setdefault(entry.name, entry.stat().st_mtime_ns)
                if first != entry.stat().st_mtime_ns:
                    raise SystemExit(f"{entry.name} was written twice")
    return count


def children(pid: int) -> list[int]:
    """Worker processes of a batch."""
    with suppress(OSError):
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return [int(one) for one in found if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]
    return []


def _require_gone(workers: list[int]) -> None:
    until = time.monotonic() + ORPHANS_MAY_LIVE
    while alive := [one for one in workers if _is_alive(one)]:
        if time.monotonic() > until:
            raise SystemExit(f"{len(alive)} workers outlive their parent")
        time.sleep(0.02)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def require_equal(folder: Path) -> None:
    undone, done = (
        pq.read_table(folder / f"{name}.parquet").drop_columns(["microseconds"])
        for name in ("undisturbed", "disturbed")
    )
    if not undone.equals(done):
        raise SystemExit("the reports differ")


if __name__ == "__main__":
    main()
