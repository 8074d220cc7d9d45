"""The layout that nearly every consent has, read in one go: the values are those that `cms.read_signed_data` finds.

Reading a message as a tree of elements costs more than both its signatures. Most messages are laid out alike: one
signer named by issuer and serial number, the three signed attributes that everybody writes, a few certificates with the
signer's among them. Those are read here straight through. Whatever is laid out otherwise, or is not strict DER to the
last byte, gives `None` and goes the general way, which alone knows how to say what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple

from verifier.common_certificate import CommonCertificate
from verifier.der import CONTEXT_0, OCTET_STRING, SEQUENCE, SET, UTC_TIME, read_time
from verifier.straight import Uncommon, nested, tag_length

MOST_CERTIFICATES: Final = 8

_VERSION_1: Final = b"\x02\x01\x01"
_SIGNED_DATA: Final = (SEQUENCE, bytes.fromhex("06092a864886f70d010702"), CONTEXT_0, SEQUENCE, _VERSION_1)
_CONTENT: Final = (SEQUENCE, bytes.fromhex("06092a864886f70d010701"), CONTEXT_0, OCTET_STRING)
_SIGNER: Final = (SET, SEQUENCE, _VERSION_1)
_SIGNATURE: Final = (OCTET_STRING,)
_BEFORE_TIME: Final = bytes.fromhex(  # content-type: data, and signing-time up to its UTCTime
    "301806092a864886f70d010903310b06092a864886f70d010701301c06092a864886f70d010905310f170d"
)
_TIME: Final = 13  # octets of a UTCTime
_MESSAGE_DIGESTS: Final = {  # up to its value, by how long that is with it
    len(head) // 2 + size: bytes.fromhex(head)
    for size, head in (
        (32, "302f06092a864886f70d01090431220420"),
        (48, "303f06092a864886f70d01090431320430"),
        (64, "304f06092a864886f70d01090431420440"),
    )
}
_SET: Final = bytes([SET])
_DIGESTS: Final = {
    bytes.fromhex(encoded): name
    for encoded, name in (
        ("300d06096086480165030402010500", "sha256"),
        ("300b0609608648016503040201", "sha256"),
        ("300d06096086480165030402020500", "sha384"),
        ("300b0609608648016503040202", "sha384"),
        ("300d06096086480165030402030500", "sha512"),
        ("300b0609608648016503040203", "sha512"),
    )
}
_SIGNATURES: Final = frozenset(
    map(
        bytes.fromhex,
        (
            "300d06092a864886f70d0101010500",  # rsaEncryption, and with the hashes
            "300d06092a864886f70d01010b0500",
            "300d06092a864886f70d01010c0500",
            "300d06092a864886f70d01010d0500",
            "300a06082a8648ce3d040302",  # ecdsa-with-SHA256, and the longer hashes
            "300a06082a8648ce3d040303",
            "300a06082a8648ce3d040304",
        ),
    )
)


class Kind:
    """What messages of one kind have in common: how they name their algorithms, and whether certificates are sorted.

    `digest` is the name of the signer's digest algorithm. There is hardly ever more than one object for each kind.
    """

    def __init__(self, digest_algorithms: bytes, digest: bytes, signature: bytes, *, is_sorted: bool) -> None:
        self.parts: Final = digest_algorithms, digest, signature, is_sorted
        self.digest: Final = _DIGESTS[digest]


class CommonMessage(NamedTuple):
    """The values in a message. All the rest of it, but for lengths and where things stand, is in its kind.

    Attributes:
        kind: as it says.
        certificates: all of them, in their order.
        signer: the one among them that the signer identifier names.
        econtent: what is signed.
        signed: the signed attributes as they are signed.
        signing_time: the one among them.
        digest: the one among them.
        digest_start: where that stands: the offset of its element.
        signature: over `signed`.
    """

    kind: Kind
    certificates: tuple[CommonCertificate, ...]
    signer: CommonCertificate
    econtent: bytes
    signed: bytes
    signing_time: datetime
    digest: bytes
    digest_start: int
    signature: bytes


def read_common(der: bytes, read: Callable[[bytes], CommonCertificate | None]) -> CommonMessage | None:
    """Read a message of the common layout.

    Args:
        der: the whole message.
        read: reads its certificates; None for one that is not common.

    Returns: what the tree holds in the same places; None for anything else than that layout in strict DER throughout.
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
    first, start = tag_length(der, content_end, CONTEXT_0)
    certificates = _certificates(der, first, start, read)
    signer_head = nested(size - start, _SIGNER)
    sid = start + len(signer_head)
    body, digest = tag_length(der, sid, SEQUENCE)
    signer = _named(certificates, der[body:digest])
    attributes = digest + 2 + der[digest + 1]
    time, algorithm = tag_length(der, attributes, CONTEXT_0)
    time += len(_BEFORE_TIME)
    claimed = time + _TIME
    claimed_head = _MESSAGE_DIGESTS.get(algorithm - claimed, b"")
    signature = algorithm + 2 + der[algorithm + 1]
    signature_head = nested(size - signature, _SIGNATURE)
    signing_time = read_time(UTC_TIME, der[time:claimed])
    if not (
        der.startswith(head)
        and der.startswith(econtent_head, content)
        and der.startswith(signer_head, start)
        and der.startswith(_BEFORE_TIME, time - len(_BEFORE_TIME))
        and der.startswith(claimed_head, claimed)
        and der.startswith(signature_head, signature)
        and claimed_head
        and signing_time
    ):
        raise Uncommon
    kind = _kind(
        der[algorithms:content],
        der[digest:attributes],
        der[algorithm:signature],
        len(certificates) == 1 or _are_sorted(certificates),
    )
    claimed += len(claimed_head)
    return CommonMessage(
        kind,
        certificates,
        signer,
        der[content + len(econtent_head) : content_end],
        _SET + der[attributes + 1 : algorithm],
        signing_time,
        der[claimed:algorithm],
        claimed - 2,
        der[signature + len(signature_head) :],
    )


def _certificates(
    der: bytes, at: int, end: int, read: Callable[[bytes], CommonCertificate | None]
) -> tuple[CommonCertificate, ...]:
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
    return tuple(certificates)


def _named(certificates: tuple[CommonCertificate, ...], sid: bytes) -> CommonCertificate:
    if len(certificates) == 1 and certificates[0].sid == sid:
        return certificates[0]
    found = {certificate.der: certificate for certificate in certificates if certificate.sid == sid}
    if len(found) != 1:
        raise Uncommon
    return next(iter(found.values()))


def _are_sorted(certificates: tuple[CommonCertificate, ...]) -> bool:
    encoded = [certificate.der for certificate in certificates]
    return encoded == sorted(encoded)


@cache
def _kind(digest_algorithms: bytes, digest: bytes, signature: bytes, is_sorted: bool) -> Kind:  # noqa: FBT001
    """By the encoded SET, and the two algorithms of the signer; their lengths are known to be right."""
    if (
        digest_algorithms[0] != SET
        or digest_algorithms[2:] not in _DIGESTS
        or digest not in _DIGESTS
        or signature not in _SIGNATURES
    ):
        raise Uncommon
    return Kind(digest_algorithms, digest, signature, is_sorted=is_sorted)
