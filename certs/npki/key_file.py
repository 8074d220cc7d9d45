"""Opens signPri.key, a private key under a password by SEED.

Nobody who hands in files may learn from a refusal how far an attempt came: a wrong password, padding that is none and a
damaged key take the same steps and end in `PasswordWrong`.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_der_private_key

from certs.errors import KeyEncryptionUnsupported, NotKeyFile, PasswordMissing, PasswordWrong
from certs.key_encryption import HMAC_SHA1, SEED_BLOCK_BYTES, EncryptedKey
from certs.keys import OpenedKey, supported
from certs.npki.private_key_info import random_of
from certs.npki.seed import SEED_KEY_BYTES, decrypt, pbkdf1, pbkdf2

_PRFS: Final[dict[str | None, type[hashes.HashAlgorithm]]] = {
    HMAC_SHA1: hashes.SHA1,
    "1.2.840.113549.2.9": hashes.SHA256,
}


def open_key(encrypted: EncryptedKey, password: str | None) -> OpenedKey:
    """Open a key that is encrypted with SEED.

    Raises:
        PasswordMissing: it is None; the file may be what it has to be.
        NotKeyFile: what is encrypted cannot be that.
        KeyEncryptionUnsupported: a derivation that is not computed here, or no SEED in this build of OpenSSL.
        PasswordWrong: of password, padding and key one is wrong.
        KeyAlgorithmUnsupported: the key is whole, and neither RSA nor elliptic-curve.
    """
    iv = _vector(encrypted)
    if password is None:
        raise PasswordMissing
    opened = [_attempt(encrypted, iv, spelling) for spelling in spellings(password)]
    found = next((one for one in opened if one is not None), None)
    if found is None:
        raise PasswordWrong
    return found


def spellings(password: str) -> list[bytes]:
    """The bytes that a password may stand for: nothing says which, so CP949 (EUC-KR) is tried too."""
    utf_8 = password.encode(errors="surrogateescape")
    try:
        cp949 = password.encode("cp949")
    except UnicodeEncodeError:
        return [utf_8]
    return [utf_8] if cp949 == utf_8 else [utf_8, cp949]


def _vector(encrypted: EncryptedKey) -> bytes | None:
    """The initialisation vector; None where it is derived. Whatever the file says in the open is judged here."""
    if not encrypted.data or len(encrypted.data) % SEED_BLOCK_BYTES:
        raise NotKeyFile
    if encrypted.parameters is None:
        return None
    if encrypted.derivation.prf not in _PRFS:
        raise KeyEncryptionUnsupported
    if encrypted.derivation.key_bytes not in {None, SEED_KEY_BYTES}:
        raise NotKeyFile
    try:
        iv = bytes(encrypted.parameters.parse(bytes))
    except ValueError:
        raise NotKeyFile from None
    if len(iv) != SEED_BLOCK_BYTES:
        raise NotKeyFile
    return iv


def _attempt(encrypted: EncryptedKey, iv: bytes | None, password: bytes) -> OpenedKey | None:
    derivation = encrypted.derivation
    if iv is None:
        key, iv = pbkdf1(password, derivation.salt, derivation.iterations)
    else:
        key = pbkdf2(password, derivation.salt, derivation.iterations, _PRFS[derivation.prf]())
    info, is_padded = _unpadded(decrypt(key, iv, encrypted.data))
    read = _read(info)
    if read is None or not is_padded:
        return None
    return OpenedKey(supported(read), random_of(info))


def _unpadded(padded: bytes) -> tuple[bytes, bool]:
    """What was padded, and whether it was; what was not goes the same way as what is no key."""
    unpadder = PKCS7(8 * SEED_BLOCK_BYTES).unpadder()
    try:
        return unpadder.update(padded) + unpadder.finalize(), True
    except ValueError:
        return padded, False


class _ForeignKey:
    """A key of an algorithm that `cryptography` does not know, such as KCDSA."""


def _read(info: bytes) -> object | None:
    try:
        return load_der_private_key(info, None)
    except UnsupportedAlgorithm:
        return _ForeignKey()
    except (ValueError, TypeError):
        return None
