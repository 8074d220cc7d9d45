"""Response codes of the clearing institute, as far as files of evidence meet them (설계서 V3.8 첨부1 가, 나)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

KFTC: Final = "통합기관"
BANK: Final = "금융회사"


@dataclass(frozen=True)
class ResponseCode:
    """One row of 첨부1.

    Attributes:
        code: four digits.
        ko: 내용 as printed.
        en: the same in English.
        used_by: 사용기관 as printed, 통합기관 (the clearing institute) or 금융회사 (banks).
        note: 설명 as printed; "" where there is none.
    """

    code: str
    ko: str
    en: str
    used_by: str
    note: str = ""


_TABLE: Final = (
    # 가. 공통사항
    ResponseCode("0000", "정상", "in order", KFTC),
    ResponseCode("2010", "서비스 불가", "service not available", BANK, "서비스 대상 기관 아님"),
    ResponseCode("2099", "기타 사유로 처리 불가", "refused for another reason", BANK, "기관 (통합기관, 금융회사) 문의"),
    ResponseCode(
        "2041", "'신규' 처리 불가", "already registered", BANK, "'신규' 요청에 대해 이미 해당내역이 존재하는 경우"
    ),
    ResponseCode(
        "2042", "'해지' 처리 불가", "nothing to cancel", BANK, "'해지' 요청에 대해 대상내역이 존재하지 않는 경우"
    ),
    ResponseCode(
        "2043", "'변경' 처리 불가", "nothing to change", BANK, "'변경' 요청에 대해 대상내역이 존재하지 않는 경우"
    ),
    ResponseCode("7010", "서비스 불가", "service not available", KFTC, "서비스 대상 기관 아님"),
    ResponseCode("7099", "기타 사유로 처리 불가", "refused for another reason", KFTC, "기관 (통합기관, 금융회사) 문의"),
    # 나. RECORD ELEMENT 오류(DATA RECORD)
    ResponseCode("2101", "처리구분 오류", "processing type", BANK),
    ResponseCode("2111", "금융회사 코드 오류", "bank code", BANK, "변경 전 금융회사 코드 오류"),
    ResponseCode("2112", "출금계좌 번호 오류", "account number", BANK, "변경 전 출금계좌 번호 오류"),
    ResponseCode("2113", "이용기관 코드 오류", "institution code", BANK, "변경 전 이용기관 코드 오류"),
    ResponseCode("2114", "납부자 번호 오류", "payer number", BANK, "변경 전 납부자 번호 오류"),
    ResponseCode(
        "2115", "예금주 실명번호 종류 오류", "type of the holder's id", BANK, "변경 전 예금주 실명번호 종류 오류"
    ),
    ResponseCode("2116", "예금주 실명번호 오류", "holder's id", BANK, "변경 전 예금주 실명번호 오류"),
    ResponseCode("2117", "계좌 예금주명 오류", "holder's name", BANK),
    ResponseCode("2118", "변경 후 납부자번호 오류", "payer number after the change", BANK),
    ResponseCode("2119", "변경 후 예금주 실명번호 종류 오류", "type of the holder's id after the change", BANK),
    ResponseCode("2120", "변경 후 예금주 실명번호 오류", "holder's id after the change", BANK),
    ResponseCode("2121", "변경 후 계좌 예금주명 오류", "holder's name after the change", BANK),
    ResponseCode("2122", "변경 후 계좌 개설점 코드 오류", "branch of the account after the change", BANK),
    ResponseCode("2123", "변경 후 납부자 전화번호 오류", "payer's telephone number after the change", BANK),
    ResponseCode("2125", "신규/해지/변경 접수구분 오류", "how it was received", BANK),
    ResponseCode("2126", "신규/해지 요청사유 오류", "reason of the request", BANK),
    ResponseCode("2127", "신규/해지/변경 신청일 오류", "date of application", BANK),
    ResponseCode("2128", "원장 변경일 오류", "date of the ledger's change", BANK),
    ResponseCode("2129", "등록/해지 사무소 오류", "registering office", BANK),
    ResponseCode("2140", "신청/변경 접수점 코드 오류", "receiving branch", BANK),
    ResponseCode("2141", "하위 이용기관 코드 오류", "sub-institution code", BANK, "변경 전 하위 이용기관 코드 오류"),
    ResponseCode("2143", "금융회사 임의 필드 오류", "bank's own field", BANK),
    ResponseCode("2201", "이용기관명 오류", "institution's name", KFTC),
    ResponseCode("2202", "사업자등록번호 오류", "business registration number", KFTC),
    ResponseCode("2203", "직접접수 허용여부 오류", "whether direct reception is allowed", KFTC),
    ResponseCode("2204", "실시간 기관여부 오류", "whether the institution is a real-time one", KFTC),
    ResponseCode("2214", "민원응대 전화번호 오류", "telephone number for complaints", KFTC),
    ResponseCode("7101", "처리 구분 오류", "processing type", KFTC),
    ResponseCode("7102", "적용구분 오류", "application type", KFTC),
    ResponseCode("7103", "서비스 종류 오류", "kind of service", KFTC),
    ResponseCode("7104", "금융회사 코드 오류", "bank code", KFTC, "변경 전 금융회사 코드 오류"),
    ResponseCode("7105", "출금계좌 번호 오류", "account number", KFTC, "변경 전 출금계좌 번호 오류"),
    ResponseCode("7106", "이용기관 코드 오류", "institution code", KFTC, "변경 전 이용기관 코드 오류"),
    ResponseCode("7107", "납부자 번호 오류", "payer number", KFTC, "변경 전 납부자 번호 오류"),
    ResponseCode(
        "7108", "예금주 실명번호 종류 오류", "type of the holder's id", KFTC, "변경 전 예금주 실명번호 종류 오류"
    ),
    ResponseCode("7109", "예금주 실명번호 오류", "holder's id", KFTC, "변경 전 예금주 실명번호 오류"),
    ResponseCode("7110", "변경 후 납부자 번호 오류", "payer number after the change", KFTC),
    ResponseCode("7111", "변경 후 예금주 실명번호 종류 오류", "type of the holder's id after the change", KFTC),
    ResponseCode("7112", "변경 후 예금주 실명번호 오류", "holder's id after the change", KFTC),
    ResponseCode("7113", "신규/해지/변경 접수구분 오류", "how it was received", KFTC),
    ResponseCode("7114", "신규/해지/변경 신청일 오류", "date of application", KFTC),
    ResponseCode("7115", "레코드 구분 오류", "record type", KFTC),
    ResponseCode("7116", "파일 구분 코드 오류", "file code", KFTC),
    ResponseCode("7117", "이용기관구분코드 오류", "institution type", KFTC),
    ResponseCode("7118", "출금이체변경 접수 구분 코드 오류", "how the change was received", KFTC),
    ResponseCode("7119", "증빙구분 오류", "kind of evidence", KFTC, "증빙구분이 허용값 이외인 경우"),
    ResponseCode("7120", "확장자명 오류", "extension", KFTC, "확장자명이 허용값 이외인 경우"),
    ResponseCode("7121", "증빙자료 크기 오류", "size of the evidence", KFTC),
    ResponseCode(
        "7122",
        "증빙 파일 없음 오류",
        "evidence missing",
        KFTC,
        "증빙 구분이 '0'(증빙 없음)이 아니면서 증빙파일이 없는 경우",
    ),
    ResponseCode(
        "7123",
        "Data 건수 불일치",
        "counts of header and trailer differ",
        KFTC,
        "Header부의 Data 건수와 Trailer부의 Data건수가 일치하지 않는 경우",
    ),
    ResponseCode(
        "7124",
        "Data 총 건수 불일치",
        "counts of the trailer do not add up",
        KFTC,
        "Trailer부의 정상 건수와 오류 건수의 합이 총 건수와 일치하지 않는 경우",
    ),
    ResponseCode(
        "7125",
        "기 처리 동의자료의 중복 전송",
        "evidence sent again that was accepted before",
        KFTC,
        "이미 정상 처리된 동의자료를 재전송하는 경우",
    ),
    ResponseCode(
        "7126", "미 요청 동의 자료", "evidence that was not asked for", KFTC, "요청하지 않은 동의자료를 전송하는 경우"
    ),
    ResponseCode("7161", "편재판매기관 코드 오류", "reseller code", KFTC),
    ResponseCode("7162", "하위이용기관 코드 오류", "sub-institution code", KFTC),
    ResponseCode("7190", "2 개 이상 오류", "two errors or more", KFTC),
    ResponseCode("7199", "기타 FORMAT 오류", "other error of format", KFTC, "파일 Layout Format 오류"),
)

RESPONSE_CODES: Final[Mapping[str, ResponseCode]] = MappingProxyType({row.code: row for row in _TABLE})
ACCEPTED: Final = "0000"
IN_ORDER: Final = frozenset({ACCEPTED, "2401", "2501"})  # 첨부1 마: 정상응답으로 간주
SEVERAL: Final = "7190"
