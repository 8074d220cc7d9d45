"""The short way of sound records against the long one: what is accepted, and as what, has to be the same."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator, Mapping
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evidence import LAYOUTS, Field, FieldError, Mode, Part, Place, Record, RecordError, write_file
from evidence import at_once as short
from evidence.file_faults import CountMismatch
from tests.evidence.samples import FB0110_FIELDS
from tests.evidence.strategies import values_for

PLAIN = Record(
    "every mode but Hangul",
    70,
    (
        Field("constant", "상수", Mode.AN, 4, const="A%b"),
        Field("letters", "영문", Mode.A, 4),
        Field("number", "숫자", Mode.N, 6),
        Field("blank_number", "빈 숫자", Mode.N, 6, blank_ok=True),
        Field("text", "문자", Mode.AN, 10),
        Field("needed", "필수", Mode.AN, 10, blank_ok=False),
        Field("day", "날짜", Mode.N, 8, date=True),
        Field("form", "형식", Mode.AN, 6, pattern="[0-9]{2}|x[a-z|]{0,4}"),
        Field("listed", "목록", Mode.AN, 4, values=frozenset({"ab", "abcd"})),
        Field("listed_number", "숫자 목록", Mode.N, 2, values=frozenset({"01", "02"})),
        Field("special", "특수", Mode.ANS, 10),
    ),
)
SHORT = [record for record in (*(layout.data for layout in LAYOUTS.values()), PLAIN) if record.at_once is not None]
PLACE = Place(Part.DATA, 3, 2048)
ODD = st.sampled_from(
    ["", " ", "x ", " x", "|", "a |", "0", "00", "1", "7" * 40, "%s", "홍", "é", "\0", "\n", "　", "A%b"]
)


def outcome(encode: object, values: Mapping[str, str]) -> object:
    try:
        return encode(values, PLACE)  # type: ignore[operator]
    except RecordError as error:
        return type(error), error.details


def test_tables_that_have_no_hangul_have_a_short_way() -> None:
    assert {record.title for record in SHORT} >= {"FB0110 data", "FB0410 data", "FB0420 data"}
    assert short.at_once((Field("name", "이름", Mode.AHNS, 4), Field("a", "가", Mode.AN, 1))) is None


@pytest.mark.parametrize("record", SHORT, ids=lambda record: record.title)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_bytes_are_read_alike_both_ways(record: Record, data: st.DataObject) -> None:
    raw = bytearray(record.encode_by_field(data.draw(values_for(record))))
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, record.total - 1), st.integers(0, 255)), max_size=2)):
        raw[at] = byte
    values, errors = record.read_by_field(bytes(raw), PLACE)
    assert record.at_once is not None
    quick = record.at_once.read(bytes(raw))
    assert quick == (None if errors else [values])
    assert quick is None or list(quick[0]) == list(values)


@pytest.mark.parametrize("record", SHORT, ids=lambda record: record.title)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_texts_are_written_alike_both_ways(record: Record, data: st.DataObject) -> None:
    values = data.draw(values_for(record))
    for name, text in data.draw(st.dictionaries(st.sampled_from(sorted(values)), ODD, max_size=2)).items():
        values[name] = text
    for name in data.draw(st.sets(st.sampled_from(sorted(values)), max_size=1)):
        del values[name]
    values |= data.draw(st.sampled_from([{}, {}, {}, {"unknown": "x"}]))
    assert record.at_once is not None
    quick = record.at_once.encode((values,))
    slow = outcome(record.encode_by_field, values)
    assert quick is None or quick == [slow]
    assert outcome(record.encode, values) == slow


@pytest.mark.parametrize("record", SHORT, ids=lambda record: record.title)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_what_is_sound_goes_the_short_way(record: Record, data: st.DataObject) -> None:
    """Else only a clock would notice. Texts with a SPACE before `|` may go the long way."""
    values = data.draw(values_for(record))
    raw = record.encode_by_field(values)
    assert record.at_once is not None
    assert record.at_once.read(raw) == [values]
    if not any(" |" in text for text in values.values()):
        assert record.at_once.encode((values, values)) == [raw, raw]


def test_what_is_remembered_as_good_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short, "KEPT", 3)
    field = Field("form", "형식", Mode.AN, 3, pattern="[0-9]{3}")
    known = short._Known(partial(short._filled, field))
    assert all(known.all([f"{n:03}"]) == [f"{n:03}"] for n in range(20))
    assert len(known.good) <= 3
    assert known.all(["x12"]) is None
    assert known.all(["12 "]) is None


def test_a_table_that_was_used_crosses_process_borders() -> None:
    record = LAYOUTS["FB0110"].data
    raw = record.encode(FB0110_FIELDS | {"sequence": "1", "evidence_size": "3"})
    again = pickle.loads(pickle.dumps(record))
    assert again == record
    assert again.read(raw) == record.read(raw)


def entries(count: int, **changes: str) -> Iterator[tuple[dict[str, str], bytes]]:
    for _ in range(count):
        yield FB0110_FIELDS | {"evidence_size": "3"} | changes, b"der"


HEADER = {"van_code": "VKN", "institution_code": "9912345678", "process_date": "20260601", "bank_code": "004"}


@settings(max_examples=20, deadline=None)
@given(count=st.integers(0, 600))
@example(256)
@example(257)
@example(512)
def test_a_count_known_beforehand_makes_the_same_file(count: int) -> None:
    spooled, straight = io.BytesIO(), io.BytesIO()
    written = write_file(spooled, LAYOUTS["FB0110"], HEADER, entries(count))
    assert write_file(straight, LAYOUTS["FB0110"], HEADER, entries(count), count=count) == written
    assert spooled.getvalue() == straight.getvalue()
    assert written.size == len(spooled.getvalue())


@pytest.mark.parametrize("count", [0, 2, 4])
def test_a_count_that_does_not_hold_is_refused(count: int) -> None:
    with pytest.raises(CountMismatch) as caught:
        write_file(io.BytesIO(), LAYOUTS["FB0110"], HEADER, entries(3), count=count)
    assert (caught.value.details["declared"], caught.value.details["counted"]) == (count, 3)


@pytest.mark.parametrize("number", [1, 200, 256, 257, 300])
def test_the_first_bad_record_among_many_is_named(number: int) -> None:
    def records() -> Iterator[tuple[dict[str, str], bytes]]:
        yield from entries(number - 1)
        yield from entries(200, bank_code="x")

    out = io.BytesIO()
    with pytest.raises(FieldError) as caught:
        write_file(out, LAYOUTS["FB0110"], HEADER, records())
    start = 1024 * number
    assert (caught.value.number, caught.value.field) == (number, "bank_code")
    assert caught.value.offset == start + LAYOUTS["FB0110"].data.offsets["bank_code"]
    assert out.getvalue() == b""


def test_what_is_wrong_before_the_source_fails_is_said_first() -> None:
    def records(bank_code: str) -> Iterator[tuple[dict[str, str], bytes]]:
        yield from entries(5, bank_code=bank_code)
        raise RuntimeError

    with pytest.raises(FieldError):
        write_file(io.BytesIO(), LAYOUTS["FB0110"], HEADER, records("x"))
    with pytest.raises(RuntimeError):
        write_file(io.BytesIO(), LAYOUTS["FB0110"], HEADER, records("004"))
