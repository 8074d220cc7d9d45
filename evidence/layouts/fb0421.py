"""FB0421 사후점검 동의자료 정보 검증 결과: how the answer to an audit was taken (설계서 V3.8 4.6.3)."""

from __future__ import annotations

from typing import Final

from evidence.field import Field, Mode
from evidence.layouts.shape import FileLayout
from evidence.record import Record

A, N, AN = Mode.A, Mode.N, Mode.AN
LINE_END: Final = Field("line_end", "개행문자", AN, 2, const="\r\n")

HEADER: Final = Record(
    "FB0421 header",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="H", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0421", response_code="7116"),
        Field("van_code", "펌VAN 코드", AN, 3),  # 3 to 7: as in FB0420
        Field("institution_code", "이용기관 코드", AN, 20, response_code="7106"),
        Field("process_date", "처리기준일자", N, 8, date=True),
        Field("van_id", "펌 VAN ID", AN, 30),
        Field("bank_code", "금융회사코드", AN, 3, pattern="[0-9]{3}", response_code="7104"),
        Field("record_count", "Data부 Record 수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 319, const=""),
        LINE_END,
    ),
)

# 3 to 14 come back as FB0420 had them, faults included: so nothing is asked of them beyond their mode.
DATA: Final = Record(
    "FB0421 data",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="D", response_code="7115"),
        Field("sequence", "처리순번", N, 10),
        Field("request_type", "요청 구분", AN, 1, response_code="7101"),
        Field("business_number", "사업자번호", N, 10, blank_ok=True, response_code="2202"),
        Field("institution_code", "이용기관 코드", AN, 20, response_code="7106"),
        Field("reserved_1", "예비필드1", AN, 10),
        Field("payer_number", "납부자 번호", AN, 30, personal=True, response_code="7107"),
        Field("bank_code", "금융회사 코드", AN, 3, response_code="7104"),
        Field("account_number", "계좌번호", AN, 20, personal=True, response_code="7105"),
        Field("applied_on", "신청일", AN, 8, response_code="7114"),  # AN here, N in FB0420
        Field("evidence_type", "동의자료 구분", AN, 1, response_code="7119"),
        Field("evidence_present", "동의자료 유무", A, 1),
        Field("extension", "동의자료 확장자", AN, 4, response_code="7120"),
        Field("evidence_size", "동의자료 길이", N, 7, blank_ok=True, response_code="7121"),
        Field("response_code", "응답코드", AN, 4, blank_ok=False, pattern="[0-9]{4}"),
        Field("filler", "공란", AN, 270, const=""),
        LINE_END,
    ),
)

TRAILER: Final = Record(
    "FB0421 trailer",
    402,
    (
        Field("record_type", "레코드 구분", A, 1, const="T", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0421", response_code="7116"),
        Field("total", "총 건수", N, 10, response_code="7123"),
        Field("requested", "총 요청 건수", N, 10),  # records of the FB0410
        Field("sound", "파일 정상 여부", A, 1, blank_ok=False, values=frozenset({"Y", "N"})),
        Field("filler", "공란", AN, 372, const=""),
        LINE_END,
    ),
)

FB0421: Final = FileLayout(
    "FB0421", "사후점검 동의자료 정보 검증 결과", "result of checking FB0420", HEADER, DATA, TRAILER
)
