"""Which certificates may sign, and when: one refusal a cause."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certs.demo import DemoPki
from consent.errors import CodedError
from signer import LocalKey, prepare, remaining_text_bytes, sign_consent
from signer.admission import is_for_signing
from signer.errors import (
    CertificateExpired,
    CertificateNotForSigning,
    CertificateNotYetValid,
    CertificateUnreadable,
    CurveNotAllowed,
    KeyAlgorithmNotAllowed,
    RsaExponentUnsound,
    RsaKeyTooSmall,
)
from tests.signer.making import AT, TEXT, ec_key, self_signed


@pytest.mark.parametrize(
    ("payer", "refusal"),
    [
        ("expired", CertificateExpired),
        ("not_yet_valid", CertificateNotYetValid),
        ("no_signing_usage", CertificateNotForSigning),
    ],
)
def test_payers_of_the_demo_that_must_not_sign(pki: DemoPki, payer: str, refusal: type[CodedError]) -> None:
    with pytest.raises(refusal):
        sign_consent(TEXT, LocalKey.of(pki.payers[payer]), at=AT)


def test_validity_includes_its_first_and_its_last_second(pki: DemoPki) -> None:
    pair = pki.payers["ecdsa"]
    first, last = pair.certificate.not_valid_before_utc, pair.certificate.not_valid_after_utc
    second = timedelta(seconds=1)
    for at in (first, last):
        assert sign_consent(TEXT, LocalKey.of(pair), at=at)
    with pytest.raises(CertificateNotYetValid):
        sign_consent(TEXT, LocalKey.of(pair), at=first - second)
    with pytest.raises(CertificateExpired):
        sign_consent(TEXT, LocalKey.of(pair), at=last + second)


@pytest.mark.parametrize("usage", [{"digital_signature": True}, {"content_commitment": True}, None])
def test_either_usage_signs_and_so_does_none_at_all(usage: dict[str, bool] | None) -> None:
    key = ec_key()
    assert sign_consent(TEXT, LocalKey(key, self_signed(key, usage=usage)), at=AT)


@pytest.mark.parametrize("usage", [{"key_encipherment": True}, {"key_cert_sign": True}, {"crl_sign": True}])
def test_other_usages_do_not_sign(usage: dict[str, bool]) -> None:
    key = ec_key()
    with pytest.raises(CertificateNotForSigning):
        sign_consent(TEXT, LocalKey(key, self_signed(key, usage=usage)), at=AT)


def assert_refused(certificate: x509.Certificate, refusal: type[CodedError]) -> CodedError:
    """Both ways to ask give the same answer."""
    with pytest.raises(refusal):
        remaining_text_bytes(certificate)
    with pytest.raises(refusal) as refused:
        prepare(TEXT, certificate, at=AT)
    return refused.value


@pytest.mark.parametrize("bits", [1024, 2040])
def test_a_small_rsa_key_is_refused(bits: int) -> None:
    key = rsa.generate_private_key(65537, bits)
    refused = assert_refused(self_signed(key), RsaKeyTooSmall)
    assert refused.details == {"bits": bits, "minimum_bits": 2048}


def test_an_rsa_exponent_of_three_is_refused() -> None:
    assert_refused(self_signed(rsa.generate_private_key(3, 2048)), RsaExponentUnsound)


@pytest.mark.parametrize("curve", [ec.SECP224R1(), ec.SECP256K1(), ec.BrainpoolP256R1()], ids=lambda curve: curve.name)
def test_other_curves_are_refused(curve: ec.EllipticCurve) -> None:
    refused = assert_refused(self_signed(ec_key(curve)), CurveNotAllowed)
    assert refused.details == {"curve": curve.name}


def test_a_dsa_key_is_refused() -> None:
    assert_refused(self_signed(dsa.generate_private_key(1024)), KeyAlgorithmNotAllowed)


def with_key_algorithm(certificate: x509.Certificate, old: str, new: str) -> x509.Certificate:
    """Swap bytes in the public key's algorithm; the certificate's own signature no longer fits, which nobody asks."""
    der = certificate.public_bytes(Encoding.DER)
    assert bytes.fromhex(old) in der
    return x509.load_der_x509_certificate(der.replace(bytes.fromhex(old), bytes.fromhex(new)))


def test_a_key_bound_to_pss_is_refused(pki: DemoPki) -> None:
    """Id-RSASSA-PSS with an empty SEQUENCE of parameters in place of rsaEncryption with NULL."""
    certificate = with_key_algorithm(
        pki.payers["rsa"].certificate, "06092a864886f70d0101010500", "06092a864886f70d01010a3000"
    )
    assert isinstance(certificate.public_key(), rsa.RSAPublicKey)
    assert_refused(certificate, KeyAlgorithmNotAllowed)


def test_an_unknown_curve_is_refused(pki: DemoPki) -> None:
    certificate = with_key_algorithm(pki.payers["ecdsa"].certificate, "06082a8648ce3d030107", "06082a8648ce3d03017f")
    assert_refused(certificate, KeyAlgorithmNotAllowed)


def test_a_point_off_the_curve_is_refused() -> None:
    key = ec_key()
    point = key.public_key().public_numbers()
    x = point.x.to_bytes(32, "big")
    certificate = with_key_algorithm(self_signed(key), x.hex(), bytes(32).hex())
    assert_refused(certificate, CertificateUnreadable)


def test_a_malformed_key_usage_is_refused() -> None:
    key = ec_key()
    certificate = with_key_algorithm(self_signed(key), "0603551d0f0101ff0404030206c0", "0603551d0f0101ff0404040206c0")
    with pytest.raises(CertificateUnreadable):
        prepare(TEXT, certificate, at=AT)


@pytest.mark.parametrize(
    ("extension", "allowed"),
    [
        (x509.BasicConstraints(ca=True, path_length=None), False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), True),
    ],
)
def test_authorities_and_other_purposes_do_not_sign(extension: x509.ExtensionType, allowed: bool) -> None:
    key, name = ec_key(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(AT - timedelta(days=1)).not_valid_after(AT + timedelta(days=1))
    certificate = builder.add_extension(extension, critical=True).sign(key, hashes.SHA256())
    assert is_for_signing(certificate) is allowed
    if not allowed:
        with pytest.raises(CertificateNotForSigning):
            prepare(TEXT, certificate, at=AT)
