"""inspect --idn: whose certificate it is, the number and R unseen by all others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from certs.npki import find
from service.inputs import IDENTITY_VARIABLE, PASSWORD_VARIABLE
from tests.service.at_terminal import at_terminal
from tests.service.desk import Desk
from tests.service.running import PASSWORD, called, refused

NUMBER = "000000-0000000"
OTHER = "880101-1234567"
posix = pytest.mark.skipif(os.name != "posix", reason="terminals are POSIX here")


@pytest.fixture
def certificate(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(IDENTITY_VARIABLE, raising=False)
    (one,) = find([desk / "NPKI"], at=desk.pki.at, name="홍길동")
    return one.certificate_file


@pytest.mark.parametrize(("number", "code"), [(NUMBER, 0), (NUMBER.replace("-", ""), 0), (OTHER, 1)])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_answer_is_the_exit_code_too(
    desk: Desk, certificate: Path, monkeypatch: pytest.MonkeyPatch, number: str, code: int, lang: str
) -> None:
    monkeypatch.setenv(IDENTITY_VARIABLE, number)
    ran = called("inspect", certificate, "--idn", *desk.password, lang=lang)
    assert (ran.code, ran.err) == (code, "")
    assert ran.out.startswith("✘✔"[code == 0])
    assert ("dongui verify" in ran.out) == (code == 0)  # anybody can make a certificate that fits any number
    assert number not in ran.out
    as_json = called("inspect", certificate, "--idn", *desk.password, "--json", lang=lang)
    assert (as_json.code, as_json.json) == (code, {"file": str(certificate), "matches": code == 0})


def test_the_number_may_come_from_a_file_and_the_key_from_elsewhere(
    desk: Desk, certificate: Path, tmp_path: Path
) -> None:
    (tmp_path / "number").write_text(NUMBER + "\n", encoding="utf-8")
    words = ("--idn", "--idn-file", tmp_path / "number", *desk.password)
    key = certificate.with_name("signPri.key")
    assert called("inspect", desk.certificate("rsa"), *words, "--key", key).code == 0
    piped = called("inspect", "-", *words, "--key", key, stdin=certificate.read_bytes())
    assert (piped.code, piped.err) == (0, "")
    refused(called("inspect", desk.certificate("rsa"), *words), "SVC-050")
    refused(called("inspect", desk.certificate("corporate"), *words, "--key", key), "PKI-028")
    refused(called("inspect", desk.certificate("rsa"), *words, "--key", desk.key("rsa")), "PKI-038")
    refused(called("inspect", desk.certificate("rsa"), *words, "--key", desk.certificate("rsa")), "SVC-016")
    refused(called("inspect", key, *words), "SVC-045")
    refused(called("inspect", desk / "rsa.der", *words), "PKI-029")
    refused(
        called("inspect", desk / "trust" / "anchors" / "root.pem", *words, "--random-file", tmp_path / "number"),
        "SVC-051",
    )


def test_r_may_be_given_by_itself(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(IDENTITY_VARIABLE, NUMBER)
    random = tmp_path / "random"
    words = ("--idn", "--random-file", random)
    for text, code in ((desk.pki.identities["rsa"].random.hex() + "\n", 0), ("00" * 20, 1)):
        random.write_text(text, encoding="utf-8")
        ran = called("inspect", desk.certificate("rsa"), *words)
        assert (ran.code, ran.err) == (code, "")
        refused(called("inspect", desk / "trust" / "anchors" / "root.pem", *words), "PKI-036")
    for text, refusal in (("", "PKI-038"), ("xyz", "SVC-051"), ("012", "SVC-051")):
        random.write_text(text, encoding="utf-8")
        ran = called("inspect", desk.certificate("rsa"), *words)
        refused(ran, refusal)
        assert not text or text not in ran.err


def test_a_number_that_is_none_is_refused_and_not_repeated(
    desk: Desk, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, code in (("880101-123456", "PKI-035"), ("", "SVC-049")):
        monkeypatch.setenv(IDENTITY_VARIABLE, number)
        ran = called("inspect", certificate, "--idn", *desk.password)
        refused(ran, code)
        assert not number or number not in ran.err
    monkeypatch.delenv(IDENTITY_VARIABLE)
    refused(called("inspect", certificate, "--idn", *desk.password), "SVC-049")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_number_on_the_command_line_is_wrong_use_and_not_repeated(certificate: Path, lang: str) -> None:
    for words in (("--idn", NUMBER), (f"--idn={NUMBER}",), ("--idn", NUMBER, NUMBER)):
        ran = called("inspect", certificate, *words, lang=lang)
        assert (ran.code, ran.out) == (2, "")
        assert NUMBER not in ran.err


@pytest.mark.parametrize("option", ["--idn-file", "--key", "--password-file", "--random-file"])
@pytest.mark.parametrize(("lang", "word"), [("ko", "함께"), ("en", "go with --idn")])
def test_its_options_go_with_idn_alone(certificate: Path, option: str, lang: str, word: str) -> None:
    ran = called("inspect", certificate, option, certificate, lang=lang)
    assert (ran.code, ran.out) == (2, "")
    assert word in ran.err


@posix
def test_number_and_password_are_asked_for_at_a_terminal_and_not_echoed(certificate: Path) -> None:
    answers = (("Identity number", NUMBER), ("Password of the key", PASSWORD))
    talk = at_terminal("inspect", certificate, "--idn", answers=answers)
    assert talk.code == 0
    assert talk.out.startswith("✔")
    assert NUMBER not in talk.shown
    assert PASSWORD not in talk.shown


def test_the_password_may_come_from_the_environment(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(IDENTITY_VARIABLE, NUMBER)
    refused(called("inspect", certificate, "--idn"), "PKI-022")
    monkeypatch.setenv(PASSWORD_VARIABLE, "wrong")
    refused(called("inspect", certificate, "--idn"), "PKI-023")
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    assert called("inspect", certificate, "--idn").code == 0
