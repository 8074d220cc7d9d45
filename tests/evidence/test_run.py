"""Sound records read together against every record read by itself: whatever is said has to be the same."""

from __future__ import annotations

import io
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence import LAYOUTS, DataRecord, Fault, scan
from evidence import run as together
from evidence.frames import frames, runs
from evidence.run import Run, Runs
from tests.evidence.samples import raw_file

SHORT = tuple(code for code, layout in LAYOUTS.items() if layout.data.at_once is not None)
WITH_EVIDENCE = ("FB0110", "FB0420")
PIECES = [b"x" * size for size in (0, 1, 623, 624, 625, 700, 10_240)]


def told(raw: bytes) -> list[object]:
    """All there is to say of a file."""
    return [
        (type(item.error), item.error.details, item.record_offset) if isinstance(item, Fault) else item
        for item in scan(io.BytesIO(raw))
    ]


def told_one_by_one(raw: bytes) -> list[object]:
    with patch.object(Runs, "next", return_value=None):
        return told(raw)


@pytest.mark.parametrize("code", SHORT)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_damaged_is_told_alike(code: str, data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.sampled_from(PIECES if code in WITH_EVIDENCE else [b""]), max_size=9))
    raw = bytearray(raw_file(code, pieces))
    for at, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(raw) - 1), st.sampled_from(b" 0123456789DTHx|\n\xa1")), max_size=3)
    ):
        raw[at] = byte
    damaged = bytes(raw[: data.draw(st.sampled_from([len(raw), len(raw), data.draw(st.integers(0, len(raw)))]))])
    assert told(damaged) == told_one_by_one(damaged)


@pytest.mark.parametrize("code", SHORT)
@pytest.mark.parametrize("bad", [0, 1, 31, 62, 63])
def test_one_bad_record_among_many_leaves_the_others_as_they_are(code: str, bad: int) -> None:
    """Digits of a number that is out of order, in the fields of one record."""
    raw = bytearray(raw_file(code, [b"evidence" if code in WITH_EVIDENCE else b""] * 64))
    start = LAYOUTS[code].stride * (1 + bad)
    raw[start + 1 : start + 11] = b"x" * 10
    assert told(bytes(raw)) == told_one_by_one(bytes(raw))
    assert sum(isinstance(item, DataRecord) for item in scan(io.BytesIO(raw))) == 63


@pytest.mark.parametrize("code", SHORT)
def test_sound_records_are_read_together(code: str) -> None:
    """Else only a clock would notice."""
    count = together.TOGETHER + 1 if code not in WITH_EVIDENCE else 100
    found = list(runs(io.BytesIO(raw_file(code, [b""] * count))))
    sizes = [len(one.values) for one in found if isinstance(one, Run)]
    assert sum(sizes) == count
    assert len(sizes) <= 3
    assert len(list(frames(io.BytesIO(raw_file(code, [b""] * count))))) == count + 2


def test_after_a_bad_record_ever_more_are_read_together_again() -> None:
    raw = bytearray(raw_file("FB0110", [b""] * 200))
    raw[2 * 1024 + 1] = ord("x")
    sizes = [len(one.values) for one in runs(io.BytesIO(raw)) if isinstance(one, Run)]
    assert sum(sizes) == 199
    assert len(sizes) < 12
