"""Private keys and certificates from files: PKCS#12, PKCS#8 and traditional keys, PEM or DER."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key, pkcs12

from certs.errors import (
    KeyAlgorithmUnsupported,
    KeyEncryptionUnsupported,
    KeyNotOfCertificate,
    NotCertificates,
    NotPkcs12,
    PasswordMissing,
    PasswordWrong,
    Pkcs12WithoutCertificate,
    Pkcs12WithoutKey,
)

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey

ILLEGIBLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the fields of a certificate or CRL that was loaded may raise still: they are parsed when they are asked for."""

# The ContentInfo type near the start of every PFX whose integrity a password protects (RFC 7292 §4): id-data.
_ID_DATA: Final = bytes.fromhex("06092a864886f70d010701")
_PFX_OPENING_BYTES: Final = 32


@dataclass(frozen=True)
class KeyPair:
    """A private key with its certificate.

    Attributes:
        private_key: not in the repr.
        certificate: of that key.
        others: further certificates that came along, mostly the issuing authorities.
    """

    private_key: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...] = ()

    def __post_init__(self) -> None:
        require_matching(self.private_key, self.certificate)


def require_matching(private_key: PrivateKey, certificate: x509.Certificate) -> None:
    """Return only if the key is the certificate's.

    Raises:
        KeyNotOfCertificate: it is another's, or the certificate's key cannot be read.
    """
    try:
        public_key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise KeyNotOfCertificate from None
    if private_key.public_key() != public_key:
        raise KeyNotOfCertificate


def load_pkcs12(data: bytes, password: str | None) -> KeyPair:
    """Open a PKCS#12 file (RFC 7292), DER or, as that standard allows, BER.

    Args:
        data: the bytes of the .p12 or .pfx file.
        password: as typed; None for a file without one. A password for a file that needs none is not an error.

    Raises:
        NotPkcs12, PasswordMissing, PasswordWrong, KeyEncryptionUnsupported, KeyIterationsExcessive,
        KeyAlgorithmUnsupported, Pkcs12WithoutKey, Pkcs12WithoutCertificate, KeyNotOfCertificate.
    """
    key, certificate, others = _open_pkcs12(data, password)
    if key is None:
        raise Pkcs12WithoutKey
    if certificate is None:
        raise Pkcs12WithoutCertificate
    return KeyPair(supported(key), certificate, tuple(others))


def _open_pkcs12(
    data: bytes, password: str | None
) -> tuple[object, x509.Certificate | None, Sequence[x509.Certificate]]:
    from certs.pkcs12_work import is_bearable  # noqa: PLC0415 - verdicts open no keys, and start sooner without

    attempts = [None] if password is None else [password, None]
    for attempt in attempts if is_bearable(data) else ():
        try:
            with warnings.catch_warnings(action="ignore", category=UserWarning):  # its remark that the file is BER
                return pkcs12.load_key_and_certificates(data, _encoded(attempt))
        except UnsupportedAlgorithm:
            raise KeyEncryptionUnsupported from None
        except (ValueError, TypeError):  # what was wrong is told in the message alone, which is nothing to go by
            continue
    if not data.startswith(b"\x30") or _ID_DATA not in data[:_PFX_OPENING_BYTES]:
        raise NotPkcs12
    raise PasswordMissing if password is None else PasswordWrong


@dataclass(frozen=True)
class OpenedKey:
    """A private key out of its file.

    Attributes:
        private_key: not in the repr.
        random: the R of NPKI keys, that ties an identity number to the certificate's VID; None where the file has none.
            It is as secret as the key.
    """

    private_key: PrivateKey = field(repr=False)
    random: bytes | None = field(default=None, repr=False)


def load_private_key(data: bytes, password: str | None) -> PrivateKey:
    """Read a private key: as `open_private_key`, the key alone."""
    return open_private_key(data, password).private_key


def open_private_key(data: bytes, password: str | None) -> OpenedKey:
    """Read a private key: PKCS#8 (plain, encrypted, or encrypted as NPKI's signPri.key is) or traditional, PEM or DER.

    A password for a key that needs none is not an error. R is read from NPKI keys and from plain PKCS#8 in DER.

    Raises:
        NotKeyFile, KeyFileTruncated, PasswordMissing, PasswordWrong, KeyEncryptionUnsupported, KeyIterationsExcessive,
        KeyAlgorithmUnsupported.
    """
    from certs.key_encryption import encrypted_key  # noqa: PLC0415 - verdicts open no keys, and start sooner without

    encrypted = encrypted_key(data)
    if encrypted is not None and encrypted.is_seed:
        from certs.npki.key_file import open_key  # noqa: PLC0415 - it needs this module, and few calls need it

        return open_key(encrypted, password)
    key = _load_private_key(data, password)
    if data[:1] != b"\x30" or encrypted is not None:
        return OpenedKey(key)
    from certs.npki.private_key_info import random_of  # noqa: PLC0415 - as above

    return OpenedKey(key, random_of(data))


def _load_private_key(data: bytes, password: str | None) -> PrivateKey:
    load = load_pem_private_key if b"-----BEGIN " in data else load_der_private_key
    try:
        return supported(load(data, None))
    except UnsupportedAlgorithm:
        raise KeyEncryptionUnsupported from None
    except ValueError:
        from certs.key_encryption import no_key  # noqa: PLC0415 - as above

        raise no_key(data) from None
    except TypeError:  # it is encrypted; nothing else tells so without reading messages
        if password is None:
            raise PasswordMissing from None
    try:
        return supported(load(data, _encoded(password)))
    except UnsupportedAlgorithm:
        raise KeyEncryptionUnsupported from None
    except (ValueError, TypeError):
        raise PasswordWrong from None


def load_certificates(data: bytes) -> tuple[x509.Certificate, ...]:
    """Read one DER certificate, or every certificate of a PEM file in its order.

    Raises:
        NotCertificates: there is none, or one of them cannot be parsed.
    """
    try:
        if data[:1] == b"\x30":
            return (x509.load_der_x509_certificate(data),)
        return tuple(x509.load_pem_x509_certificates(data))
    except (ValueError, x509.InvalidVersion):
        raise NotCertificates from None


def _encoded(password: str | None) -> bytes | None:
    return None if password is None else password.encode()


def supported(key: object) -> PrivateKey:
    """Return the key if it is of a kind that signs here.

    Raises:
        KeyAlgorithmUnsupported: it is not.
    """
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise KeyAlgorithmUnsupported
    return key
