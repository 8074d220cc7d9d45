"""batch-report: what a batch comes to, in the terminal, as JSON and as a page whose links lead somewhere."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import subprocess
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pyarrow.parquet as pq
import pytest

from certs import TrustStore
from consent.errors import LANGS, Lang
from service.terminal import columns_of
from tests.batch_tables import NOT_READ, failed, judged, row, unclear, write
from tests.service.desk import Desk
from tests.service.running import DONGUI, Ran, called, environment, nothing_changes, process, refused
from tests.verifier.reading import Html
from verifier.reports.batch_page import words
from verifier.subject import SIGNING_TIME, At

HOSTILE: Final = "\x1b[31m\u202ered\x9b[bold]x[/bold]<b>" + "W" * 500


@pytest.fixture
def store(desk: Desk, tmp_path: Path) -> Path:
    """Return a folder with evidence below it."""
    folder = tmp_path / "store"
    (folder / "2026 가").mkdir(parents=True)
    for name in ("rsa", "ecdsa", "revoked"):
        der = (desk / f"{name}.der").read_bytes()
        (folder / "2026 가" / f"{name}.der").write_bytes(der)
        (folder / f"-{name} broken.der").write_bytes(der[:-4] + bytes(4))
    return folder


@pytest.fixture
def table(desk: Desk, store: Path, tmp_path: Path) -> Path:
    """Return the table of verdicts on that folder, as a batch leaves it."""
    trust, given = TrustStore.open(desk.trust), desk.pki.at.replace(microsecond=0)
    rows = []
    for path in sorted(store.rglob("*.der")):
        at: At = given if "broken" in path.name else SIGNING_TIME
        rows.append(judged(path.relative_to(store).as_posix(), path.read_bytes(), trust, at))
    return write(tmp_path / "verdicts.parquet", rows)


def reported(*words_: object, lang: str = "en", stdin: bytes = b"") -> Ran:
    return called("batch-report", *words_, lang=lang, stdin=stdin)


def own(desk: Desk, store: Path, folder: Path) -> tuple[object, ...]:
    return "--reports", folder / "each", "--source", store, "--trust", desk.trust


def hrefs(page: bytes) -> list[str]:
    found = [of.get("href") or "" for name, of in Html(page).elements if name == "a"]
    return [href for href in found if not href.startswith("#")]


@pytest.mark.parametrize("lang", LANGS)
def test_the_figures_stand_in_the_terminal(table: Path, lang: Lang) -> None:
    ran = reported(table, lang=lang)
    assert (ran.code, ran.err) == (0, "")
    for heading in ("title", "findings", "issuers", "products", "keys", "ages", "months", "oldest", "failing"):
        assert f"{words()[heading][lang]}\n" in ran.out
    assert re.search({"ko": r"✔ 적합 +2 +33\.33%", "en": r"✔ PASSED +2 +33\.33%"}[lang], ran.out)
    assert "CMS-181" in ran.out and "-rsa broken.der" in ran.out
    assert "\x1b" not in ran.out
    assert all(line == line.rstrip() for line in ran.out.splitlines())


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX systems")
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("columns", [60, 100])
def test_a_report_fits_the_terminal(tmp_path: Path, columns: int, lang: Lang) -> None:
    changes: dict[str, Any] = dict.fromkeys(("id", "signer", "issuer", "key"), HOSTILE)
    rows = [row(), unclear(), failed(**changes | {"codes": [HOSTILE, "CMS-161"]}), NOT_READ]
    shown = at_terminal(columns, "--lang", lang, "batch-report", write(tmp_path / "x.parquet", rows))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert {"ko": "사유별", "en": "By finding"}[lang] in lines
    assert max(map(columns_of, lines)) <= columns
    assert not {"\x1b", "\x9b", "\u202e"} & set("".join(lines))


def at_terminal(columns: int, *arguments: object) -> str:
    """What a terminal so wide is given."""
    ours, theirs = os.openpty()
    env = environment({"COLUMNS": str(columns), "LC_ALL": "C.UTF-8", "TERM": "xterm"})
    shown = b""
    with subprocess.Popen([str(DONGUI), *map(str, arguments)], stdout=theirs, env=env) as child:
        os.close(theirs)
        with suppress(OSError):  # how Linux says that the other side is closed
            while piece := os.read(ours, 65_536):
                shown += piece
        assert child.wait(timeout=60) == 0
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def test_hostile_names_steer_no_terminal(tmp_path: Path) -> None:
    changes: dict[str, Any] = dict.fromkeys(("id", "signer", "issuer", "key", "product", "time_source"), HOSTILE)
    path = write(
        tmp_path / "x.parquet", [row(**changes), failed(**changes | {"codes": [HOSTILE], "not_run": [HOSTILE]})]
    )
    for lang in LANGS:
        out = reported(path, lang=lang).out
        assert not {"\x1b", "\x9b", "\u202e"} & set(out)
        assert "[bold]x[/bold]<b>W" in out
        assert max(map(columns_of, out.splitlines())) < 400


def test_programs_get_the_numbers(table: Path) -> None:
    ran = reported(table, "--json")
    assert (ran.code, ran.err) == (0, "")
    said = ran.json
    assert (said["table"], said["rows"], said["passed"], said["failed"]) == (str(table), 6, 2, 4)
    assert {one["value"]: one["failed"] for one in said["findings"]} == {"CMS-181": 3, "PKI-121": 2}
    assert len(said["failing"]) == 4
    assert said["batch"] == {"policy": None, "holder": None, "rows": None, "only": [], "sample": None}
    assert len(reported(table, "--json", "--failing", 1).json["failing"]) == 1
    assert "broken.der" not in reported(table, "--json", "--mask").out


def test_a_page_is_written(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.html"
    ran = reported(table, "-o", out)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"✔ {out}: report written, {out.stat().st_size:,} bytes; rows: 6, passed: 2\n"
    if os.name == "posix":
        assert out.stat().st_mode & 0o777 == 0o600
    assert hrefs(out.read_bytes()) == []
    said = reported(table, "-o", out, "--json").json
    assert (said["file"], said["sha256"]) == (str(out), hashlib.sha256(out.read_bytes()).hexdigest())
    assert said["rows"] == 6
    piped = reported(table, "-o", "-", "--json")
    assert piped.stdout.startswith(b"<!DOCTYPE html>")
    assert json.loads(piped.err)["rows"] == 6


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl"])
def test_every_form_is_read_from_standard_input_too(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"x.{suffix}", [row(), failed(), NOT_READ])
    from_file, piped = reported(path, "--json").json, reported("-", "--json", stdin=path.read_bytes()).json
    assert from_file.pop("table") == str(path) and piped.pop("table") == "-"
    assert from_file == piped
    assert (piped["rows"], piped["not_judged"]["rows"]) == (3, 1)


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl"])
def test_a_table_may_come_through_a_pipe_that_has_a_name(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"x.{suffix}", [row(), failed(), NOT_READ])
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["/bin/sh", "-c", f"cat x.{suffix} >pipe"], cwd=tmp_path):
        piped = reported(tmp_path / "pipe", "--json").json
    assert {**piped, "table": str(path)} == reported(path, "--json").json


def test_an_empty_input_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"")
    refused(reported(tmp_path / "x.csv"), "SVC-306")
    refused(reported("-"), "SVC-306")


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_linked_is_there_and_is_the_report_on_that_row(
    desk: Desk, store: Path, table: Path, tmp_path: Path, lang: Lang
) -> None:
    out = tmp_path / "pages" / "x.html"
    out.parent.mkdir()
    with nothing_changes(store):
        ran = reported(table, "-o", out, *own(desk, store, tmp_path), lang=lang)
    assert (ran.code, ran.err) == (0, "")
    links = hrefs(out.read_bytes())
    assert len(links) == len(list((tmp_path / "each").iterdir())) == 4
    for link, told in zip(links, reported(table, "--json").json["failing"], strict=True):
        path = out.parent / unquote(link)
        assert path.name == f"{told['sha256']}.html"
        text = Html(path.read_bytes()).text
        assert told["id"] in text and told["sha256"] in text
        assert {"ko": "✘ 부적합", "en": "✘ FAILED"}[lang] in text
        if os.name == "posix":
            assert path.stat().st_mode & 0o777 == 0o600


def test_each_row_has_the_command_that_makes_its_report(
    desk: Desk, store: Path, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "x.html"
    assert reported(table, "-o", out, "--source", store, "--trust", desk.trust).code == 0
    whole = [text for text in Html(out.read_bytes()).all("code") if text.startswith("dongui report ")]
    assert reported(table, "-o", out).code == 0
    short = [text for text in Html(out.read_bytes()).all("code") if text.startswith("dongui report ")]
    assert len(whole) == len(short) == 4
    assert sum("--at signing-time" in line for line in short) == 1
    monkeypatch.chdir(store)
    for line in (*whole, *(line.replace("TRUST", shlex.quote(str(desk.trust))) for line in short)):
        program, *arguments = shlex.split(line)
        ran = called(*arguments)
        assert (program, ran.code, ran.err) == ("dongui", 1, "")
        assert "verdict: FAILED" in ran.out
        Path(arguments[-1]).unlink()


@pytest.mark.parametrize(
    ("source", "words_"),
    [
        ("given", ["--at", "2026-11-02T09:00:00+00:00"]),
        ("signing-time", ["--at", "signing-time"]),
        ("receipt", ["--received-at", "2026-11-02T09:00:00+00:00"]),
        ("time-stamp", ["--timestamped"]),
        (None, ["--at", "2026-11-02T09:00:00+00:00"]),
    ],
)
def test_a_command_judges_at_the_time_that_the_row_was_judged_at(
    tmp_path: Path, source: str | None, words_: list[str]
) -> None:
    path = write(tmp_path / "x.parquet", [failed(time_source=source)])
    out = tmp_path / "x.html"
    assert reported(path, "-o", out, "--policy", "cms", "--holder", "personal").code == 0
    (line,) = [text for text in Html(out.read_bytes()).all("code") if text.startswith("dongui")]
    start = ["dongui", "report", "2026/a.der", "--trust", "TRUST", "--policy", "cms", "--holder", "personal"]
    assert shlex.split(line) == [*start, *words_, "-o", "abababababababab.html"]


def test_a_command_judges_as_the_table_says(tmp_path: Path) -> None:
    path, out = write(tmp_path / "x.parquet", [failed()]), tmp_path / "x.html"
    about = json.dumps({"policy": "cms", "holder": "corporate"})
    pq.write_table(pq.read_table(path).replace_schema_metadata({"dongui.batch": about}), path)
    assert reported(path, "-o", out).code == reported("-", "-o", out, stdin=path.read_bytes()).code == 0
    assert "--policy cms --holder corporate" in Html(out.read_bytes()).text
    assert reported(path, "-o", out, "--policy", "kftc", "--holder", "personal").code == 0
    assert "--trust TRUST --holder personal" in Html(out.read_bytes()).text


@pytest.mark.parametrize("identity", ["/etc/passwd", "../x.der", "a/../../x.der", "a\0b", "", "x" * 5000, "a\u202eb"])
def test_an_id_that_leads_elsewhere_is_not_followed(desk: Desk, tmp_path: Path, identity: str) -> None:
    (tmp_path / "store").mkdir()
    der = (desk / "revoked.der").read_bytes()
    (tmp_path / "x.der").write_bytes(der)
    path = write(tmp_path / "x.parquet", [failed(id=identity, sha256=hashlib.sha256(der).hexdigest())])
    ran = reported(path, "-o", tmp_path / "x.html", *own(desk, tmp_path / "store", tmp_path))
    assert ran.code == 0
    assert "[SVC-084]" in ran.err
    assert list((tmp_path / "each").iterdir()) == []
    assert words()["report-missing"]["en"] in Html((tmp_path / "x.html").read_bytes()).text
    assert reported(path, "-o", tmp_path / "x.html").code == 0
    assert "dongui report" not in Html((tmp_path / "x.html").read_bytes()).text


def test_a_row_whose_evidence_changed_has_no_report(desk: Desk, store: Path, table: Path, tmp_path: Path) -> None:
    (store / "-rsa broken.der").write_bytes(b"something else")
    (store / "-ecdsa broken.der").unlink()
    ran = reported(table, "-o", tmp_path / "x.html", *own(desk, store, tmp_path))
    assert (ran.code, ran.err.count("\n")) == (0, 1)
    assert "2 of the rows" in ran.err and "[SVC-084]" in ran.err
    text = Html((tmp_path / "x.html").read_bytes()).text
    assert words()["report-changed"]["en"] in text and words()["report-missing"]["en"] in text
    assert len(hrefs((tmp_path / "x.html").read_bytes())) == 2


def test_a_report_that_says_otherwise_is_told(desk: Desk, store: Path, tmp_path: Path) -> None:
    der = (store / "2026 가" / "rsa.der").read_bytes()
    told = judged("2026 가/rsa.der", der, TrustStore.open(desk.trust), desk.pki.at)
    path = write(tmp_path / "x.parquet", [told | {"indication": "INDETERMINATE", "codes": ["PKI-122"]}])
    ran = reported(path, "-o", tmp_path / "x.html", *own(desk, store, tmp_path), "--json")
    assert [notice["code"] for notice in ran.json["notices"]] == ["SVC-085"]
    assert "Judged again it says otherwise: PASSED" in Html((tmp_path / "x.html").read_bytes()).text


def test_one_der_in_several_rows_has_a_report_for_each(desk: Desk, store: Path, tmp_path: Path) -> None:
    der = (store / "2026 가" / "revoked.der").read_bytes()
    trust, at = TrustStore.open(desk.trust), desk.pki.at.replace(microsecond=0)
    told = judged("2026 가/revoked.der", der, trust, at)
    rows = [told, told | {"time_source": "receipt", "verified_at": at - timedelta(seconds=5)}]
    path = write(tmp_path / "x.parquet", rows)
    assert reported(path, "-o", tmp_path / "x.html", *own(desk, store, tmp_path)).code == 0
    links = hrefs((tmp_path / "x.html").read_bytes())
    assert [Path(link).name for link in links] == [f"{told['sha256']}.html", f"{told['sha256']}-2.html"]
    texts = [Html((tmp_path / link).read_bytes()).text for link in links]
    assert ["Record of receipt" in text for text in texts] == [False, True]


def test_evidence_that_is_too_large_has_a_report(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "large.der").write_bytes(bytes(20_000))
    path = write(tmp_path / "x.parquet", [failed(id="large.der", sha256=None, size=None, codes=["CMS-102"])])
    assert reported(path, "-o", tmp_path / "x.html", *own(desk, tmp_path, tmp_path)).code == 0
    (link,) = hrefs((tmp_path / "x.html").read_bytes())
    assert "more than 10,241 bytes" in Html((tmp_path / link).read_bytes()).text


def test_a_masked_report_names_nobody(desk: Desk, store: Path, table: Path, tmp_path: Path) -> None:
    for lang in LANGS:
        ran = reported(table, "-o", tmp_path / "x.html", *own(desk, store, tmp_path), "--mask", lang=lang)
        assert (ran.code, ran.err) == (0, "")
        for page in [tmp_path / "x.html", *(tmp_path / "each").iterdir()]:
            text = Html(page.read_bytes()).text
            assert not [secret for secret in ("broken.der", "rsa.der", "홍길동", "성춘향", "변학도") if secret in text]
        assert not re.search("broken|홍길동|변학도", reported(table, "--mask", lang=lang).out)
        assert reported(table, "-o", tmp_path / "x.html", "--mask", lang=lang).code == 0
        assert "dongui report" not in Html((tmp_path / "x.html").read_bytes()).text


def test_what_cannot_be_reported_on_is_refused(desk: Desk, tmp_path: Path) -> None:
    good = write(tmp_path / "x.parquet", [row()])
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "other.csv").write_text("id,indication\n1,2\n", encoding="utf-8")
    (tmp_path / "damaged").write_bytes(good.read_bytes()[:300])
    write(tmp_path / "odd.csv", [row(indication="GOOD")])
    out = tmp_path / "out.html"
    with nothing_changes(tmp_path):
        for more in ((), ("--json",), ("-o", out)):
            refused(reported(tmp_path / "nowhere", *more), "SVC-001")
            refused(reported(tmp_path, *more), "SVC-001")
            refused(reported(tmp_path / "empty", *more), "SVC-306")
            refused(reported(tmp_path / "damaged", *more), "SVC-080")
            refused(reported(desk / "rsa.der", *more), "SVC-080")
            refused(reported(tmp_path / "odd.csv", *more), "SVC-082")
            other = reported(tmp_path / "other.csv", *more, lang="ko")
            refused(other, "SVC-081")
            assert "없는 열: codes, not_run, sha256" in other.err
        refused(reported(good, "--reports", tmp_path / "r"), "SVC-083")
        refused(reported(good, "-o", out, "--reports", tmp_path / "r", "--source", tmp_path), "SVC-083")
        refused(reported(good, "-o", out, "--reports", tmp_path / "r", "--trust", desk.trust), "SVC-083")
        refused(reported(good, "-o", good), "SVC-011")
        refused(reported(good, "-o", tmp_path / "nowhere" / "x.html"), "FB-044")
        blocked = ("--reports", good / "r", "--source", tmp_path, "--trust", desk.trust)
        refused(reported(good, "-o", out, *blocked), "FB-044")


def test_it_runs_as_a_process_of_its_own(table: Path, tmp_path: Path) -> None:
    for env in ({"LC_ALL": "ko_KR.UTF-8"}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}):
        ran = process("batch-report", table, cwd=tmp_path, env={**env, "HOME": str(tmp_path)})
        assert (ran.code, ran.err) == (0, "")
        assert "CMS-181" in ran.out
