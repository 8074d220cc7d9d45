"""FB0933 출금이체 원장 정보 조회 결과: what stands in a bank's ledger (설계서 V3.8 4.5.2)."""

from __future__ import annotations

from typing import Final

from evidence.field import Field, Mode
from evidence.layouts.shape import FileLayout
from evidence.record import Record

A, N, AN = Mode.A, Mode.N, Mode.AN
LINE_END: Final = Field("line_end", "개행문자", AN, 2, const="\r\n")

HEADER: Final = Record(
    "FB0933 header",
    152,
    (
        Field("record_type", "레코드 구분", A, 1, const="H", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0933", response_code="7116"),
        Field("van_code", "기관코드", AN, 3, blank_ok=False),
        Field("institution_code", "이용기관 코드", AN, 20, response_code="7106"),
        Field("process_date", "처리기준일자", N, 8, date=True),
        Field("van_id", "펌 VAN ID", AN, 30, const=""),
        Field("bank_code", "금융회사코드", AN, 3, pattern="[0-9]{3}", response_code="7104"),
        Field("record_count", "Data부 Record 수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 69, const=""),
        LINE_END,
    ),
)

DATA: Final = Record(
    "FB0933 data",
    152,
    (
        Field("record_type", "레코드 구분", A, 1, const="D", response_code="7115"),
        Field("sequence", "처리순번", N, 10),
        Field("institution_code", "이용기관 코드", AN, 20, blank_ok=False, response_code="7106"),
        Field("sub_institution_code", "하위이용기관코드", AN, 10, const="", response_code="7162"),
        Field("service_kind", "서비스종류코드", AN, 1, blank_ok=False, values=frozenset({"3"}), response_code="7103"),
        Field("bank_code", "금융회사코드", AN, 3, blank_ok=False, pattern="[0-9]{3}", response_code="7104"),
        Field("payer_number", "납부자 번호", AN, 30, blank_ok=False, personal=True, response_code="7107"),
        Field("account_number", "계좌번호", AN, 20, blank_ok=False, personal=True, response_code="7105"),
        Field("applied_on", "신규신청일", N, 8, date=True, response_code="7114"),
        Field("effective_on", "신규적용일", N, 8, date=True),
        Field("changed_on", "원장변경일", N, 8, blank_ok=True, date=True),  # an entry that never changed has none
        Field("filler", "공란", AN, 31, const=""),
        LINE_END,
    ),
)

TRAILER: Final = Record(
    "FB0933 trailer",
    152,
    (
        Field("record_type", "레코드 구분", A, 1, const="T", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0933", response_code="7116"),
        Field("total", "총 건수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 133, const=""),
        LINE_END,
    ),
)

FB0933: Final = FileLayout("FB0933", "펌뱅킹 원장 정보 조회 결과", "the ledger", HEADER, DATA, TRAILER)
