"""Object identifiers of the algorithms that Dongui knows (RFC 5754, RFC 8017)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

DIGESTS: Final = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


@dataclass(frozen=True)
class SignatureAlgorithm:
    """`digest` is None where the identifier leaves it to digestAlgorithm."""

    key_type: Literal["rsa", "ec"]
    digest: str | None


SIGNATURES: Final = {
    "1.2.840.113549.1.1.1": SignatureAlgorithm("rsa", None),  # rsaEncryption, RFC 5754 §3.2
    "1.2.840.113549.1.1.11": SignatureAlgorithm("rsa", "sha256"),
    "1.2.840.113549.1.1.12": SignatureAlgorithm("rsa", "sha384"),
    "1.2.840.113549.1.1.13": SignatureAlgorithm("rsa", "sha512"),
    "1.2.840.10045.4.3.2": SignatureAlgorithm("ec", "sha256"),
    "1.2.840.10045.4.3.3": SignatureAlgorithm("ec", "sha384"),
    "1.2.840.10045.4.3.4": SignatureAlgorithm("ec", "sha512"),
}


def is_of_signatures(oid: str) -> bool:
    """Whether the identifier is one of PKCS #1 or ANSI X9.62, where no digest algorithm has its own."""
    return oid.startswith(("1.2.840.113549.1.1.", "1.2.840.10045."))
