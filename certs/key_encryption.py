"""How an encrypted PKCS#8 key is encrypted.

Asked only when a key does not open, to tell a wrong password from a cipher that is not read here, such as the SEED of
many NPKI keys.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

_PEM: Final = re.compile(rb"-----BEGIN ENCRYPTED PRIVATE KEY-----\s(.*?)-----END ENCRYPTED PRIVATE KEY-----", re.DOTALL)
_PBES2: Final = "1.2.840.113549.1.5.13"
_KNOWN: Final = frozenset(
    {
        "1.2.840.113549.1.5.3",  # pbeWithMD5AndDES-CBC
        "1.2.840.113549.1.12.1.3",  # pbeWithSHAAnd3-KeyTripleDES-CBC
        "1.2.840.113549.1.12.1.6",  # pbeWithSHAAnd40BitRC2-CBC
        "1.2.840.113549.3.2",  # rc2-CBC
        "1.2.840.113549.3.7",  # des-ede3-cbc
        "2.16.840.1.101.3.4.1.2",  # aes128-CBC
        "2.16.840.1.101.3.4.1.22",  # aes192-CBC
        "2.16.840.1.101.3.4.1.42",  # aes256-CBC
    }
)


@asn1.sequence
class _Algorithm:
    algorithm: ObjectIdentifier
    parameters: asn1.TLV


@asn1.sequence
class _Pbes2:
    key_derivation: asn1.TLV
    encryption: _Algorithm


@asn1.sequence
class _EncryptedPrivateKeyInfo:
    """RFC 5958 §3."""

    encryption: _Algorithm
    encrypted_data: bytes


def is_unknown_encryption(key: bytes) -> bool:
    """Whether `key` (PEM or DER) is an encrypted PKCS#8 key under a scheme or cipher that is not read here."""
    try:
        pem = _PEM.search(key)
        der = binascii.a2b_base64(b"".join(pem[1].split()), strict_mode=True) if pem else key
        algorithm = asn1.decode_der(_EncryptedPrivateKeyInfo, der).encryption
        if algorithm.algorithm.dotted_string == _PBES2:
            algorithm = algorithm.parameters.parse(_Pbes2).encryption
    except ValueError:
        return False
    return algorithm.algorithm.dotted_string not in _KNOWN
