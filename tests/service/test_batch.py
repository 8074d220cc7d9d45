"""batch: reports in every form, what is refused, and runs that are taken up."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.batch_folder import Manifest, WorkFolder
from service.inputs import now
from tests.service.batches import batch, evidence, folder_of, judged, rows, tar_of, zip_of
from tests.service.desk import Desk, write_lines
from tests.service.running import called, contents, refused
from verifier.batch import chunks
from verifier.batch.columns import VERDICTS
from verifier.batch.judging import verdicts


@pytest.fixture
def source(desk: Desk, tmp_path: Path) -> Path:
    return folder_of(evidence(desk), tmp_path / "source")


def test_every_file_gets_the_row_that_verify_would_give_it(desk: Desk, source: Path, tmp_path: Path) -> None:
    at = now().isoformat()
    found = judged(desk, source, tmp_path / "r.parquet", "--at", at)
    assert [row["id"] for row in found] == sorted(evidence(desk))
    words = ["verify", *(source / row["id"] for row in found), "--trust", desk.trust, "--at", at, "--json"]
    for row, verdict in zip(found, called(*words).lines, strict=True):
        against = {f["code"] for f in verdict["findings"] if f["effect"] != "TOTAL_PASSED"}
        assert (row["indication"], row["codes"]) == (verdict["indication"], sorted(against)), row["id"]
        assert row["sha256"] == (verdict["sha256"] if row["id"] != "large.bin" else None)
        assert row["not_run"] == sorted(verdict["not_run"])


def test_archives_and_tables_give_the_same_rows_as_the_folder(desk: Desk, source: Path, tmp_path: Path) -> None:
    files = dict(sorted(evidence(desk).items()))
    table = tmp_path / "t.parquet"
    pq.write_table(pa.table({"payer": list(files), "evidence": list(files.values())}), table)
    at = ("--at", now().isoformat())
    wanted = judged(desk, source, tmp_path / "1.parquet", *at)
    assert judged(desk, tar_of(files, tmp_path / "a.tar"), tmp_path / "2.parquet", *at) == wanted
    assert judged(desk, zip_of(files, tmp_path / "a.zip"), tmp_path / "3.parquet", *at) == wanted
    named = ("--columns", "id=payer,der=evidence")
    assert judged(desk, table, tmp_path / "4.parquet", *at, *named) == wanted


def test_reports_say_the_same_in_every_form(desk: Desk, source: Path, tmp_path: Path) -> None:
    at = ("--at", now().isoformat())
    table = judged(desk, source, tmp_path / "r.parquet", *at)
    assert batch(desk, source, tmp_path / "r.jsonl", *at).code == 1
    assert batch(desk, source, tmp_path / "r.CSV", *at).code == 1
    lines = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()]
    with (tmp_path / "r.CSV").open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.DictReader(file))
    assert (tmp_path / "r.CSV").read_bytes().count(b"\r\n") == len(table) + 1
    for row, line, cell in zip(table, lines, cells, strict=True):
        assert list(line) == list(cell) == VERDICTS.names
        assert [line["id"], line["codes"], line["size"]] == [row["id"], row["codes"], row["size"]]
        assert cell["codes"] == " ".join(row["codes"])
        time = row["not_after"] and row["not_after"].strftime("%Y-%m-%dT%H:%M:%SZ")
        assert (line["not_after"], cell["not_after"]) == (time, time or "")


def test_what_a_spreadsheet_would_calculate_is_text(desk: Desk, tmp_path: Path) -> None:
    names = ["=1+1", "+1", "-1", "@x", "plain", 'with "quotes", commas']
    batch(desk, folder_of(dict.fromkeys(names, b"x"), tmp_path / "source"), tmp_path / "r.csv")
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert ids == [name if name in names[4:] else f"'{name}" for name in sorted(names)]


def test_a_person_reads_what_came_out(desk: Desk, source: Path, tmp_path: Path) -> None:
    ran = batch(desk, source, tmp_path / "r.parquet")
    assert (ran.code, ran.err) == (1, "")
    first, judged_at, *_, last = ran.out.splitlines()
    assert first == "✘ 8 judged: 2 passed, 0 not proven, 6 failed"
    assert re.fullmatch(r"  policy kftc, judged at \S+\+00:00", judged_at)
    assert re.search(r"CMS-110 +2 ", ran.out)
    assert "e.g. cut.der, 한글 이름.txt" in ran.out
    assert last == f"→ {tmp_path / 'r.parquet'}: 8 rows"
    korean = called("batch", source, "--trust", desk.trust, "--out", tmp_path / "ko.csv", "--workers", 1, lang="ko")
    assert korean.out.startswith("✘ 8건 검증: 적합 2건, 판단 불가 0건, 부적합 6건\n  검증 정책: kftc, 검증 기준시각: ")
    assert "+09:00" in korean.out
    claimed = batch(desk, source, tmp_path / "claimed.csv", "--at", "signing-time")
    assert "judged at the claimed signing time\n" in claimed.out
    assert "{" not in korean.out


def test_a_program_reads_what_came_out(desk: Desk, source: Path, tmp_path: Path) -> None:
    said = batch(desk, source, tmp_path / "r.parquet", "--json").json
    assert {key: said[key] for key in ("rows", "passed", "indeterminate", "failed", "rows_in_table")} == {
        "rows": 8,
        "passed": 2,
        "indeterminate": 0,
        "failed": 6,
        "rows_in_table": 8,
    }
    (cut,) = [one for one in said["findings"] if one["code"] == "CMS-110"]
    assert (cut["count"], cut["examples"]) == (2, ["cut.der", "한글 이름.txt"])
    about = json.loads(pq.read_schema(tmp_path / "r.parquet").metadata[b"dongui.batch"])
    assert (about["schema"], about["policy"], about["at"]) == (said["schema"], "kftc", said["at"])


def test_the_exit_code_is_what_was_asked_for(desk: Desk, tmp_path: Path) -> None:
    undecided = folder_of({"a.der": (desk / "rsa.der").read_bytes()}, tmp_path / "source")
    (undecided / "b.der").symlink_to("nowhere")
    for fail_on, code in (("indeterminate", 1), ("failed", 0), ("none", 0)):
        assert batch(desk, undecided, tmp_path / f"{fail_on}.parquet", "--fail-on", fail_on).code == code
    (undecided / "b.der").unlink()
    assert batch(desk, undecided, tmp_path / "all.parquet").code == 0


def test_only_some_rows_stand_in_the_report_and_all_count(desk: Desk, source: Path, tmp_path: Path) -> None:
    ran = batch(desk, source, tmp_path / "r.parquet", "--only", "passed", "--only", "cms102", "--json")
    assert (ran.code, ran.json["rows"], ran.json["rows_in_table"]) == (1, 8, 3)
    assert [row["id"] for row in rows(tmp_path / "r.parquet")] == ["2026/a.der", "2026/b.p7s", "large.bin"]


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".jsonl"])
def test_a_table_without_rows_is_a_table_too(desk: Desk, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"r{suffix}"
    ran = batch(
        desk, folder_of({"a.der": (desk / "rsa.der").read_bytes()}, tmp_path / "source"), out, "--only", "failed"
    )
    assert (ran.code, called("batch-report", out, "--json").json["rows"]) == (0, 0)


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".jsonl"])
def test_a_table_may_have_a_name_that_is_no_text(desk: Desk, tmp_path: Path, suffix: str) -> None:
    source = folder_of({"a.der": (desk / "rsa.der").read_bytes()}, tmp_path / "source")
    usual, odd = tmp_path / f"r{suffix}", tmp_path / os.fsdecode(b"r\xff" + suffix.encode())
    assert batch(desk, source, odd).code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"source", odd.name}
    usual.write_bytes(odd.read_bytes())
    one, other = ({**called("batch-report", table, "--json").json, "table": ""} for table in (usual, odd))
    assert one == other


def test_a_sample_is_the_same_each_time(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "ROWS", 7)
    table = tmp_path / "t.parquet"
    pq.write_table(pa.table({"id": [f"{n:03}" for n in range(200)], "der": [b"x"] * 200}), table)
    samples = [
        [row["id"] for row in judged(desk, table, tmp_path / f"{n}.parquet", "--sample", 20, "--seed", seed)]
        for n, seed in enumerate((1, 1, 2))
    ]
    assert samples[0] == samples[1] == sorted(samples[0])
    assert samples[0] != samples[2]
    assert len(set(samples[0])) == len(set(samples[2])) == 20
    assert "random sample" in batch(desk, table, tmp_path / "some.parquet", "--sample", 20).out
    assert "random sample" not in batch(desk, table, tmp_path / "more.parquet", "--sample", 201).out
    ran = batch(desk, table, tmp_path / "all.parquet", "--seed", 2)
    assert (ran.code, "--sample" in ran.err) == (2, True)


def test_an_fb_file_gives_the_evidence_of_its_records(desk: Desk, tmp_path: Path) -> None:
    record = json.loads((desk / "records.jsonl").read_text(encoding="utf-8").splitlines()[0])
    listed = [{**record, "payer_number": f"A-{n}", "evidence": str(desk / "free.der")} for n in range(3)]
    recording = {**listed[0], "payer_number": "A-9", "evidence_kind": "1", "extension": "jpg"}
    list_of = write_lines(tmp_path / "records.jsonl", [*listed, recording])
    fb0110 = tmp_path / "FB0110"
    words = ["fb0110", list_of, "--trust", desk.trust, "--process-date", "2026-11-02", "-o", fb0110]
    assert called(*words).code == 0
    ran = batch(desk, fb0110, tmp_path / "r.parquet", "--json")
    assert (ran.code, ran.json["left_out"]) == (0, 1), ran.err
    found = rows(tmp_path / "r.parquet")
    assert [row["id"] for row in found] == ["0000000001", "0000000002", "0000000003"]
    assert {row["size"] for row in found} == {(desk / "free.der").stat().st_size}
    refused(batch(desk, fb0110, tmp_path / "7.parquet", "--kind", "7"), "SVC-073")
    data = bytearray(fb0110.read_bytes())
    data[-1024:] = b""
    fb0110.write_bytes(data)
    cut = judged(desk, fb0110, tmp_path / "cut.parquet")
    assert [(row["id"], row["codes"]) for row in cut[3:]] == [("trailer", ["CMS-196"])]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("missing", "r.parquet"), "SVC-061"),
        (("/dev/null", "r.parquet"), "SVC-061"),
        (("damaged.tar", "r.parquet"), "SVC-062"),
        (("table.parquet", "r.parquet"), "SVC-064"),
        (("empty", "r.parquet"), "SVC-073"),
        (("one.der", "r.parquet"), "SVC-074"),
        (("source", "r.xlsx"), "SVC-075"),
        (("source", "r.parquet", "--only", "CMS-000"), "SVC-076"),
        (("source", "r.parquet", "--columns", "der"), "SVC-077"),
        (("source", "r.parquet", "--at", "yesterday"), "SVC-003"),
        (("source", "nowhere/r.parquet"), "FB-044"),
    ],
)
def test_what_cannot_be_judged_is_refused_and_leaves_nothing(
    desk: Desk, source: Path, tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "one.der").write_bytes((desk / "rsa.der").read_bytes())
    (tmp_path / "damaged.tar").write_bytes(tar_of(evidence(desk), tmp_path / "x.tar").read_bytes()[:5000])
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "table.parquet")
    before = contents(tmp_path)
    refused(batch(desk, tmp_path / words[0], tmp_path / words[1], *words[2:]), code)
    assert contents(tmp_path) == before
    assert source.is_dir()


def test_a_source_that_is_missing_is_named_as_it_was_typed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = called("--lang", "ko", "batch", "nosuch", "--trust", desk.trust, "--out", tmp_path / "r.parquet")
    assert ran.err.startswith("오류 SVC-061: nosuch을(를) 읽을 수 없습니다: 파일이 없습니다.")


def interrupted(desk: Desk, source: Path, report: Path, *options: object) -> Manifest:
    """A run of which the first two chunks are finished."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.batch_run.Run.report", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert batch(desk, source, report, *options).code != 0
    folder = WorkFolder(report)
    for number in sorted(folder.finished())[2:]:
        (folder.path / f"part-{number:08}.arrow").unlink()
    manifest = folder.manifest()
    assert manifest is not None
    return manifest


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(chunks, "ROWS", 5)
    monkeypatch.setattr(chunks.grouped, "__defaults__", (5,))
    return folder_of({f"{n:02}": b"x" for n in range(20)}, tmp_path / "many")


