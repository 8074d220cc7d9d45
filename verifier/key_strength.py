"""Keys that somebody else than their holder can use, and signatures that somebody else can make."""

from __future__ import annotations

import math
from typing import Final

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from verifier.signatures import SOUND_HASHES, hash_of

MIN_AUTHORITY_RSA_BITS: Final = 2048
MIN_AUTHORITY_CURVE_BITS: Final = 256
_SOUND: Final = SOUND_HASHES | {"shake256"}  # which is that of Ed448
_SMALL_PRIMES: Final = math.prod(n for n in range(2, 752) if all(n % d for d in range(2, math.isqrt(n) + 1)))


def has_small_factor(modulus: int) -> bool:
    """Whether an RSA modulus has a prime factor below 752 (NIST SP 800-89 §5.3.3)."""
    return math.gcd(modulus, _SMALL_PRIMES) != 1


def is_too_weak_for_an_authority(certificate_der: bytes) -> bool:
    return is_too_weak(x509.load_der_x509_certificate(certificate_der).public_key())


def is_too_weak(key: PublicKeyTypes) -> bool:
    """Whether an authority, or who speaks for it, may not have such a key: nobody is believed by it."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < MIN_AUTHORITY_RSA_BITS or has_small_factor(key.public_numbers().n)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.key_size < MIN_AUTHORITY_CURVE_BITS
    return not isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey)


def is_signed_by_a_sound_hash(certificate: asn1_x509.Certificate) -> bool:
    """Whether a certificate is signed over a hash of 256 bits or more, as evidence and revocation lists must be."""
    return hash_of(certificate) in _SOUND
