"""Strict DER (X.690 §8, §10, §11): bytes to a tree of elements, with every deviation and its byte offset.

The reader understands just enough BER to go on after a deviation, so that a refusal can also name what else is wrong
with the message. Nothing read from a message with faults is ever good enough to pass: each fault fails the encoding
check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

from consent.wording import Detail

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
ENUMERATED, UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x0A, 0x17, 0x18, 0x30, 0x31
CONSTRUCTED: Final = 0x20
CONTEXT_0: Final = 0xA0
CONTEXT_1: Final = 0xA1

MAX_DEPTH: Final = 40  # a signed consent with its certificates nests 14 deep
MAX_ELEMENTS: Final = 100_000
MAX_OID_OCTETS: Final = 64  # the longest in use have some 20

_MUST_BE_CONSTRUCTED: Final = frozenset({SEQUENCE & ~CONSTRUCTED, SET & ~CONSTRUCTED})
_STRINGS: Final = frozenset({BIT_STRING, OCTET_STRING, *range(0x0C, 0x0D), *range(0x12, 0x1F)})
_TIME_DIGITS: Final = {UTC_TIME: 12, GENERALIZED_TIME: 14}


class DerFault(NamedTuple):
    """One way in which the bytes are not DER."""

    code: str
    offset: int
    details: Mapping[str, Detail]


class Element(NamedTuple):
    """One tag-length-value. `start` is the offset of its tag, `body` of its contents, `end` of what follows."""

    tag: int
    start: int
    body: int
    end: int
    children: tuple[Element, ...] = ()


class _Unreadable(Exception):
    """The tree cannot be read any further."""

    def __init__(self, fault: DerFault) -> None:
        super().__init__()
        self.fault = fault


def read_der(der: bytes) -> tuple[Element | None, tuple[DerFault, ...]]:
    """Read one DER value that fills `der`.

    Returns: the tree, or None where the bytes cannot be read even as BER, and all faults in the order they were met.
    """
    reader = _Reader(der)
    try:
        root = reader.element(0, len(der), depth=0)
    except _Unreadable as unreadable:
        return None, (*reader.faults, unreadable.fault)
    if root.end != len(der):
        reader.fault("CMS-113", root.end, count=len(der) - root.end)
    return root, tuple(reader.faults)


def is_sorted_set(der: bytes, elements: tuple[Element, ...]) -> bool:
    """Whether the elements stand in the order that DER asks of a SET OF (X.690 §11.6)."""
    encodings = [der[e.start : e.end] for e in elements]
    return all(a <= b for a, b in pairwise(encodings))


def dotted_oid(body: bytes) -> str:
    """The contents octets of an OBJECT IDENTIFIER in dotted form (X.690 §8.19); empty for none and for monsters."""
    if len(body) > MAX_OID_OCTETS:
        return ""
    arcs: list[int] = []
    value = 0
    for octet in body:
        value = (value << 7) | (octet & 0x7F)
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    if not arcs:
        return ""
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


def read_time(tag: int, body: bytes) -> datetime | None:
    """A time with seconds and Z and without a fraction (RFC 5280 §4.1.2.5, RFC 5652 §11.3); None for anything else."""
    digits = _TIME_DIGITS.get(tag)
    if digits is None or len(body) != digits + 1 or not body.endswith(b"Z") or not body[:-1].isdigit():
        return None
    text = body.decode("ascii")
    if tag == UTC_TIME:
        text = ("19" if text >= "5" else "20") + text
    if text[8:10] == "24":  # which Python takes for the next day's midnight from 3.14 on
        return None
    try:
        return datetime.fromisoformat(f"{text[:8]}T{text[8:]}")
    except ValueError:
        return None


class _Reader:
    def __init__(self, der: bytes) -> None:
        self.der = der
        self.faults: list[DerFault] = []
        self.elements = 0

    def fault(self, code: str, offset: int, **details: Detail) -> None:
        self.faults.append(DerFault(code, offset, details))

    def element(self, start: int, limit: int, depth: int) -> Element:
        """Read the element at `start`; it must end at or before `limit`."""
        self.elements += 1
        if depth > MAX_DEPTH:
            raise _Unreadable(DerFault("CMS-120", start, {"limit": MAX_DEPTH}))
        if self.elements > MAX_ELEMENTS:
            raise _Unreadable(DerFault("CMS-121", start, {"limit": MAX_ELEMENTS}))
        if start + 2 > limit:
            raise _Unreadable(DerFault("CMS-110", start, {}))
        tag = self.der[start]
        if tag & 0x1F == 0x1F or tag == 0:
            raise _Unreadable(DerFault("CMS-124", start, {}))
        body, end = self._length(start, limit, constructed=bool(tag & CONSTRUCTED))
        if not tag & CONSTRUCTED and end is not None:
            self._primitive(tag, start, self.der[body:end])
            return Element(tag, start, body, end)
        children, end = self._children(body, end, limit, depth)
        self._constructed(tag, start, children)
        return Element(tag, start, body, end, children)

    def _length(self, start: int, limit: int, *, constructed: bool) -> tuple[int, int | None]:
        """Offsets of contents and end; the end is None for the indefinite form."""
        first = self.der[start + 1]
        if first == 0x80:
            if not constructed:
                raise _Unreadable(DerFault("CMS-110", start, {}))
            self.fault("CMS-111", start + 1)
            return start + 2, None
        body, length = start + 2, first
        if first > 0x80:
            octets = self.der[body : body + (first & 0x7F)]
            body += first & 0x7F
            length = int.from_bytes(octets)
            if length < 0x80 or octets[0] == 0:
                self.fault("CMS-112", start + 1)
        if body + length > limit:
            raise _Unreadable(DerFault("CMS-110", start, {}))
        return body, body + length

    def _children(self, at: int, end: int | None, limit: int, depth: int) -> tuple[tuple[Element, ...], int]:
        children: list[Element] = []
        while end is None or at < end:
            if end is None and self.der[at : min(at + 2, limit)] == b"\0\0":
                return tuple(children), at + 2
            child = self.element(at, limit if end is None else end, depth + 1)
            children.append(child)
            at = child.end
        return tuple(children), end

    def _primitive(self, tag: int, start: int, contents: bytes) -> None:
        if tag in _MUST_BE_CONSTRUCTED:
            raise _Unreadable(DerFault("CMS-125", start, {}))
        rule = _PRIMITIVE_RULES.get(tag)
        if rule is not None and not rule[1](contents):
            self.fault(rule[0], start)

    def _constructed(self, tag: int, start: int, children: tuple[Element, ...]) -> None:
        if tag < 0x40 and tag & ~CONSTRUCTED in _STRINGS:
            self.fault("CMS-119", start)
        elif tag < 0x40 and tag not in {SEQUENCE, SET}:
            self.fault("CMS-125", start)
        elif tag == SET and not is_sorted_set(self.der, children):
            self.fault("CMS-114", start)


def _integer(body: bytes) -> bool:
    redundant = len(body) > 1 and ((body[0] == 0 and body[1] < 0x80) or (body[0] == 0xFF and body[1] >= 0x80))
    return bool(body) and not redundant


def _bit_string(body: bytes) -> bool:
    if not body or body[0] > 7 or (len(body) == 1 and body[0]):
        return False
    return len(body) == 1 or not body[-1] & ((1 << body[0]) - 1)


def _oid(body: bytes) -> bool:
    if len(body) > MAX_OID_OCTETS:
        return False
    starts_padded = any(octet == 0x80 and (i == 0 or body[i - 1] < 0x80) for i, octet in enumerate(body))
    return bool(body) and body[-1] < 0x80 and not starts_padded


def _boolean(body: bytes) -> bool:
    return body in {b"\x00", b"\xff"}


def _null(body: bytes) -> bool:
    return not body


def _utc_time(body: bytes) -> bool:
    return read_time(UTC_TIME, body) is not None


def _generalized_time(body: bytes) -> bool:
    return read_time(GENERALIZED_TIME, body) is not None


_PRIMITIVE_RULES: Final[Mapping[int, tuple[str, Callable[[bytes], bool]]]] = {
    BOOLEAN: ("CMS-115", _boolean),
    INTEGER: ("CMS-116", _integer),
    ENUMERATED: ("CMS-116", _integer),
    BIT_STRING: ("CMS-117", _bit_string),
    NULL: ("CMS-123", _null),
    OID: ("CMS-122", _oid),
    UTC_TIME: ("CMS-118", _utc_time),
    GENERALIZED_TIME: ("CMS-118", _generalized_time),
}