def test_a_run_is_taken_up_where_it_was_interrupted(desk: Desk, many: Path, tmp_path: Path) -> None:
    """What is finished stays as it is, and the time that all are judged at is that of the beginning."""
    report = tmp_path / "r.parquet"
    manifest = interrupted(desk, many, report)
    assert WorkFolder(report).finished() == {0, 1}
    refused(batch(desk, many, report), "SVC-069")
    finished = {name: data for name, data in contents(WorkFolder(report).path).items() if "part-" in name}
    ran = batch(desk, many, report, "--resume", "--json")
    assert (ran.code, ran.json["rows"], ran.json["resumed_after"], ran.json["at"]) == (1, 20, 10, manifest.at)
    assert [row["id"] for row in rows(report)] == sorted(file.name for file in many.iterdir())
    assert len(finished) == 2
    assert not WorkFolder(report).path.exists()
    refused(batch(desk, many, report), "SVC-068")
    refused(batch(desk, many, report, "--resume"), "SVC-068")


def test_only_the_same_run_is_taken_up(desk: Desk, many: Path, tmp_path: Path) -> None:
    report = tmp_path / "r.parquet"
    interrupted(desk, many, report)
    other = (now() - timedelta(days=1)).isoformat()
    for options, said in (
        (("--policy", "cms"), "the policy"),
        (("--at", other), "the time"),
        (("--holder", "personal"), "the holder"),
        (("--sample", 3), "the size of the sample"),
    ):
        ran = batch(desk, many, report, "--resume", *options)
        refused(ran, "SVC-070")
        assert f"different: {said}." in ran.err
    (many / "00").write_bytes(b"xy")
    assert "the source" in batch(desk, many, report, "--resume").err
    trust = tmp_path / "trust"
    folder_of({name: data for name, data in read_below(desk.trust).items() if "crls" not in name}, trust)
    ran = called("batch", many, "--trust", trust, "--out", report, "--resume")
    refused(ran, "SVC-070")
    assert "the trust folder" in ran.err
    assert WorkFolder(report).finished() == {0, 1}


