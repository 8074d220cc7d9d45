"""Bad input, one and all: a code and a remedy on standard error, no file left behind, none written over."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.service.desk import Desk
from tests.service.running import Ran, called, nothing_changes, refused

not_for_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read and write everything"
)


def signed(desk: Desk, out: Path, text: object = None, *options: object, key: str = "rsa", stdin: bytes = b"") -> Ran:
    text = desk / "consent.txt" if text is None else text
    return called("sign", text, "--key", desk.key(key), *desk.password, "-o", out, *options, stdin=stdin)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "CMS-002"),
        (b" \n", "CMS-002"),
        ("동의".encode("euc-kr"), "CMS-003"),
        (b"\xff", "CMS-003"),
        (b"\xef\xbb\xbf" + "동의".encode(), "CMS-001"),
        (b"a\0b", "CMS-001"),
        (("동의" * 2000).encode(), "CMS-038"),
        (b"0" * 300_000, "CMS-038"),
        (bytes(2_000_000), "SVC-002"),
    ],
)
def test_a_text_that_cannot_be_signed_is_refused(desk: Desk, tmp_path: Path, text: bytes, code: str) -> None:
    (tmp_path / "out.der").write_bytes(b"of yesterday")
    with nothing_changes(tmp_path):
        refused(signed(desk, tmp_path / "out.der", "-", stdin=text), code)


def test_every_character_outside_the_charset_is_listed_with_a_suggestion(desk: Desk, tmp_path: Path) -> None:
    ran = signed(desk, tmp_path / "out.der", "-", "--charset", "euc-kr", stdin="요금 ₩1 —\n뷁".encode())
    refused(ran, "CMS-001")
    for word in ("U+20A9", "U+2014", "U+BDC1"):
        assert word in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_text_that_is_too_long_says_by_how_much(desk: Desk, tmp_path: Path) -> None:
    room = int(called("sign", "-", *_key(desk), "-o", "-", "--json", stdin=b"a").err.split('"room_bytes": ')[1][:-2])
    assert signed(desk, tmp_path / "fits.der", "-", stdin=b"a" * (room + 1)).code == 0
    ran = signed(desk, tmp_path / "out.der", "-", stdin=b"a" * (room + 8))
    refused(ran, "CMS-038")
    assert " 7 " in ran.err
    assert not (tmp_path / "out.der").exists()


def _key(desk: Desk) -> tuple[object, ...]:
    return ("--key", desk.key("rsa"), *desk.password)


@pytest.mark.parametrize(
    ("payer", "code"), [("expired", "CMS-030"), ("not_yet_valid", "CMS-031"), ("no_signing_usage", "CMS-032")]
)
def test_a_certificate_that_may_not_sign_now_is_refused(desk: Desk, tmp_path: Path, payer: str, code: str) -> None:
    with nothing_changes(tmp_path):
        refused(signed(desk, tmp_path / "out.der", key=payer), code)


def ed25519_key(desk: Desk) -> bytes:
    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


KEYS: dict[str, tuple[Callable[[Desk], bytes], str | None, str]] = {
    "no key at all": (lambda _: b"", None, "PKI-021"),
    "a text": (lambda _: "동의".encode(), "rsa", "PKI-020"),
    "a certificate": (lambda desk: desk.certificate("rsa").read_bytes(), "rsa", "SVC-016"),
    "half a store": (lambda desk: desk.key("rsa").read_bytes()[:900], None, "PKI-023"),
    "a PEM key alone": (lambda desk: (desk / "plain.key.pem").read_bytes(), None, "SVC-004"),
    "of another certificate": (lambda desk: (desk / "plain.key.pem").read_bytes(), "corporate", "PKI-028"),
    "of another kind": (ed25519_key, "rsa", "PKI-024"),
    "far too large": (lambda _: bytes(2_000_000), None, "SVC-002"),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_cannot_sign_is_refused(desk: Desk, tmp_path: Path, name: str) -> None:
    make, certificate, code = KEYS[name]
    (tmp_path / "key").write_bytes(make(desk))
    pair = ("--key", tmp_path / "key", *(("--cert", desk.certificate(certificate)) if certificate else ()))
    with nothing_changes(tmp_path):
        refused(called("sign", desk / "consent.txt", *pair, *desk.password, "-o", tmp_path / "out.der"), code)


@pytest.mark.parametrize("key", ["rsa.p12", "locked.key.pem"])
@pytest.mark.parametrize("typed", ["wrong", "", "\udcff", None])
def test_a_wrong_password_is_refused_and_never_repeated(
    desk: Desk, tmp_path: Path, key: str, typed: str | None
) -> None:
    file = desk.key("rsa") if key == "rsa.p12" else desk / key
    options: tuple[object, ...] = ("--cert", desk.certificate("rsa")) if key != "rsa.p12" else ()
    if typed is not None:
        (tmp_path / "password").write_bytes(typed.encode(errors="surrogateescape"))
        options += ("--password-file", tmp_path / "password")
    with nothing_changes(tmp_path):
        ran = called("sign", desk / "consent.txt", "--key", file, *options, "-o", tmp_path / "out.der")
    refused(ran, "PKI-022" if typed is None else "PKI-023")
    assert str(file) in ran.err
    assert "wrong\n" not in ran.err


def test_the_certificate_that_is_none_is_named(desk: Desk, tmp_path: Path) -> None:
    pair = ("--key", desk / "plain.key.pem", "--cert", desk.certificate("rsa"))
    ran = called(
        *("sign", desk / "consent.txt", *pair, "--intermediate", desk / "consent.txt", "-o", tmp_path / "out.der")
    )
    refused(ran, "PKI-029")
    assert str(desk / "consent.txt") in ran.err


Command = Callable[[Desk, object, Path], tuple[object, ...]]
READERS: dict[str, Command] = {
    "render": lambda _, file, out: ("render", file, "-o", out),
    "sign TEXT": lambda desk, file, out: ("sign", file, *_key(desk), "-o", out),
    "sign --key": lambda desk, file, out: ("sign", desk / "consent.txt", "--key", file, "-o", out),
    "sign --cert": lambda desk, file, out: ("sign", desk / "consent.txt", *_key(desk), "--cert", file, "-o", out),
    "sign --password-file": lambda desk, file, out: (
        *("sign", desk / "consent.txt", "--key", desk.key("rsa"), "--password-file", file, "-o", out),
    ),
    "prepare --cert": lambda desk, file, out: ("prepare", desk / "consent.txt", "--cert", file, "-o", out),
    "complete": lambda desk, file, out: ("complete", file, "--signature", desk / "rsa.der", "-o", out),
    "complete --signature": lambda desk, file, out: (
        *("complete", desk / "consent.json", "--signature", file, "-o", out),
    ),
    "inspect": lambda _, file, __: ("inspect", file),
    "decode": lambda _, file, out: ("file", "decode", file, "-o", out),
    "encode": lambda _, file, out: ("file", "encode", file, "-o", out),
    "check": lambda _, file, __: ("file", "check", file),
    "fb0110": lambda desk, file, out: (
        *("fb0110", file, "-o", out, "--trust", desk.trust, "--process-date", "2026-11-02"),
    ),
    "fb0420": lambda desk, file, out: ("fb0420", file, "--records", desk / "records.jsonl", "-o", out),
    "fb0420 --records": lambda desk, file, out: ("fb0420", desk / "FB0410", "--records", file, "-o", out),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_cannot_be_read_is_named(desk: Desk, tmp_path: Path, reader: str) -> None:
    for file in (tmp_path / "nowhere", tmp_path, tmp_path / "a" / "b", "x" * 300):
        with nothing_changes(tmp_path):
            ran = called(*READERS[reader](desk, file, tmp_path / "out"))
        refused(ran, "SVC-001")
        assert str(file) in ran.err


@not_for_root
@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_may_not_be_read_is_named(desk: Desk, tmp_path: Path, reader: str) -> None:
    (tmp_path / "closed").write_bytes(b"x")
    (tmp_path / "closed").chmod(0)
    ran = called(*READERS[reader](desk, tmp_path / "closed", tmp_path / "out"))
    (tmp_path / "closed").chmod(0o600)
    refused(ran, "SVC-001")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="there is no /proc/self/mem to fail in mid-reading")
@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_fails_while_it_is_read_is_named(desk: Desk, tmp_path: Path, reader: str) -> None:
    with nothing_changes(tmp_path):
        refused(called(*READERS[reader](desk, "/proc/self/mem", tmp_path / "out")), "SVC-001")


WRITERS: dict[str, Command] = {
    "render": lambda desk, out, _: ("render", desk / "consent.json", "-o", out),
    "sign": lambda desk, out, _: ("sign", desk / "consent.txt", *_key(desk), "-o", out),
    "prepare": lambda desk, out, _: ("prepare", desk / "consent.txt", "--cert", desk.certificate("rsa"), "-o", out),
    "decode": lambda desk, out, _: ("file", "decode", desk / "FB0410", "-o", out),
    "fb0110": lambda desk, out, _: (
        *("fb0110", desk / "records.jsonl", "-o", out, "--trust", desk.trust, "--process-date", "2026-11-02"),
    ),
    "fb0420": lambda desk, out, _: ("fb0420", desk / "FB0410", "--records", desk / "records.jsonl", "-o", out),
    "npki export": lambda desk, out, _: (
        *("npki", "export", next(desk.folder.glob("NPKI/*/USER/cn=홍*")), *desk.password),
        *("--new-password-file", desk.password[1], "-o", out),
    ),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_result_that_cannot_be_written_leaves_nothing(desk: Desk, tmp_path: Path, writer: str) -> None:
    (tmp_path / "folder").mkdir()
    for out in (tmp_path / "nowhere" / "out", tmp_path / "folder", tmp_path / ("x" * 300), ""):
        with nothing_changes(tmp_path):
            refused(called(*WRITERS[writer](desk, out, tmp_path)), "FB-044")


@not_for_root
@pytest.mark.parametrize("writer", WRITERS)
def test_a_folder_that_may_not_be_written_to_stays_as_it_is(desk: Desk, tmp_path: Path, writer: str) -> None:
    tmp_path.chmod(0o500)
    ran = called(*WRITERS[writer](desk, tmp_path / "out", tmp_path))
    tmp_path.chmod(0o700)
    refused(ran, "FB-044")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("writer", WRITERS)
def test_a_full_disk_is_named(desk: Desk, tmp_path: Path, writer: str) -> None:
    refused(called(*WRITERS[writer](desk, "/dev/full", tmp_path)), "FB-044")


def test_what_is_read_is_never_written_over(desk: Desk) -> None:
    text, key = desk / "consent.txt", desk.key("rsa")
    for out in (text, key, desk / "trust" / ".." / "consent.txt", desk / "password.txt"):
        refused(called("sign", text, "--key", key, *desk.password, "-o", out), "SVC-011")
    refused(called("file", "decode", desk / "FB0410", "-o", desk / "FB0410"), "SVC-011")
    refused(called("render", desk / "consent.json", "-o", desk / "consent.json"), "SVC-011")
    trust = ("--trust", desk.trust, "--process-date", "2026-11-02")
    refused(called("fb0110", desk / "records.jsonl", *trust, "-o", desk / "records.jsonl"), "SVC-011")


def test_a_result_takes_the_place_of_an_older_one_whole(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    out.write_bytes(b"x" * 100_000)
    assert called("render", desk / "consent.json", "-o", out).code == 0
    assert out.read_bytes() == (desk / "consent.txt").read_bytes()
    assert list(tmp_path.iterdir()) == [out]


def test_messages_speak_korean_and_so_do_reasons(tmp_path: Path) -> None:
    ran = called("inspect", tmp_path / "nowhere", lang="ko")
    refused(ran, "SVC-001")
    assert "파일이 없습니다" in ran.err
    assert "No such file" not in ran.err


def test_every_code_of_this_folder_has_words(desk: Desk) -> None:
    texts = Path(__file__).parents[2] / "consent" / "texts" / "svc.json"
    for code, words in json.loads(texts.read_text(encoding="utf-8")).items():
        assert code.startswith("SVC-")
        assert all(words[key] for key in ("ko", "en", "fix_ko", "fix_en"))


@pytest.mark.parametrize(
    "words",
    [
        ("consent", "show", "N"),
        ("log", "show", "--consent", "N"),
        ("log", "show", "--file", "N"),
        ("fix", "requeue", "N"),
        ("fix", "withdraw", "N"),
        ("fix", "done", "FB0620", "N"),
        ("fix", "receipt", "FB0211", "N", "0000"),
        ("fix", "amend", "N", "{}"),
        ("cancel", "N"),
    ],
)
def test_a_number_that_no_database_holds_is_wrong_use(words: tuple[str, ...], tmp_path: Path) -> None:
    typed = ["9223372036854775808" if word == "N" else word for word in words]
    ran = called(*typed, "--store", tmp_path / "s.db", "--keys", tmp_path / "keys.json")
    assert (ran.code, "9223372036854775807" in ran.err) == (2, True), ran.err
