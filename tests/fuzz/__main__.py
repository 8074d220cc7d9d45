"""`make fuzz`: every target for its share of FUZZ_SECONDS, one on each core; ends with 1 if any input broke one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.fuzz.pki import FOLDER
from tests.fuzz.targets import TARGETS

WORK: Final = Path(".fuzz")
CRASHES: Final = FOLDER / "crashes"
TURNS: Final = {"message": 6, "crl": 2, "ocsp": 2}
"""How often a target has its turn; once if not said. All turns are of one length."""
LONGEST_INPUT: Final = 12_000
HANGS_AFTER_SECONDS: Final = 30  # a hang; what takes more than a second of the processor's time fails by itself
_SLOWEST: Final = re.compile(r"slowest: ([0-9.]+) s")
_DONE: Final = re.compile(r"#(\d+)\s+DONE\s+cov: (\d+) ft: (\d+) corp: (\d+)/")


@dataclass(frozen=True)
class Turn:
    target: str
    number: int


@dataclass(frozen=True)
class Result:
    """`log` is what libFuzzer wrote."""

    turn: Turn
    code: int
    log: str


def run(turn: Turn, seconds: int) -> Result:
    found = WORK / turn.target
    found.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.fuzz.one", turn.target]
    command += [f"-max_total_time={seconds}", f"-timeout={HANGS_AFTER_SECONDS}", f"-max_len={LONGEST_INPUT}"]
    command += [f"-artifact_prefix={CRASHES / turn.target}/", "-rss_limit_mb=4096", "-print_final_stats=1"]
    command += [str(found), str(FOLDER / "corpus" / turn.target)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    return Result(turn, done.returncode, done.stderr + done.stdout)


def report(result: Result, seconds: int) -> bool:
    done = _DONE.search(result.log)
    if result.code or done is None:
        print("\n".join(result.log.splitlines()[-60:]))
        print(
            f"✘ {result.turn.target}: ended with {result.code}; {CRASHES / result.turn.target} has the input",
            flush=True,
        )
        return False
    runs, coverage, _, corpus = map(int, done.groups())
    slowest = max(map(float, _SLOWEST.findall(result.log)))
    figures = f"{runs} runs, {runs / seconds:.0f}/s, {coverage} branches, {corpus} inputs, slowest {slowest} s"
    print(f"✔ {result.turn.target}: {figures}", flush=True)
    return True


def main() -> int:
    if find_spec("atheris") is None:
        sys.exit("atheris is needed, which there is for Linux on x86-64 only")
    total, cores = int(os.environ.get("FUZZ_SECONDS", "600")), os.cpu_count() or 1
    turns = [Turn(target, number) for target in TARGETS for number in range(1, TURNS.get(target, 1) + 1)]
    turns.sort(key=lambda turn: turn.number)
    seconds = max(1, total * cores // len(turns))
    for target in TARGETS:
        (CRASHES / target).mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(cores) as pool:
        good = list(pool.map(lambda turn: report(run(turn, seconds), seconds), turns))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
