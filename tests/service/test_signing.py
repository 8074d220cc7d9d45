"""render, sign, prepare and complete: from a consent's fields to evidence, the key here or elsewhere."""

from __future__ import annotations

import json
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from service.inputs import PASSWORD_VARIABLE
from tests.service.desk import CONSENT, Desk
from tests.service.running import PASSWORD, Ran, called, refused


def passes(desk: Desk, der: Path) -> bool:
    ran = called("verify", der, "--trust", desk.trust, "--json")
    return ran.code == 0 and ran.json["indication"] == "TOTAL_PASSED"


def test_a_consent_is_rendered_to_the_bytes_that_are_signed(desk: Desk, tmp_path: Path) -> None:
    expected = (desk / "consent.txt").read_bytes()
    assert called("render", desk / "consent.json").stdout == expected
    assert called("render", "-", stdin=(desk / "consent.json").read_bytes()).stdout == expected
    said = called("render", desk / "consent.json", "-o", tmp_path / "out.txt").out
    assert said == f"✔ {tmp_path / 'out.txt'}: {len(expected):,} bytes of text (utf-8)\n"
    assert (tmp_path / "out.txt").read_bytes() == expected
    in_euc_kr = called("render", desk / "consent.json", "--charset", "euc-kr")
    assert in_euc_kr.stdout == (desk / "consent-euc-kr.txt").read_bytes()


