"""Cutting an element out of a DER and putting other bytes in its place, with the lengths around it made right again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verifier.der import Element, read_der


def header(tag: int, length: int) -> bytes:
    """Tag and shortest length."""
    if length < 0x80:
        return bytes([tag, length])
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(octets)]) + octets


def tlv(tag: int, *contents: bytes) -> bytes:
    body = b"".join(contents)
    return header(tag, len(body)) + body


def elements(der: bytes) -> Iterator[Element]:
    """Every element, parents before children."""
    root, _ = read_der(der)
    if root is None:
        raise ValueError("not even BER")
    stack = [root]
    while stack:
        element = stack.pop()
        yield element
        stack.extend(reversed(element.children))


def replaced(der: bytes, wanted: Element, new: bytes) -> bytes:
    """`der` with `new` where `wanted` stood."""
    root, _ = read_der(der)
    if root is None:
        raise ValueError("not even BER")

    def build(element: Element) -> bytes:
        if (element.start, element.end) == (wanted.start, wanted.end):
            return new
        if not element.children or not element.start <= wanted.start < element.end:
            return der[element.start : element.end]
        return tlv(element.tag, *map(build, element.children))

    return build(root)


def replaced_where(der: bytes, chosen: Callable[[bytes], bool], new: Callable[[bytes], bytes]) -> bytes:
    """`der` with the first element whose encoding is `chosen` replaced by what `new` makes of it."""
    for element in elements(der):
        encoding = der[element.start : element.end]
        if chosen(encoding):
            return replaced(der, element, new(encoding))
    raise ValueError("there is no such element")


def with_certificates(der: bytes, *certificates: bytes) -> bytes:
    """The message with these certificates enclosed and no others, in the order of DER."""
    root = next(elements(der))
    enclosed = next(e for e in root.children[1].children[0].children if e.tag == 0xA0)
    return replaced(der, enclosed, tlv(0xA0, *sorted(certificates)))
