"""Every way to put one element of a DER wrong, and some to put it otherwise: thousands of inputs with one defect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.verifier.surgery import elements, header, tlv
from verifier.der import CONSTRUCTED, OCTET_STRING, Element, read_der

TAGS = (
    *(0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0C, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1A, 0x1B, 0x1C, 0x1E),
    *(0x1F, 0x24, 0x30, 0x31, 0x80, 0x81, 0x9F, 0xA0, 0xA1, 0xA3, 0xBF, 0xC0, 0x70),
)
BODIES = (
    b"",
    *(bytes([octet]) for octet in (0x00, 0x01, 0x7F, 0x80, 0xFF)),
    *(b"\x00\x00", b"\x00\x80", b"\xff\x7f", b"\xff\xff", b"\x80\x01", b"\x05\x00", b"\x07\x80", b"\x08\x00"),
    *(b"260601000060Z", b"260631000000Z", b"500101000000Z", b"491231235959Z", b"2606010000Z", b"260601000000+0900"),
    *(b"20260601000000Z", b"20260601000000.5Z"),
    *(b"kr", b"k", b"  ", "홍길동".encode(), b"\xc3\x28", b"\xed\xa0\x80", b"a\x00b", b"\x2a" * 63, b"\x2a" * 64),
    b"\x2a" * 65,
)


def _lengths(tag: int, body: bytes) -> Iterator[bytes]:
    """The same element with its length written otherwise."""
    for octets in (1, 2, 3, 4):
        if len(body) < 1 << 8 * octets:
            yield bytes([tag, 0x80 | octets]) + len(body).to_bytes(octets) + body
    yield bytes([tag, 0x80]) + body + b"\0\0"


def _others(tag: int, body: bytes) -> Iterator[bytes]:
    yield from (tlv(other, body) for other in TAGS)
    yield tlv(tag ^ CONSTRUCTED, body)
    yield from (tlv(tag, other) for other in BODIES)
    yield from (tlv(tag, extra, body) for extra in (b"\0", b"\xff", b"\x05\x00"))
    yield from (tlv(tag, body, extra) for extra in (b"\0", b"\xff", b"\x05\x00", tlv(0x80), tlv(0x30)))
    yield from (tlv(tag, body[1:]), tlv(tag, body[:-1]), tlv(tag, bytes(len(body))), tlv(tag, b"\xff" * len(body)))
    yield from _lengths(tag, body)
    whole = tlv(tag, body)
    yield from (b"", whole + whole, tlv(0x30, whole), tlv(0x31, whole), tlv(0x24, whole), tlv(0xA0, whole))
    yield from (
        whole + tlv(0x05),
        tlv(0x05) + whole,
        whole + b"\0",
        whole + tlv(0x01, b"\0"),
        whole + tlv(0x01, b"\xff"),
    )


def _inside(der: bytes, element: Element) -> bool:
    """Whether an OCTET STRING holds DER of its own, as an extension does."""
    if element.tag != OCTET_STRING or element.body == element.end:
        return False
    root, faults = read_der(der[element.body : element.end])
    return root is not None and not faults


def variants(der: bytes) -> Iterator[bytes]:
    """`der` with one element changed; the lengths around it are right."""
    everything = list(elements(der))
    for element in everything:
        body = der[element.body : element.end]
        around = [e for e in everything if e.body <= element.start and element.end <= e.end and e.tag & CONSTRUCTED]
        for new in _others(element.tag, body):
            yield _put(der, around, element, new)
        for one, other in zip(element.children, element.children[1:], strict=False):
            swapped = der[other.start : other.end] + der[one.start : one.end]
            new = der[element.body : one.start] + swapped + der[other.end : element.end]
            yield _put(der, around, element, tlv(element.tag, new))
        if _inside(der, element):
            for inner in variants(body):
                yield _put(der, around, element, tlv(OCTET_STRING, inner))


def _put(der: bytes, around: Sequence[Element], wanted: Element, new: bytes) -> bytes:
    """As `surgery.replaced`, quicker; `around` it are parents, the outermost first."""
    for parent in reversed(around):
        new = der[parent.body : wanted.start] + new + der[wanted.end : parent.end]
        new = header(parent.tag, len(new)) + new
        wanted = parent
    return new
