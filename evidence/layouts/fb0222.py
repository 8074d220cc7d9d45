"""FB0222 출금이체 변경 처리 결과: what became of a change at both banks (설계서 V3.8 4.4.3)."""

from __future__ import annotations

from typing import Final

from evidence.field import Field, Mode
from evidence.layouts.shape import FileLayout, Outcome
from evidence.record import Record

A, N, AN = Mode.A, Mode.N, Mode.AN
LINE_END: Final = Field("line_end", "개행문자", AN, 2, const="\r\n")

HEADER: Final = Record(
    "FB0222 header",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="H", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0222", response_code="7116"),
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

# Where nothing was received, cancelled or registered (7401 to 7406, a receipt refused) there is no day, maybe no code.
DATA: Final = Record(
    "FB0222 data",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="D", response_code="7115"),
        Field("sequence", "처리순번", N, 10),
        Field("change_channel", "출금이체변경 접수구분", N, 1, values=frozenset({"1", "4"}), response_code="7118"),
        Field("requested_at", "출금이체변경 신청일시", N, 14, date=True, response_code="7114"),
        Field("received_on", "출금이체변경 접수일자", N, 8, blank_ok=True, date=True, response_code="7114"),
        Field("reserved_1", "예비 정보 FIELD 1", AN, 1, const=""),
        Field("holder_id", "예금주 실명번호", AN, 13, blank_ok=False, personal=True, response_code="7109"),
        Field(
            "receipt_code", "이용기관 접수 응답코드", AN, 4, pattern="[0-9]{4}"
        ),  # 공백 처리 here, ○ in the table of 4.4 가: both are read
        Field("old_institution_code", "변경 전 이용기관 코드", AN, 20, blank_ok=False, response_code="7106"),
        Field("old_sub_institution_code", "변경 전 하위이용기관 코드", AN, 10, const="", response_code="7162"),
        Field("old_payer_number", "변경 전 납부자 번호", AN, 30, blank_ok=False, personal=True, response_code="7107"),
        Field("old_bank_code", "변경 전 금융회사코드", AN, 3, blank_ok=False, pattern="[0-9]{3}", response_code="7104"),
        Field("old_account_number", "변경 전 계좌번호", AN, 20, blank_ok=False, personal=True, response_code="7105"),
        Field("cancel_code", "해지처리 응답코드", AN, 4, pattern="[0-9]{4}"),
        Field("cancelled_on", "해지처리 일자", N, 8, blank_ok=True, date=True),
        Field("new_institution_code", "변경 후 이용기관 코드", AN, 20, response_code="7106"),
        Field("new_sub_institution_code", "변경 후 하위이용기관 코드", AN, 10, const="", response_code="7162"),
        Field("new_payer_number", "변경 후 납부자 번호", AN, 30, personal=True, response_code="7110"),
        Field("new_bank_code", "변경 후 금융회사코드", AN, 3, blank_ok=False, pattern="[0-9]{3}", response_code="7104"),
        Field("new_account_number", "변경 후 계좌번호", AN, 20, blank_ok=False, personal=True, response_code="7105"),
        Field("register_code", "신규처리 응답코드", AN, 4, pattern="[0-9]{4}"),
        Field("registered_on", "신규처리 일자", N, 8, blank_ok=True, date=True),
        Field(
            "service_kind", "자동이체 서비스 종류", AN, 1, values=frozenset({"1", "2", "3"}), response_code="7103"
        ),  # SPACE: firm banking
        Field("filler", "공란", AN, 157, const=""),
        LINE_END,
    ),
)

TRAILER: Final = Record(
    "FB0222 trailer",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="T", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0222", response_code="7116"),
        Field("total", "총 건 수", N, 10, response_code="7123"),
        Field("cancel_accepted", "변경 전 처리결과 정상 건수", N, 10, response_code="7124"),
        Field("cancel_rejected", "변경 전 처리결과 불능 건수", N, 10, response_code="7124"),
        Field("register_accepted", "변경 후 처리결과 정상 건수", N, 10, response_code="7124"),
        Field("register_rejected", "변경 후 처리결과 불능 건수", N, 10, response_code="7124"),
        Field("filler", "공란", AN, 343, const=""),
        LINE_END,
    ),
)

FB0222: Final = FileLayout(
    "FB0222",
    "출금이체 변경 처리 결과",
    "what became of the changes",
    HEADER,
    DATA,
    TRAILER,
    outcomes=(
        Outcome("cancel_accepted", "cancel_rejected", "cancel_code"),
        Outcome("register_accepted", "register_rejected", "register_code"),
    ),
)
