"""FB0320 출금이체 해지 내역: consents that ended at the bank (설계서 V3.8 4.3.1)."""

from __future__ import annotations

from typing import Final

from evidence.field import Field, Mode
from evidence.layouts.shape import FileLayout
from evidence.record import Record

A, N, AN = Mode.A, Mode.N, Mode.AN
LINE_END: Final = Field("line_end", "개행문자", AN, 2, const="\r\n")

HEADER: Final = Record(
    "FB0320 header",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="H", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0320", response_code="7116"),
        Field("van_code", "펌VAN 코드", AN, 3, const="VKN"),
        Field("institution_code", "이용기관 코드", AN, 20, response_code="7106"),  # 통합처리에서는 불필요
        Field("institution_type", "이용기관 구분코드", AN, 1, values=frozenset({"1", "2"}), response_code="7117"),
        Field("process_date", "처리기준일자", N, 8, date=True),
        Field("van_id", "펌 VAN ID", AN, 30),
        Field("bank_code", "금융회사코드", AN, 3, pattern="[0-9]{3}", response_code="7104"),
        Field("record_count", "Data부 Record 수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 318, const=""),
        LINE_END,
    ),
)

DATA: Final = Record(
    "FB0320 data",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="D", response_code="7115"),
        Field("sequence", "처리순번", N, 10),
        Field("cancel_channel", "해지 발생 기관 구분", N, 1, values=frozenset({"1", "4"}), response_code="7113"),
        Field("ledger_date", "금융회사 원장 반영일", N, 8, date=True),
        Field("reserved_1", "예비 정보 FIELD 1", AN, 1, const=""),
        Field("holder_id", "예금주 실명번호", AN, 13, blank_ok=False, personal=True, response_code="7109"),
        Field("institution_code", "해지 이용기관 코드", AN, 20, blank_ok=False, response_code="7106"),
        Field("sub_institution_code", "해지 하위기관코드", AN, 10, const="", response_code="7162"),
        Field("payer_number", "해지 납부자 번호", AN, 30, blank_ok=False, personal=True, response_code="7107"),
        Field("bank_code", "해지 금융회사코드", AN, 3, blank_ok=False, pattern="[0-9]{3}", response_code="7104"),
        Field("account_number", "해지 계좌번호", AN, 20, blank_ok=False, personal=True, response_code="7105"),
        Field(
            "cancel_type",
            "해지 구분",
            AN,
            1,
            blank_ok=False,
            values=frozenset({"0", "1", "2", "9", "N"}),
            response_code="7101",
        ),
        Field("filler", "공란", AN, 282, const=""),
        LINE_END,
    ),
)

TRAILER: Final = Record(
    "FB0320 trailer",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="T", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0320", response_code="7116"),
        Field("total", "총 건수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 383, const=""),
        LINE_END,
    ),
)

FB0320: Final = FileLayout("FB0320", "출금이체 해지 내역", "consents that ended at the bank", HEADER, DATA, TRAILER)
