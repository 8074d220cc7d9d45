"""Certificates of the layout that payers' certificates have, read in one go, as `common_layout` reads messages.

What a payer's certificate has of its own is names, a serial number, dates and a key. Everything else it shares with the
others of its kind, and `Shape` holds all of that as bytes: path validation can judge two certificates of one shape
differently for their dates, their serial numbers and their signatures alone.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple, cast

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certs.identify_data import IDENTIFY_DATA
from verifier.der import BIT_STRING, BOOLEAN, CONTEXT_0, INTEGER, OCTET_STRING, OID, SEQUENCE, read_der
from verifier.loading import load_certificate
from verifier.straight import Uncommon, nested, strict_name, tag_length

MOST_BYTES: Final = 4096  # what is remembered of a shape is as large as its extensions
MOST_EXTENSIONS: Final = 16
MOST_SERIAL_OCTETS: Final = 20  # RFC 5280 §4.1.2.2
MOST_SHAPES: Final = 4096
MOST_PARTS: Final = 4096

_VERSION_3: Final = bytes.fromhex("a003020102")
_VALIDITY: Final = re.compile(rb"\x30\x1e\x17\x0d[0-9]{12}Z\x17\x0d[0-9]{12}Z")
_VALIDITY_LENGTH: Final = 32
_RSA_EXPONENT: Final = bytes.fromhex("0203010001")
_RSA_EXPONENT_LENGTH: Final = len(_RSA_EXPONENT)
_SIGNATURE_ALGORITHMS: Final = tuple(
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
_KEYS: Final = {  # a SubjectPublicKeyInfo up to the modulus or the point, by its length
    int(length): bytes.fromhex(head)
    for length, head in (
        (294, "30820122300d06092a864886f70d01010105000382010f003082010a0282010100"),  # RSA, 2048 bits
        (422, "308201a2300d06092a864886f70d01010105000382018f003082018a0282018100"),  # 3072
        (550, "30820222300d06092a864886f70d01010105000382020f003082020a0282020100"),  # 4096
        (91, "3059301306072a8648ce3d020106082a8648ce3d03010703420004"),  # P-256, not compressed
        (120, "3076301006072a8648ce3d020106052b8104002203620004"),  # P-384
        (158, "30819b301006072a8648ce3d020106052b810400230381860004"),  # P-521
    )
}
_LATIN = rb"[A-Za-z0-9 '()+,./:=?-]"
_HANGUL = rb"\xea[\xb0-\xbf][\x80-\xbf]|[\xeb\xec][\x80-\xbf]{2}|\xed(?:[\x80-\x9d][\x80-\xbf]|\x9e[\x80-\xa3])"
_NAME_PART: Final = re.compile(  # the length octets are compared apart
    rb"\x31.\x30.\x06\x03\x55\x04"
    rb"(?:\x06[\x0c\x13].[A-Za-z]{2}"  # countryName
    rb"|[\x03\x05\x07\x08\x0a\x0b](?:\x13." + _LATIN + rb"+|\x0c.(?:[ -~]|" + _HANGUL + rb")+))",
    re.DOTALL,
)
_MOST_PART_BYTES: Final = 127
_EXTENSIONS: Final = (0xA3, SEQUENCE)
_KEY_IDENTIFIER: Final = bytes.fromhex("0603551d0e")
_KEY_IDENTIFIER_HEAD: Final = bytes.fromhex("301d0603551d0e04160414")  # a SHA-1 hash follows
_KEY_IDENTIFIER_LENGTH: Final = len(_KEY_IDENTIFIER_HEAD) + 20
_ALTERNATIVE_NAME: Final = bytes.fromhex("0603551d11")
_IDENTIFY_DATA: Final = (  # a subjectAltName with one name, which is an otherName (RFC 5280 §4.2.1.6)
    *(SEQUENCE, _ALTERNATIVE_NAME, OCTET_STRING, SEQUENCE),
    *(CONTEXT_0, asn1.encode_der(IDENTIFY_DATA), CONTEXT_0, SEQUENCE),
)
_CERTIFICATE: Final = (SEQUENCE,)
_SIGNATURE: Final = (BIT_STRING, b"\0")


class Shape:
    """What certificates of one kind have in common; there is but one object for each."""

    def __init__(self, parts: tuple[bytes, ...]) -> None:
        self.parts: Final = parts
        self.key_head: Final = parts[2]
        self.is_of_rsa: Final = _is_of_rsa(parts[2])


class CommonCertificate(NamedTuple):
    """`issuer`, `subject` and `key`, a SubjectPublicKeyInfo, are encoded; `signature` is over `tbs`.

    `sid` is the contents of the IssuerAndSerialNumber by which a message names it.
    """

    der: bytes
    serial_number: int
    serial: bytes
    issuer: bytes
    subject: bytes
    sid: bytes
    algorithm: bytes
    shape: Shape
    tbs: bytes
    signature: bytes
    loaded: x509.Certificate
    not_before: datetime
    not_after: datetime
    public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    key: bytes

    @property
    def modulus(self) -> int | None:
        """Of an RSA key."""
        shape = self.shape
        return int.from_bytes(self.key[len(shape.key_head) : -_RSA_EXPONENT_LENGTH]) if shape.is_of_rsa else None


def read_common_certificate(der: bytes) -> CommonCertificate | None:
    """Read a certificate of the common layout; None for any other, and for one that is not DER throughout."""
    try:
        return _read(der)
    except (Uncommon, IndexError, ValueError):
        return None


def _read(der: bytes) -> CommonCertificate:
    size = len(der)
    if size > MOST_BYTES:  # before anything of it is remembered
        raise Uncommon
    head = nested(size, _CERTIFICATE)
    start = len(head)
    version, tbs_end = tag_length(der, start, SEQUENCE)
    number = version + len(_VERSION_3) + 2
    number_end = number + der[number - 1]
    serial_number = int.from_bytes(der[number:number_end])
    issuer_start = number_end + 2 + der[number_end + 1]
    _, issuer_end = tag_length(der, issuer_start, SEQUENCE)
    algorithm, issuer = der[number_end:issuer_start], der[issuer_start:issuer_end]
    validity_end = issuer_end + _VALIDITY_LENGTH
    key_start = _end_of_plain_name(der, validity_end)
    _, key_end = tag_length(der, key_start, SEQUENCE)
    key = der[key_start:key_end]
    serial = der[number - 2 : number_end]
    signature = tbs_end + len(algorithm)
    signature_head = nested(size - signature, _SIGNATURE)
    if (
        not der.startswith(head)
        or not der.startswith(_VERSION_3, version)
        or der[number - 2] != INTEGER
        or serial_number.bit_length() // 8 + 1 != number_end - number  # padded or negative
        or not 0 < number_end - number <= MOST_SERIAL_OCTETS
        or not serial_number
        or not _VALIDITY.fullmatch(der, issuer_end, validity_end)
        or not der.startswith(algorithm, tbs_end)
        or not der.startswith(signature_head, signature)
    ):
        raise Uncommon
    shape = _shape_of(der, _issued(algorithm, issuer, _kind_of_key(key)), key_end, tbs_end)
    loaded = x509.load_der_x509_certificate(der)
    public_key = cast("rsa.RSAPublicKey | ec.EllipticCurvePublicKey", loaded.public_key())  # as the kind of key says
    return CommonCertificate(
        der,
        serial_number,
        serial,
        issuer,
        der[validity_end:key_start],
        issuer + serial,
        algorithm,
        shape,
        der[start:tbs_end],
        der[signature + len(signature_head) :],
        loaded,
        loaded.not_valid_before_utc,
        loaded.not_valid_after_utc,
        public_key,
        key,
    )


@lru_cache(maxsize=MOST_PARTS)
def _issued(algorithm: bytes, issuer: bytes, key: bytes) -> tuple[bytes, ...]:
    """How an authority issues certificates: by which name and algorithm, and for which kind of key."""
    if algorithm not in _SIGNATURE_ALGORITHMS:
        raise Uncommon
    return strict_name(issuer), algorithm, key


_shapes: Final[dict[tuple[bytes, ...], Shape]] = {}
_own: Final[dict[tuple[tuple[bytes, ...], int], tuple[int, ...]]] = {}
_met: Final[dict[tuple[object, ...], Shape]] = {}


def _shape_of(der: bytes, issued: tuple[bytes, ...], start: int, end: int) -> Shape:
    """By all that is shared; extensions that were met before, but for what is each holder's own, need not be read."""
    extensions = der[start:end]
    own = _own.get((issued, end - start))
    if own is not None:
        first, first_end, second, second_end = own
        shape = _met.get((issued, own, extensions[:first] + extensions[first_end:second] + extensions[second_end:]))
        if shape is not None:
            return shape
    shared, own = _shared(extensions)
    first, first_end, second, second_end = own
    parts = (*issued, *shared)
    shape = _shapes.get(parts) or _new_shape(parts, der)
    for known in (_own, _met):
        if len(known) >= MOST_SHAPES:
            known.clear()
    _own[issued, end - start] = own
    _met[issued, own, extensions[:first] + extensions[first_end:second] + extensions[second_end:]] = shape
    return shape


