"""OpenSSL's judgement of our DER: it verifies with the root alone, and the content is the text's bytes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certs.demo import DemoPki
from consent.text import Charset, ConsentText
from signer import Digest, LocalKey, sign_consent
from tests.signer.making import AT, TEXT, ec_key, self_signed

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")

TEXTS = {
    "utf-8": TEXT,
    "euc-kr": ConsentText.of("출금이체 동의\n\t계좌: 가나은행\r\n끝 ", Charset.EUC_KR),
}


def openssl_cms(folder: Path, der: bytes, *options: str) -> bytes:
    """Return the content OpenSSL extracts after it has verified `der` against `folder`/root.pem at AT."""
    (folder / "x.der").write_bytes(der)
    ran = subprocess.run(
        [
            *("openssl", "cms", "-verify", "-inform", "DER", "-binary", "-in", "x.der", "-out", "x.txt"),
            *("-CAfile", "root.pem", "-attime", str(int(AT.timestamp())), *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return (folder / "x.txt").read_bytes()


@pytest.mark.parametrize("charset", TEXTS)
@pytest.mark.parametrize("payer", ["rsa", "ecdsa", "corporate", "ecdsa384"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_openssl_verifies_and_gives_the_text_back(
    pki: DemoPki, tmp_path: Path, payer: str, charset: str, digest: Digest
) -> None:
    pair = pki.payers[payer]
    (tmp_path / "root.pem").write_bytes(pki.root.certificate.public_bytes(Encoding.PEM))
    der = sign_consent(TEXTS[charset], LocalKey.of(pair), at=AT, digest=digest, intermediates=pair.others)
    assert openssl_cms(tmp_path, der) == TEXTS[charset].encoded


@pytest.mark.parametrize("payer", ["rsa", "ecdsa"])
def test_openssl_takes_signing_certificate_v2_for_cades(pki: DemoPki, tmp_path: Path, payer: str) -> None:
    pair = pki.payers[payer]
    (tmp_path / "root.pem").write_bytes(pki.root.certificate.public_bytes(Encoding.PEM))
    der = sign_consent(TEXT, LocalKey.of(pair), at=AT, intermediates=pair.others, signing_certificate_v2=True)
    assert openssl_cms(tmp_path, der, "-cades") == TEXT.encoded


def test_openssl_needs_an_intermediate_that_is_not_enclosed_beside_the_root(pki: DemoPki, tmp_path: Path) -> None:
    """Its -certfile is no help: OpenSSL 3.0 looks there for the signer alone, not for issuers."""
    authorities = (pki.root, pki.intermediates[0])
    (tmp_path / "root.pem").write_bytes(b"".join(a.certificate.public_bytes(Encoding.PEM) for a in authorities))
    der = sign_consent(TEXT, LocalKey.of(pki.payers["rsa"]), at=AT)
    assert openssl_cms(tmp_path, der) == TEXT.encoded


def test_openssl_verifies_p521(tmp_path: Path) -> None:
    key = ec_key(ec.SECP521R1())
    certificate = self_signed(key)
    (tmp_path / "root.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    assert openssl_cms(tmp_path, sign_consent(TEXT, LocalKey(key, certificate), at=AT, digest="sha512")) == TEXT.encoded
