"""FB0110 출금이체 증빙자료 정보: evidence that the institution hands in (설계서 V3.8 4.2.1.1)."""

from __future__ import annotations

from typing import Final

from consent.kinds import KINDS
from evidence.field import Field, Mode
from evidence.layouts.shape import EvidencePart, FileLayout
from evidence.record import Record

A, N, AN = Mode.A, Mode.N, Mode.AN
KIND_VALUES: Final = frozenset(KINDS) | {"0"}  # '0' 증빙 없음 is named by response code 7122 only

HEADER: Final = Record(
    "FB0110 header",
    1024,
    (
        Field("record_type", "레코드 구분", A, 1, const="H", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0110", response_code="7116"),
        Field("van_code", "펌VAN사 코드", AN, 3, const="VKN"),
        Field("institution_code", "이용기관코드", AN, 20, response_code="7106"),  # 통합처리에서는 불필요
        Field("process_date", "처리기준일자", N, 8, date=True),
        Field("van_id", "펌 VAN ID", AN, 30, const=""),
        Field("bank_code", "금융회사코드", AN, 3, pattern="[0-9]{3}", response_code="7104"),  # 통합처리에서는 불필요
        Field("record_count", "Data부 Record 수", N, 10, blank_ok=True, response_code="7123"),  # 통합처리에서는 불필요
        Field("filler", "공란", AN, 943, const=""),
    ),
)

DATA: Final = Record(
    "FB0110 data",
    400,
    (
        Field("record_type", "레코드 구분", A, 1, const="D", response_code="7115"),
        Field("sequence", "처리순번", N, 10),
        Field("trace_number", "전문추적 번호", AN, 30),  # left to HYPHEN by a submitting institution
        Field("applied_on", "신청 일자", N, 8, date=True, response_code="7114"),
        Field(
            "holder_id_type", "예금주 실명번호 종류", N, 1, values=frozenset({"0", "1", "2"}), response_code="7108"
        ),  # '2' stands in the description only
        Field("holder_id", "예금주 실명번호", AN, 13, blank_ok=False, personal=True, response_code="7109"),
        Field("institution_code", "이용기관 코드", AN, 20, blank_ok=False, response_code="7106"),
        Field("realtime", "실시간 등록 여부", A, 1, const="N"),
        Field("sub_institution_code", "하위이용기관코드", AN, 10, const="", response_code="7162"),
        Field("payer_number", "납부자 번호", AN, 30, blank_ok=False, personal=True, response_code="7107"),
        Field("bank_code", "금융회사코드", AN, 3, blank_ok=False, pattern="[0-9]{3}", response_code="7104"),
        Field("account_number", "계좌번호", AN, 20, blank_ok=False, personal=True, response_code="7105"),
        Field("evidence_type", "증빙구분", AN, 1, values=KIND_VALUES, response_code="7119"),
        Field("extension", "확장자명", AN, 4, response_code="7120"),
        Field("evidence_size", "증빙자료크기", N, 7, response_code="7121"),  # bytes, before block padding
        Field("filler_1", "공란1", AN, 200, const=""),
        Field("cancellation", "해지구분", AN, 1, blank_ok=False, values=frozenset({"Y", "N"}), response_code="7101"),
        Field("filler_2", "공란2", AN, 40, const=""),
    ),
)

TRAILER: Final = Record(
    "FB0110 trailer",
    1024,
    (
        Field("record_type", "레코드 구분", A, 1, const="T", response_code="7115"),
        Field("file_code", "파일 구분 코드", AN, 6, const="FB0110", response_code="7116"),
        Field("total", "총 건수", N, 10, response_code="7123"),
        Field("filler", "공란", AN, 1007, const=""),
    ),
)

FB0110: Final = FileLayout(
    "FB0110",
    "출금이체 증빙자료 정보",
    "evidence of direct-debit consents",
    HEADER,
    DATA,
    TRAILER,
    evidence=EvidencePart(19, "증빙자료"),
)
