"""report: a page or a document on one piece of evidence, there whole or not at all."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
import typst

from tests.service.desk import Desk
from tests.service.running import HOLDER_ID, PAYER_NAME, Ran, called, nothing_changes, process, refused
from tests.verifier.reading import Html, pdf_text, squeezed
from tests.verifier.time_stamps import Tsa, tsa_key_pair

FORMS = ("html", "pdf")


def reported(desk: Desk, file: object, out: object, *options: object, lang: str = "ko", stdin: bytes = b"") -> Ran:
    return called("report", file, "--trust", desk.trust, "-o", out, *options, lang=lang, stdin=stdin)


def text_of(made: bytes) -> str:
    return pdf_text(made) if made.startswith(b"%PDF-") else squeezed(Html(made).text)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("file", "code", "ko", "en"),
    [("rsa", 0, "적합", "PASSED"), ("revoked", 1, "부적합", "FAILED"), ("consent", 1, "부적합", "FAILED")],
)
def test_a_report_is_written_whatever_the_verdict(
    desk: Desk, tmp_path: Path, form: str, file: str, code: int, ko: str, en: str
) -> None:
    evidence, out = desk / (f"{file}.txt" if file == "consent" else f"{file}.der"), tmp_path / f"x.{form}"
    for lang, outcome in (("ko", ko), ("en", en)):
        ran = reported(desk, evidence, out, lang=lang)
        assert (ran.code, ran.err) == (code, "")
        assert ran.out.startswith(f"✔ {out}: ")
        assert ran.out.endswith(f": {outcome}\n")
        text = text_of(out.read_bytes())
        assert f"{'✔' if code == 0 else '✘'}{outcome}" in text
        assert hashlib.sha256(evidence.read_bytes()).hexdigest() in text
        assert (PAYER_NAME in text) == (file != "consent")


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX systems")
@pytest.mark.parametrize("form", FORMS)
def test_nobody_else_may_read_a_report(desk: Desk, tmp_path: Path, form: str) -> None:
    assert reported(desk, desk / "rsa.der", tmp_path / f"x.{form}").code == 0
    assert (tmp_path / f"x.{form}").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("form", FORMS)
def test_the_form_is_said_where_there_is_no_suffix(desk: Desk, tmp_path: Path, form: str) -> None:
    ran = reported(desk, desk / "rsa.der", "-", "--format", form)
    assert ran.code == 0
    assert "적합" in text_of(ran.stdout)
    piped = reported(desk, "-", tmp_path / "X.HTML", stdin=(desk / "rsa.der").read_bytes())
    assert (piped.code, (tmp_path / "X.HTML").read_bytes()[:5]) == (0, b"<!DOC")
    assert reported(desk, desk / "rsa.der", tmp_path / "x.txt", "--format", form).code == 0
    for name in ("-", "x", "x.docx"):
        refused(reported(desk, desk / "rsa.der", tmp_path / name if name != "-" else name), "SVC-058")


def test_a_program_is_told_what_was_written(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "x.pdf"
    said = reported(desk, desk / "revoked.der", out, "--json").json
    made = out.read_bytes()
    assert said == {
        "file": str(out),
        "format": "pdf",
        "bytes": len(made),
        "sha256": hashlib.sha256(made).hexdigest(),
        "indication": "TOTAL_FAILED",
    }


@pytest.mark.parametrize("form", FORMS)
def test_what_cannot_be_read_or_written_leaves_nothing(desk: Desk, tmp_path: Path, form: str) -> None:
    with nothing_changes(tmp_path):
        refused(reported(desk, desk / "rsa.der", tmp_path / "nowhere" / f"x.{form}"), "FB-044")
        refused(reported(desk, desk / "nowhere.der", tmp_path / f"x.{form}"), "SVC-001")
        refused(reported(desk, desk.folder, tmp_path / f"x.{form}"), "SVC-001")
        refused(reported(desk, desk / "rsa.der", tmp_path / f"x.{form}", "--at", "yesterday"), "SVC-003")
        refused(reported(desk, desk / "rsa.der", tmp_path / f"x.{form}", "--timestamped"), "SVC-001")
        refused(reported(desk, desk / "rsa.der", tmp_path / f"x.{form}", "--timestamp-trust", desk.trust), "SVC-044")
    (tmp_path / f"x.{form}").write_bytes((desk / "rsa.der").read_bytes())
    with nothing_changes(tmp_path):
        refused(reported(desk, tmp_path / f"x.{form}", tmp_path / f"x.{form}"), "SVC-011")


def test_a_document_that_fails_leaves_nothing(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise typst.TypstError("no", "no")

    monkeypatch.setattr("typst.Compiler", refuse)
    with nothing_changes(tmp_path):
        refused(reported(desk, desk / "rsa.der", tmp_path / "x.pdf"), "CMS-193")


def test_a_file_that_was_not_read_to_its_end_has_no_hash(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "large.der").write_bytes(bytes(10_242))
    assert reported(desk, tmp_path / "large.der", tmp_path / "x.html").code == 1
    text = Html((tmp_path / "x.html").read_bytes()).text
    assert "10,241바이트가 넘음(앞부분만 읽음)" in text
    assert hashlib.sha256(bytes(10_241)).hexdigest() not in text


def test_times_and_proofs_are_those_of_verify(desk: Desk, tmp_path: Path) -> None:
    der = (desk / "rsa.der").read_bytes()
    (tmp_path / "x.der").write_bytes(der)
    stamped = desk.pki.at.replace(microsecond=0)
    first = desk.pki.at - timedelta(days=1)
    (tmp_path / "x.der.tsr").write_bytes(Tsa(tsa_key_pair(desk.pki, first=first)).response(der, stamped))
    words = ("--timestamped", "--received-at", (stamped + timedelta(seconds=1)).isoformat())
    assert reported(desk, tmp_path / "x.der", tmp_path / "x.html", *words).code == 0
    text = Html((tmp_path / "x.html").read_bytes()).text
    assert "타임스탬프로 증명된 시각" in text
    assert "접수 기록" in text
    assert "openssl ts -verify -data x.der -in x.der.tsr" in text
    assert reported(desk, desk / "rsa.der", tmp_path / "x.html", "--at", "signing-time", "--policy", "cms").code == 0
    text = Html((tmp_path / "x.html").read_bytes()).text
    assert "서명자가 기재한 시각" in text
    assert "RFC 5652" in text


@pytest.mark.parametrize("form", FORMS)
def test_names_and_text_can_be_left_out(desk: Desk, tmp_path: Path, form: str) -> None:
    for lang in ("ko", "en"):
        assert reported(desk, desk / "rsa.der", tmp_path / f"x.{form}", "--mask", lang=lang).code == 0
        text = text_of((tmp_path / f"x.{form}").read_bytes())
        assert not [secret for secret in (PAYER_NAME, HOLDER_ID, "홍길동") if secret in text]


@pytest.mark.parametrize("form", FORMS)
def test_a_report_is_written_by_a_process_of_its_own(desk: Desk, tmp_path: Path, form: str) -> None:
    """In any folder, and with no home to look for fonts or packages in."""
    ran = process(
        *("report", desk / "rsa.der", "--trust", desk.trust, "-o", f"x.{form}"),
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "TYPST_FONT_PATHS": "/nowhere", "LC_ALL": "C.UTF-8"},
    )
    assert (ran.code, ran.err) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == [f"x.{form}"]
