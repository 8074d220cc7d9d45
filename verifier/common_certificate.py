"""Certificates of the layout that payers' certificates have, read in one go, as `common_layout` reads messages.

What a payer's certificate has of its own is names, a serial number, dates and a key. Everything else it shares with the
others of its kind, and `shape` holds all of that as bytes: path validation can judge two certificates of one shape
differently for their dates, their serial numbers and their signatures alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final, NamedTuple

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certs.identify_data import IDENTIFY_DATA
from verifier.der import BIT_STRING, OCTET_STRING, SEQUENCE
from verifier.loading import load_certificate
from verifier.straight import Uncommon, strict_name, tag_length

MOST_BYTES: Final = 4096  # what is remembered of a shape is as large as its extensions
MOST_EXTENSIONS: Final = 16
MOST_SERIAL_BITS: Final = 159  # twenty octets, RFC 5280 §4.1.2.2

MOST_SHAPES: Final = 4096

_readable: Final[set[tuple[object, ...]]] = set()
_VALIDITY: Final = re.compile(rb"\x17\x0d[0-9]{12}Z\x17\x0d[0-9]{12}Z")
_RSA_EXPONENT: Final = bytes.fromhex("0203010001")
_SIGNATURE_ALGORITHMS: Final = frozenset(
    map(
        bytes.fromhex,
        (
            "300d06092a864886f70d01010b0500",  # sha256WithRSAEncryption, and by the longer hashes
            "300d06092a864886f70d01010c0500",
            "300d06092a864886f70d01010d0500",
            "300a06082a8648ce3d040302",  # ecdsa-with-SHA256, and by the longer hashes
            "300a06082a8648ce3d040303",
            "300a06082a8648ce3d040304",
        ),
    )
)
_RSA_KEYS: Final = {
    290: bytes.fromhex("300d06092a864886f70d01010105000382010f003082010a0282010100"),  # 2048 bits
    418: bytes.fromhex("300d06092a864886f70d01010105000382018f003082018a0282018100"),  # 3072
    546: bytes.fromhex("300d06092a864886f70d01010105000382020f003082020a0282020100"),  # 4096
}
_EC_KEYS: Final = {
    89: bytes.fromhex("301306072a8648ce3d020106082a8648ce3d03010703420004"),  # P-256, not compressed
    118: bytes.fromhex("301006072a8648ce3d020106052b8104002203620004"),  # P-384
    155: bytes.fromhex("301006072a8648ce3d020106052b810400230381860004"),  # P-521
}
_COUNTRY: Final = x509.ObjectIdentifier("2.5.4.6")
_NAME_PARTS: Final = frozenset(x509.ObjectIdentifier(f"2.5.4.{arc}") for arc in (3, 5, 7, 8, 10, 11))
_PLAIN_TEXT: Final = re.compile(r"[ -~가-힣]+")
_KEY_IDENTIFIER: Final = x509.SubjectKeyIdentifier.oid
_ALTERNATIVE_NAME: Final = x509.SubjectAlternativeName.oid


@asn1.sequence
class _Attribute:
    type: x509.ObjectIdentifier
    value: asn1.PrintableString | str


@asn1.sequence
class _Extension:
    type: x509.ObjectIdentifier
    critical: Annotated[bool, asn1.Default(value=False)]
    value: bytes


@asn1.sequence
class _Tbs:
    """TBSCertificate (RFC 5280 §4.1); what is compared as bytes, or read by other means, is not taken apart here."""

    version: Annotated[int, asn1.Explicit(0)]
    serial_number: int
    signature: asn1.TLV
    issuer: asn1.TLV
    validity: asn1.TLV
    subject: list[asn1.SetOf[_Attribute]]
    public_key: asn1.TLV
    extensions: Annotated[list[_Extension], asn1.Explicit(3)]


@asn1.sequence
class _OtherName:
    type: x509.ObjectIdentifier
    value: Annotated[asn1.TLV, asn1.Explicit(0)]


@asn1.sequence
class _IdentifyDataAlone:
    """GeneralNames with one otherName."""

    name: Annotated[_OtherName, asn1.Implicit(0)]


class CommonCertificate(NamedTuple):
    """`issuer` is encoded, `key` the contents of the SubjectPublicKeyInfo; `signature` is over `tbs`."""

    der: bytes
    serial_number: int
    issuer: bytes
    algorithm: bytes
    shape: tuple[object, ...]
    tbs: bytes
    signature: bytes
    loaded: x509.Certificate
    public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    key: bytes


def read_common_certificate(der: bytes) -> CommonCertificate | None:
    """Read a certificate of the common layout; None for any other, and for one that is not DER throughout."""
    try:
        return _read(der)
    except (Uncommon, IndexError, ValueError):
        return None


def _read(der: bytes) -> CommonCertificate:
    if len(der) > MOST_BYTES:
        raise Uncommon
    start, size = tag_length(der, 0, SEQUENCE)
    _, end = tag_length(der, start, SEQUENCE)
    tbs = asn1.decode_der(_Tbs, der[start:end])
    algorithm = b"\x30" + bytes([len(tbs.signature.data)]) + tbs.signature.data
    signature, signature_end = tag_length(der, end + len(algorithm), BIT_STRING)
    issuer = strict_name(bytes(tbs.issuer.data))
    if (
        not size == len(der) == signature_end
        or algorithm not in _SIGNATURE_ALGORITHMS
        or not der.startswith(algorithm, end)
        or der[signature] != 0
        or tbs.version != 2
        or not 0 < tbs.serial_number.bit_length() <= MOST_SERIAL_BITS
        or tbs.serial_number < 0
        or _VALIDITY.fullmatch(tbs.validity.data) is None
        or len(tbs.extensions) > MOST_EXTENSIONS
    ):
        raise Uncommon
    _require_plain(tbs.subject)
    key = bytes(tbs.public_key.data)
    shape = (issuer, algorithm, _kind_of_key(key), *_shared(tbs.extensions))
    loaded = _loaded(der, shape)
    public_key = loaded.public_key()
    if not isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise Uncommon
    return CommonCertificate(
        der=der,
        serial_number=tbs.serial_number,
        issuer=issuer,
        algorithm=algorithm,
        shape=shape,
        tbs=der[start:end],
        signature=der[signature + 1 :],
        loaded=loaded,
        public_key=public_key,
        key=key,
    )


def _loaded(der: bytes, shape: tuple[object, ...]) -> x509.Certificate:
    """Extensions are read when they are asked for: whether they can be, one certificate shows for all of its shape."""
    if shape in _readable:
        return x509.load_der_x509_certificate(der)
    loaded = load_certificate(der)
    if loaded is None:
        raise Uncommon
    if len(_readable) >= MOST_SHAPES:
        _readable.clear()
    _readable.add(shape)
    return loaded


def _require_plain(name: list[asn1.SetOf[_Attribute]]) -> None:
    """Nobody should stumble over the holder's name: one attribute in each part, in Korean or ASCII letters."""
    for part in name:
        attributes = part.as_list()
        (attribute,) = attributes
        value = attribute.value
        text = value if isinstance(value, str) else value.as_str()
        if attribute.type == _COUNTRY:
            if not (len(text) == 2 and text.isascii() and text.isalpha()):
                raise Uncommon
        elif attribute.type not in _NAME_PARTS or _PLAIN_TEXT.fullmatch(text) is None:
            raise Uncommon


def _kind_of_key(contents: bytes) -> bytes:
    """All of a SubjectPublicKeyInfo but the key itself: the RSA modulus, the point on the curve."""
    head = _RSA_KEYS.get(len(contents))
    if head is not None and contents.startswith(head) and contents[len(head)] >= 0x80:
        if contents.endswith(_RSA_EXPONENT):
            return head
        raise Uncommon
    head = _EC_KEYS.get(len(contents))
    if head is None or not contents.startswith(head):
        raise Uncommon
    return head


def _shared(extensions: list[_Extension]) -> Iterator[object]:
    """The extensions in their order; of the two that are each holder's own only that they are there."""
    seen: set[x509.ObjectIdentifier] = set()
    for extension in extensions:
        kind, value = extension.type, extension.value
        seen.add(kind)
        yield kind
        yield extension.critical
        if kind == _KEY_IDENTIFIER:
            _, end = tag_length(value, 0, OCTET_STRING)
            if end != len(value):
                raise Uncommon
        elif kind == _ALTERNATIVE_NAME:
            if asn1.decode_der(_IdentifyDataAlone, value).name.type != IDENTIFY_DATA:
                raise Uncommon
        else:
            yield value
    if len(seen) != len(extensions):
        raise Uncommon
