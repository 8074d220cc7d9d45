"""The layout that nearly every consent has, read in one go: what comes out is what `cms.read_signed_data` would give.

Reading a message as a tree of elements costs more than both its signatures. Most messages are laid out alike: one
signer named by issuer and serial number, the three signed attributes that everybody writes, a few certificates with the
signer's among them. Those are read here straight through. Whatever is laid out otherwise, or is not strict DER to the
last byte, gives `None` and goes the general way, which alone knows how to say what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
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
from verifier.der import CONTEXT_0, OCTET_STRING, OID, SEQUENCE, SET, UTC_TIME, Element, read_time
from verifier.straight import Uncommon, nested, tag_length

MOST_CERTIFICATES: Final = 8

_VERSION_1: Final = b"\x02\x01\x01"
_SIGNED_DATA: Final = (SEQUENCE, bytes.fromhex("06092a864886f70d010702"), CONTEXT_0, SEQUENCE, _VERSION_1)
_CONTENT: Final = (SEQUENCE, bytes.fromhex("06092a864886f70d010701"), CONTEXT_0, OCTET_STRING)
_SIGNER: Final = (SET, SEQUENCE, _VERSION_1)
_SIGNATURE: Final = (OCTET_STRING,)
_CONTENT_TYPE: Final = bytes.fromhex("301806092a864886f70d010903310b06092a864886f70d010701")
_SIGNING_TIME: Final = bytes.fromhex("301c06092a864886f70d010905310f170d")
_MESSAGE_DIGESTS: Final = {
    size: bytes.fromhex(head)
    for size, head in (
        (32, "302f06092a864886f70d01090431220420"),
        (48, "303f06092a864886f70d01090431320430"),
        (64, "304f06092a864886f70d01090431420440"),
    )
}
_TIME: Final = 13  # octets of a UTCTime
_FIRST: Final = _CONTENT_TYPE + _SIGNING_TIME
_HEADS: Final = len(_FIRST) + _TIME + len(_MESSAGE_DIGESTS[32])

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
    """`certificates` are those of `signed_data`, in the same order.

    `kind` holds all of the message that is not a text, a time, a certificate, a number or a signature, or where such
    things stand: the algorithms, and whether the certificates are sorted.
    """

    signed_data: SignedData
    certificates: tuple[CommonCertificate, ...]
    signer: CommonCertificate
    signing_time: datetime
    kind: tuple[object, ...]


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
    head = nested(size, _SIGNED_DATA)
    algorithms = len(head)
    content = algorithms + 2 + der[algorithms + 1]
    _, content_end = tag_length(der, content, SEQUENCE)
    econtent_head = nested(content_end - content, _CONTENT)
    at, certificates_end = tag_length(der, content_end, CONTEXT_0)
    if not (der.startswith(head) and der[algorithms] == SET and der.startswith(econtent_head, content)):
        raise Uncommon
    certificates: list[CommonCertificate] = []
    while at < certificates_end:
        _, following = tag_length(der, at, SEQUENCE)
        certificate = read(der[at:following])
        if certificate is None or len(certificates) == MOST_CERTIFICATES:
            raise Uncommon
        certificates.append(certificate)
        at = following
    if at != certificates_end:
        raise Uncommon
    encoded = tuple([certificate.der for certificate in certificates])
    is_sorted = len(encoded) == 1 or list(encoded) == sorted(encoded)
    digest_algorithm = _algorithm(der[algorithms + 2 : content])
    signer, signer_info, signing_time = _signer(der, certificates_end, certificates)
    signed_data = SignedData(
        version=1,
        version_start=algorithms - len(_VERSION_1),
        digest_algorithms=(digest_algorithm,),
        econtent_type=ID_DATA,
        econtent_start=content + _offset(econtent_head),
        econtent=der[content + len(econtent_head) : content_end],
        certificates=encoded,
        certificates_sorted=is_sorted,
        certificates_start=content_end,
        crls_start=None,
        signer_infos=(signer_info,),
        signer_infos_start=certificates_end,
    )
    kind = digest_algorithm, signer_info.digest_algorithm, signer_info.signature_algorithm, is_sorted
    return CommonMessage(signed_data, tuple(certificates), signer, signing_time, kind)


def _signer(
    der: bytes, start: int, certificates: list[CommonCertificate]
) -> tuple[CommonCertificate, SignerInfo, datetime]:
    """The signerInfos, which go on to the message's end."""
    size = len(der)
    head = nested(size - start, _SIGNER)
    sid, digest = tag_length(der, start + len(head), SEQUENCE)
    attributes = digest + 2 + der[digest + 1]
    attributes_body, algorithm = tag_length(der, attributes, CONTEXT_0)
    signature = algorithm + 2 + der[algorithm + 1]
    signature_head = nested(size - signature, _SIGNATURE)
    named = der[sid:digest]
    found = {certificate.der: certificate for certificate in certificates if certificate.sid == named}
    if len(found) != 1 or not der.startswith(head, start) or not der.startswith(signature_head, signature):
        raise Uncommon
    (signer,) = found.values()
    signed_attributes, signing_time = _signed_attributes(der, attributes, attributes_body, algorithm)
    signer_info = SignerInfo(
        start=start + _offset(head),
        version=1,
        issuer=signer.issuer,
        serial_number=signer.serial_number,
        subject_key_identifier=None,
        digest_algorithm=_algorithm(der[digest:attributes]),
        signed_attrs=signed_attributes,
        signature_algorithm=_algorithm(der[algorithm:signature]),
        signature=der[signature + len(signature_head) :],
        unsigned_attrs_start=None,
    )
    return signer, signer_info, signing_time


def _offset(head: bytes) -> int:
    """Where the second element begins in what the first begins with."""
    return 2 if head[1] < 0x80 else 3 if head[1] == 0x81 else 4


def _algorithm(encoded: bytes) -> AlgorithmIdentifier:
    algorithm = _ALGORITHMS.get(encoded)
    if algorithm is None:
        raise Uncommon
    return algorithm


def _signed_attributes(der: bytes, start: int, body: int, end: int) -> tuple[SignedAttributes, datetime]:
    """content-type, signing-time and message-digest, sorted: each has but one encoding beside its value's own bytes."""
    size = end - body - _HEADS
    head = _MESSAGE_DIGESTS.get(size)
    time = body + len(_FIRST)
    digest = time + _TIME
    signing_time = read_time(UTC_TIME, der[time:digest])
    if signing_time is None or head is None or not der.startswith(_FIRST, body) or not der.startswith(head, digest):
        raise Uncommon
    second = body + len(_CONTENT_TYPE)
    attributes = (
        Attribute(ID_CONTENT_TYPE, (Element(OID, second - 11, second - 9, second),), body),
        Attribute(ID_SIGNING_TIME, (Element(UTC_TIME, time - 2, time, digest),), second),
        Attribute(ID_MESSAGE_DIGEST, (Element(OCTET_STRING, end - size - 2, end - size, end),), digest),
    )
    return SignedAttributes(attributes, der[start:end], start, is_sorted=True), signing_time
