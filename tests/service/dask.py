"""A real Dask cluster on loopback: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.batch_cluster import connected
from tests.service.running import environment

Process = subprocess.Popen[bytes]


class DaskCluster:
    """Processes of a cluster, whose files are in a folder."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder, self.env = folder, environment(env)
        self.file = folder / "scheduler.json"
        self.processes: list[Process] = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        _wait(lambda: self.file.exists() and bool(self.file.read_text(encoding="utf-8")))
        about: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        self.address = str(about["address"])

    def worker(self, *words: str) -> Process:
        scratch = self.folder / f"worker-{len(self.processes)}"
        scratch.mkdir()
        return self._start("worker", "--local-directory", str(scratch), *words)

    def wait_for(self, threads: int) -> None:
        """Wait until so many threads are there."""
        with connected(self.address) as here:
            _wait(lambda: sum(here.client.nthreads().values()) == threads)

    def _start(self, kind: str, *words: str) -> Process:
        fixed = ("--no-dashboard", "--scheduler-file", str(self.file))
        with (self.folder / f"{kind}-{len(self.processes)}.log").open("wb") as log:
            started = subprocess.Popen(
                [sys.executable, "-m", "dask", kind, *fixed, *words], env=self.env, stdout=log, stderr=log
            )
        self.processes.append(started)
        return started

    def end(self) -> None:
        """The scheduler last: a worker that is told of its end by both may hang."""
        for one in reversed(self.processes):
            one.terminate()
            try:
                one.wait(5)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()

    def said(self) -> str:
        """What all of them logged."""
        return "".join(log.read_text(encoding="utf-8") for log in self.folder.glob("*.log"))


@contextmanager
def dask_cluster(folder: Path, env: dict[str, str] | None = None) -> Iterator[DaskCluster]:
    folder.mkdir(parents=True)
    cluster = DaskCluster(folder, env or {})
    try:
        yield cluster
    finally:
        cluster.end()


def _wait(holds: Any) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)
