"""Strict DER read straight through, where it is known what must stand in each place."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from verifier.der import INTEGER, SEQUENCE, Element, read_der

MOST_NAMES_REMEMBERED: Final = 4096
MOST_HEADS: Final = 65_536
MOST_NAME_BYTES: Final = 1024
NAME_DEPTH: Final = 4  # Name, RelativeDistinguishedName, AttributeTypeAndValue, its parts


class Uncommon(Exception):
    """Something else stands there."""


def tag_length(der: bytes, at: int, tag: int) -> tuple[int, int]:
    """Where the contents of the element at `at` begin and end, if it has that tag and a length of less than 64 KiB.

    Raises:
        Uncommon, IndexError: it has not. That the end lies within the bytes is for the caller to see to.
    """
    if der[at] != tag:
        raise Uncommon
    length = der[at + 1]
    if length < 0x80:
        return at + 2, at + 2 + length
    if length == 0x82:
        length = der[at + 2] << 8 | der[at + 3]
        if length < 0x100:
            raise Uncommon
        return at + 4, at + 4 + length
    if length == 0x81 and der[at + 2] >= 0x80:
        return at + 3, at + 3 + der[at + 2]
    raise Uncommon


@lru_cache(maxsize=MOST_HEADS)
def nested(size: int, parts: tuple[int | bytes, ...]) -> bytes:
    """What `size` octets begin with that hold one element in another, each to the very end, in strict DER.

    Args:
        size: of the outermost element with its header.
        parts: from outside inwards, the tag of each element, and the bytes that stand before the next one.

    Returns: everything up to the contents of the innermost element.

    Raises:
        Uncommon: so much does not fit, or not into less than 64 KiB.
    """
    head = b""
    for part in parts:
        head += part if isinstance(part, bytes) else _header(part, size - len(head))
    if len(head) > size:
        raise Uncommon
    return head


def _header(tag: int, size: int) -> bytes:
    """Tag and length of an element that has `size` octets with them."""
    if 2 <= size < 0x82:
        return bytes([tag, size - 2])
    if 0x83 <= size < 0x103:  # none has 0x82 octets, as a longer length takes one more itself
        return bytes([tag, 0x81, size - 3])
    if 0x104 <= size < 0x10004:
        return bytes([tag, 0x82]) + (size - 4).to_bytes(2)
    raise Uncommon


@lru_cache(maxsize=MOST_NAMES_REMEMBERED)
def strict_name(name: bytes) -> bytes:
    """This Name, if it is strict DER. Authorities are few: their names are remembered.

    Raises:
        Uncommon: it is not, or it is long, or nests deeper than a Name does: how deep all of the message does, and how
            much is kept, is bounded too.
    """
    if len(name) > MOST_NAME_BYTES:
        raise Uncommon
    root, faults = read_der(name)
    if root is None or faults or _depth(root) > NAME_DEPTH:
        raise Uncommon
    return name


def are_two_integers(der: bytes) -> bool:
    """Whether this is a SEQUENCE of two INTEGERs in strict DER, as ECDSA signatures are (RFC 3279 §2.2.3)."""
    try:
        body, end = tag_length(der, 0, SEQUENCE)
        first, first_end = tag_length(der, body, INTEGER)
        second, second_end = tag_length(der, first_end, INTEGER)
        return second_end == end == len(der) and _is_minimal(der[first:first_end]) and _is_minimal(der[second:end])
    except (Uncommon, IndexError):
        return False


def _is_minimal(integer: bytes) -> bool:
    """By its contents octets: none of them could be left out (X.690 §8.3.2)."""
    first = integer[:2]
    return bool(first) and (len(first) == 1 or first[0] not in {0, 0xFF} or (first[0] ^ first[1]) & 0x80 != 0)


def _depth(element: Element) -> int:
    return 1 + max(map(_depth, element.children), default=0)
