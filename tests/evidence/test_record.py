"""One record: texts to bytes and back, and what is refused."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.errors import LANGS
from evidence import LAYOUTS, Field, FieldError, Mode, Part, Place, Record
from evidence.faults import (
    EdgeSpace,
    FieldBlank,
    FieldMissing,
    FieldTooLong,
    NotADate,
    NotAlphabetic,
    NotAscii,
    NotFullWidth,
    NotNumeric,
    UnknownField,
    ValueNotAllowed,
    WrongConstant,
    WrongForm,
)
from tests.evidence.samples import FB0110_FIELDS
from tests.evidence.strategies import values_for

RECORDS = [record for layout in LAYOUTS.values() for _, record in layout.parts]
MIXED = Record(
    "every mode",
    60,
    (
        Field("letters", "영문", Mode.A, 4),
        Field("number", "숫자", Mode.N, 6),
        Field("blank_number", "빈 숫자", Mode.N, 6, blank_ok=True),
        Field("text", "문자", Mode.AN, 10),
        Field("special", "특수", Mode.ANS, 4),
        Field("hangul", "한글", Mode.AHNS, 30),
    ),
)
DATA = LAYOUTS["FB0110"].data
SOUND = FB0110_FIELDS | {"sequence": "1", "evidence_size": "12"}


@pytest.mark.parametrize("record", [*RECORDS, MIXED], ids=lambda record: record.title)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_texts_come_back_as_they_were(record: Record, data: st.DataObject) -> None:
    values = data.draw(values_for(record))
    raw = record.encode(values)
    assert len(raw) == record.total
    assert record.decode(raw) == values


@settings(max_examples=300, deadline=None)
@given(
    letters=st.binary(min_size=4, max_size=4),
    number=st.text("0123456789 ", min_size=12, max_size=12),
    text=st.binary(min_size=14, max_size=14),
    hangul=st.binary(min_size=30, max_size=30),
)
def test_whatever_bytes_are_accepted_are_written_again(letters: bytes, number: str, text: bytes, hangul: bytes) -> None:
    """encode(decode(b)) == b for every accepted b."""
    raw = letters + number.encode("ascii") + text + hangul
    values, errors = MIXED.read(raw)
    for field in MIXED.fields:
        if field.name in values:
            start = MIXED.offsets[field.name]
            assert field.encode(values[field.name]) == raw[start : start + field.width]
    assert len(values) + len(errors) == len(MIXED.fields)


@settings(max_examples=200, deadline=None)
@given(st.text("0123456789 가A~'-\\", max_size=12))
def test_no_text_is_written_that_would_not_read_back(text: str) -> None:
    for field in MIXED.fields:
        try:
            raw = field.encode(text)
        except FieldError:
            continue
        assert len(raw) == field.width
        assert field.encode(field.decode(raw)) == raw


def test_numbers_stand_right_after_zeros_and_keep_them_when_read() -> None:
    field = Field("number", "숫자", Mode.N, 6)
    assert field.encode("12") == b"000012"
    assert field.decode(b"000012") == "000012"
    assert field.encode("000012") == b"000012"


def test_a_number_may_be_blank_only_where_its_table_says_so() -> None:
    assert Field("number", "숫자", Mode.N, 3, blank_ok=True).decode(b"   ") == ""
    assert Field("number", "숫자", Mode.N, 3, blank_ok=True).encode("") == b"   "
    with pytest.raises(FieldBlank):
        Field("number", "숫자", Mode.N, 3).decode(b"   ")
    with pytest.raises(FieldBlank):
        Field("number", "숫자", Mode.N, 3).encode("")


@pytest.mark.parametrize("raw", [b" 12", b"12 ", b"1 2", b"-12", b"1.2", b"\xb0\xa11"])
def test_numbers_hold_digits_only(raw: bytes) -> None:
    with pytest.raises(NotNumeric):
        Field("number", "숫자", Mode.N, 3).decode(raw)


def test_leading_spaces_of_a_text_survive() -> None:
    field = Field("text", "문자", Mode.AN, 6)
    assert field.decode(b"  ab  ") == "  ab"
    assert field.encode("  ab") == b"  ab  "


@pytest.mark.parametrize("text", ["홍길동", "é", "\x7f", "\n", "\ud800"])
def test_hangul_and_control_characters_are_refused_in_an_an_field(text: str) -> None:
    with pytest.raises(NotAscii):
        Field("text", "문자", Mode.AN, 10).encode(text)


def test_hangul_bytes_in_an_an_field_are_refused_with_their_offset() -> None:
    raw = DATA.encode(SOUND)
    at = DATA.offsets["payer_number"] + 2
    raw = raw[:at] + "홍".encode("euc_kr") + raw[at + 2 :]
    with pytest.raises(NotAscii) as caught:
        DATA.decode(raw, Place(Part.DATA, 7, 5120))
    error = caught.value
    assert (error.field, error.number, error.offset, error.response_code) == ("payer_number", 7, 5120 + at, "7107")
    assert "D7" in error.message("ko")
    assert "납부자 번호" in error.message("en")
    assert error.details["found"] == "***"


def test_letters_only_in_an_a_field() -> None:
    with pytest.raises(NotAlphabetic):
        Field("letters", "영문", Mode.A, 3).encode("A1")


def test_half_width_becomes_full_width_in_a_field_for_hangul() -> None:
    field = Field("name", "하위기관명", Mode.AHNS, 20)
    raw = field.encode("A동 1\\~")
    assert raw == "Ａ동　１＼～".encode("euc_kr") + b"\xa1\xa1" * 4
    assert raw[8:10] == b"\xa1\xac"
    assert field.decode(raw) == "Ａ동　１＼～"


@pytest.mark.parametrize("raw", [b"AB", b"  ", b"\xa1\x20", b"\xff\xff", b"\xc9\xa1", b"\xa4\xd4"])
def test_other_than_two_byte_characters_are_refused_in_a_field_for_hangul(raw: bytes) -> None:
    with pytest.raises(NotFullWidth):
        Field("name", "하위기관명", Mode.AHNS, 2).decode(raw)


@pytest.mark.parametrize("text", ["뷁", "—", "😀", "\ud800"])
def test_characters_outside_ks_x_1001_are_refused(text: str) -> None:
    """Python's codec would write 뷁 as eight bytes."""
    with pytest.raises(NotFullWidth):
        Field("name", "하위기관명", Mode.AHNS, 20).encode(text)


