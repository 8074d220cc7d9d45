"""Workers that die or hang: what it costs, and that nothing is left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Final

import pytest

from certs import TrustStore
from certs.demo import DemoPki
from tests.verifier.conftest import JUDGED_AT
from verifier.batch.asking import Asked, fingerprint, judge_chunk
from verifier.batch.chunks import Chunk
from verifier.batch.faults import TrustChanged, WorkersFail
from verifier.batch.pieces import DIED, TOOK_TOO_LONG, Piece, after_death
from verifier.batch.workers import judge_all

POISON: Final = """
import os, signal, time
really_open = os.open
def opening(path, *rest, **more):
    if "poison-dies" in str(path):
        os.kill(os.getpid(), signal.SIGKILL)
    if "poison-hangs" in str(path):
        time.sleep(600)
    if "poison-ends" in str(path):
        raise MemoryError
    return really_open(path, *rest, **more)
os.open = opening
"""
"""What Python runs as it starts a worker: some files bring down whoever opens them."""


@pytest.fixture
def asked(pki: DemoPki, tmp_path: Path) -> Asked:
    folder = tmp_path / "trust"
    trust = pki.trust()
    for name in ("anchors", "intermediates", "crls"):
        (folder / name).mkdir(parents=True)
        for number, item in enumerate(getattr(trust, name)):
            (folder / name / f"{number}.der").write_bytes(item.der)
    return Asked(str(folder), fingerprint(folder, TrustStore.open(folder)), "kftc", JUDGED_AT)


def files(folder: Path, *names: str) -> Chunk:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"x")
    return Chunk("files", str(folder), "", names)


def told(chunks: list[Chunk], asked: Asked, seconds: int = 60, workers: int = 1) -> dict[int, list[tuple[str, str]]]:
    """Of each chunk the ids and the codes."""
    with closing(judge_all(enumerate(chunks), asked, workers=workers, seconds=seconds)) as judged:
        return {
            number: list(
                zip(batch.column("id").to_pylist(), map(" ".join, batch.column("codes").to_pylist()), strict=True)
            )
            for number, batch in judged
        }


@pytest.fixture
def poisonous(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resource_tracker.ensure_running()  # a process of Python's own, which would not start either
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(POISON, encoding="ascii")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))


@pytest.mark.usefixtures("poisonous")
def test_inputs_that_bring_a_process_down_cost_their_own_rows(asked: Asked, tmp_path: Path) -> None:
    names = ("a", "b", "poison-dies", "c", "poison-ends", "d")
    codes = {
        n: dict(rows) for n, rows in told([files(tmp_path / "1", *names), files(tmp_path / "2", "e")], asked).items()
    }
    assert list(codes[0]) == list(names)
    assert {name for name, code in codes[0].items() if code == DIED} == {"poison-dies", "poison-ends"}
    assert "CMS-110" in codes[0]["d"] and "CMS-110" in codes[1]["e"]


@pytest.mark.usefixtures("poisonous")
def test_an_input_that_never_ends_costs_its_own_row(asked: Asked, tmp_path: Path) -> None:
    ((_, rows),) = told([files(tmp_path / "one", "a", "poison-hangs", "b")], asked, seconds=5).items()
    assert [name for name, code in rows if code == TOOK_TOO_LONG] == ["poison-hangs"]
    assert [name for name, code in rows if "CMS-110" in code] == ["a", "b"]


def test_several_workers_say_what_one_says_at_once(asked: Asked, tmp_path: Path) -> None:
    chunks = [files(tmp_path / str(n), *(f"{n}-{m}" for m in range(20))) for n in range(9)]
    here = {
        number: list(zip(batch.column("id").to_pylist(), map(" ".join, batch.column("codes").to_pylist()), strict=True))
        for number, batch in enumerate(judge_chunk(chunk, asked) for chunk in chunks)
    }
    assert told(chunks, asked, workers=3) == here


def test_a_trust_folder_that_changes_stops_the_run(asked: Asked, tmp_path: Path) -> None:
    (Path(asked.trust) / "trust.toml").write_text("kinds = [2]\n", encoding="ascii")
    with pytest.raises(TrustChanged):
        told([files(tmp_path / "one", "a")], asked)


def test_workers_that_cannot_start_end_the_run(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    resource_tracker.ensure_running()  # a process of Python's own, which would not start either
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text("import os; os._exit(1)", encoding="ascii")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    with pytest.raises(WorkersFail):
        told([files(tmp_path / "one", "a")], asked)
    capfd.readouterr()


RUN: Final = """
import sys, time
from datetime import datetime
from verifier.batch.asking import Asked
from verifier.batch.chunks import Chunk
from verifier.batch.workers import judge_all
if __name__ == "__main__":
    asked = Asked(sys.argv[1], sys.argv[2], "kftc", datetime.fromisoformat(sys.argv[3]))
    chunk = Chunk("files", sys.argv[4], "", ("poison-hangs",))
    for _ in judge_all([(0, chunk), (1, chunk)], asked, workers=2, seconds=600):
        pass
