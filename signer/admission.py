"""May a certificate sign consents? Asked before anything is signed, and again when it is completed."""

from __future__ import annotations

from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from certs.keys import ILLEGIBLE
from signer.algorithms import PublicKey
from signer.cms import RSA_ENCRYPTION
from signer.errors import (
    CertificateUnreadable,
    CurveNotAllowed,
    KeyAlgorithmNotAllowed,
    RsaExponentUnsound,
    RsaKeyTooSmall,
)

MIN_RSA_BITS: Final = 2048
MIN_RSA_EXPONENT: Final = 65_537  # FIPS 186-5 §5.1: odd, 2^16 < e < 2^256
MAX_RSA_EXPONENT_BITS: Final = 256
CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})


SIGNING_PURPOSES: Final = frozenset(
    {
        "2.5.29.37.0",  # anyExtendedKeyUsage
        "1.3.6.1.5.5.7.3.2",  # clientAuth, which natural persons' certificates have beside the next
        "1.3.6.1.5.5.7.3.4",  # emailProtection
        "1.3.6.1.5.5.7.3.36",  # documentSigning, RFC 9336
    }
)


def allowed_public_key(certificate: x509.Certificate) -> PublicKey:
    """Return the certificate's public key if evidence may be signed with such a key.

    Raises:
        KeyAlgorithmNotAllowed, RsaKeyTooSmall, RsaExponentUnsound, CurveNotAllowed, CertificateUnreadable.
    """
    try:
        public_key = certificate.public_key()
    except UnsupportedAlgorithm:
        raise KeyAlgorithmNotAllowed from None
    except ValueError:
        raise CertificateUnreadable from None
    if isinstance(public_key, EllipticCurvePublicKey):
        if public_key.curve.name not in CURVES:
            raise CurveNotAllowed(public_key.curve.name)
        return public_key
    # A key bound to RSASSA-PSS loads as RSA too, but must not sign PKCS#1 v1.5.
    if not isinstance(public_key, RSAPublicKey) or certificate.public_key_algorithm_oid != RSA_ENCRYPTION:
        raise KeyAlgorithmNotAllowed
    if public_key.key_size < MIN_RSA_BITS:
        raise RsaKeyTooSmall(public_key.key_size, MIN_RSA_BITS)
    exponent = public_key.public_numbers().e
    if exponent % 2 == 0 or exponent < MIN_RSA_EXPONENT or exponent.bit_length() > MAX_RSA_EXPONENT_BITS:
        raise RsaExponentUnsound
    return public_key


def is_for_signing(certificate: x509.Certificate) -> bool:
    """Whether the certificate is an end entity's and meant for signing.

    Raises:
        CertificateUnreadable.
    """
    try:
        extensions = [extension.value for extension in certificate.extensions]
    except ILLEGIBLE:
        raise CertificateUnreadable from None
    return all(map(_allows_signing, extensions))


def _allows_signing(extension: x509.ExtensionType) -> bool:
    """A certificate without these extensions is not restricted (RFC 5280 §4.2.1.3, §4.2.1.9, §4.2.1.12)."""
    match extension:
        case x509.KeyUsage():
            return extension.digital_signature or extension.content_commitment
        case x509.BasicConstraints():
            return not extension.ca
        case x509.ExtendedKeyUsage():
            return any(purpose.dotted_string in SIGNING_PURPOSES for purpose in extension)
        case _:
            return True
