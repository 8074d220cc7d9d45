"""Writes signPri.key: a private key, and R with it, under a password by SEED."""

from __future__ import annotations

import secrets
from enum import StrEnum
from typing import Final

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.x509 import ObjectIdentifier

from certs.key_encryption import PBES2, PBKDF2, SEED_BLOCK_BYTES, SEED_CBC, SEED_CBC_WITH_SHA1
from certs.keys import PrivateKey
from certs.npki.private_key_info import private_key_info
from certs.npki.seed import encrypt, pbkdf1, pbkdf2

ITERATIONS: Final = 2048
"""What NPKI programs write. PyPinkSign, for one, writes this number whatever it carried out."""
SALT_BYTES: Final = 8


class Scheme(StrEnum):
    """How a key file is encrypted."""

    SEED_CBC_WITH_SHA1 = "seedCBCWithSHA1"
    PBES2 = "PBES2"


def lock_key(key: PrivateKey, random: bytes | None, password: str, scheme: Scheme) -> bytes:
    """Encrypt a key as a signPri.key: EncryptedPrivateKeyInfo (RFC 5958 §3) in DER, the password in UTF-8.

    Raises:
        KeyEncryptionUnsupported: this build of OpenSSL has no SEED.
    """
    salt, info = secrets.token_bytes(SALT_BYTES), _padded(private_key_info(key, random))
    if scheme is Scheme.PBES2:
        iv = secrets.token_bytes(SEED_BLOCK_BYTES)
        seed_key = pbkdf2(password.encode(), salt, ITERATIONS, hashes.SHA1())  # noqa: S303 - what all of them open
        parameters = _Pbes2Parameters(
            key_derivation=_Pbkdf2(
                algorithm=ObjectIdentifier(PBKDF2), parameters=_Parameters(salt=salt, iterations=ITERATIONS)
            ),
            encryption=_SeedCbc(algorithm=ObjectIdentifier(SEED_CBC), iv=iv),
        )
        pbes2 = _Pbes2(algorithm=ObjectIdentifier(PBES2), parameters=parameters)
        return asn1.encode_der(_KeyUnderPbes2(encryption=pbes2, encrypted_data=encrypt(seed_key, iv, info)))
    seed_key, iv = pbkdf1(password.encode(), salt, ITERATIONS)
    pbes1 = _Pbes1(
        algorithm=ObjectIdentifier(SEED_CBC_WITH_SHA1), parameters=_Parameters(salt=salt, iterations=ITERATIONS)
    )
    return asn1.encode_der(_KeyUnderPbes1(encryption=pbes1, encrypted_data=encrypt(seed_key, iv, info)))


def _padded(data: bytes) -> bytes:
    padder = PKCS7(8 * SEED_BLOCK_BYTES).padder()
    return padder.update(data) + padder.finalize()


@asn1.sequence
class _Parameters:
    """PBEParameter and PBKDF2-params (RFC 8018 A.2, A.3), whose PRF is HMAC-SHA1 where none is named."""

    salt: bytes
    iterations: int


@asn1.sequence
class _Pbes1:
    algorithm: ObjectIdentifier
    parameters: _Parameters


@asn1.sequence
class _KeyUnderPbes1:
    encryption: _Pbes1
    encrypted_data: bytes


@asn1.sequence
class _Pbkdf2:
    algorithm: ObjectIdentifier
    parameters: _Parameters


@asn1.sequence
class _SeedCbc:
    algorithm: ObjectIdentifier
    iv: bytes


@asn1.sequence
class _Pbes2Parameters:
    key_derivation: _Pbkdf2
    encryption: _SeedCbc


@asn1.sequence
class _Pbes2:
    algorithm: ObjectIdentifier
    parameters: _Pbes2Parameters


@asn1.sequence
class _KeyUnderPbes2:
    encryption: _Pbes2
    encrypted_data: bytes
