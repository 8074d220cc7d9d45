"""The sub-fields of R00 (4.2.1.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.errors import LANGS, CodedError
from evidence import FieldError
from evidence.faults import FieldBlank, FieldMissing, FieldTooLong, NotAscii, UnknownField, ValueNotAllowed
from evidence.r00 import COMPATIBLE, FIRM, RECORDS, Format, WrongLength, join, split
from tests.evidence.strategies import values_for

FIRM_RAW = b"PAYER-1             COMPANY USE   17"
COMPATIBLE_RAW = b"01000000000 25REST     "
FIRM_TEXTS = {"payer_number": "PAYER-1", "company_use": "COMPANY USE", "holder_id_type": "1", "evidence_type": "7"}
COMPATIBLE_TEXTS = {"phone": "01000000000", "holder_id_type": "2", "evidence_type": "5", "filler": "REST"}


def test_the_parts_are_as_wide_as_the_old_ones() -> None:
    assert [(field.ko, field.width) for field in FIRM.fields] == [
        ("납부자번호", 20),
        ("업체사용정보", 14),
        ("예금주실명번호 종류", 1),
        ("동의자료 구분", 1),
    ]
    assert [(field.ko, field.width) for field in COMPATIBLE.fields] == [
        ("전화번호(핸드폰)", 12),
        ("예금주실명번호 종류", 1),
        ("동의자료 구분", 1),
        ("FILLER", 9),
    ]
    assert FIRM.total == 20 + 16
    assert COMPATIBLE.total == 12 + 11


@pytest.mark.parametrize(
    ("form", "raw", "texts"),
    [(Format.FIRM, FIRM_RAW, FIRM_TEXTS), (Format.COMPATIBLE, COMPATIBLE_RAW, COMPATIBLE_TEXTS)],
)
def test_bytes_and_texts_turn_into_each_other(form: Format, raw: bytes, texts: dict[str, str]) -> None:
    assert split(raw, form) == texts
    assert join(texts, form) == raw


@given(st.sampled_from(Format), st.data())
def test_any_texts_that_the_tables_allow_come_back(form: Format, data: st.DataObject) -> None:
    texts = data.draw(values_for(RECORDS[form]))
    assert split(join(texts, form), form) == texts


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("change", [-1, 1])
def test_another_length_is_refused(form: Format, change: int) -> None:
    raw = b"1" * (RECORDS[form].total + change)
    with pytest.raises(WrongLength) as caught:
        split(raw, form)
    assert caught.value.details["got"] == len(raw)
    assert all(caught.value.message(lang) and caught.value.remedy(lang) for lang in LANGS)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("holder_id_type", "3", ValueNotAllowed),
        ("holder_id_type", "", FieldBlank),
        ("evidence_type", "0", ValueNotAllowed),
        ("evidence_type", "8", ValueNotAllowed),
        ("evidence_type", "", FieldBlank),
        ("payer_number", "", FieldBlank),
        ("payer_number", "1" * 21, FieldTooLong),
        ("payer_number", "홍길동", NotAscii),
    ],
)
def test_values_that_may_not_stand_there_are_refused(name: str, text: str, expected: type[FieldError]) -> None:
    with pytest.raises(expected) as caught:
        join(FIRM_TEXTS | {name: text}, Format.FIRM)
    assert caught.value.field == name
    assert "홍길동" not in str(caught.value)


def test_names_are_those_of_the_format() -> None:
    wrong: list[tuple[dict[str, str], type[CodedError]]] = [
        (FIRM_TEXTS | {"phone": "1"}, UnknownField),
        ({"payer_number": "1"}, FieldMissing),
    ]
    for texts, expected in wrong:
        with pytest.raises(expected):
            join(texts, Format.FIRM)
