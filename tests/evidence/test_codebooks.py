"""The code books against the specification's lists and against the layouts."""

from __future__ import annotations

import re

import pytest

from consent.kinds import KINDS
from evidence import LAYOUTS, RESPONSE_CODES
from evidence.codebooks import TRANSMISSIONS, CodeBook, Direction, book_rows, books, meaning, transmissions
from evidence.codes import IN_ORDER

HANGUL = re.compile("[가-힣]")
PRINTED = {  # typed from 첨부1, apart from the books
    "첨부1 가": "0000 2010 2099 2041 2042 2043 7010 7099",
    "첨부1 나": (
        "2101 2111 2112 2113 2114 2115 2116 2117 2118 2119 2120 2121 2122 2123 2125 2126 2127 2128 2129 2140 2141 2143 "
        "2201 2202 2203 2204 2214 "
        "7101 7102 7103 7104 7105 7106 7107 7108 7109 7110 7111 7112 7113 7114 7115 7116 7117 7118 7119 7120 7121 7122 "
        "7123 7124 7125 7126 7161 7162 7190 7199"
    ),
    "첨부1 다": "7301 7302 7303 7304 7305 7306 7307 7308 7309 7310 7311 7319",
    "첨부1 라": "7153 7154 7155",
    "첨부1 마": (
        "1201 1202 1203 1204 1205 1206 1207 1208 1209 1210 1211 1212 1221 2400 2401 2402 2403 2501 "
        "7401 7402 7403 7404 7405 7406"
    ),
    "첨부1 바": "7501 7502 7503",
}
SENT = {  # typed from chapter 5: file, per bank, 통합처리
    "FB0110": ("Y00", "IY0"),
    "FB0221": ("Y01", "IY1"),
    "FB0420": ("Y06", "IY6"),
    "FB0910": ("Y04", None),
    "R00": ("R00", "I0R"),
}
RECEIVED = {
    "FB0120": ("Y00", "IY0"),
    "FB0211": ("Y01", "IY1"),
    "FB0222": ("Y02", "IY2"),
    "FB0320": ("Y03", "IY3"),
    "FB0410": ("Y05", "IY5"),
    "FB0421": ("Y06", "IY6"),
    "FB0620": ("Y07", "IY7"),
    "FB0933": ("Y04", None),
}


@pytest.mark.parametrize("clause", PRINTED)
def test_every_response_code_of_the_appendix_is_there_in_order(clause: str) -> None:
    (book,) = [book for book in books() if book.clause == clause]
    assert [row.code for row in book.codes] == PRINTED[clause].split()
    assert all(row.used_by in {"통합기관", "금융회사", "이용기관", "펌VAN사"} for row in book.codes)


def test_response_codes_are_unique_over_all_parts_of_the_appendix() -> None:
    assert list(RESPONSE_CODES) == " ".join(PRINTED.values()).split()


def test_what_counts_as_in_order() -> None:
    assert {"0000", "2401", "2501"} == IN_ORDER
    assert "2016" in RESPONSE_CODES["7308"].note


@pytest.mark.parametrize("book", books(), ids=lambda book: book.name)
def test_a_book_speaks_both_languages(book: CodeBook) -> None:
    assert HANGUL.search(book.ko) or book.ko.isascii()
    assert book.en.isascii()
    assert len({row.code for row in book.codes}) == len(book.codes)
    for row in book.codes:
        assert row.ko
        assert row.en.isascii()
        assert bool(row.note) == bool(row.note_en)
        assert row.note_en.isascii()


def test_the_books_list_what_the_fields_may_hold() -> None:
    """But '0' 증빙 없음, which is no kind, and 'N' of fields that have one value alone."""
    fields = [field for layout in LAYOUTS.values() for _, record in layout.parts for field in record.fields]
    seen = set()
    for field in fields:
        listed = {row.code for book in books() if field.name in book.fields for row in book.codes}
        if field.values:
            seen.add(field.name)
            assert field.values <= listed, field.name
            if field.name != "service_kind":  # FB0933 is about firm banking only
                assert field.values == listed, field.name
    assert {"cancel_type", "submitter_type", "request_type", "holder_id_type", "sound"} <= seen


def test_every_field_that_a_book_names_is_in_a_layout() -> None:
    names = {field.name for layout in LAYOUTS.values() for _, record in layout.parts for field in record.fields}
    assert {name for book in books() for name in book.fields} <= names


def test_kinds_of_evidence_are_named_as_everywhere() -> None:
    for kind in KINDS.values():
        row = meaning("evidence_type", kind.code)
        assert row is not None
        assert (row.ko, row.en) == (kind.ko, kind.en)


def test_a_code_means_what_its_field_says() -> None:
    one, other = meaning("submitter_type", "1"), meaning("request_type", "1")
    assert one is not None
    assert other is not None
    assert (one.ko, other.ko) == ("면제", "사후점검 요청")
    assert meaning("failure_code", "83") is None
    assert {book.name for book, _ in book_rows("1")} >= {"submitter-type", "request-type", "cancel-type"}
    assert [code for code in ("81", "82", "84", "92") if meaning("failure_code", code)] == ["81", "82", "84", "92"]


def test_transmission_codes_are_those_of_chapter_5() -> None:
    found = {
        way: {row.file: (row.code, row.integrated) for row in TRANSMISSIONS if row.direction is way}
        for way in Direction
    }
    assert found == {Direction.SEND: SENT, Direction.RECEIVE: RECEIVED}
    assert {row.file for row in TRANSMISSIONS} == {*LAYOUTS, "R00"}
    assert {row.file: row.receiver for row in TRANSMISSIONS if row.receiver} == {"FB0910": "1099"}
    assert {row.file for row in TRANSMISSIONS if row.over_internet} == {"FB0110", "FB0420"}
    assert all(row.clause.startswith("5.") and bool(row.note) == bool(row.note_en) for row in TRANSMISSIONS)


@pytest.mark.parametrize(
    ("code", "files"),
    [("Y04", ["FB0910", "FB0933"]), ("IY6", ["FB0420", "FB0421"]), ("FB0320", ["FB0320"]), ("Y99", [])],
)
def test_a_transmission_is_found_by_any_of_its_codes(code: str, files: list[str]) -> None:
    assert [row.file for row in transmissions(code)] == files
