"""FB0120 출금이체 증빙자료 정보 검증 결과: what is wrong with an FB0110, record by record (설계서 V3.8 4.2.2)."""

from __future__ import annotations

from typing import Final

from evidence.field import Field, Mode
from evidence.layouts.shape import FileLayout, Outcome
from evidence.record import Record

A, N, AN = Mode.A, Mode.N, Mode.AN
LINE_END: Final = Field("line_end", "개행문자", AN, 2, const="\r\n")

HEADER: Final = Record(
    "FB0120 header",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="H", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0120", response_code="7116"),
        Field("van_code", "펌VAN 코드", AN, 3, const="VKN"),
        Field("institution_code", "이용기관 코드", AN, 20, response_code="7106"),  # 통합처리에서는 불필요
        Field("process_date", "처리기준일자", N, 8, date=True),
        Field("van_id", "펌 VAN ID", AN, 30),
        Field("bank_code", "금융회사코드", AN, 3, pattern="[0-9]{3}", response_code="7104"),  # 통합처리에서는 불필요
        Field("record_count", "Data부 Record 수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 319, const=""),
        LINE_END,
    ),
)

# 2 to 15 come back as FB0110 had them, faults included: so nothing is asked of them beyond their mode.
DATA: Final = Record(
    "FB0120 data",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="D", response_code="7115"),
        Field("sequence", "처리순번", N, 10),  # of the record in FB0110
        Field("trace_number", "전문추적 번호", AN, 30),
        Field("applied_on", "신청일자", N, 8, blank_ok=True, response_code="7114"),
        Field("holder_id_type", "예금주 실명번호 종류", N, 1, blank_ok=True, response_code="7108"),
        Field("holder_id", "예금주 실명번호", AN, 13, personal=True, response_code="7109"),
        Field("institution_code", "이용기관 코드", AN, 20, response_code="7106"),
        Field("realtime", "실시간 등록 여부", A, 1),
        Field("sub_institution_code", "하위기관코드", AN, 10, response_code="7162"),
        Field("payer_number", "납부자 번호", AN, 30, personal=True, response_code="7107"),
        Field("bank_code", "금융회사코드", AN, 3, response_code="7104"),
        Field("account_number", "계좌번호", AN, 20, personal=True, response_code="7105"),
        Field("evidence_type", "증빙구분", AN, 1, response_code="7119"),
        Field("extension", "확장자명", AN, 4, response_code="7120"),
        Field("evidence_size", "증빙자료크기", N, 7, blank_ok=True, response_code="7121"),
        Field("response_code", "응답코드", AN, 4, blank_ok=False, pattern="[0-9]{4}"),
        Field("filler", "공란", AN, 237, const=""),  # "248오타" is a note in the printed table
        LINE_END,
    ),
)

TRAILER: Final = Record(
    "FB0120 trailer",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="T", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0120", response_code="7116"),
        Field("total", "총 건수", N, 10, response_code="7124"),  # of the FB0110 before it was checked
        Field("accepted", "정상 건수", N, 10, response_code="7124"),
        Field("rejected", "오류 건수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 363, const=""),
        LINE_END,
    ),
)

FB0120: Final = FileLayout(
    "FB0120",
    "출금이체 증빙자료 정보 검증 결과",
    "result of checking FB0110",
    HEADER,
    DATA,
    TRAILER,
    outcomes=(Outcome("accepted", "rejected", "response_code"),),
    refused_only=True,
)
