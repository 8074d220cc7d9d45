"""Strict DER read straight through, where it is known what must stand in each place."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from verifier.der import SEQUENCE, Element, read_der

MOST_NAMES_REMEMBERED: Final = 4096
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


@lru_cache(maxsize=MOST_NAMES_REMEMBERED)
def strict_name(contents: bytes) -> bytes:
    """A Name by its contents, if it is strict DER. Authorities are few: their names are remembered.

    Raises:
        Uncommon: it is not, or it is long, or nests deeper than a Name does: how deep all of the message does, and how
            much is kept, is bounded too.
    """
    if len(contents) > MOST_NAME_BYTES:
        raise Uncommon
    name = _header(len(contents)) + contents
    root, faults = read_der(name)
    if root is None or faults or _depth(root) > NAME_DEPTH:
        raise Uncommon
    return name


def _depth(element: Element) -> int:
    return 1 + max(map(_depth, element.children), default=0)


def _header(length: int) -> bytes:
    if length < 0x80:
        return bytes([SEQUENCE, length])
    return bytes([SEQUENCE, 0x81, length]) if length < 0x100 else bytes([SEQUENCE, 0x82, length >> 8, length & 0xFF])
