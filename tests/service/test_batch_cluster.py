"""batch --scheduler: a real Dask cluster says what one machine says, whatever dies on the way."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from certs import TrustStore
from service.batch_cluster import Cluster, connected
from service.batch_faults import ClusterDiffers, ClusterFails, SchedulerUnreachable
from service.batch_folder import WorkFolder
from service.inputs import now
from tests.service.batches import batch, evidence, folder_of, rows, tar_of
from tests.service.dask import DaskCluster, dask_cluster
from tests.service.desk import Desk
from tests.service.running import DONGUI, called, contents, environment, refused
from verifier.batch.asking import Asked, fingerprint
from verifier.batch.chunks import Chunk
from verifier.batch.cluster import _at_hand, judge_there
from verifier.batch.faults import TrustChanged
from verifier.batch.pieces import DIED, Piece
from verifier.batch.sources import chunks_of
from verifier.batch.tables import Columns

needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="distributed is not installed")

POISON = """
import os, signal
really_open = os.open
def opening(path, *rest, **more):
    if "poison-dies" in str(path):
        os.kill(os.getpid(), signal.SIGKILL)
    return really_open(path, *rest, **more)
os.open = opening
"""
"""What Python runs as the cluster's processes start: some files bring down whoever opens them."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    """Return a scheduler and one worker, with a nanny and two threads, as `dask worker` has them of itself."""
    folder = tmp_path_factory.mktemp("dask")
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(POISON, encoding="ascii")
    with dask_cluster(folder / "cluster", {"PYTHONPATH": str(folder / "site")}) as started:
        started.worker("--nthreads", "2")
        yield started


def on(cluster: DaskCluster, desk: Desk, source: Path, report: Path, *options: object) -> list[dict[str, Any]]:
    words = ("--trust", desk.trust, "--out", report, "--fail-on", "none", "--scheduler", cluster.address)
    ran = called("batch", source, *words, *options)
    assert ran.code == 0, ran.err
    return rows(report)


def here(desk: Desk, source: Path, report: Path, *options: object) -> list[dict[str, Any]]:
    assert batch(desk, source, report, "--fail-on", "none", *options).code == 0
    return rows(report)


@needs_dask
def test_a_cluster_says_what_one_machine_says(cluster: DaskCluster, desk: Desk, tmp_path: Path) -> None:
    at = ("--at", now().isoformat())
    source = folder_of(evidence(desk), tmp_path / "source")
    archive = tar_of(evidence(desk), tmp_path / "a.tar")
    wanted = here(desk, source, tmp_path / "0.parquet", *at)
    assert on(cluster, desk, source, tmp_path / "1.parquet", *at) == wanted
    assert on(cluster, desk, archive, tmp_path / "2.parquet", *at) == here(desk, archive, tmp_path / "3.parquet", *at)
    sampled = on(cluster, desk, source, tmp_path / "4.parquet", *at, "--sample", 3)
    assert sampled == here(desk, source, tmp_path / "5.parquet", *at, "--sample", 3)
    assert "2026/a.der" not in cluster.said()


@needs_dask
def test_rows_that_bring_processes_down_cost_themselves_and_no_worker(
    cluster: DaskCluster, desk: Desk, tmp_path: Path
) -> None:
    sound = (desk / "rsa.der").read_bytes()
    source = folder_of(dict.fromkeys(["a", "poison-dies", "z"], sound), tmp_path / "source")
    found = on(cluster, desk, source, tmp_path / "r.parquet")
    assert [(row["id"], row["codes"]) for row in found] == [
        ("a", []),
        ("poison-dies", [DIED]),
        ("z", []),
    ]
    assert "Restarting worker" not in cluster.said()


@dataclass(frozen=True)
class Judged:
    """A table of forty chunks, time enough to kill something on the way, and what one machine says about it."""

    table: Path
    at: str
    wanted: list[dict[str, Any]]


