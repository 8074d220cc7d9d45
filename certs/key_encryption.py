"""How an encrypted PKCS#8 key is encrypted, read from the open part of its file before any password is tried.

A cipher that is not read here, such as the ARIA of some programs, and a demand for hours of work are told as such and
not as a wrong password.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from certs.errors import KeyEncryptionUnsupported, KeyFileTruncated, KeyIterationsExcessive, NotKeyFile

MOST_ITERATIONS: Final = 2_000_000
"""How often a key file may have a password hashed: about two seconds. NPKI programs write 1024 or 2048, and what is
recommended for SHA-1 is 1 300 000 (OWASP, Password Storage Cheat Sheet)."""
MOST_SCRYPT_WORK: Final = 2**20
"""Cost times block size times parallelisation (RFC 7914 §2): 128 MiB of memory at most, and eight times OpenSSL's."""

PBES2: Final = "1.2.840.113549.1.5.13"
PBMAC1: Final = "1.2.840.113549.1.5.14"
SEED_CBC_WITH_SHA1: Final = "1.2.410.200004.1.15"
SEED_CBC: Final = "1.2.410.200004.1.4"
SEED_BLOCK_BYTES: Final = 16

PBKDF2: Final = "1.2.840.113549.1.5.12"
SCRYPT: Final = "1.3.6.1.4.1.11591.4.11"
HMAC_SHA1: Final = "1.2.840.113549.2.7"

_PBES1: Final = frozenset(
    {
        "1.2.840.113549.1.5.3",  # pbeWithMD5AndDES-CBC
        "1.2.840.113549.1.12.1.3",  # pbeWithSHAAnd3-KeyTripleDES-CBC
        "1.2.840.113549.1.12.1.6",  # pbeWithSHAAnd40BitRC2-CBC
        SEED_CBC_WITH_SHA1,
    }
)
_CIPHERS: Final = frozenset(
    {
        "1.2.840.113549.3.2",  # rc2-CBC
        "1.2.840.113549.3.7",  # des-ede3-cbc
        "2.16.840.1.101.3.4.1.2",  # aes128-CBC
        "2.16.840.1.101.3.4.1.22",  # aes192-CBC
        "2.16.840.1.101.3.4.1.42",  # aes256-CBC
        SEED_CBC,
    }
)
_PEM_KEY: Final = re.compile(rb"-----BEGIN ((?:[A-Z0-9]+ )*)PRIVATE KEY-----(.*?)-----END ", re.DOTALL)


@dataclass(frozen=True)
class Derivation:
    """How the cipher's key comes from the password: PBKDF1, PBKDF2 with its PRF, or scrypt, which names none."""

    salt: bytes
    iterations: int
    prf: str | None = None
    key_bytes: int | None = None


@dataclass(frozen=True)
class EncryptedKey:
    """The open part of an EncryptedPrivateKeyInfo (RFC 5958 §3) of a scheme that is read here.

    Attributes:
        cipher: OID of the scheme, or of the cipher under PBES2.
        parameters: the initialisation vector as its DER; None for schemes that derive it.
        data: what is encrypted.
    """

    cipher: str
    derivation: Derivation
    parameters: asn1.TLV | None = field(repr=False)
    data: bytes = field(repr=False)

    @property
    def is_seed(self) -> bool:
        return self.cipher in {SEED_CBC, SEED_CBC_WITH_SHA1}


def is_encrypted_key(data: bytes) -> bool:
    """Whether this is an EncryptedPrivateKeyInfo in DER, under any scheme."""
    return _PEM_KEY.search(data) is None and _open_part(data) is not None


def encrypted_key(data: bytes) -> EncryptedKey | None:
    """Read how `data` (PEM or DER) is encrypted; None for what is no encrypted PKCS#8.

    Raises:
        NotKeyFile: it says that it is one and is not well-formed.
        KeyEncryptionUnsupported: by a scheme, derivation or cipher that is not read here.
        KeyIterationsExcessive: opening it would take more than `MOST_ITERATIONS`.
    """
    info = _open_part(data)
    if info is None:
        return None
    try:
        return _read(info.encryption, info.encrypted_data)
    except ValueError:
        raise NotKeyFile from None


def _open_part(data: bytes) -> _EncryptedPrivateKeyInfo | None:
    pem = _PEM_KEY.search(data)
    if pem is None:
        der = data
    elif pem[1] == b"ENCRYPTED ":
        try:
            der = binascii.a2b_base64(b"".join(pem[2].split()), strict_mode=True)
        except ValueError:
            raise NotKeyFile from None
    else:
        return None
    try:
        return asn1.decode_der(_EncryptedPrivateKeyInfo, der)
    except ValueError:
        if pem is not None:
            raise NotKeyFile from None
        return None


