"""Keys and certificates from files: every form that is read, and every refusal."""

from __future__ import annotations

import pytest
from asn1crypto import core, pem
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from certs.demo import DemoPki
from certs.errors import (
    KeyAlgorithmUnsupported,
    KeyEncryptionUnsupported,
    KeyNotOfCertificate,
    NotCertificates,
    NotKeyFile,
    NotPkcs12,
    PasswordMissing,
    PasswordWrong,
    Pkcs12WithoutCertificate,
    Pkcs12WithoutKey,
)
from certs.keys import KeyPair, PrivateKey, load_certificates, load_pkcs12, load_private_key
from consent.errors import CodedError

PASSWORD = "비밀번호 pw1!"
ENCRYPTED = BestAvailableEncryption(PASSWORD.encode())
PLAIN = NoEncryption()
Protection = BestAvailableEncryption | NoEncryption


def p12(pair: KeyPair, protection: Protection = ENCRYPTED) -> bytes:
    return pkcs12.serialize_key_and_certificates(b"key", pair.private_key, pair.certificate, pair.others, protection)


def same_key(one: PrivateKey, other: PrivateKey) -> bool:
    return one.public_key() == other.public_key()


def ber_copy(data: bytes) -> bytes:
    """Write the outermost length in its long form: BER, and the same PFX."""
    contents: bytes = core.Sequence.load(data).contents
    return b"\x30\x84" + len(contents).to_bytes(4, "big") + contents


@pytest.mark.parametrize("payer", ["rsa", "ecdsa", "ecdsa384"])
def test_pkcs12_gives_key_certificate_and_issuer(pki: DemoPki, payer: str) -> None:
    pair = load_pkcs12(p12(pki.payers[payer]), PASSWORD)
    assert same_key(pair.private_key, pki.payers[payer].private_key)
    assert pair.certificate == pki.payers[payer].certificate
    assert pair.others == pki.payers[payer].others


def test_pkcs12_without_a_password_opens_with_or_without_one(pki: DemoPki) -> None:
    data = p12(pki.payers["rsa"], PLAIN)
    assert load_pkcs12(data, None).certificate == load_pkcs12(data, "any").certificate


def test_pkcs12_in_ber_opens(pki: DemoPki) -> None:
    assert load_pkcs12(ber_copy(p12(pki.payers["rsa"])), PASSWORD).certificate == pki.payers["rsa"].certificate


def test_pkcs12_password_missing_and_wrong_are_told_apart(pki: DemoPki) -> None:
    data = p12(pki.payers["ecdsa"])
    with pytest.raises(PasswordMissing):
        load_pkcs12(data, None)
    for wrong in ("", "비밀번호 pw1", "x" * 5000, "\udc80"):
        with pytest.raises(PasswordWrong):
            load_pkcs12(data, wrong)


def test_damage_inside_a_pkcs12_reads_like_a_wrong_password(pki: DemoPki) -> None:
    data = bytearray(p12(pki.payers["ecdsa"]))
    data[len(data) // 2] ^= 1
    with pytest.raises(PasswordWrong) as damaged:
        load_pkcs12(bytes(data), PASSWORD)
    with pytest.raises(PasswordWrong) as wrong:
        load_pkcs12(p12(pki.payers["ecdsa"]), "wrong")
    assert str(damaged.value) == str(wrong.value)


@pytest.mark.parametrize("data", [b"", b"\x30", b"not a file", bytes(1000)])
def test_what_is_no_pkcs12_is_refused(data: bytes) -> None:
    with pytest.raises(NotPkcs12):
        load_pkcs12(data, PASSWORD)


def test_a_certificate_is_no_pkcs12(pki: DemoPki) -> None:
    with pytest.raises(NotPkcs12):
        load_pkcs12(pki.root.der, None)


def test_pkcs12_has_to_hold_both_key_and_certificate(pki: DemoPki) -> None:
    pair = pki.payers["ecdsa"]
    with pytest.raises(Pkcs12WithoutKey):
        load_pkcs12(pkcs12.serialize_key_and_certificates(b"x", None, pair.certificate, None, ENCRYPTED), PASSWORD)
    with pytest.raises(Pkcs12WithoutCertificate):
        load_pkcs12(pkcs12.serialize_key_and_certificates(b"x", pair.private_key, None, None, ENCRYPTED), PASSWORD)


def test_pkcs12_of_another_algorithm_is_refused() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    data = pkcs12.serialize_key_and_certificates(b"x", key, None, None, ENCRYPTED)
    with pytest.raises((KeyAlgorithmUnsupported, Pkcs12WithoutCertificate)):
        load_pkcs12(data, PASSWORD)


@pytest.mark.parametrize("payer", ["rsa", "ecdsa"])
@pytest.mark.parametrize(
    ("encoding", "form", "protection"),
    [
        (Encoding.PEM, PrivateFormat.PKCS8, PLAIN),
        (Encoding.PEM, PrivateFormat.PKCS8, ENCRYPTED),
        (Encoding.PEM, PrivateFormat.TraditionalOpenSSL, PLAIN),
        (Encoding.PEM, PrivateFormat.TraditionalOpenSSL, ENCRYPTED),
        (Encoding.DER, PrivateFormat.PKCS8, PLAIN),
        (Encoding.DER, PrivateFormat.PKCS8, ENCRYPTED),
        (Encoding.DER, PrivateFormat.TraditionalOpenSSL, PLAIN),
    ],
)
def test_private_keys_are_read_in_every_form(
    pki: DemoPki, payer: str, encoding: Encoding, form: PrivateFormat, protection: Protection
) -> None:
    key = pki.payers[payer].private_key
    data = key.private_bytes(encoding, form, protection)
    assert same_key(load_private_key(data, PASSWORD), key)
    if protection is PLAIN:
        assert same_key(load_private_key(data, None), key)
    else:
        with pytest.raises(PasswordMissing):
            load_private_key(data, None)
        for wrong in ("", "wrong", "\udc80"):
            with pytest.raises(PasswordWrong):
                load_private_key(data, wrong)


def test_what_is_no_key_is_refused(pki: DemoPki) -> None:
    certificate = pki.payers["rsa"].certificate
    key = pki.payers["rsa"].private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, PLAIN)
    for data in (b"", b"key", bytes(1000), key[:-1], certificate.public_bytes(Encoding.PEM), pki.root.der):
        for password in (None, PASSWORD):
            with pytest.raises(NotKeyFile):
                load_private_key(data, password)


