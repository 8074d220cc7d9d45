"""dongui --explain: what a code means, wherever on the line one asks."""

from __future__ import annotations

import subprocess

import pytest

from consent.errors import LANGS, Lang
from consent.explanations import all_codes, explanation
from consent.wording import wording
from service.terminal import columns_of
from tests.service.desk import Desk
from tests.service.running import DONGUI, called, environment, process, refused


@pytest.mark.parametrize("lang", LANGS)
def test_every_code_is_explained_within_80_columns(lang: Lang, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = called("--explain", *all_codes(), lang=lang)
    assert (ran.code, ran.err) == (0, "")
    assert "{" not in ran.out
    assert [line for line in ran.out.splitlines() if columns_of(line) > 80] == []
    flat = " ".join(ran.out.split())
    for code in all_codes():
        assert explanation(code).text(lang) in flat


def test_an_explanation_has_message_meaning_remedy_check_and_clause() -> None:
    out = called("--explain", "CMS-161", lang="ko").out
    assert out.startswith("CMS-161\n  메시지\n")
    assert called("--explain", "SVC-001", lang="ko").out.startswith("SVC-001\n  메시지(… ")
    for part in ("\n  설명\n", "\n  조치 방법\n    원본 동의자료를", "점검 항목: 해시, 근거: RFC 5652 §11.2\n"):
        assert part in out
    assert "\n  조치 방법\n" not in called("--explain", "CMS-160", lang="ko").out
    assert "clause: RFC 5652 §11.2" in called("--explain", "CMS-161").out
    assert "Check:" not in called("--explain", "SVC-001").out


@pytest.mark.parametrize(
    "words",
    [
        ("--explain", "pki110", "--explain", "fb10"),
        ("--explain", "PKI-110", "FB-010"),
        ("--explain", "pki-110,fb-010"),
        ("--explain=[PKI-110,", "fb10]"),
        ("verify", "x.der", "--explain", "pki110", "fb10", "--trust", "nowhere"),
        ("trust", "show", "--explain", "pki110", "--explain=fb10"),
        ("no-such-command", "--explain", "pki110", "fb10", "pki110"),
        ("--explain", "pki110", "fb10", "sign"),
        ("--explain", "pki110", "fb10", "fb0110", "records.jsonl"),
    ],
)
def test_codes_may_be_asked_about_anywhere_and_several_at_once(words: tuple[str, ...]) -> None:
    ran = called(*words)
    assert (ran.code, ran.err) == (0, "")
    assert [line for line in ran.out.splitlines() if line[:1].isalpha()] == ["PKI-110", "FB-010"]


def test_json_has_one_object_a_code() -> None:
    for words in (("--explain", "cms161", "svc1", "--json"), ("verify", "--json", "--explain", "cms161", "svc1")):
        ran = called(*words, lang="ko")
        first, second = ran.lines
        assert list(first) == ["code", "message", "explanation", "remedy", "check", "reference"]
        assert (first["code"], first["check"], first["reference"]) == ("CMS-161", "digest", "RFC 5652 §11.2")
        assert first["explanation"] == explanation("CMS-161").ko
        assert first["remedy"] == wording("CMS-161").fix_ko
        assert (second["check"], second["reference"]) == (None, None)
        assert second["message"] == "파일 …을(를) 읽을 수 없습니다: …."
    assert called("--explain", "CMS-160", "--json").json["remedy"] is None


@pytest.mark.parametrize("lang", LANGS)
def test_an_unknown_code_is_refused_with_the_nearest(lang: Lang) -> None:
    for words in (("--explain", "PKI-127"), ("verify", "--explain", "cms161", "PKI-127", "--json")):
        ran = called(*words, lang=lang)
        refused(ran, "SVC-066")
        assert "PKI-126" in ran.err and "PKI-128" in ran.err
    refused(called("--explain", "무엇", lang=lang), "SVC-066")
    refused(called("--explain", "x" * 1000, lang=lang), "SVC-066")


def test_nothing_like_a_code_is_told_in_words() -> None:
    assert "비슷한 코드: 없음" in called("--explain", "XXX", lang="ko").err
    assert "Nearest: none" in called("--explain", "XXX").err


def test_a_code_that_is_missing_is_wrong_use() -> None:
    for words in (("--explain",), ("verify", "--explain"), ("trust", "show", "--explain")):
        ran = called(*words, lang="ko")
        assert (ran.code, ran.stdout) == (2, b"")
        assert "--explain" in ran.err
    assert called("--explain", "--lang", "ko").code == 2


def test_the_language_may_stand_on_either_side() -> None:
    for words in (("--lang", "ko", "--explain", "CMS-161"), ("--explain", "CMS-161", "--lang=ko")):
        assert "설명" in process(*words).out
    assert "설명" in process("--explain", "CMS-161", env={"LC_MESSAGES": "ko_KR.UTF-8"}).out
    assert "What it means" in process("--explain", "CMS-161").out


def test_behind_two_hyphens_it_is_a_file(desk: Desk) -> None:
    ran = called("verify", "--trust", desk.trust, "--", "--explain", "CMS-161")
    assert (ran.code, ran.err.count("SVC-001")) == (2, 2)


def test_a_terminal_of_another_encoding_is_served_too() -> None:
    command = [str(DONGUI), "--lang", "ko", "--explain", *all_codes()]
    env = environment({"PYTHONIOENCODING": "euc-kr"})
    ran = subprocess.run(command, env=env, capture_output=True, check=False, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "\\u" not in ran.stdout.decode("euc-kr")
