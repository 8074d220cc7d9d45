"""The strict DER reader: what it takes, what it refuses, and where."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.surgery import tlv
from verifier.der import MAX_DEPTH, dotted_oid, read_der, read_time

INTEGER_1 = b"\x02\x01\x01"


def faults(der: bytes) -> list[tuple[str, int]]:
    return [(fault.code, fault.offset) for fault in read_der(der)[1]]


@pytest.mark.parametrize(
    ("der", "code", "offset"),
    [
        (b"", "CMS-110", 0),
        (b"\x30", "CMS-110", 0),
        (b"\x30\x05\x02\x01\x01", "CMS-110", 0),
        (b"\x30\x03\x02\x02\x01", "CMS-110", 2),
        (b"\x30\x84\xff\xff\xff\xff", "CMS-110", 0),
        (b"\x04\x80\x00\x00", "CMS-110", 0),
        (b"\x30\x80" + INTEGER_1 + b"\x00\x00", "CMS-111", 1),
        (b"\x30\x81\x03" + INTEGER_1, "CMS-112", 1),
        (b"\x30\x82\x00\x03" + INTEGER_1, "CMS-112", 1),
        (tlv(0x30, INTEGER_1) + b"\x00", "CMS-113", 5),
        (tlv(0x31, b"\x02\x01\x02", INTEGER_1), "CMS-114", 0),
        (tlv(0x30, b"\x01\x01\x01"), "CMS-115", 2),
        (tlv(0x30, b"\x01\x02\x00\x00"), "CMS-115", 2),
        (tlv(0x02, b"\x00\x01"), "CMS-116", 0),
        (tlv(0x02, b"\xff\x80"), "CMS-116", 0),
        (tlv(0x02), "CMS-116", 0),
        (tlv(0x0A, b"\x00\x01"), "CMS-116", 0),
        (tlv(0x03), "CMS-117", 0),
        (tlv(0x03, b"\x08\x00"), "CMS-117", 0),
        (tlv(0x03, b"\x01"), "CMS-117", 0),
        (tlv(0x03, b"\x04\xff"), "CMS-117", 0),
        (tlv(0x17, b"260601090000+0900"), "CMS-118", 0),
        (tlv(0x17, b"2606010900Z"), "CMS-118", 0),
        (tlv(0x17, b"261301090000Z"), "CMS-118", 0),
        (tlv(0x18, b"20260601090000.5Z"), "CMS-118", 0),
        (tlv(0x18, b"20260601090000"), "CMS-118", 0),
        (tlv(0x24, b"\x04\x01a"), "CMS-119", 0),
        (tlv(0x2C, b"\x0c\x01a"), "CMS-119", 0),
        (tlv(0x06), "CMS-122", 0),
        (tlv(0x06, b"\x2a\x80\x01"), "CMS-122", 0),
        (tlv(0x06, b"\x2a\x86"), "CMS-122", 0),
        (tlv(0x05, b"\x00"), "CMS-123", 0),
        (b"\x1f\x81\x01\x00", "CMS-124", 0),
        (b"\x00\x00", "CMS-124", 0),
        (b"\x10\x00", "CMS-125", 0),
        (tlv(0x22, INTEGER_1), "CMS-125", 0),
    ],
)
def test_what_is_not_der_is_named_with_its_offset(der: bytes, code: str, offset: int) -> None:
    assert (code, offset) in faults(der)


def test_all_faults_are_reported_not_only_the_first() -> None:
    assert faults(b"\x30\x80\x01\x01\x01\x02\x02\x00\x01\x00\x00") == [("CMS-111", 1), ("CMS-115", 2), ("CMS-116", 5)]


def test_depth_is_limited() -> None:
    der = b""
    for _ in range(MAX_DEPTH + 1):
        der = tlv(0x30, der)
    assert faults(der) == []
    assert [code for code, _ in faults(tlv(0x30, der))] == ["CMS-120"]


@pytest.mark.parametrize(
    "value",
    [
        core.Integer(-129),
        core.Integer(128),
        core.Boolean(True),
        core.BitString((1, 0, 1)),
        core.OctetString(b"x" * 300),
        core.Null(),
        core.UTF8String("동의"),
        core.ObjectIdentifier("2.999.1"),
        core.SetOf([core.Integer(5), core.Integer(1)], spec=core.Integer),
    ],
)
def test_what_another_encoder_writes_is_der(value: core.Asn1Value) -> None:
    assert faults(value.dump()) == []


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    root, found = read_der(data)
    assert root is not None or found


@given(
    st.recursive(
        st.binary(max_size=20).map(lambda b: tlv(0x04, b)),
        lambda inner: st.lists(inner, max_size=4).map(lambda parts: tlv(0x30, *parts)),
        max_leaves=12,
    )
)
def test_elements_cover_their_parents_without_gaps(der: bytes) -> None:
    root, found = read_der(der)
    assert root is not None and not found
    stack = [root]
    while stack:
        element = stack.pop()
        assert element.start < element.body <= element.end
        at = element.body
        for child in element.children:
            assert child.start == at
            at = child.end
        assert not element.children or at == element.end
        stack.extend(element.children)


@given(st.integers(0, 2), st.lists(st.integers(0, 2**40), min_size=1, max_size=6))
def test_identifiers_read_as_they_were_written(first: int, arcs: list[int]) -> None:
    arcs[0] = arcs[0] % 40 if first < 2 else arcs[0]
    dotted = ".".join(map(str, [first, *arcs]))
    assert dotted_oid(core.ObjectIdentifier(dotted).contents) == dotted


def test_two_digit_years_turn_at_fifty() -> None:
    late, early = read_time(0x17, b"491231235959Z"), read_time(0x17, b"500101000000Z")
    assert late is not None and early is not None
    assert (late.year, early.year) == (2049, 1950)
    assert read_time(0x04, b"491231235959Z") is None


_NEARLY_DIGITS = st.lists(st.sampled_from(b"0123456789+-.: Z\xd9\xa1"), max_size=17).map(bytes)
_NEARLY_TIMES = st.builds(
    lambda *numbers: b"".join(b"%02d" % number for number in numbers) + b"Z",
    *(st.integers(0, most) for most in (99, 13, 32, 25, 61, 61)),
)


@given(
    tag=st.sampled_from([0x17, 0x18]), body=st.one_of(_NEARLY_DIGITS, _NEARLY_TIMES, _NEARLY_TIMES.map(b"20".__add__))
)
def test_times_are_read_by_their_digits(tag: int, body: bytes) -> None:
    """As the numbers make a time, and not as a library of Python's may read what looks like one."""
    form = re.fullmatch(rb"(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z", body)
    expected = None
    if form is not None and (form[1] is None) == (tag == 0x17):
        year, month, day, hour, minute, second = map(int, form.groups()[1:])
        century = int(form[1]) if form[1] else (19 if year >= 50 else 20)
        with suppress(ValueError):
            expected = datetime(100 * century + year, month, day, hour, minute, second, tzinfo=UTC)
    assert read_time(tag, body) == expected


@pytest.mark.parametrize("body", [b"260602240000Z", b"260602250000Z", b"260602235960Z", b"260631000000Z"])
def test_no_hour_24(body: bytes) -> None:
    """ISO 8601 had it for the next day's midnight, and Python does from 3.14 on; X.680 does not."""
    assert read_time(0x17, body) is None
    assert read_time(0x18, b"20" + body) is None
