"""SEED-CBC (RFC 4269) and the two ways in which NPKI derives its key from a password.

seedCBCWithSHA1 takes key and initialisation vector from PBKDF1 with SHA-1 (RFC 8018 §5.1); under PBES2 the key comes
from PBKDF2 (§5.2) and the vector stands in the file.
"""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import SEED
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from certs.errors import KeyEncryptionUnsupported
from certs.key_encryption import SEED_BLOCK_BYTES

SEED_KEY_BYTES: Final = 16


def encrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    """SEED-CBC over whole blocks.

    Raises:
        KeyEncryptionUnsupported: this build of OpenSSL has no SEED.
    """
    try:
        encryptor = Cipher(SEED(key), modes.CBC(iv)).encryptor()
    except UnsupportedAlgorithm:
        raise KeyEncryptionUnsupported from None
    return encryptor.update(data) + encryptor.finalize()


def decrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    """As `encrypt`, the other way."""
    try:
        decryptor = Cipher(SEED(key), modes.CBC(iv)).decryptor()
    except UnsupportedAlgorithm:
        raise KeyEncryptionUnsupported from None
    return decryptor.update(data) + decryptor.finalize()


def pbkdf1(password: bytes, salt: bytes, iterations: int) -> tuple[bytes, bytes]:
    """Key and initialisation vector: the first 16 bytes, and those of SHA-1 over the last 4."""
    derived = password + salt
    for _ in range(iterations):
        derived = hashlib.sha1(derived).digest()  # noqa: S324 - what the scheme prescribes
    vector = hashlib.sha1(derived[SEED_KEY_BYTES:]).digest()  # noqa: S324 - as above
    return derived[:SEED_KEY_BYTES], vector[:SEED_BLOCK_BYTES]


def pbkdf2(password: bytes, salt: bytes, iterations: int, digest: hashes.HashAlgorithm) -> bytes:
    return PBKDF2HMAC(digest, SEED_KEY_BYTES, salt, iterations).derive(password)
