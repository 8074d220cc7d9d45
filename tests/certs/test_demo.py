"""The demo PKI: it looks like the Korean one, and OpenSSL accepts exactly the payers that are to be accepted."""

from __future__ import annotations

import shutil
import stat
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from certs import TrustStore
from certs.demo import DemoPki, build_demo_pki, write_demo_pki
from certs.keys import load_pkcs12

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")


def revoked_serials(crl: bytes) -> set[int]:
    return {entry.serial_number for entry in x509.load_der_x509_crl(crl)}


def test_every_payer_is_there_with_its_key(pki: DemoPki) -> None:
    kinds = {name: type(pair.private_key) for name, pair in pki.payers.items()}
    assert issubclass(kinds["rsa"], RSAPrivateKey)
    assert issubclass(kinds["corporate"], RSAPrivateKey)
    for name in ("ecdsa", "ecdsa384", "revoked", "expired", "not_yet_valid", "no_signing_usage"):
        assert issubclass(kinds[name], EllipticCurvePrivateKey)


def test_payers_carry_what_npki_certificates_carry(pki: DemoPki) -> None:
    certificate = pki.payers["rsa"].certificate
    critical = {extension.oid._name: extension.critical for extension in certificate.extensions}
    assert critical == {
        "subjectKeyIdentifier": False,
        "authorityKeyIdentifier": False,
        "keyUsage": True,
        "certificatePolicies": True,
        "subjectAltName": False,
        "cRLDistributionPoints": False,
    }
    assert certificate.subject.rfc4514_string().startswith("CN=홍길동(Hong Gil Dong)")
    assert certificate.subject.rfc4514_string().endswith("O=Dongui Demo,C=kr")


def test_authorities_require_an_explicit_policy_and_the_root_has_no_key_usage(pki: DemoPki) -> None:
    for authority in pki.intermediates:
        constraints = authority.certificate.extensions.get_extension_for_class(x509.PolicyConstraints)
        assert constraints.critical
        assert constraints.value.require_explicit_policy == 0
    with pytest.raises(x509.ExtensionNotFound):
        pki.root.certificate.extensions.get_extension_for_class(x509.KeyUsage)


def test_the_crl_lists_the_revoked_payer_and_no_other(pki: DemoPki) -> None:
    serials = {name: pair.certificate.serial_number for name, pair in pki.payers.items()}
    listed = set().union(*(revoked_serials(authority.crl) for authority in pki.intermediates))
    assert {name for name, serial in serials.items() if serial in listed} == {"revoked"}
    assert revoked_serials(pki.root.crl) == set()
    assert all(revoked_serials(authority.crl) for authority in pki.intermediates)


def test_crls_are_of_the_time_it_was_built_for(pki: DemoPki) -> None:
    for authority in (pki.root, *pki.intermediates):
        crl = x509.load_der_x509_crl(authority.crl)
        assert crl.last_update_utc == pki.at
        assert crl.next_update_utc is not None
        assert (crl.next_update_utc - pki.at).days in {30, 365}
        assert crl.is_signature_valid(authority.certificate.public_key())  # type: ignore[arg-type]


def test_building_takes_less_than_three_seconds_and_gives_new_keys(pki: DemoPki) -> None:
    started = time.process_time()
    other = build_demo_pki(at=datetime(2030, 1, 1, 12, 0, 0, 5, tzinfo=UTC))
    assert time.process_time() - started < 3
    assert other.at.microsecond == 0
    assert other.root.certificate.public_key() != pki.root.certificate.public_key()


def test_a_naive_time_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="aware"):
        build_demo_pki(at=datetime(2030, 1, 1))  # noqa: DTZ001 - the point of the test


def test_the_written_keys_open_and_only_the_owner_may_read_them(pki: DemoPki, tmp_path: Path) -> None:
    write_demo_pki(pki, tmp_path, password="비밀 1234")
    for name, pair in pki.payers.items():
        file = tmp_path / "keys" / f"{name}.p12"
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
        assert load_pkcs12(file.read_bytes(), "비밀 1234").certificate == pair.certificate
        assert x509.load_pem_x509_certificate((tmp_path / "keys" / f"{name}.crt.pem").read_bytes()) == pair.certificate


def test_writing_again_replaces(pki: DemoPki, tmp_path: Path) -> None:
    write_demo_pki(build_demo_pki(at=pki.at), tmp_path, password="1")
    trust = write_demo_pki(pki, tmp_path, password="2")
    assert [item.der for item in TrustStore.open(trust).anchors] == [pki.root.der]
    assert load_pkcs12((tmp_path / "keys" / "rsa.p12").read_bytes(), "2").certificate == pki.payers["rsa"].certificate


@needs_openssl
@pytest.mark.parametrize(
    ("payer", "complaint"),
    [
        ("rsa", None),
        ("ecdsa", None),
        ("corporate", None),
        ("ecdsa384", None),
        ("revoked", "certificate revoked"),
        ("expired", "certificate has expired"),
        ("not_yet_valid", "certificate is not yet valid"),
        ("no_signing_usage", "unsuitable certificate purpose"),
    ],
)
def test_openssl_agrees_about_every_payer(pki: DemoPki, tmp_path: Path, payer: str, complaint: str | None) -> None:
    write_demo_pki(pki, tmp_path, password="1")
    untrusted = b"".join(authority.certificate.public_bytes(Encoding.PEM) for authority in pki.intermediates)
    crls = b"".join(
        x509.load_der_x509_crl(authority.crl).public_bytes(Encoding.PEM) for authority in (pki.root, *pki.intermediates)
    )
    (tmp_path / "untrusted.pem").write_bytes(untrusted)
    (tmp_path / "crls.pem").write_bytes(crls)
    ran = subprocess.run(
        [
            *("openssl", "verify", "-attime", str(int(pki.at.timestamp()))),
            *("-purpose", "smimesign", "-crl_check_all", "-CRLfile", "crls.pem", "-policy_check"),
            *("-policy", "1.2.410.200005.1.1.1", "-policy", "1.2.410.200005.1.1.5"),
            *("-CAfile", "root.pem", "-untrusted", "untrusted.pem", f"keys/{payer}.crt.pem"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode == 0) == (complaint is None), ran.stderr
    assert complaint is None or complaint in ran.stderr