@pytest.mark.parametrize(
    ("mode", "text"), [(Mode.AN, "ab "), (Mode.AHNS, "동의　"), (Mode.AHNS, "동의 "), (Mode.AN, " ")]
)
def test_a_value_that_ends_in_fill_is_refused(mode: Mode, text: str) -> None:
    with pytest.raises(EdgeSpace):
        Field("text", "문자", mode, 10).encode(text)


def test_nothing_is_truncated() -> None:
    with pytest.raises(FieldTooLong) as caught:
        DATA.encode(SOUND | {"payer_number": "1" * 31})
    assert caught.value.details["got"] == 31
    assert caught.value.details["width"] == 30


@pytest.mark.parametrize(
    ("name", "text", "expected", "response_code"),
    [
        ("record_type", "X", WrongConstant, "7115"),
        ("realtime", "Y", WrongConstant, "7199"),
        ("filler_1", "x", WrongConstant, "7199"),
        ("applied_on", "20260230", NotADate, "7114"),
        ("applied_on", "0", NotADate, "7114"),
        ("holder_id_type", "3", ValueNotAllowed, "7108"),
        ("holder_id", "", FieldBlank, "7109"),
        ("institution_code", "", FieldBlank, "7106"),
        ("payer_number", "", FieldBlank, "7107"),
        ("bank_code", "04", WrongForm, "7104"),
        ("bank_code", "0O4", WrongForm, "7104"),
        ("account_number", "", FieldBlank, "7105"),
        ("evidence_type", "8", ValueNotAllowed, "7119"),
        ("extension", "확장", NotAscii, "7120"),
        ("evidence_size", "1k", NotNumeric, "7121"),
        ("cancellation", "X", ValueNotAllowed, "7101"),
    ],
)
def test_each_field_is_refused_with_its_response_code(
    name: str, text: str, expected: type[FieldError], response_code: str
) -> None:
    with pytest.raises(expected) as caught:
        DATA.encode(SOUND | {name: text}, Place(Part.DATA, 3, 2048))
    error = caught.value
    assert error.field == name
    assert error.response_code == response_code
    start = 2048 + DATA.offsets[name]
    assert start <= error.offset < start + DATA.field(name).width
    for lang in LANGS:
        assert "D3" in error.message(lang)
        assert error.remedy(lang)


def test_personal_and_wide_values_are_never_shown() -> None:
    for name in ("holder_id", "account_number", "payer_number", "filler_1"):
        with pytest.raises(FieldError) as caught:
            DATA.encode(SOUND | {name: "비밀홍길동"})
        assert "비밀" not in str(caught.value)
        assert caught.value.details["found"] == "***"


def test_errors_cross_process_borders() -> None:
    with pytest.raises(FieldError) as caught:
        DATA.encode(SOUND | {"bank_code": "x"}, Place(Part.DATA, 3, 2048))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.offset, again.field, str(again)) == (caught.value.offset, "bank_code", str(caught.value))


def test_missing_and_unknown_fields_are_refused() -> None:
    with pytest.raises(FieldMissing):
        DATA.encode({name: text for name, text in SOUND.items() if name != "payer_number"})
    with pytest.raises(UnknownField):
        DATA.encode(SOUND | {"payer_no": "1"})


def test_a_record_of_another_length_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="399 bytes given"):
        DATA.decode(b" " * 399)
