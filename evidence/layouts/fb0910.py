"""FB0910 출금이체 원장 정보 조회 신청: asking for the banks' ledgers (설계서 V3.8 4.5.1)."""

from __future__ import annotations

from typing import Final

from evidence.field import Field, Mode
from evidence.layouts.shape import FileLayout
from evidence.record import Record

A, N, AN = Mode.A, Mode.N, Mode.AN
LINE_END: Final = Field("line_end", "개행문자", AN, 2, const="\r\n")

HEADER: Final = Record(
    "FB0910 header",
    152,
    (
        Field("record_type", "레코드 구분", A, 1, const="H", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0910", response_code="7116"),
        Field("van_code", "기관코드", AN, 3, blank_ok=False),
        Field("process_date", "처리기준일자", N, 8, date=True),
        Field("record_count", "Data부 Record 수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 122, const=""),
        LINE_END,
    ),
)

DATA: Final = Record(
    "FB0910 data",
    152,
    (
        Field("record_type", "레코드 구분", A, 1, const="D", response_code="7115"),
        Field("sequence", "처리순번", N, 10),
        Field("institution_code", "이용기관 코드", AN, 20, blank_ok=False, response_code="7106"),
        Field("sub_institution_code", "하위이용기관코드", AN, 10, const="", response_code="7162"),
        Field("service_kind", "서비스종류코드", AN, 1, const="3", response_code="7103"),
        Field("bank_code", "금융회사코드", AN, 3, blank_ok=False, pattern="[0-9]{3}", response_code="7104"),
        Field("van_id", "펌 VAN ID", AN, 30, const=""),
        Field("filler", "공란", AN, 75, const=""),
        LINE_END,
    ),
)

TRAILER: Final = Record(
    "FB0910 trailer",
    152,
    (
        Field("record_type", "레코드 구분", A, 1, const="T", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0910", response_code="7116"),
        Field("total", "총 건수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 133, const=""),
        LINE_END,
    ),
)

FB0910: Final = FileLayout("FB0910", "출금이체 원장 정보 조회 신청", "request for the ledger", HEADER, DATA, TRAILER)