@pytest.fixture(scope="module")
def judged(_desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Most of its rows are no messages."""
    folder, at = tmp_path_factory.mktemp("judged"), now().isoformat()
    ders = [*evidence(_desk).values(), *(b"\x30\x03\x02\x01%c" % n for n in range(192))]
    table = pa.table({"id": [f"{n:05}" for n in range(8000)], "der": [ders[n % 200] for n in range(8000)]})
    pq.write_table(table, folder / "evidence.parquet", row_group_size=200)
    return Judged(
        folder / "evidence.parquet",
        at,
        here(_desk, folder / "evidence.parquet", folder / "r.parquet", "--at", at),
    )


@needs_dask
def test_a_worker_that_is_killed_costs_time_alone(
    cluster: DaskCluster, desk: Desk, judged: Judged, tmp_path: Path
) -> None:
    report = tmp_path / "r.parquet"
    second = cluster.worker("--nthreads", "1", "--no-nanny")
    cluster.wait_for(3)
    run = started(desk, judged, report, cluster)
    while not (children := engines(second.pid)) or not finished(report):
        assert run.poll() is None, "there was nothing left to disturb"
        time.sleep(0.01)
    second.kill()
    _, said = run.communicate(timeout=60)
    assert (run.returncode, "Traceback" in said) == (0, False)
    assert rows(report) == judged.wanted
    assert not children & engines(None)


@needs_dask
def test_a_scheduler_that_dies_leaves_a_run_that_goes_on(desk: Desk, judged: Judged, tmp_path: Path) -> None:
    report = tmp_path / "r.parquet"
    with dask_cluster(tmp_path / "cluster") as cluster:
        cluster.worker("--nthreads", "1", "--no-nanny")
        run = started(desk, judged, report, cluster)
        while not finished(report):
            assert run.poll() is None, "there was nothing left to disturb"
            time.sleep(0.01)
        cluster.scheduler.kill()
        _, said = run.communicate(timeout=60)
    assert (run.returncode, "Traceback" in said) == (2, False)
    assert said.splitlines()[-2].startswith("error SVC-087: ")
    assert 0 < len(finished(report)) < 40
    assert here(desk, judged.table, report, "--at", judged.at, "--resume") == judged.wanted


def started(desk: Desk, judged: Judged, report: Path, cluster: DaskCluster) -> subprocess.Popen[str]:
    words = ("batch", judged.table, "--trust", desk.trust, "--out", report, "--at", judged.at, "--fail-on", "none")
    every = [str(DONGUI), *map(str, words), "--scheduler", cluster.address]
    return subprocess.Popen(
        every, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def finished(report: Path) -> set[int]:
    work = WorkFolder(report)
    return work.finished() if work.path.exists() else set()


def engines(parent: int | None) -> set[str]:
    """Processes of the local engine: of a parent, or all."""
    found = set()
    for one in Path("/proc").iterdir():
        try:
            status = (one / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
            if b"spawn_main" in (one / "cmdline").read_bytes() and status[0] != "Z":
                found |= {one.name} if parent is None or int(status[1]) == parent else set()
        except OSError:
            continue
    return found


@needs_dask
@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:1", "127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1", "tls://127.0.0.1:1"]
)
def test_a_wrong_address_is_told_and_nothing_begun(
    desk: Desk, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.batch_cluster._ANSWERS_WITHIN", 1)
    source = folder_of({"a": b"x"}, tmp_path / "source")
    before = contents(tmp_path)
    words = ("--trust", desk.trust, "--out", tmp_path / "r.parquet", "--scheduler", address)
    refused(called("batch", source, *words), "SVC-087")
    refused(called("batch", source, *words, lang="ko"), "SVC-087")
    assert contents(tmp_path) == before


@needs_dask
def test_a_client_that_cannot_be_set_up_is_closed_at_once() -> None:
    """Python's garbage collector closed it, once within the lock that closing waits for: everything stood still."""
    threads = set(threading.enumerate())
    with pytest.raises(SchedulerUnreachable), connected("tls://127.0.0.1:1"):
        pass
    assert set(threading.enumerate()) <= threads


@needs_dask
def test_certificates_that_are_not_there_are_told(tmp_path: Path) -> None:
    import dask.config  # noqa: PLC0415 - an extra

    nowhere = {"distributed.comm.tls.ca-file": str(tmp_path / "no.pem")}
    with dask.config.set(nowhere), pytest.raises(SchedulerUnreachable), connected("tls://127.0.0.1:1"):
        pass


@needs_dask
def test_machines_are_asked_for_dongui_before_anything_is_sent(
    cluster: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.batch_cluster.dongui_there", lambda: ("there", "9.9"))
    with pytest.raises(ClusterDiffers), connected(cluster.address):
        pass
    monkeypatch.setattr("service.batch_cluster.dongui_there", lambda: __import__("no_dongui"))
    with pytest.raises(ClusterFails), connected(cluster.address):
        pass


def test_what_has_to_be_installed_is_told(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    source = folder_of({"a": b"x"}, tmp_path / "source")
    words = ("--trust", desk.trust, "--out", tmp_path / "r.parquet", "--scheduler", "tcp://127.0.0.1:1")
    ran = called("batch", source, *words)
    refused(ran, "SVC-086")
    assert "pip install -e '.[cluster]'" in ran.err


def test_processes_of_this_machine_and_a_cluster_are_not_asked_for_together(desk: Desk, tmp_path: Path) -> None:
    words = ("--trust", desk.trust, "--out", tmp_path / "r.parquet", "--scheduler", "tcp://127.0.0.1:1")
    ran = called("batch", desk / "rsa.der", *words, "--workers", 1)
    assert (ran.code, ran.stdout) == (2, b"")
    assert "--workers" in ran.err and "--scheduler" in ran.err


@needs_dask
def test_nothing_listens_here(cluster: DaskCluster) -> None:
    before = listening()
    with connected(cluster.address):
        assert listening() == before


def listening() -> set[str]:
    """Sockets of this process that others can connect to."""
    ours = {str(one.readlink()) for one in Path("/proc/self/fd").iterdir() if one.is_symlink()}
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
    return {line[9] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in ours}


@dataclass
class Future:
    """What Dask gives for a task, here one that has ended."""

    key: str
    outcome: Any
    status: str = "finished"

    def add_done_callback(self, call: Any) -> None:
        call(self)

    def exception(self) -> Any:
        return self.outcome

    def result(self, timeout: float) -> Any:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@dataclass
class Client:
    """A cluster in this process, of which some tasks go wrong."""

    outcomes: Any
    status: str = "running"
    threads: int = 1
    asked: list[str] = field(default_factory=list)

    def nthreads(self) -> dict[str, int]:
        return {"worker": self.threads} if self.threads else {}

    def submit(self, task: Any, piece: Any, *rest: Any, key: str, pure: bool) -> Future:
        names = piece.chunk.entries[piece.start : piece.stop]
        self.asked.append(" ".join(names) + (f" {piece.refused}" if piece.refused else ""))
        wrong = self.outcomes(piece, self.asked)
        return wrong(key) if wrong else Future(key, judge_there(piece, *rest))


@pytest.fixture
def asked(desk: Desk) -> Iterator[Asked]:
    yield Asked(str(desk.trust), fingerprint(desk.trust, TrustStore.open(desk.trust)), "kftc", now())
    for engine in list(_at_hand):
        engine.leave()


@pytest.fixture
def chunk(desk: Desk, tmp_path: Path) -> Chunk:
    source = folder_of(dict.fromkeys("abcdefgh", (desk / "rsa.der").read_bytes()), tmp_path / "source")
    (one,) = list(chunks_of(source, Columns()) or ())
    return one


def told(client: Client, chunk: Chunk, asked: Asked) -> list[tuple[str, str]]:
    ((_, batch_),) = Cluster("tcp://there:1", client).judge_all([(0, chunk)], asked, seconds=60)
    return list(zip(batch_.column("id").to_pylist(), map(" ".join, batch_.column("codes").to_pylist()), strict=True))


def killed(key: str) -> Future:
    import distributed  # noqa: PLC0415 - an extra

    died: Any = distributed.KilledWorker
    return Future(key, died("task", None, 3), "error")


@needs_dask
@pytest.mark.parametrize("even_to_read", [False, True])
def test_a_row_that_kills_the_workers_of_the_cluster_is_found(chunk: Chunk, asked: Asked, even_to_read: bool) -> None:
    """As one does that takes the memory of a whole machine: Dask cannot tell which row it was."""

    def poisonous(piece: Any, _: object) -> Any:
        is_in = "c" in piece.chunk.entries[piece.start : piece.stop]
        return killed if is_in and (even_to_read or not piece.refused) else None

    client = Client(poisonous)
    assert told(client, chunk, asked) == [(name, DIED if name == "c" else "") for name in "abcdefgh"]
    alone = [one for one in client.asked if one.startswith("c") and "d" not in one]
    assert alone == ["c", "c", "c", f"c {DIED}"]
    assert client.asked[0] == "a b c d e f g h"


def test_rows_that_are_missing_are_not_taken_for_all(chunk: Chunk, asked: Asked) -> None:
    def fewer(piece: Piece, _: object) -> Any:
        return lambda key: Future(key, judge_there(replace(piece, stop=3), asked, 60, version("dongui")))

    with pytest.raises(ClusterFails):
        told(Client(fewer), chunk, asked)


@needs_dask
def test_rows_that_are_lost_on_the_way_are_judged_again(chunk: Chunk, asked: Asked) -> None:
    client = Client(lambda _, asked_for: (lambda key: Future(key, TimeoutError())) if len(asked_for) == 1 else None)
    assert told(client, chunk, asked) == [(name, "") for name in "abcdefgh"]
    assert len(client.asked) == 2


@needs_dask
def test_a_cluster_that_does_not_know_dongui_is_told(chunk: Chunk, asked: Asked) -> None:
    client = Client(lambda *_: lambda key: Future(key, ModuleNotFoundError("verifier"), "error"))
    with pytest.raises(ClusterFails):
        told(client, chunk, asked)


def test_a_cluster_without_workers_is_waited_for_and_given_up(
    chunk: Chunk, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Never(Future):
        def add_done_callback(self, call: Any) -> None:
            pass

    for name, seconds in (("_WORKER_WITHIN", 0.2), ("_LOOK_EVERY", 0.05)):
        monkeypatch.setattr(f"service.batch_cluster.{name}", seconds)
    client = Client(lambda *_: lambda key: Never(key, None), threads=0)
    with pytest.raises(ClusterFails):
        told(client, chunk, asked)
    client.threads = 1
    threading.Timer(0.5, setattr, (client, "status", "connecting")).start()
    with pytest.raises(SchedulerUnreachable):
        told(client, chunk, asked)


def test_only_so_much_is_in_flight(chunk: Chunk, asked: Asked) -> None:
    chunks = ((number, chunk.part(0, 0)) for number in range(40))
    taken = []

    class Waiting(Future):
        def add_done_callback(self, call: Any) -> None:
            threading.Timer(0.02, call, (self,)).start()

    def outcome(piece: Any, _: object) -> Any:
        taken.append(piece.number)
        return lambda key: Waiting(key, judge_there(piece, asked, 60, ""))

    judged = Cluster("tcp://there:1", Client(outcome, threads=3)).judge_all(chunks, asked, seconds=60)
    with pytest.raises(ClusterDiffers):
        next(judged)
    assert taken == list(range(6))


def test_what_a_machine_does_not_see_alike_stops_the_run(chunk: Chunk, asked: Asked, tmp_path: Path) -> None:
    def there(**other: Any) -> Client:
        def outcome(piece: Any, _: object) -> Any:
            changed = {"piece": piece, "asked": asked, "seconds": 60, "ours": version("dongui")} | other
            return lambda key: Future(key, judge_there(**changed))

        return Client(outcome)

    elsewhere = folder_of(dict.fromkeys("abcdefgh", b"other"), tmp_path / "elsewhere")
    other = Piece(0, replace(chunk, place=str(elsewhere)), 0, 8)
    nowhere = replace(asked, trust=str(tmp_path / "nowhere"))
    for client, what in (
        (there(piece=other), "source"),
        (there(asked=nowhere), "trust folder"),
        (there(asked=replace(asked, trust_sha256="0")), "trust folder"),
        (there(ours="9.9"), "version of Dongui"),
    ):
        with pytest.raises(ClusterDiffers) as caught:
            told(client, chunk, asked)
        assert f"another {what} than" in caught.value.message("en")
    with pytest.raises(TrustChanged):
        told(Client(lambda *_: None), chunk, replace(asked, trust_sha256="0"))


def test_a_source_that_changes_for_everybody_is_judged_as_it_is(chunk: Chunk, asked: Asked) -> None:
    Path(chunk.place, "c").write_bytes(b"changed")
    Path(chunk.place, "d").unlink()
    found = dict(told(Client(lambda *_: None), chunk, asked))
    assert (found["b"], found["c"], found["d"]) == ("", "CMS-110", "CMS-196")
