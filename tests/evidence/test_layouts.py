"""The tables against a second transcription of the specification, and against themselves."""

from __future__ import annotations

import pytest

from evidence import LAYOUTS, RESPONSE_CODES, Field, Mode, Record, layout_of, layout_rows
from evidence.file_faults import LayoutNotSpecified, NotAnFbFile
from evidence.layouts import FileLayout
from evidence.layouts.registry import NOT_SPECIFIED
from tests.evidence.spec_tables import TABLES, Row

PRINTED = {"": "SPACE", "\r\n": "CR/LF"}


@pytest.mark.parametrize("table", TABLES, ids="-".join)
def test_every_row_is_as_the_specification_prints_it(table: tuple[str, str]) -> None:
    rows: list[Row] = [
        (
            row["no"],
            row["ko"],
            row["mode"],
            row["width"],
            None if row["const"] is None else PRINTED.get(row["const"], row["const"]),
        )
        for row in layout_rows()
        if (row["file"], row["part"]) == table
    ]
    expected, total = TABLES[table]
    assert tuple(rows) == expected
    assert sum(width or 0 for _, _, _, width, _ in rows) == total


def test_rows_come_in_the_order_of_files_parts_and_numbers() -> None:
    rows = layout_rows()
    assert list(dict.fromkeys((row["file"], row["part"]) for row in rows)) == list(TABLES)
    assert set(rows[0]) == {"file", "part", "no", "name", "ko", "mode", "width", "const"}


def test_every_response_code_of_a_field_is_in_the_appendix() -> None:
    codes = {field.response_code for layout in LAYOUTS.values() for _, r in layout.parts for field in r.fields}
    assert codes <= set(RESPONSE_CODES)
    assert {"0000", "7010", "7099", "7161", "7162", "7190", "7199"} <= set(RESPONSE_CODES)
    assert {str(code) for code in range(7101, 7127)} <= set(RESPONSE_CODES)
    assert all(row.code == code and row.ko and row.en for code, row in RESPONSE_CODES.items())


@pytest.mark.parametrize("code", sorted(NOT_SPECIFIED))
def test_files_that_have_no_layout_are_refused_by_name(code: str) -> None:
    with pytest.raises(LayoutNotSpecified) as caught:
        layout_of(code)
    assert code in caught.value.message("ko")
    assert NOT_SPECIFIED[code] in caught.value.message("en")


def test_other_file_codes_are_refused() -> None:
    with pytest.raises(NotAnFbFile):
        layout_of("FB9999")


def test_a_table_whose_widths_do_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="fields take 3 bytes"):
        Record("wrong", 4, (Field("one", "하나", Mode.A, 3),))


def test_a_table_that_names_a_field_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Record("wrong", 4, (Field("one", "하나", Mode.A, 2), Field("one", "둘", Mode.A, 2)))


def test_a_table_with_half_a_two_byte_character_is_refused() -> None:
    with pytest.raises(ValueError, match="odd width"):
        Record("wrong", 3, (Field("one", "하나", Mode.AHNS, 3),))


def test_a_file_whose_records_fit_neither_blocks_nor_lines_is_refused() -> None:
    short = Record("short", 2, (Field("one", "하나", Mode.A, 2),))
    long = Record("long", 4, (Field("one", "하나", Mode.A, 4),))
    with pytest.raises(ValueError, match="do not fit"):
        FileLayout("FB0000", "없음", "none", short, long, short)
