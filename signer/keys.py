"""Whoever holds the payer's key: a protocol, and the key that lies in this process's memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from cryptography.x509 import Certificate

from certs.keys import KeyPair, PrivateKey, require_matching
from signer.algorithms import Digest, sign


class SigningKey(Protocol):
    """Something that signs: a key in memory, a card, an HSM."""

    @property
    def certificate(self) -> Certificate:
        """The certificate of the key."""

    def sign(self, data: bytes, digest: Digest) -> bytes:
        """Hash `data` and sign it: RSA PKCS#1 v1.5, or ECDSA as DER (RFC 3279 §2.2.3)."""


@dataclass(frozen=True)
class LocalKey:
    """A private key in memory.

    Raises:
        certs.errors.KeyNotOfCertificate: on construction, when the two do not belong together.
    """

    private_key: PrivateKey = field(repr=False)
    certificate: Certificate

    def __post_init__(self) -> None:
        require_matching(self.private_key, self.certificate)

    @classmethod
    def of(cls, key_pair: KeyPair) -> LocalKey:
        """Take the key of a pair loaded by `certs`."""
        return cls(key_pair.private_key, key_pair.certificate)

    def sign(self, data: bytes, digest: Digest) -> bytes:
        return sign(self.private_key, data, digest)
