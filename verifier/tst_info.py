"""TimeStampResp, TimeStampToken and TSTInfo (RFC 3161 §2.4.2): what a time-stamp says, not yet whether it is true."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from verifier.cms import AlgorithmIdentifier, read_algorithm, read_signed_data
from verifier.der import (
    BOOLEAN,
    CONTEXT_0,
    CONTEXT_1,
    GENERALIZED_TIME,
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    Element,
    read_der,
    read_time,
)
from verifier.fields import Fields, StructureFault
from verifier.policies import TIME_STAMP

ID_TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"

_GRANTED: Final = frozenset({0, 1})  # granted, grantedWithMods
_TIME: Final = re.compile(rb"(\d{14})(?:\.(\d{0,8}[1-9]))?Z")
_MILLIS: Final = 0x80
_MICROS: Final = 0x81


class TstInfo(NamedTuple):
    """Something with the digest `imprint` existed at `generated_at`, give or take `accuracy`."""

    digest_algorithm: AlgorithmIdentifier
    imprint: bytes
    generated_at: datetime
    accuracy: timedelta
    nonce: int | None  # of the request

    @property
    def existed_by(self) -> datetime:
        return self.generated_at + self.accuracy


def token_of(data: bytes) -> bytes:
    """The token itself, also out of the response that a time-stamping authority wraps it in.

    Raises:
        StructureFault: neither, or a response without a token.
    """
    root = _read(data)
    if not root.children or root.children[0].tag != SEQUENCE:
        return data
    response = Fields(data, root, SEQUENCE, "timeStampResp")
    status = Fields(data, response.take(SEQUENCE, "status"), SEQUENCE, "timeStampResp.status")
    if status.integer("status") not in _GRANTED:
        raise StructureFault("PKI-137", "timeStampResp.status", status.last.start)
    token = response.take(SEQUENCE, "timeStampToken")
    return data[token.start : token.end]


def read_tst_info(token: bytes) -> TstInfo:
    """What a token says.

    Raises:
        StructureFault: not SignedData over a TSTInfo of version 1, or with a critical extension.
    """
    signed_data = read_signed_data(token, _read(token))
    if signed_data.econtent_type != ID_TST_INFO or signed_data.econtent is None:
        raise StructureFault("PKI-137", "encapContentInfo", signed_data.econtent_start)
    der = signed_data.econtent
    fields = Fields(der, _read(der), SEQUENCE, "tstInfo")
    if fields.integer("version") != 1:
        raise StructureFault("PKI-137", "tstInfo.version", fields.last.start)
    fields.take(OID, "policy")
    imprint = Fields(der, fields.take(SEQUENCE, "messageImprint"), SEQUENCE, "tstInfo.messageImprint")
    digest_algorithm = read_algorithm(der, imprint.take(SEQUENCE, "hashAlgorithm"), "tstInfo.messageImprint")
    hashed = imprint.body(imprint.take(OCTET_STRING, "hashedMessage"))
    imprint.finish()
    fields.take(INTEGER, "serialNumber")
    generated_at = _time(fields)
    accuracy = _accuracy(der, fields.optional(SEQUENCE))
    fields.optional(BOOLEAN)  # ordering
    nonce = fields.optional(INTEGER)
    fields.optional(CONTEXT_0)  # tsa: whoever signed is named in the certificate
    _no_critical_extension(der, fields.optional(CONTEXT_1))
    fields.finish()
    number = None if nonce is None else int.from_bytes(fields.body(nonce), signed=True)
    return TstInfo(digest_algorithm, hashed, generated_at, accuracy, number)


def _read(der: bytes) -> Element:
    """Faults of the token's encoding are found when it is judged; those of TSTInfo its authority signed as they are."""
    root = read_der(der)[0] if len(der) <= TIME_STAMP.max_der_bytes else None
    if root is None or root.end != len(der):
        raise StructureFault("PKI-137", "-", 0)
    return root


def _time(fields: Fields) -> datetime:
    """To the second or with a fraction, which certificates and signing-time may not have."""
    match = _TIME.fullmatch(fields.body(fields.take(GENERALIZED_TIME, "genTime")))
    whole = read_time(GENERALIZED_TIME, match[1] + b"Z") if match else None
    if match is None or whole is None:
        raise StructureFault("PKI-137", "tstInfo.genTime", fields.last.start)
    return whole + timedelta(seconds=float(b"0." + (match[2] or b"0")))


def _accuracy(der: bytes, element: Element | None) -> timedelta:
    if element is None:
        return timedelta(0)
    fields = Fields(der, element, SEQUENCE, "tstInfo.accuracy")
    parts = [_number(fields, tag) for tag in (INTEGER, _MILLIS, _MICROS)]
    fields.finish()
    seconds, millis, micros = parts
    if not (0 <= seconds <= _LONGEST_S and 0 <= millis < 1000 and 0 <= micros < 1000):
        raise StructureFault("PKI-137", "tstInfo.accuracy", element.start)
    return timedelta(seconds=seconds, milliseconds=millis, microseconds=micros)


_LONGEST_S: Final = 24 * 60 * 60
"""A clock that may be off by more than a day tells no time."""


def _number(fields: Fields, tag: int) -> int:
    element = fields.optional(tag)
    return 0 if element is None else int.from_bytes(fields.body(element), signed=True)


def _no_critical_extension(der: bytes, extensions: Element | None) -> None:
    for extension in extensions.children if extensions else ():
        if any(child.tag == BOOLEAN and der[child.body : child.end] != b"\0" for child in extension.children):
            raise StructureFault("PKI-137", "tstInfo.extensions", extension.start)
