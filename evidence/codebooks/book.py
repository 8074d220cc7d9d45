"""The books: response codes of 첨부1, and the values that fields of the layouts may have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).parent
_FILES: Final = ("responses.json", "values.json")


@dataclass(frozen=True)
class Code:
    """One row of a book.

    Attributes:
        code: as it stands in the field.
        ko: 내용 as printed.
        en: the same in English.
        used_by: 사용기관 as printed; "" where the specification names none.
        note: 설명 as printed; "" where there is none.
        note_en: the same in English.
        in_order: whether it counts as a success (정상, or 정상응답으로 간주).
    """

    code: str
    ko: str
    en: str
    used_by: str = ""
    note: str = ""
    note_en: str = ""
    in_order: bool = False


@dataclass(frozen=True)
class CodeBook:
    """Codes of one kind.

    Attributes:
        name: ours, English.
        clause: where the specification has them.
        ko: its heading.
        en: the same in English.
        fields: of the layouts, that hold such a code.
        codes: in the printed order.
    """

    name: str
    clause: str
    ko: str
    en: str
    fields: tuple[str, ...]
    codes: tuple[Code, ...]


@cache
def books() -> tuple[CodeBook, ...]:
    """All of them, in the specification's order; those of 첨부1 first."""
    return tuple(_book(row) for file in _FILES for row in json.loads((_FOLDER / file).read_text(encoding="utf-8")))


def book_rows(code: str) -> Iterator[tuple[CodeBook, Code]]:
    """Every row of every book with this code: a short one means one thing in one field and another in another."""
    for book in books():
        for row in book.codes:
            if row.code == code:
                yield book, row


def meaning(field: str, code: str) -> Code | None:
    """What a code means in a field of the layouts, by its English name; None where no book knows it."""
    return _by_field().get((field, code))


@cache
def _by_field() -> Mapping[tuple[str, str], Code]:
    return {(field, row.code): row for book in books() for field in book.fields for row in book.codes}


def _book(row: dict[str, Any]) -> CodeBook:
    codes = tuple(Code(**code) for code in row["codes"])
    return CodeBook(row["book"], row["clause"], row["ko"], row["en"], tuple(row["fields"]), codes)