def _read(algorithm: _Algorithm, data: bytes) -> EncryptedKey:
    scheme = algorithm.algorithm.dotted_string
    if scheme in _PBES1:
        pbes1 = algorithm.parameters.parse(_Pbes1)
        _require_bearable(pbes1.iterations, MOST_ITERATIONS)
        return EncryptedKey(scheme, Derivation(pbes1.salt, pbes1.iterations), None, data)
    if scheme != PBES2:
        raise KeyEncryptionUnsupported
    pbes2 = algorithm.parameters.parse(_Pbes2)
    cipher = pbes2.encryption.algorithm.dotted_string
    if cipher not in _CIPHERS:
        raise KeyEncryptionUnsupported
    return EncryptedKey(cipher, _derivation(pbes2.key_derivation), pbes2.encryption.parameters, data)


def require_bearable(algorithm: bytes) -> None:
    """Return only if this AlgorithmIdentifier (DER), of PBES1, PBES2 or PBMAC1 (RFC 9579), asks for no hours of work.

    Raises:
        KeyIterationsExcessive: it does.
        KeyEncryptionUnsupported, NotKeyFile: by a derivation that is not read here, or with less than one iteration.
        ValueError: it is none.
    """
    read = asn1.decode_der(_Algorithm, algorithm)
    if read.algorithm.dotted_string in {PBES2, PBMAC1}:
        _derivation(read.parameters.parse(_Pbes2).key_derivation)
    else:
        _require_bearable(read.parameters.parse(_Pbes1).iterations, MOST_ITERATIONS)


def _derivation(algorithm: _Algorithm) -> Derivation:
    function = algorithm.algorithm.dotted_string
    if function == PBKDF2:
        pbkdf2 = algorithm.parameters.parse(_Pbkdf2)
        _require_bearable(pbkdf2.iterations, MOST_ITERATIONS)
        prf = HMAC_SHA1 if pbkdf2.prf is None else pbkdf2.prf.algorithm.dotted_string
        return Derivation(pbkdf2.salt, pbkdf2.iterations, prf, pbkdf2.key_bytes)
    if function == SCRYPT:
        scrypt = algorithm.parameters.parse(_Scrypt)
        for factor in (scrypt.cost, scrypt.block_size, scrypt.parallelisation):
            _require_bearable(factor, MOST_SCRYPT_WORK)
        work = scrypt.cost * scrypt.block_size * scrypt.parallelisation
        _require_bearable(work, MOST_SCRYPT_WORK)
        return Derivation(scrypt.salt, work, None, scrypt.key_bytes)
    raise KeyEncryptionUnsupported


def _require_bearable(iterations: int, most: int) -> None:
    if iterations < 1:
        raise NotKeyFile
    if iterations > most:
        raise KeyIterationsExcessive


def is_cut_short(data: bytes) -> bool:
    """Whether `data` begins as DER that says it is longer than what is there."""
    if data[:1] != b"\x30" or len(data) < 2:
        return False
    from asn1crypto import parser  # noqa: PLC0415 - asked only when a file is refused

    try:
        return bool(parser.peek(data + bytes(_LONGEST)) > len(data))
    except ValueError:
        return False


_LONGEST: Final = 1024 * 1024
"""Bytes that a file of one key may say it has."""


def no_key(data: bytes) -> NotKeyFile:
    """What to say of something that is no key in any form."""
    return KeyFileTruncated() if is_cut_short(data) else NotKeyFile()


@asn1.sequence
class _Algorithm:
    algorithm: ObjectIdentifier
    parameters: asn1.TLV


@asn1.sequence
class _Pbes1:
    salt: bytes
    iterations: int


@asn1.sequence
class _Prf:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _Pbkdf2:
    """RFC 8018 A.2."""

    salt: bytes
    iterations: int
    key_bytes: int | None
    prf: _Prf | None


@asn1.sequence
class _Scrypt:
    """RFC 7914 §7.1."""

    salt: bytes
    cost: int
    block_size: int
    parallelisation: int
    key_bytes: int | None


@asn1.sequence
class _Pbes2:
    """RFC 8018 A.4, A.5: also of PBMAC1, whose second part is its MAC."""

    key_derivation: _Algorithm
    encryption: _Algorithm


@asn1.sequence
class _EncryptedPrivateKeyInfo:
    """RFC 5958 §3."""

    encryption: _Algorithm
    encrypted_data: bytes
