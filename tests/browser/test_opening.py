"""Keys that a payer brings, opened in the page: each kind signs, and each thing that is wrong is told as what it is."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Page

from certs.demo import DemoPki
from certs.npki import Scheme
from signer.algorithms import Digest, verify
from tests.browser import key_files
from tests.browser.key_files import HANGUL, PASSWORD
from tests.browser.modules import call

MESSAGE: Final = b"to be signed"
_SIGN: Final = """async ([opener, given, message]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const dongui = await import("/static/dongui.js");
  const read = {};
  for (const [name, value] of Object.entries(given)) read[name] = value.file ? bytes(value.file) : value;
  const key = await dongui[opener](read);
  return btoa(String.fromCharCode(...await key.sign(bytes(message))));
}"""


def signature(page: Page, opener: str, **given: Any) -> bytes:
    sent = {
        name: {"file": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
        for name, value in given.items()
    }
    return base64.b64decode(page.evaluate(_SIGN, [opener, sent, base64.b64encode(MESSAGE).decode()]))


def refusal(page: Page, opener: str, **given: Any) -> Any:
    said, code = call(page, "dongui", opener, given)
    assert said == "threw"
    return code


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("payer", ["rsa", "ecdsa", "ecdsa384"])
def test_a_pkcs12_file_signs(blank: Page, pki: DemoPki, payer: str, digest: Digest) -> None:
    pair = pki.payers[payer]
    made = signature(blank, "pkcs12Key", file=key_files.p12(pair), password=PASSWORD, digest=digest)
    verify(pair.certificate.public_key(), made, MESSAGE, digest)  # type: ignore[arg-type]


@pytest.mark.parametrize("mac", [hashes.SHA1(), hashes.SHA384(), hashes.SHA512()])
def test_its_mac_may_be_by_any_sha(blank: Page, pki: DemoPki, mac: hashes.HashAlgorithm) -> None:
    pair = pki.payers["ecdsa"]
    signature(blank, "pkcs12Key", file=key_files.p12(pair, key_files.aes(mac, HANGUL)), password=HANGUL)


def test_a_pkcs12_file_under_seed_signs(blank: Page, pki: DemoPki, tmp_path: Path) -> None:
    pair = pki.payers["rsa"]
    made = signature(blank, "pkcs12Key", file=key_files.seed_p12(pair, tmp_path), password=PASSWORD)
    verify(pair.certificate.public_key(), made, MESSAGE, "sha256")  # type: ignore[arg-type]


def test_a_pkcs12_file_brings_its_other_certificates(blank: Page, pki: DemoPki) -> None:
    pair = pki.payers["rsa"]
    _, key = call(blank, "dongui", "pkcs12Key", {"file": key_files.p12(pair), "password": PASSWORD})
    assert key["certificate"]["der"] == key_files.certificate(pair).hex()
    assert key["intermediates"] == [other.public_bytes(Encoding.DER).hex() for other in pair.others]


def test_an_opened_key_cannot_be_taken_out(blank: Page, pki: DemoPki) -> None:
    files = {"file": key_files.p12(pki.payers["rsa"])}
    _, opened = call(blank, "dongui/opening", "open", "pkcs12", files, PASSWORD, "sha256")
    assert opened["key"] == {"type": "private", "extractable": False, "usages": ["sign"]}


def test_refused_pkcs12_files(blank: Page, pki: DemoPki) -> None:
    pair = pki.payers["rsa"]
    file, legacy = key_files.p12(pair), key_files.p12(pair, key_files.triple_des())
    mismatched = key_files.p12(pki.payers["no_signing_usage"])
    for given, password, code in (
        (file, "wrong", "key-password-wrong"),
        (file, "", "key-password-missing"),
        (file[:-20], PASSWORD, "key-file-truncated"),
        (file + b"\0", PASSWORD, "key-file-not"),
        (b"not a key file", PASSWORD, "key-file-not"),
        (b"", PASSWORD, "key-file-not"),
        (bytes(300_000), PASSWORD, "key-file-not"),
        (key_files.certificate(pair), PASSWORD, "key-file-not"),
        (legacy, PASSWORD, "key-encryption-legacy"),
        (mismatched, PASSWORD, "key-not-of-certificate"),
    ):
        assert refusal(blank, "pkcs12Key", file=given, password=password) == code


@pytest.mark.parametrize("scheme", list(Scheme))
@pytest.mark.parametrize("payer", ["rsa", "ecdsa", "ecdsa384"])
def test_an_npki_key_signs(blank: Page, pki: DemoPki, payer: str, scheme: Scheme) -> None:
    pair = pki.payers[payer]
    given = {"certificate": key_files.certificate(pair), "key": key_files.npki(pair, scheme), "password": PASSWORD}
    verify(pair.certificate.public_key(), signature(blank, "npkiKey", **given), MESSAGE, "sha256")  # type: ignore[arg-type]


@pytest.mark.parametrize("charset", ["utf-8", "cp949"])
@pytest.mark.parametrize("scheme", list(Scheme))
def test_a_password_of_hangul_may_stand_in_either_charset(
    blank: Page, pki: DemoPki, scheme: Scheme, charset: str
) -> None:
    pair = pki.payers["ecdsa"]
    key = key_files.npki(pair, scheme, HANGUL, charset)
    signature(blank, "npkiKey", certificate=key_files.certificate(pair), key=key, password=HANGUL)


def test_cp949_is_that_of_python(blank: Page) -> None:
    for word in (HANGUL, "뷁똠방각하", "한글abc", "漢字"):
        assert call(blank, "dongui/passwords", "spellings", word)[1] == [
            word.encode().hex(),
            word.encode("cp949").hex(),
        ]
    assert call(blank, "dongui/passwords", "spellings", "한글😀") == ["gave", ["한글😀".encode().hex()]]
    assert call(blank, "dongui/passwords", "spellings", "ascii") == ["gave", [b"ascii".hex()]]


def test_refused_npki_files(blank: Page, pki: DemoPki) -> None:
    pair, scheme = pki.payers["rsa"], Scheme.PBES2
    certificate, key = key_files.certificate(pair), key_files.npki(pair, scheme)
    other = pki.payers["kica"]
    damaged = key[:-5] + bytes([key[-5] ^ 1]) + key[-4:]
    kcdsa = bytes.fromhex("3016020100300c06082a831a8c9a44010105000403010203")
    for files, password, code in (
        ((certificate, key), "wrong", "key-password-wrong"),
        ((certificate, damaged), PASSWORD, "key-password-wrong"),
        ((certificate, key_files.npki_of(b"no key at all", scheme)), PASSWORD, "key-password-wrong"),
        ((certificate, key), "", "key-password-missing"),
        ((key, certificate), PASSWORD, "key-files-exchanged"),
        ((certificate, key[:-1]), PASSWORD, "key-file-truncated"),
        ((certificate, b"\x30\x03abc"), PASSWORD, "key-file-not"),
        ((certificate[:-3], key), PASSWORD, "certificate-unreadable"),
        ((certificate, key_files.npki(other, scheme)), PASSWORD, "key-not-of-certificate"),
        ((certificate, key_files.npki(pki.payers["ecdsa"], scheme)), PASSWORD, "key-not-of-certificate"),
        ((key_files.certificate(pki.payers["ecdsa"]), key_files.npki(pki.payers["ecdsa384"], scheme)), PASSWORD,
         "key-not-of-certificate"),
        ((key_files.certificate(pki.payers["no_signing_usage"]), key), PASSWORD, "certificate-for-encryption"),
        ((certificate, key_files.npki_of(kcdsa, scheme)), PASSWORD, "key-algorithm-unsupported"),
        ((certificate, key_files.npki_of(b"", scheme, 2_000_001)), PASSWORD, "key-iterations-excessive"),
        ((certificate, key_files.npki_of(b"", Scheme.SEED_CBC_WITH_SHA1, 200_001)), PASSWORD,
         "key-iterations-excessive"),
        ((certificate, key_files.npki_of(b"", scheme, 0)), PASSWORD, "key-file-damaged"),
        ((certificate, key.replace(b"\x2a\x83\x1a\x8c\x9a\x44\x01\x04", b"\x2a\x83\x1a\x8c\x9a\x6e\x01\x04")), PASSWORD,
         "key-encryption-unsupported"),
    ):  # fmt: skip
        assert refusal(blank, "npkiKey", certificate=files[0], key=files[1], password=password) == code


def test_a_webcrypto_key_signs_and_has_to_fit(blank: Page, pki: DemoPki) -> None:
    said = blank.evaluate(
        """async ([rsa, ecdsa, certificates]) => {
          const { webCryptoKey } = await import("/static/dongui.js");
          const bytes = (hex) => Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
          const load = (hex, algorithm, usages = ["sign"]) =>
            crypto.subtle.importKey("pkcs8", bytes(hex), algorithm, false, usages);
          const pkcs1 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
          const p256 = { name: "ECDSA", namedCurve: "P-256" };
          const trials = [
            [await load(rsa, pkcs1), "rsa"],
            [await load(ecdsa, p256), "ecdsa"],
            [await load(rsa, pkcs1), "kica"],
            [await load(rsa, pkcs1), "ecdsa"],
            [await load(rsa, { ...pkcs1, hash: "SHA-512" }), "rsa"],
            [await load(ecdsa, { ...p256, name: "ECDH" }, ["deriveBits"]), "ecdsa"],
            [await load(rsa, { ...pkcs1, name: "RSA-PSS" }), "rsa"],
            [await load(rsa, pkcs1), "no_signing_usage"],
          ];
          const said = [];
          for (const [privateKey, name] of trials) {
            try {
              await webCryptoKey({ privateKey, certificate: bytes(certificates[name]) });
              said.push("signs");
            } catch (error) {
              said.push(error.code);
            }
          }
          return said;
        }""",
        [
            *(
                pki.payers[name].private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()).hex()
                for name in ("rsa", "ecdsa")
            ),
            {name: key_files.certificate(pair).hex() for name, pair in pki.payers.items()},
        ],
    )
    assert said == [
        "signs",
        "signs",
        "key-not-of-certificate",
        "key-not-of-certificate",
        "key-cannot-sign",
        "key-not-of-certificate",
        "key-not-of-certificate",
        "certificate-for-encryption",
    ]


def test_a_certificate_says_whose_it_is(blank: Page, pki: DemoPki) -> None:
    pair = pki.payers["rsa"]
    for encoding in (Encoding.DER, Encoding.PEM):
        _, read = call(blank, "dongui/certificate", "readCertificate", key_files.certificate(pair, encoding))
        assert read["der"] == key_files.certificate(pair).hex()
        assert read["commonName"].startswith("홍길동")
        assert read["issuer"] == "Dongui Demo CA 1"
        assert read["notAfter"] == f"{pair.certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%S}.000Z"


def test_a_certificate_is_no_more_than_that(blank: Page, pki: DemoPki) -> None:
    der = key_files.certificate(pki.payers["ecdsa"])
    for wrong in (b"", b"\0", der[:-1], der + b"\0", b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"):
        assert call(blank, "dongui/certificate", "readCertificate", wrong) == ["threw", "certificate-unreadable"]