"""


@pytest.mark.usefixtures("poisonous")
def test_workers_end_when_their_parent_is_killed(asked: Asked, tmp_path: Path) -> None:
    """Even those that hang."""
    files(tmp_path / "one", "poison-hangs")
    (tmp_path / "run.py").write_text(RUN, encoding="ascii")
    words = [str(tmp_path / "run.py"), asked.trust, asked.trust_sha256, JUDGED_AT.isoformat(), str(tmp_path / "one")]
    environment = os.environ | {"PYTHONPATH": f"{tmp_path / 'site'}:{Path(__file__).parents[2]}"}
    parent = subprocess.Popen([sys.executable, *words], env=environment)
    try:
        assert within(30, lambda: len(workers(str(tmp_path))) == 2)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert within(10, lambda: not workers(str(tmp_path)))


def workers(marked: str) -> list[str]:
    """Worker processes whose environment has that path."""
    found = []
    for one in Path("/proc").iterdir():
        try:
            if b"spawn_main" in (one / "cmdline").read_bytes() and marked.encode() in (one / "environ").read_bytes():
                found.append(one.name)
        except OSError:
            continue
    return found


def within(seconds: float, holds: object) -> bool:
    assert callable(holds)
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


CHUNK: Final = Chunk("files", "", "", tuple("abcdefgh"))


def spans(pieces: list[Piece]) -> list[tuple[int, int]]:
    return [(one.start, one.stop) for one in pieces]


def test_a_first_death_proves_nothing() -> None:
    (again,) = after_death(Piece(0, CHUNK, 0, 8), 3, DIED)
    assert (again.start, again.stop, again.deaths, again.refused) == (0, 8, 1, None)


def test_rows_are_taken_apart_around_the_one_at_work() -> None:
    assert spans(after_death(Piece(0, CHUNK, 0, 8, deaths=1), 3, DIED)) == [(0, 3), (3, 4), (4, 8)]
    assert spans(after_death(Piece(0, CHUNK, 2, 8, deaths=1), 0, DIED)) == [(2, 3), (3, 8)]
    assert spans(after_death(Piece(0, CHUNK, 0, 8), 7, TOOK_TOO_LONG)) == [(0, 7), (7, 8)]


def test_rows_are_halved_where_nobody_knows_which_was_at_work() -> None:
    assert spans(after_death(Piece(0, CHUNK, 1, 8, deaths=1), -1, DIED)) == [(1, 4), (4, 8)]


@pytest.mark.parametrize(("why", "deaths"), [(DIED, 3), (TOOK_TOO_LONG, 2)])
def test_a_row_is_given_up_that_ends_its_worker_each_time_it_stands_alone(why: str, deaths: int) -> None:
    piece = Piece(0, CHUNK, 3, 4)
    for count in range(1, deaths + 1):
        assert piece.refused is None
        (piece,) = after_death(piece, 0, why)
        assert piece.deaths == count
    assert piece.refused == why
