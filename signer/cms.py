"""Elements of DER, and the signed attributes that evidence has (RFC 5652 §11)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from signer.algorithms import Digest

FIRST_YEAR: Final = 1950  # of UTCTime (RFC 5652 §11.3)
FIRST_GENERALIZED_YEAR: Final = 2050  # RFC 5652 §11.3
_NO_OFFSET: Final = timedelta(0)

OCTET_STRING, UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x04, 0x17, 0x18, 0x30, 0x31
CONTEXT_0: Final = 0xA0  # constructed; EXPLICIT, or IMPLICIT in place of SET

RSA_ENCRYPTION: Final = ObjectIdentifier("1.2.840.113549.1.1.1")


def element(tag: int, content: bytes) -> bytes:
    """Encode one element of DER."""
    return _header(tag, len(content)) + content


@lru_cache(maxsize=1024)
def _header(tag: int, size: int) -> bytes:
    """Tag and length, the length in as few bytes as it takes (X.690 §8.1.3, §10.1)."""
    if size < 0x80:
        return bytes((tag, size))
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length


def set_of(tag: int, elements: Iterable[bytes]) -> bytes:
    """In ascending order, as DER asks (X.690 §11.6)."""
    return element(tag, b"".join(sorted(elements)))


DATA: Final = asn1.encode_der(ObjectIdentifier("1.2.840.113549.1.7.1"))
_CONTENT_TYPE: Final = asn1.encode_der(ObjectIdentifier("1.2.840.113549.1.9.3"))
_MESSAGE_DIGEST: Final = asn1.encode_der(ObjectIdentifier("1.2.840.113549.1.9.4"))
_SIGNING_TIME: Final = asn1.encode_der(ObjectIdentifier("1.2.840.113549.1.9.5"))
_SIGNING_CERTIFICATE_V2: Final = asn1.encode_der(ObjectIdentifier("1.2.840.113549.1.9.16.2.47"))
_CONTENT_TYPE_DATA: Final = element(SEQUENCE, _CONTENT_TYPE + element(SET, DATA))


def require_signing_time(at: datetime) -> None:
    """ValueError unless it is one that a signature of this profile can have."""
    if at.utcoffset() != _NO_OFFSET or at.microsecond:
        raise ValueError("at must be an aware UTC datetime in whole seconds")
    if at.year < FIRST_YEAR:
        raise ValueError("at must not be before 1950")


def signed_attributes(content: bytes, digest: Digest, at: datetime, signing_certificate: bytes | None) -> bytes:
    """Encode content-type, message-digest, signing-time (RFC 5652 §11) and, on request, signing-certificate-v2.

    Args:
        content: what the message-digest is of.
        digest: by which.
        at: aware UTC, whole seconds. UTCTime through 2049, GeneralizedTime from 2050 (§11.3).
        signing_certificate: DER of the signer's certificate, hashed with SHA-256 (RFC 5035 §4), or None.

    Returns:
        SET OF Attribute with the tag of SET, which is what is signed (RFC 5652 §5.4).
    """
    attributes = [
        _CONTENT_TYPE_DATA,
        _attribute(_MESSAGE_DIGEST, OCTET_STRING, hashlib.new(digest, content).digest()),
        _signing_time(at),
    ]
    if signing_certificate is not None:
        attributes.append(_signing_certificate_v2(signing_certificate))
    return set_of(SET, attributes)


def _signing_time(at: datetime) -> bytes:
    second = b"%02d%02d%02d%02d%02d%02dZ" % (at.year % 100, at.month, at.day, at.hour, at.minute, at.second)
    if at.year < FIRST_GENERALIZED_YEAR:
        return _attribute(_SIGNING_TIME, UTC_TIME, second)
    return _attribute(_SIGNING_TIME, GENERALIZED_TIME, b"%02d" % (at.year // 100) + second)


def _signing_certificate_v2(certificate: bytes) -> bytes:
    """SHA-256 is the DEFAULT of hashAlgorithm, which DER leaves out (RFC 5035 §4)."""
    cert_hash = element(OCTET_STRING, hashlib.sha256(certificate).digest())
    value = element(SEQUENCE, element(SEQUENCE, element(SEQUENCE, cert_hash)))
    return element(SEQUENCE, _SIGNING_CERTIFICATE_V2 + element(SET, value))


def _attribute(oid: bytes, tag: int, value: bytes) -> bytes:
    return _before_value(oid, tag, len(value)) + value


@lru_cache(maxsize=64)
def _before_value(oid: bytes, tag: int, size: int) -> bytes:
    """All of an Attribute that stands before its one value, which ends it."""
    attribute = element(SEQUENCE, oid + element(SET, element(tag, bytes(size))))
    return attribute[: len(attribute) - size]