def read_below(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_damaged_part_is_told_and_never_reported(desk: Desk, many: Path, tmp_path: Path) -> None:
    report = tmp_path / "r.parquet"
    interrupted(desk, many, report)
    part = WorkFolder(report).path / "part-00000001.arrow"
    other = pa.schema([("id", pa.string())])
    for damaged in (
        part.read_bytes()[:100],
        arrow_of(VERDICTS),
        arrow_of(VERDICTS, verdicts(())),
        arrow_of(other, pa.record_batch([["x"] * 5], schema=other)),
    ):
        part.write_bytes(damaged)
        refused(batch(desk, many, report, "--resume"), "SVC-072")
        assert not report.exists()
    part.unlink()
    assert batch(desk, many, report, "--resume").code == 1
    assert len(rows(report)) == 20


def arrow_of(schema: pa.Schema, *batches: pa.RecordBatch) -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_file(out, schema) as file:
        for one in batches:
            file.write_batch(one)
    return out.getvalue()


@pytest.mark.parametrize("at", ["then", 5, "2026-06-01T00:00:00"])
def test_a_damaged_manifest_is_told(desk: Desk, many: Path, tmp_path: Path, at: object) -> None:
    report = tmp_path / "r.parquet"
    interrupted(desk, many, report)
    manifest = WorkFolder(report).path / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"at": at}))
    refused(batch(desk, many, report, "--resume"), "SVC-072")


