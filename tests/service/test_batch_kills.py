"""A batch whose processes are killed again and again: `make kill` in small, and Ctrl+C."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path

import pyarrow.parquet as pq

from service.batch_folder import WorkFolder
from tests.kills import children, command, disturbed, make, require_equal, undisturbed
from tests.service.running import environment


def test_a_batch_that_is_killed_gives_the_report_of_one_that_is_not(tmp_path: Path) -> None:
    make(tmp_path, 12_000, small=True)
    undisturbed(tmp_path)
    outcome = disturbed(tmp_path, 4, random.Random(3))
    assert outcome.kills == 4
    assert outcome.parents >= 1
    require_equal(tmp_path)


def test_a_batch_that_is_interrupted_says_how_to_go_on(tmp_path: Path) -> None:
    make(tmp_path, 12_000, small=True)
    words = command(tmp_path, "r.parquet")
    run = subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, env=environment(), text=True)
    while not WorkFolder(tmp_path / "r.parquet").path.exists() or not WorkFolder(tmp_path / "r.parquet").finished():
        assert run.poll() is None
        time.sleep(0.02)
    workers = children(run.pid)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=30)
    assert (run.returncode, "--resume" in said, "Traceback" in said) == (130, True, False)
    assert workers
    assert not any(Path(f"/proc/{one}").exists() for one in workers)
    assert subprocess.run(words, cwd=tmp_path, env=environment(), check=False, capture_output=True).returncode == 0
    assert pq.read_metadata(tmp_path / "r.parquet").num_rows == 12_000
