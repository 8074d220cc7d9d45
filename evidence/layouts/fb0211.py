"""FB0211 출금이체 변경 접수 요청: payers who want to be debited elsewhere (설계서 V3.8 4.4.1)."""

from __future__ import annotations

from typing import Final

from evidence.field import Field, Mode
from evidence.layouts.shape import FileLayout
from evidence.record import Record

A, N, AN = Mode.A, Mode.N, Mode.AN
LINE_END: Final = Field("line_end", "개행문자", AN, 2, const="\r\n")

HEADER: Final = Record(
    "FB0211 header",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="H", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0211", response_code="7116"),
        Field("van_code", "펌VAN 코드", AN, 3, const="VKN"),
        Field("institution_code", "이용기관 코드", AN, 20, response_code="7106"),  # 통합처리에서는 불필요
        Field("institution_type", "이용기관 구분코드", AN, 1, values=frozenset({"1", "2"}), response_code="7117"),
        Field("process_date", "처리기준일자", N, 8, date=True),
        Field("van_id", "펌 VAN ID", AN, 30),
        Field("bank_code", "금융회사코드", AN, 3, pattern="[0-9]{3}", response_code="7104"),  # 통합처리에서는 불필요
        Field("record_count", "Data부 Record 수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 318, const=""),
        LINE_END,
    ),
)

DATA: Final = Record(
    "FB0211 data",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="D", response_code="7115"),
        Field("sequence", "처리순번", N, 10),
        Field("change_channel", "출금이체변경 접수구분", N, 1, values=frozenset({"1", "4"}), response_code="7118"),
        Field("requested_at", "출금이체변경 신청일시", N, 14, date=True, response_code="7114"),
        Field("reserved_1", "예비 정보 FIELD 1", AN, 1, const=""),
        Field("holder_id", "예금주 실명번호", AN, 13, blank_ok=False, personal=True, response_code="7109"),
        Field("old_institution_code", "변경 전 이용기관 코드", AN, 20, blank_ok=False, response_code="7106"),
        Field("old_sub_institution_code", "변경 전 하위기관코드", AN, 10, const="", response_code="7162"),
        Field("old_payer_number", "변경 전 납부자 번호", AN, 30, blank_ok=False, personal=True, response_code="7107"),
        Field("old_bank_code", "변경 전 금융회사코드", AN, 3, blank_ok=False, pattern="[0-9]{3}", response_code="7104"),
        Field("old_account_number", "변경 전 계좌번호", AN, 20, blank_ok=False, personal=True, response_code="7105"),
        Field("new_bank_code", "변경 후 금융회사코드", AN, 3, blank_ok=False, pattern="[0-9]{3}", response_code="7104"),
        Field("new_account_number", "변경 후 계좌번호", AN, 20, blank_ok=False, personal=True, response_code="7105"),
        Field("filler", "공란", AN, 254, const=""),
        LINE_END,
    ),
)

TRAILER: Final = Record(
    "FB0211 trailer",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="T", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0211", response_code="7116"),
        Field("total", "총 건수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 383, const=""),
        LINE_END,
    ),
)

FB0211: Final = FileLayout("FB0211", "출금이체 변경 접수 요청", "requests to change the account", HEADER, DATA, TRAILER)