def test_parts_of_a_run_that_nobody_knows_are_not_believed(desk: Desk, many: Path, tmp_path: Path) -> None:
    report = tmp_path / "r.parquet"
    interrupted(desk, many, report)
    (WorkFolder(report).path / "manifest.json").unlink()
    assert batch(desk, many, report, "--policy", "cms", "--json", "--resume").json["resumed_after"] == 0
    assert len(rows(report)) == 20


def test_two_runs_do_not_share_a_report(desk: Desk, many: Path, tmp_path: Path) -> None:
    report = tmp_path / "r.parquet"
    with WorkFolder(report).locked():
        refused(batch(desk, many, report), "SVC-071")


def test_a_report_may_lie_among_its_evidence(desk: Desk, many: Path) -> None:
    report = many / "r.csv"
    interrupted(desk, many, report)
    assert batch(desk, many, report, "--resume", "--json").json["rows"] == 20
    assert max(file.name for file in many.iterdir()) == "r.csv"


def test_a_report_is_for_its_owner_alone(desk: Desk, many: Path, tmp_path: Path) -> None:
    interrupted(desk, many, tmp_path / "r.csv")
    assert WorkFolder(tmp_path / "r.csv").path.stat().st_mode & 0o077 == 0
    batch(desk, many, tmp_path / "r.csv", "--resume")
    assert (tmp_path / "r.csv").stat().st_mode & 0o077 == 0
