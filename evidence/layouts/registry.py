"""Which files there are: those laid out, and those known by name only (설계서 V3.8 4.1, 첨부2)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypedDict

from evidence.faults import Part
from evidence.field import Field
from evidence.file_faults import LayoutNotSpecified, NotAnFbFile
from evidence.layouts.fb0110 import FB0110
from evidence.layouts.fb0120 import FB0120
from evidence.layouts.fb0211 import FB0211
from evidence.layouts.fb0221 import FB0221
from evidence.layouts.fb0222 import FB0222
from evidence.layouts.fb0320 import FB0320
from evidence.layouts.fb0410 import FB0410
from evidence.layouts.fb0420 import FB0420
from evidence.layouts.fb0421 import FB0421
from evidence.layouts.fb0620 import FB0620
from evidence.layouts.fb0910 import FB0910
from evidence.layouts.fb0933 import FB0933
from evidence.layouts.shape import FileLayout
from evidence.record import Record

_FILES: Final = (
    FB0110,
    FB0120,
    FB0211,
    FB0221,
    FB0222,
    FB0320,
    FB0410,
    FB0420,
    FB0421,
    FB0620,
    FB0910,
    FB0933,
)
LAYOUTS: Final[Mapping[str, FileLayout]] = MappingProxyType({f.code: f for f in _FILES})

NOT_SPECIFIED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "FB0230": "출금이체 변경 접수 요청 이용기관 전달 내역",
        "FB0510": "출금이체 원장 정보 조회 요청",
        "FB0511": "출금이체 원장 정보 조회 결과",
        "FB0920": "출금이체 원장 정보 조회 신청결과",
    }
)
"""Named in the specification, which gives no layout: never invented."""


def layout_of(code: str) -> FileLayout:
    """Find the layout of a file code.

    Raises:
        LayoutNotSpecified: the specification names the file and gives no layout.
        NotAnFbFile: no file of the specification.
    """
    if code in NOT_SPECIFIED:
        raise LayoutNotSpecified(code, NOT_SPECIFIED[code])
    if code not in LAYOUTS:
        raise NotAnFbFile(", ".join(LAYOUTS))
    return LAYOUTS[code]


class LayoutRow(TypedDict):
    """One row of a printed table. `const` is the only text the field may hold ("" for SPACE), null where it is free."""

    file: str
    part: str
    no: int
    name: str
    ko: str
    mode: str
    width: int
    const: str | None


def layout_rows() -> list[LayoutRow]:
    """Every row of every table laid out here, in the specification's order.

    The evidence itself is a row of mode `Binary` and width 0: it is as long as the record says.
    """
    return [row for layout in LAYOUTS.values() for part, record in layout.parts for row in _rows(layout, part, record)]


def _rows(layout: FileLayout, part: Part, record: Record) -> list[LayoutRow]:
    rows = [_row(layout, part, no, field) for no, field in enumerate(record.fields, 1)]
    if record is layout.data and layout.evidence is not None:
        evidence = layout.evidence
        rows.append(
            {
                "file": layout.code,
                "part": part.value,
                "no": evidence.no,
                "name": evidence.name,
                "ko": evidence.ko,
                "mode": "Binary",
                "width": 0,
                "const": None,
            }
        )
    return rows


def _row(layout: FileLayout, part: Part, no: int, field: Field) -> LayoutRow:
    return {
        "file": layout.code,
        "part": part.value,
        "no": no,
        "name": field.name,
        "ko": field.ko,
        "mode": field.mode.value,
        "width": field.width,
        "const": field.const,
    }
