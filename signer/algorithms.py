"""Digests and signature algorithms of evidence (설계서 V3.8 2.5.2: SHA of 256 bits or more, RSA or ECDSA)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.x509 import ObjectIdentifier

from certs.keys import PrivateKey

Digest = Literal["sha256", "sha384", "sha512"]
PublicKey = RSAPublicKey | EllipticCurvePublicKey


@dataclass(frozen=True)
class DigestAlgorithm:
    """One SHA-2 digest: its OID (RFC 5754 §2) and that of ECDSA with it (RFC 5758 §3.2)."""

    oid: ObjectIdentifier
    ecdsa_oid: ObjectIdentifier
    hash: hashes.HashAlgorithm


DIGESTS: Final[Mapping[str, DigestAlgorithm]] = MappingProxyType(
    {
        "sha256": DigestAlgorithm(
            ObjectIdentifier("2.16.840.1.101.3.4.2.1"), ObjectIdentifier("1.2.840.10045.4.3.2"), hashes.SHA256()
        ),
        "sha384": DigestAlgorithm(
            ObjectIdentifier("2.16.840.1.101.3.4.2.2"), ObjectIdentifier("1.2.840.10045.4.3.3"), hashes.SHA384()
        ),
        "sha512": DigestAlgorithm(
            ObjectIdentifier("2.16.840.1.101.3.4.2.3"), ObjectIdentifier("1.2.840.10045.4.3.4"), hashes.SHA512()
        ),
    }
)


def require_digest(digest: str) -> None:
    """ValueError unless it is one of them."""
    if digest not in DIGESTS:
        raise ValueError("digest must be sha256, sha384 or sha512")


_PKCS1: Final = {name: (PKCS1v15(), digest.hash) for name, digest in DIGESTS.items()}
_ECDSA: Final = {name: (ECDSA(digest.hash),) for name, digest in DIGESTS.items()}


def sign(private_key: PrivateKey, data: bytes, digest: Digest) -> bytes:
    """Hash and sign `data`: RSA PKCS#1 v1.5, or ECDSA as DER Ecdsa-Sig-Value (RFC 3279 §2.2.3)."""
    if isinstance(private_key, RSAPrivateKey):
        return private_key.sign(data, *_PKCS1[digest])
    return private_key.sign(data, *_ECDSA[digest])


def verify(public_key: PublicKey, signature: bytes, data: bytes, digest: Digest) -> None:
    """Return only if `signature` is the key's over `data`; `cryptography.exceptions.InvalidSignature` otherwise."""
    if isinstance(public_key, RSAPublicKey):
        public_key.verify(signature, data, *_PKCS1[digest])
    else:
        public_key.verify(signature, data, *_ECDSA[digest])


def max_signature_bytes(public_key: PublicKey) -> int:
    """Return the length of the longest signature this key can make; an ECDSA one is often a byte or two shorter."""
    if isinstance(public_key, RSAPublicKey):
        return (public_key.key_size + 7) // 8
    integer = public_key.key_size // 8 + 1  # one more byte than the order where its top bit is set; P-521 has room
    content = 2 * (2 + integer)
    return content + (2 if content < 0x80 else 3)
