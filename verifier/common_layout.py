"""The layout that nearly every consent has, read in one go: what comes out is what `cms.read_signed_data` would give.

Reading a message as a tree of elements costs more than both its signatures. Most messages are laid out alike: one
signer named by issuer and serial number, the three signed attributes that everybody writes, a few certificates. Those
are read here straight through. Whatever is laid out otherwise, or is not strict DER to the last byte, gives `None` and
goes the general way, which alone knows how to say what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from verifier.cms import (
    ID_CONTENT_TYPE,
    ID_DATA,
    ID_MESSAGE_DIGEST,
    ID_SIGNING_TIME,
    AlgorithmIdentifier,
    Attribute,
    SignedAttributes,
    SignedData,
    SignerInfo,
)
from verifier.common_certificate import CommonCertificate
from verifier.der import CONTEXT_0, INTEGER, OCTET_STRING, OID, SEQUENCE, SET, UTC_TIME, Element, read_time
from verifier.straight import Uncommon, strict_name, tag_length

MOST_CERTIFICATES: Final = 8

_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_DATA: Final = bytes.fromhex("06092a864886f70d010701")
_CONTENT_TYPE_IS_DATA: Final = bytes.fromhex("301806092a864886f70d010903310b06092a864886f70d010701")
_SIGNING_TIME: Final = re.compile(re.escape(bytes.fromhex("301c06092a864886f70d010905310f170d")) + rb"[0-9]{12}Z")
_MESSAGE_DIGESTS: Final = {
    bytes.fromhex("302f06092a864886f70d01090431220420"): 32,
    bytes.fromhex("303f06092a864886f70d01090431320430"): 48,
    bytes.fromhex("304f06092a864886f70d01090431420440"): 64,
}
_HEAD: Final = len(next(iter(_MESSAGE_DIGESTS)))

_VERSION_1: Final = b"\x02\x01\x01"
_ALGORITHMS: Final = {
    bytes.fromhex(encoded): AlgorithmIdentifier(oid, bytes.fromhex(parameters))
    for encoded, oid, parameters in (
        ("300d06096086480165030402010500", "2.16.840.1.101.3.4.2.1", "0500"),
        ("300b0609608648016503040201", "2.16.840.1.101.3.4.2.1", ""),
        ("300d06096086480165030402020500", "2.16.840.1.101.3.4.2.2", "0500"),
        ("300b0609608648016503040202", "2.16.840.1.101.3.4.2.2", ""),
        ("300d06096086480165030402030500", "2.16.840.1.101.3.4.2.3", "0500"),
        ("300b0609608648016503040203", "2.16.840.1.101.3.4.2.3", ""),
        ("300d06092a864886f70d0101010500", "1.2.840.113549.1.1.1", "0500"),
        ("300d06092a864886f70d01010b0500", "1.2.840.113549.1.1.11", "0500"),
        ("300d06092a864886f70d01010c0500", "1.2.840.113549.1.1.12", "0500"),
        ("300d06092a864886f70d01010d0500", "1.2.840.113549.1.1.13", "0500"),
        ("300a06082a8648ce3d040302", "1.2.840.10045.4.3.2", ""),
        ("300a06082a8648ce3d040303", "1.2.840.10045.4.3.3", ""),
        ("300a06082a8648ce3d040304", "1.2.840.10045.4.3.4", ""),
    )
}


class CommonMessage(NamedTuple):
    """`certificates` are those of `signed_data`, in the same order."""

    signed_data: SignedData
    certificates: tuple[CommonCertificate, ...]


def read_common(der: bytes, read: Callable[[bytes], CommonCertificate | None]) -> CommonMessage | None:
    """Read a message of the common layout.

    Args:
        der: the whole message.
        read: reads its certificates; None for one that is not common.

    Returns: beside the certificates what `read_signed_data` gives for the same bytes; None for anything else than that
        layout in strict DER throughout.
    """
    try:
        return _read(der, read)
    except (Uncommon, IndexError):
        return None


def _read(der: bytes, read: Callable[[bytes], CommonCertificate | None]) -> CommonMessage:
    size = len(der)
    body, end = tag_length(der, 0, SEQUENCE)
    at = body + len(_SIGNED_DATA)
    if end != size or der[body:at] != _SIGNED_DATA:
        raise Uncommon
    at, end = tag_length(der, at, CONTEXT_0)
    signed, signed_end = tag_length(der, at, SEQUENCE)
    if end != size or signed_end != size or der[signed : signed + 3] != _VERSION_1:
        raise Uncommon
    at, algorithms_end = tag_length(der, signed + 3, SET)
    digest_algorithm = _algorithm(der[at:algorithms_end])

    body, end = tag_length(der, algorithms_end, SEQUENCE)  # encapContentInfo
    at = body + len(_DATA)
    if der[body:at] != _DATA:
        raise Uncommon
    at, explicit_end = tag_length(der, at, CONTEXT_0)
    econtent, econtent_end = tag_length(der, at, OCTET_STRING)
    if not econtent_end == explicit_end == end:
        raise Uncommon

    certificates_start = end
    at, end = tag_length(der, end, CONTEXT_0)
    certificates: list[CommonCertificate] = []
    while at < end:
        _, following = tag_length(der, at, SEQUENCE)
        certificate = read(der[at:following])
        if certificate is None or len(certificates) == MOST_CERTIFICATES:
            raise Uncommon
        certificates.append(certificate)
        at = following
    if at != end:
        raise Uncommon

    start, signer_infos_end = tag_length(der, end, SET)
    _, signer_info_end = tag_length(der, start, SEQUENCE)
    if signer_infos_end != size or signer_info_end != size:
        raise Uncommon
    encoded = tuple([certificate.der for certificate in certificates])
    signed_data = SignedData(
        version=1,
        version_start=signed,
        digest_algorithms=(digest_algorithm,),
        econtent_type=ID_DATA,
        econtent_start=body,
        econtent=der[econtent:econtent_end],
        certificates=encoded,
        certificates_sorted=len(encoded) == 1 or list(encoded) == sorted(encoded),
        certificates_start=certificates_start,
        crls_start=None,
        signer_infos=(_signer_info(der, start, size),),
        signer_infos_start=end,
    )
    return CommonMessage(signed_data, tuple(certificates))


def _signer_info(der: bytes, start: int, end: int) -> SignerInfo:
    body, _ = tag_length(der, start, SEQUENCE)
    sid = body + 3
    if der[body:sid] != _VERSION_1:
        raise Uncommon
    name, sid_end = tag_length(der, sid, SEQUENCE)
    name_body, name_end = tag_length(der, name, SEQUENCE)
    serial, serial_end = tag_length(der, name_end, INTEGER)
    if serial_end != sid_end or not _is_positive(der, serial, serial_end) or not strict_name(der[name_body:name_end]):
        raise Uncommon
    _, digest_end = tag_length(der, sid_end, SEQUENCE)
    attributes, attributes_end = tag_length(der, digest_end, CONTEXT_0)
    _, algorithm_end = tag_length(der, attributes_end, SEQUENCE)
    signature, signature_end = tag_length(der, algorithm_end, OCTET_STRING)
    if signature_end != end:
        raise Uncommon
    return SignerInfo(
        start=start,
        version=1,
        issuer=strict_name(der[name_body:name_end]),
        serial_number=int.from_bytes(der[serial:serial_end]),
        subject_key_identifier=None,
        digest_algorithm=_algorithm(der[sid_end:digest_end]),
        signed_attrs=_signed_attributes(der, digest_end, attributes, attributes_end),
        signature_algorithm=_algorithm(der[attributes_end:algorithm_end]),
        signature=der[signature:signature_end],
        unsigned_attrs_start=None,
    )


def _is_positive(der: bytes, body: int, end: int) -> bool:
    """Whether the contents of an INTEGER are there, without padding, and above or equal to 0."""
    first = der[body]
    return body < end and (first < 0x80 and (first != 0 or body + 1 == end or der[body + 1] >= 0x80))


def _algorithm(encoded: bytes) -> AlgorithmIdentifier:
    algorithm = _ALGORITHMS.get(encoded)
    if algorithm is None:
        raise Uncommon
    return algorithm


def _signed_attributes(der: bytes, start: int, body: int, end: int) -> SignedAttributes:
    """content-type, signing-time and message-digest, each once at most, in any order."""
    attributes: list[Attribute] = []
    encodings: list[bytes] = []
    at = body
    while at < end:
        following = at + 2 + der[at + 1]
        encoded = der[at:following]
        attributes.append(_attribute(encoded, at, following))
        encodings.append(encoded)
        at = following
    if at != end or len({attribute.oid for attribute in attributes}) != len(attributes):
        raise Uncommon
    return SignedAttributes(tuple(attributes), der[start:end], start, is_sorted=encodings == sorted(encodings))


def _attribute(encoded: bytes, start: int, end: int) -> Attribute:
    """Each of the three has but one encoding, beside the value's own bytes at its end."""
    if encoded == _CONTENT_TYPE_IS_DATA:
        return Attribute(ID_CONTENT_TYPE, (Element(OID, end - 11, end - 9, end),), start)
    length = _MESSAGE_DIGESTS.get(encoded[:_HEAD])
    if length is not None and len(encoded) == _HEAD + length:
        return Attribute(ID_MESSAGE_DIGEST, (Element(OCTET_STRING, end - length - 2, end - length, end),), start)
    if _SIGNING_TIME.fullmatch(encoded) and read_time(UTC_TIME, encoded[-13:]) is not None:
        return Attribute(ID_SIGNING_TIME, (Element(UTC_TIME, end - 15, end - 13, end),), start)
    raise Uncommon
