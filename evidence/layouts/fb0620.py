"""FB0620 자동이체 대사 실패 내역: consents that bank and institute do not agree on (설계서 V3.8 4.7.1)."""

from __future__ import annotations

from typing import Final

from evidence.field import Field, Mode
from evidence.layouts.shape import FileLayout
from evidence.record import Record

A, N, AN = Mode.A, Mode.N, Mode.AN

# The printed records have 400 bytes and no 개행문자, unlike those of every sister file (ADR 0006).
HEADER: Final = Record(
    "FB0620 header",
    400,
    (
        Field("record_type", "레코드 구분", A, 1, const="H", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0620", response_code="7116"),
        Field("van_code", "기관코드", AN, 3, const="VKN"),
        Field("institution_code", "이용기관 코드", AN, 20, response_code="7106"),
        Field("institution_type", "이용기관 구분코드", AN, 1, values=frozenset({"1", "2"}), response_code="7117"),
        Field("process_date", "처리기준일자", N, 8, date=True),
        Field("van_id", "펌 VAN ID", AN, 30),
        Field("bank_code", "금융회사코드", AN, 3, pattern="[0-9]{3}", response_code="7104"),
        Field("record_count", "Data부 Record 수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 318, const=""),
    ),
)

# 3, 5, 7 and 8 are what the bank sent, which may be nothing: that is one of the failures listed here.
DATA: Final = Record(
    "FB0620 data",
    400,
    (
        Field("record_type", "레코드 구분", A, 1, const="D", response_code="7115"),
        Field("sequence", "처리순번", N, 10),
        Field("institution_code", "이용기관 코드", AN, 20, response_code="7106"),
        Field("sub_institution_code", "하위기관코드", AN, 10, response_code="7162"),
        Field("payer_number", "납부자 번호", AN, 30, personal=True, response_code="7107"),
        Field("bank_code", "금융회사코드", AN, 3, blank_ok=False, pattern="[0-9]{3}", response_code="7104"),
        Field("account_number", "계좌번호", AN, 20, personal=True, response_code="7105"),
        Field("applied_on", "신청일자", N, 8, blank_ok=True, date=True, response_code="7114"),
        Field("extra_id", "부가식별정보", AN, 30, personal=True),  # of firm banking: its first eight digits are a day
        Field(
            "submitter_type",
            "동의자료 제출기관 분류코드",
            AN,
            1,
            blank_ok=False,
            values=frozenset({"1", "2", "3", "9"}),
        ),
        Field(
            "failure_code", "대사실패 에러코드", AN, 2, blank_ok=False, pattern="[89][0-9]"
        ),  # '8' and '9' are families
        Field("filler", "공란", AN, 265, const=""),
    ),
)

TRAILER: Final = Record(
    "FB0620 trailer",
    400,
    (
        Field("record_type", "레코드 구분", A, 1, const="T", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0620", response_code="7116"),
        Field("total", "총 건수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 383, const=""),
    ),
)

FB0620: Final = FileLayout("FB0620", "증빙자료 대사 실패 내역", "failures of reconciliation", HEADER, DATA, TRAILER)