@pytest.mark.parametrize("protection", [PLAIN, ENCRYPTED])
def test_an_ed25519_key_is_refused(protection: Protection) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    with pytest.raises(KeyAlgorithmUnsupported):
        load_private_key(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection), PASSWORD)


def test_an_unknown_encryption_is_refused(pki: DemoPki) -> None:
    """The OID of AES-256-CBC inside PBES2 becomes one that nobody has given out; so does that of PBES2."""
    data = pki.payers["ecdsa"].private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, ENCRYPTED)
    for oid in (bytes.fromhex("060960864801650304012a"), bytes.fromhex("06092a864886f70d01050d")):
        assert oid in data
        unknown = data.replace(oid, oid[:-1] + b"\x7f")
        for form in (unknown, pem.armor("ENCRYPTED PRIVATE KEY", unknown)):
            for password in (PASSWORD, None):
                with pytest.raises(KeyEncryptionUnsupported):
                    load_private_key(form, password)


def test_a_key_of_another_certificate_is_refused(pki: DemoPki) -> None:
    with pytest.raises(KeyNotOfCertificate):
        KeyPair(pki.payers["rsa"].private_key, pki.payers["corporate"].certificate)
    with pytest.raises(KeyNotOfCertificate):
        KeyPair(ec.generate_private_key(ec.SECP256R1()), pki.payers["rsa"].certificate)


def test_a_key_pair_shows_no_key(pki: DemoPki) -> None:
    assert "private_key" not in repr(pki.payers["rsa"])


def test_certificates_are_read_from_der_and_pem(pki: DemoPki) -> None:
    certificates = tuple(pair.certificate for pair in pki.payers.values())
    assert load_certificates(b"".join(c.public_bytes(Encoding.PEM) for c in certificates)) == certificates
    assert load_certificates(certificates[0].public_bytes(Encoding.DER)) == certificates[:1]


def test_what_is_no_certificate_is_refused(pki: DemoPki) -> None:
    whole = pki.payers["rsa"].certificate.public_bytes(Encoding.PEM)
    for data in (b"", b"x", bytes(1000), pki.root.der[:-1], pki.root.crl, whole[:-30], whole.replace(b"M", b"N", 1)):
        with pytest.raises(NotCertificates):
            load_certificates(data)


@given(st.binary(max_size=80), st.none() | st.text(max_size=5))
def test_no_bytes_end_in_a_foreign_exception(data: bytes, password: str | None) -> None:
    for prefix in (b"", b"\x30", b"-----BEGIN PRIVATE KEY-----\n"):
        with pytest.raises(CodedError):
            load_private_key(prefix + data, password)
        with pytest.raises(CodedError):
            load_pkcs12(prefix + data, password)
        with pytest.raises(CodedError):
            load_certificates(prefix + data)


def test_small_keys_load_here_and_are_for_the_signer_to_refuse() -> None:
    key = rsa.generate_private_key(65537, 1024)
    assert same_key(load_private_key(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, PLAIN), None), key)
