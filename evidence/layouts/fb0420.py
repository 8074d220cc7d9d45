"""FB0420 사후점검 동의자료 정보: the answer to FB0410, evidence included (설계서 V3.8 4.6.2)."""

from __future__ import annotations

from typing import Final

from evidence.field import Field, Mode
from evidence.layouts.fb0110 import KIND_VALUES
from evidence.layouts.shape import EvidencePart, FileLayout
from evidence.record import Record

A, N, AN = Mode.A, Mode.N, Mode.AN

HEADER: Final = Record(
    "FB0420 header",
    1024,
    (
        Field("record_type", "레코드 구분", A, 1, const="H", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0420", response_code="7116"),
        Field("van_code", "펌VAN 코드", AN, 3),  # 3 to 7: as in FB0410
        Field("institution_code", "이용기관 코드", AN, 20, response_code="7106"),
        Field("process_date", "처리기준일자", N, 8, date=True),
        Field("van_id", "펌 VAN ID", AN, 30),
        Field("bank_code", "금융회사코드", AN, 3, pattern="[0-9]{3}", response_code="7104"),
        Field("record_count", "Data부 Record 수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 943, const=""),
    ),
)

DATA: Final = Record(
    "FB0420 data",
    400,
    (
        Field("record_type", "레코드 구분", A, 1, const="D", response_code="7115"),
        Field("sequence", "처리순번", N, 10),
        Field("request_type", "요청 구분", AN, 1, values=frozenset({"1", "2"}), blank_ok=False, response_code="7101"),
        Field("business_number", "사업자번호", N, 10, response_code="2202"),  # 3 to 9: as in FB0410
        Field("institution_code", "이용기관 코드", AN, 20, blank_ok=False, response_code="7106"),
        Field("reserved_1", "예비필드1", AN, 10),
        Field("payer_number", "납부자 번호", AN, 30, blank_ok=False, personal=True, response_code="7107"),
        Field("bank_code", "금융회사 코드", AN, 3, blank_ok=False, pattern="[0-9]{3}", response_code="7104"),
        Field("account_number", "계좌번호", AN, 20, blank_ok=False, personal=True, response_code="7105"),
        Field("applied_on", "신청일", N, 8, date=True, response_code="7114"),
        Field("evidence_type", "동의자료 구분", AN, 1, values=KIND_VALUES, response_code="7119"),
        Field("evidence_present", "동의자료 유무", A, 1, blank_ok=False, values=frozenset({"Y", "N"})),
        Field("extension", "동의자료 확장자", AN, 4, response_code="7120"),
        Field("evidence_size", "동의자료 길이", N, 7, response_code="7121"),  # bytes, before block padding
        Field("filler", "공란", AN, 274, const=""),
    ),
)

TRAILER: Final = Record(
    "FB0420 trailer",
    1024,
    (
        Field("record_type", "레코드 구분", A, 1, const="T", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0420", response_code="7116"),
        Field("total", "총 건수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 1007, const=""),
    ),
)

FB0420: Final = FileLayout(
    "FB0420",
    "사후점검 동의자료 정보",
    "evidence in answer to an audit",
    HEADER,
    DATA,
    TRAILER,
    evidence=EvidencePart(16, "동의자료"),
)
