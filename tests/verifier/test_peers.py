"""Evidence made by others: OpenSSL's command line and pyHanko sign, we judge."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certs.demo import DemoPki
from certs.keys import KeyPair
from tests.verifier.conftest import Judge
from tests.verifier.forge import SIGNED_AT, TEXT
from verifier import Indication

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="the openssl command is not at hand")
PAYERS = ["rsa", "ecdsa", "corporate", "ecdsa384"]


def openssl(*arguments: str | Path, folder: Path) -> bytes:
    command = [OPENSSL or "openssl", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout


def write_pair(pair: KeyPair, folder: Path) -> None:
    (folder / "key.pem").write_bytes(pair.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "cert.pem").write_bytes(pair.certificate.public_bytes(Encoding.PEM))
    (folder / "ca.pem").write_bytes(b"".join(other.public_bytes(Encoding.PEM) for other in pair.others))
    (folder / "text").write_bytes(TEXT)


@needs_openssl
@pytest.mark.parametrize("payer", PAYERS)
@pytest.mark.parametrize("options", [[], ["-certfile", "ca.pem"], ["-md", "sha512"], ["-noattr"], ["-cades"]], ids=str)
def test_what_openssl_signs_passes(pki: DemoPki, judge: Judge, tmp_path: Path, payer: str, options: list[str]) -> None:
    write_pair(pki.payers[payer], tmp_path)
    sign = ["cms", "-sign", "-nodetach", "-outform", "DER", "-binary", "-in", "text", "-out", "x.der"]
    openssl(*sign, "-signer", "cert.pem", "-inkey", "key.pem", *options, folder=tmp_path)
    # OpenSSL signs at the machine's clock, within the demo certificates' year or not: the claim is judged apart.
    verdict = judge((tmp_path / "x.der").read_bytes())
    failed = {f.code for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED}
    assert failed <= {"PKI-131", "PKI-132"}
    assert not verdict.not_run


@needs_openssl
@pytest.mark.parametrize(
    "options", [["-stream"], ["-keyid"], ["-md", "sha1"], ["-keyopt", "rsa_padding_mode:pss"]], ids=str
)
def test_what_the_profile_excludes_is_refused_from_openssl_too(
    pki: DemoPki, judge: Judge, tmp_path: Path, options: list[str]
) -> None:
    write_pair(pki.payers["rsa"], tmp_path)
    sign = ["cms", "-sign", "-nodetach", "-outform", "DER", "-binary", "-in", "text", "-out", "x.der"]
    if "-stream" in options:
        sign.append("-indef")
    openssl(*sign, "-signer", "cert.pem", "-inkey", "key.pem", *options, folder=tmp_path)
    verdict = judge((tmp_path / "x.der").read_bytes())
    assert {f.code for f in verdict.findings if f.effect is Indication.TOTAL_FAILED} & {
        *("CMS-111", "CMS-143", "CMS-162", "CMS-182")
    }


def pyhanko_signer(pair: KeyPair) -> SimpleSigner:
    key = pair.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(pair.certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore.from_certs(  # type: ignore[no-untyped-call]
            [asn1_x509.Certificate.load(other.public_bytes(Encoding.DER)) for other in pair.others]
        ),
    )


@pytest.mark.parametrize("payer", PAYERS)
@pytest.mark.parametrize("digest", ["sha256", "sha512"])
@pytest.mark.parametrize("cades", [False, True])
def test_what_pyhanko_signs_passes(pki: DemoPki, judge: Judge, payer: str, digest: str, cades: bool) -> None:
    settings = PdfCMSSignedAttributes(signing_time=SIGNED_AT)
    signed = pyhanko_signer(pki.payers[payer]).async_sign_general_data(
        TEXT, digest, detached=False, use_cades=cades, signed_attr_settings=settings
    )
    verdict = judge(asyncio.run(signed).dump())
    assert [f.code for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED] == []
    assert verdict.indication is Indication.TOTAL_PASSED
