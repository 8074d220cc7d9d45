"""What runs on a cluster's machine: what travels there, and the processes it keeps."""

from __future__ import annotations

import multiprocessing
import pickle
import tarfile
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from certs import TrustStore
from certs.demo import DemoPki
from tests.verifier.conftest import JUDGED_AT
from verifier.batch import cluster
from verifier.batch.asking import Asked, fingerprint
from verifier.batch.chunks import Chunk
from verifier.batch.cluster import Answer, judge_there
from verifier.batch.columns import VERDICTS
from verifier.batch.pieces import Piece
from verifier.batch.sources import chunks_of, stamp_now
from verifier.batch.tables import Columns

VERSION = version("dongui")
EVIDENCE = b"these are the bytes of some evidence"


@pytest.fixture
def asked(pki: DemoPki, tmp_path: Path) -> Iterator[Asked]:
    folder = tmp_path / "trust"
    for name in ("anchors", "intermediates", "crls"):
        (folder / name).mkdir(parents=True)
        for number, item in enumerate(getattr(pki.trust(), name)):
            (folder / name / f"{number}.der").write_bytes(item.der)
    yield Asked(str(folder), fingerprint(folder, TrustStore.open(folder)), "kftc", JUDGED_AT)
    all_leave()


def all_leave() -> None:
    for engine in list(cluster._at_hand):
        engine.leave()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inner = tmp_path / "source" / "2026"
    inner.mkdir(parents=True)
    for name in "abcdefgh":
        (inner / name).write_bytes(EVIDENCE)
    (tmp_path / "source" / "linked").symlink_to(inner)
    (tmp_path / "source" / "nowhere").symlink_to("missing")
    return tmp_path / "source"


def chunks(source: Path) -> list[Chunk]:
    return list(chunks_of(source, Columns()) or ())


def test_references_travel_and_no_evidence(folder: Path, asked: Asked, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        tar.add(folder, "x")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.writestr("a", EVIDENCE)
    pq.write_table(pa.table({"id": ["1"], "der": [EVIDENCE]}), tmp_path / "a.parquet")
    for source in (folder, tmp_path / "a.tar", tmp_path / "a.zip", tmp_path / "a.parquet"):
        for chunk in chunks(source):
            sent = pickle.dumps((Piece(0, chunk, 0, len(chunk)), asked))
            assert EVIDENCE not in sent
            assert pickle.loads(sent)[0].chunk == chunk == Chunk.of_json(chunk.as_json())


def test_a_machine_knows_by_the_stamp_whether_it_sees_the_same(folder: Path) -> None:
    (chunk,) = chunks(folder)
    assert "linked" in chunk.entries and "nowhere" in chunk.entries
    assert stamp_now(chunk) == chunk.stamp
    (folder / "2026" / "a").write_bytes(EVIDENCE + b"!")
    assert stamp_now(chunk) != chunk.stamp
    assert stamp_now(Chunk("zip", str(folder / "missing"), "", ())) == ""


def told(answer: Answer) -> list[str]:
    assert (answer.differs, answer.error) == (None, None)
    rows: list[str] = pa.ipc.read_record_batch(pa.py_buffer(answer.rows), VERDICTS).column("id").to_pylist()
    return rows


def within(seconds: float, count: int) -> bool:
    until = time.monotonic() + seconds
    while len(multiprocessing.active_children()) != count:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_processes_stay_from_piece_to_piece_and_leave(
    folder: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One for each piece that is judged at a time, whichever thread asks; none for what nobody asks for any more."""
    (chunk,) = chunks(folder / "2026")
    assert within(10, 0)
    with ThreadPoolExecutor(2) as threads:
        pieces = [Piece(0, chunk, start, start + 2) for start in (0, 2, 4, 6)] * 3
        answers = list(threads.map(lambda piece: told(judge_there(piece, asked, 60, VERSION)), pieces))
    assert answers == [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]] * 3
    kept = multiprocessing.active_children()
    assert 1 <= len(kept) <= 2
    later = Asked(asked.trust, asked.trust_sha256, "cms", datetime(2026, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(cluster, "_STAYS", 0.1)
    assert told(judge_there(pieces[0], later, 60, VERSION)) == ["a", "b"]
    for _ in kept:
        judge_there(pieces[0], asked, 60, VERSION)
    all_leave()
    assert within(10, 0)


def test_a_process_that_leaves_by_itself_is_replaced(
    folder: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_STAYS", 0.1)
    (chunk,) = chunks(folder / "2026")
    for _ in range(2):
        assert told(judge_there(Piece(0, chunk, 0, 1), asked, 60, VERSION)) == ["a"]
        assert within(10, 0)
