"""The sub-fields of R00 that partly exempt institutions fill in for HYPHEN to make FB0110 (설계서 V3.8 4.2.1.2).

The specification does not lay out R00 itself. It cuts two of its parts anew: 납부자번호 and 업체사용정보 in the format
of firm banking, 전화번호 and FILLER in the one that is compatible with KFTC's. They are `Record`s like those of the FB
files: `split` gives texts, `join` gives the same bytes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from evidence.faults import Place, RecordError
from evidence.field import NOWHERE, Field, Mode
from evidence.record import Record

N, AN = Mode.N, Mode.AN
KINDS_SENT: Final = frozenset("1234567")
ID_TYPE: Final = Field(
    "holder_id_type", "예금주실명번호 종류", N, 1, values=frozenset({"0", "1", "2"}), response_code="7108"
)
KIND: Final = Field("evidence_type", "동의자료 구분", AN, 1, blank_ok=False, values=KINDS_SENT, response_code="7119")


class Format(StrEnum):
    """Which of the two an institution uses."""

    FIRM = "firm"  # 출금동의등록파일의 DATA 부
    COMPATIBLE = "compatible"  # 통합처리, 금결원호환포맷 DATA 부


FIRM: Final = Record(
    "R00 (firm)",
    36,
    (
        Field("payer_number", "납부자번호", AN, 20, blank_ok=False, personal=True, response_code="7107"),
        Field("company_use", "업체사용정보", AN, 14, personal=True),  # 16 before; what a company puts there is its own
        ID_TYPE,
        KIND,
    ),
)
COMPATIBLE: Final = Record(
    "R00 (compatible)",
    23,
    (
        Field("phone", "전화번호(핸드폰)", AN, 12, personal=True),
        ID_TYPE,
        KIND,
        Field("filler", "FILLER", AN, 9, personal=True),  # 11 before; the format is not ours to say what it holds
    ),
)
RECORDS: Final[Mapping[Format, Record]] = MappingProxyType({Format.FIRM: FIRM, Format.COMPATIBLE: COMPATIBLE})


class WrongLength(RecordError):
    """There are more or fewer bytes than the sub-fields have together."""

    code = "FB-048"

    def __init__(self, place: Place, record: Record, got: int) -> None:
        super().__init__(place, "7199", title=record.title, width=record.total, got=got)


def split(raw: bytes, form: Format, place: Place = NOWHERE) -> dict[str, str]:
    """Cut the bytes of the sub-fields into their texts.

    Raises:
        WrongLength: not as many bytes as they have together, 36 or 23.
        FieldError: the first that does not hold what it may.
    """
    record = RECORDS[form]
    if len(raw) != record.total:
        raise WrongLength(place, record, len(raw))
    return record.decode(raw, place)


def join(values: Mapping[str, str], form: Format, place: Place = NOWHERE) -> bytes:
    """Write the sub-fields; `split` of the result gives the same texts.

    Raises:
        FieldMissing, UnknownField: the names are not those of the table.
        FieldError: a text does not fit its field.
    """
    return RECORDS[form].encode(values, place)
