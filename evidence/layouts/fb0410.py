"""FB0410 사후점검 동의자료 요청: the evidence an audit asks for (설계서 V3.8 4.6.1)."""

from __future__ import annotations

from typing import Final

from evidence.field import Field, Mode
from evidence.layouts.fb0110 import KIND_VALUES
from evidence.layouts.shape import FileLayout
from evidence.record import Record

A, N, AN = Mode.A, Mode.N, Mode.AN
LINE_END: Final = Field("line_end", "개행문자", AN, 2, const="\r\n")

HEADER: Final = Record(
    "FB0410 header",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="H", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0410", response_code="7116"),
        Field("van_code", "펌VAN 코드", AN, 3, const="VKN"),
        Field("institution_code", "이용기관 코드", AN, 20, response_code="7106"),
        Field("process_date", "처리기준일자", N, 8, date=True),
        Field("van_id", "펌 VAN ID", AN, 30),
        Field("bank_code", "금융회사 대표 코드", AN, 3, pattern="[0-9]{3}", response_code="7104"),
        Field("record_count", "Data부 Record 수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 319, const=""),
        LINE_END,
    ),
)

DATA: Final = Record(
    "FB0410 data",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="D", response_code="7115"),
        Field("sequence", "처리순번", N, 10),
        Field("request_type", "요청구분", AN, 1, values=frozenset({"1", "2"}), blank_ok=False, response_code="7101"),
        Field("business_number", "사업자번호", N, 10, response_code="2202"),
        Field("institution_code", "이용기관 코드", AN, 20, blank_ok=False, response_code="7106"),
        Field("reserved_1", "예비필드1", AN, 10, const=""),
        Field("payer_number", "납부자 번호", AN, 30, blank_ok=False, personal=True, response_code="7107"),
        Field("bank_code", "금융회사 코드", AN, 3, blank_ok=False, pattern="[0-9]{3}", response_code="7104"),
        Field("account_number", "계좌번호", AN, 20, blank_ok=False, personal=True, response_code="7105"),
        Field("applied_on", "신청일", N, 8, date=True, response_code="7114"),
        Field("evidence_type", "동의자료 구분", AN, 1, values=KIND_VALUES, response_code="7119"),
        Field("filler", "공란", AN, 286, const=""),
        LINE_END,
    ),
)

TRAILER: Final = Record(
    "FB0410 trailer",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="T", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0410", response_code="7116"),
        Field("total", "총 건수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 383, const=""),
        LINE_END,
    ),
)

FB0410: Final = FileLayout("FB0410", "사후점검 동의자료 요청", "audit request for evidence", HEADER, DATA, TRAILER)