@pytest.mark.parametrize("charset", ["utf-8", "euc-kr"])
@pytest.mark.parametrize("payer", ["rsa", "ecdsa", "ecdsa384"])
def test_what_is_signed_passes(desk: Desk, tmp_path: Path, payer: str, charset: str) -> None:
    out = tmp_path / "out.der"
    text = desk / "consent.txt"
    ran = called("sign", text, "--key", desk.key(payer), *desk.password, "--charset", charset, "-o", out, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["der_bytes"] == out.stat().st_size
    assert ran.json["charset"] == charset
    assert passes(desk, out)


def test_a_refusal_tells_times_as_its_reader_has_them(desk: Desk, tmp_path: Path) -> None:
    at = ("--at", "2099-12-31T21:00:00+00:00")
    words = ("sign", desk / "consent.txt", "--key", desk.key("rsa"), *desk.password, *at, "-o", tmp_path / "out.der")
    for lang, told in (("ko", "2100-01-01T06:00:00+09:00"), ("en", "2099-12-31T21:00:00+00:00")):
        ran = called(*words, lang=lang)
        refused(ran, "CMS-030")
        assert told in ran.err


def test_a_text_file_may_be_in_euc_kr(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out.der"
    charsets = ("--text-charset", "euc-kr", "--charset", "euc-kr")
    ran = called("sign", desk / "consent-euc-kr.txt", "--key", desk.key("rsa"), *desk.password, *charsets, "-o", out)
    assert ran.code == 0
    assert out.name in ran.out
    assert (desk / "consent-euc-kr.txt").read_bytes() in out.read_bytes()


def test_the_password_may_come_from_the_environment(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    out = tmp_path / "out.der"
    assert called("sign", desk / "consent.txt", "--key", desk.key("rsa"), "-o", out).code == 0
    assert passes(desk, out)


def test_a_password_file_saved_with_a_byte_order_mark_opens_the_key(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "password.txt").write_text(PASSWORD, encoding="utf-8-sig")
    password = ("--password-file", tmp_path / "password.txt")
    out = tmp_path / "out.der"
    assert called("sign", desk / "consent.txt", "--key", desk.key("rsa"), *password, "-o", out).code == 0


@pytest.mark.parametrize("key", ["plain", "locked"])
def test_a_pem_key_signs_with_its_certificate(desk: Desk, tmp_path: Path, key: str) -> None:
    out = tmp_path / "out.der"
    pair = ("--key", desk / f"{key}.key.pem", "--cert", desk.certificate("rsa"))
    assert called("sign", desk / "consent.txt", *pair, *desk.password, "-o", out).code == 0
    assert passes(desk, out)


def test_a_store_signs_with_a_certificate_that_is_named(desk: Desk, tmp_path: Path) -> None:
    pair = ("--key", desk.key("rsa"), *desk.password)
    own, foreign = (("--cert", desk.certificate(name)) for name in ("rsa", "corporate"))
    assert called("sign", desk / "consent.txt", *pair, *own, "-o", tmp_path / "out.der").code == 0
    refused(called("sign", desk / "consent.txt", *pair, *foreign, "-o", tmp_path / "other.der"), "PKI-028")


def test_a_plain_key_asks_for_no_password(desk: Desk, tmp_path: Path) -> None:
    pair = ("--key", desk / "plain.key.pem", "--cert", desk.certificate("rsa"))
    assert called("sign", desk / "consent.txt", *pair, "-o", tmp_path / "out.der").code == 0


def test_text_comes_from_standard_input_and_the_der_goes_to_standard_output(desk: Desk) -> None:
    text = (desk / "consent.txt").read_bytes()
    ran = called("sign", "-", "--key", desk.key("rsa"), *desk.password, "-o", "-", "--json", stdin=text)
    assert ran.stdout[:1] == b"\x30"
    assert json.loads(ran.err)["der_bytes"] == len(ran.stdout)
    assert called("verify", "-", "--trust", desk.trust, stdin=ran.stdout).code == 0


def test_options_of_the_signature_are_taken(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out.der"
    issuer = desk / "trust" / "intermediates" / "ca-rsa.pem"
    options = ("--digest", "sha384", "--intermediate", issuer, "--signing-certificate-v2")
    assert called("sign", desk / "consent.txt", "--key", desk.key("rsa"), *desk.password, *options, "-o", out).code == 0
    assert passes(desk, out)
    shown = called("inspect", out).out
    assert "sha384" in shown
    assert "signing-certificate-v2" in shown
    assert "certificate 1" in shown


@pytest.mark.parametrize(("options", "count"), [((), 1), (("--signer-only",), 0)])
def test_what_came_with_the_key_is_enclosed_without_the_root(
    desk: Desk, tmp_path: Path, options: tuple[str, ...], count: int
) -> None:
    root, authority = desk.pki.root.certificate, desk.pki.payers["rsa"].others[0]
    chain = [desk.pki.payers["rsa"].certificate, authority, root]
    (tmp_path / "chain.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain))
    pem = ("--key", desk / "plain.key.pem", "--cert", tmp_path / "chain.pem")
    for key in (("--key", desk.key("rsa"), *desk.password), pem):
        made = called("sign", desk / "consent.txt", *key, "-o", tmp_path / "out.der", "--json", *options).json
        assert made["certificates_enclosed"] == count
        der = (tmp_path / "out.der").read_bytes()
        assert (authority.public_bytes(Encoding.DER) in der, root.public_bytes(Encoding.DER) in der) == (
            count > 0,
            False,
        )
        assert passes(desk, tmp_path / "out.der")
    ran = called("prepare", desk / "consent.txt", "--cert", tmp_path / "chain.pem", "-o", tmp_path / "p.json", *options)
    assert ran.out.endswith(f"beside the signer's: {count}\n")
    assert len(json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))["intermediates"]) == count


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")
def test_openssl_needs_nothing_but_the_root(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out.der"
    assert called("sign", desk / "consent.txt", "--key", desk.key("rsa"), *desk.password, "-o", out).code == 0
    command = ("openssl", "cms", "-verify", "-inform", "DER", "-binary", "-in", out, "-CAfile", desk / "root.pem")
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout == (desk / "consent.txt").read_bytes()


def test_an_intermediate_that_came_along_already_is_enclosed_once(desk: Desk, tmp_path: Path) -> None:
    key = ("--key", desk.key("rsa"), *desk.password, "--intermediate", desk.trust / "intermediates" / "ca-rsa.pem")
    made = called("sign", desk / "consent.txt", *key, "-o", tmp_path / "out.der", "--json").json
    assert made["certificates_enclosed"] == 1


@pytest.mark.parametrize("form", [Encoding.PEM, Encoding.DER])
def test_a_certificate_in_the_keys_place_is_told_for_one(desk: Desk, tmp_path: Path, form: Encoding) -> None:
    (tmp_path / "payer.crt").write_bytes(desk.pki.payers["rsa"].certificate.public_bytes(form))
    ran = called("sign", desk / "consent.txt", "--key", tmp_path / "payer.crt", "-o", tmp_path / "out.der")
    refused(ran, "SVC-016")
    assert str(tmp_path / "payer.crt") in ran.err


def test_a_time_for_signing_is_not_offered_the_signing_time(desk: Desk, tmp_path: Path) -> None:
    key = ("--key", desk.key("rsa"), *desk.password)
    ran = called("sign", desk / "consent.txt", *key, "-o", tmp_path / "out.der", "--at", "signing-time")
    refused(ran, "SVC-003")
    assert "signing-time," not in ran.err


def test_a_decomposed_text_is_composed_and_that_is_said(desk: Desk, tmp_path: Path) -> None:
    key = ("--key", desk.key("rsa"), *desk.password)
    ran = called("sign", "-", *key, "-o", tmp_path / "out.der", stdin=unicodedata.normalize("NFD", "동의").encode())
    assert ran.code == 0
    assert "NFC" in ran.err
    assert "동의".encode() in (tmp_path / "out.der").read_bytes()


def prepared(desk: Desk, payer: str, folder: Path) -> Ran:
    certificate = ("--cert", desk.certificate(payer))
    outputs = ("-o", folder / "prepared.json", "--to-be-signed", folder / "tbs")
    return called("prepare", desk / "consent.txt", *certificate, *outputs)


def completed(folder: Path, signature: bytes) -> Ran:
    (folder / "signature").write_bytes(signature)
    return called("complete", folder / "prepared.json", "--signature", folder / "signature", "-o", folder / "out.der")


@pytest.mark.parametrize("payer", ["rsa", "ecdsa"])
def test_a_key_elsewhere_signs_what_was_prepared(desk: Desk, tmp_path: Path, payer: str) -> None:
    assert prepared(desk, payer, tmp_path).code == 0
    to_be_signed, key = (tmp_path / "tbs").read_bytes(), desk.pki.payers[payer].private_key
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(to_be_signed, padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = key.sign(to_be_signed, ec.ECDSA(hashes.SHA256()))
    assert completed(tmp_path, signature).code == 0
    assert passes(desk, tmp_path / "out.der")


def test_a_foreign_signature_is_refused(desk: Desk, tmp_path: Path) -> None:
    prepared(desk, "rsa", tmp_path)
    foreign = desk.pki.payers["corporate"].private_key
    assert isinstance(foreign, rsa.RSAPrivateKey)
    signature = foreign.sign((tmp_path / "tbs").read_bytes(), padding.PKCS1v15(), hashes.SHA256())
    refused(completed(tmp_path, signature), "CMS-040")
    refused(completed(tmp_path, b""), "CMS-040")
    assert not (tmp_path / "out.der").exists()


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"version": 1}', "\0", "[" * 100_000])
def test_a_prepared_signature_that_is_none_is_refused(tmp_path: Path, damage: str) -> None:
    (tmp_path / "prepared.json").write_text(damage, encoding="utf-8")
    refused(completed(tmp_path, b"x"), "CMS-041")


def test_a_prepared_signature_that_was_changed_is_refused(desk: Desk, tmp_path: Path) -> None:
    prepared(desk, "rsa", tmp_path)
    document = (tmp_path / "prepared.json").read_bytes()
    fields = json.loads(document)
    other = json.loads(called("prepare", "-", "--cert", desk.certificate("rsa"), stdin=b"Another text").out)
    for name, value in other.items():
        if fields[name] != value:
            (tmp_path / "prepared.json").write_text(json.dumps(fields | {name: value}), encoding="utf-8")
            ran = completed(tmp_path, b"x")
            assert ran.code == 2
            assert "CMS-04" in ran.err


def test_prepare_writes_both_of_its_results_or_none(desk: Desk, tmp_path: Path) -> None:
    both = ("-o", tmp_path / "nowhere" / "prepared.json", "--to-be-signed", tmp_path / "tbs")
    refused(called("prepare", desk / "consent.txt", "--cert", desk.certificate("rsa"), *both), "FB-044")
    assert list(tmp_path.iterdir()) == []
    same = ("-o", tmp_path / "x", "--to-be-signed", tmp_path / "x")
    assert called("prepare", desk / "consent.txt", "--cert", desk.certificate("rsa"), *same).code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"extra": 1}, "CMS-010"),
        ({"debit_days": [0]}, "CMS-013"),
        ({"account_number": 71234500987654}, "CMS-012"),
        ({"account_number": "712345 00987654"}, "CMS-013"),
        ({"payer_name": "성춘향이\nx"}, "CMS-013"),
        ({"payer_name": "\ud800"}, "CMS-013"),
        ({"privacy_agreed": False}, "CMS-014"),
    ],
)
def test_a_consent_that_cannot_be_right_is_refused(tmp_path: Path, change: dict[str, object], code: str) -> None:
    (tmp_path / "consent.json").write_text(json.dumps(CONSENT | change), encoding="utf-8")
    refused(called("render", tmp_path / "consent.json"), code)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"purpose": "a", "purpose": "b"}', "\xff"])
def test_a_consent_that_is_no_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "consent.json").write_bytes(text.encode("latin-1"))
    refused(called("render", tmp_path / "consent.json"), "SVC-008")