def _new_shape(parts: tuple[bytes, ...], der: bytes) -> Shape:
    """Extensions are read when they are asked for: whether they can be, one certificate shows for all of its shape."""
    if load_certificate(der) is None:
        raise Uncommon
    if len(_shapes) >= MOST_SHAPES:
        _shapes.clear()
    return _shapes.setdefault(parts, Shape(parts))


def _end_of_plain_name(der: bytes, start: int) -> int:
    """Where a Name ends. Nobody should stumble over the holder's: one attribute in each part, in Korean or ASCII."""
    at, end = tag_length(der, start, SEQUENCE)
    while at < end:
        following = at + 2 + der[at + 1]
        if not _is_plain(der[at:following]):
            raise Uncommon
        at = following
    if at != end:
        raise Uncommon
    return end


@lru_cache(maxsize=MOST_PARTS)
def _is_plain(part: bytes) -> bool:
    """Whether this is a RelativeDistinguishedName with one plain attribute."""
    size = len(part)
    return (
        size <= _MOST_PART_BYTES
        and _NAME_PART.fullmatch(part) is not None
        and (part[1], part[3], part[10]) == (size - 2, size - 4, size - 11)
    )


def _kind_of_key(key: bytes) -> bytes:
    """All of a SubjectPublicKeyInfo but the key itself: the RSA modulus, the point on the curve."""
    head = _KEYS.get(len(key))
    if head is None or not key.startswith(head):
        raise Uncommon
    if _is_of_rsa(head) and not (key[len(head)] >= 0x80 and key.endswith(_RSA_EXPONENT)):
        raise Uncommon
    return head


def _is_of_rsa(head: bytes) -> bool:
    return head[-1] == 0  # the sign of the modulus; a point begins with 4


def _shared(extensions: bytes) -> tuple[list[bytes], tuple[int, ...]]:
    """The extensions in their order; of the two that are each holder's own only that they are there, and where."""
    head = nested(len(extensions), _EXTENSIONS)
    if not extensions.startswith(head):
        raise Uncommon
    at, end = len(head), len(extensions)
    kinds: list[bytes] = []
    shared: list[bytes] = []
    own: list[int] = []
    while at < end:
        _, following = tag_length(extensions, at, SEQUENCE)
        extension = extensions[at:following]
        if following - at == _KEY_IDENTIFIER_LENGTH and extension.startswith(_KEY_IDENTIFIER_HEAD):
            kind = extension = _KEY_IDENTIFIER
            own += at + len(_KEY_IDENTIFIER_HEAD), following
        elif _ALTERNATIVE_NAME in extension[:9]:
            name_head = nested(following - at, _IDENTIFY_DATA)
            if not extension.startswith(name_head):
                raise Uncommon
            kind = extension = _ALTERNATIVE_NAME
            own += at + len(name_head), following
        else:
            kind = _strict_extension(extension)
        kinds.append(kind)
        shared.append(extension)
        at = following
    if at != end or len(set(kinds)) != len(kinds) or len(kinds) > MOST_EXTENSIONS:
        raise Uncommon
    return shared, (*own, *[end] * (4 - len(own)))


@lru_cache(maxsize=MOST_PARTS)
def _strict_extension(extension: bytes) -> bytes:
    """The encoded OID of an extension, if it is DER throughout; many certificates have the very same ones."""
    root, faults = read_der(extension)
    if root is None or faults:
        raise Uncommon
    kind, *rest = root.children
    tags = [child.tag for child in rest]
    if kind.tag != OID or tags not in ([OCTET_STRING], [BOOLEAN, OCTET_STRING]):
        raise Uncommon
    return extension[kind.start : kind.end]
