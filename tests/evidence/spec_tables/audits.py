"""4.6: audits."""

from __future__ import annotations

from typing import Final

from tests.evidence.spec_tables.row import Row

FB0410_HEADER: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "H"),
    (2, "파일 구분 코드", "AN", 6, "FB0410"),
    (3, "펌VAN 코드", "AN", 3, "VKN"),
    (4, "이용기관 코드", "AN", 20, None),
    (5, "처리기준일자", "N", 8, None),
    (6, "펌 VAN ID", "AN", 30, None),
    (7, "금융회사 대표 코드", "AN", 3, None),
    (8, "Data부 Record 수", "N", 10, None),
    (9, "공란", "AN", 319, "SPACE"),
    (10, "개행문자", "AN", 2, "CR/LF"),
)
FB0410_DATA: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "D"),
    (2, "처리순번", "N", 10, None),
    (3, "요청구분", "AN", 1, None),
    (4, "사업자번호", "N", 10, None),
    (5, "이용기관 코드", "AN", 20, None),
    (6, "예비필드1", "AN", 10, "SPACE"),
    (7, "납부자 번호", "AN", 30, None),
    (8, "금융회사 코드", "AN", 3, None),
    (9, "계좌번호", "AN", 20, None),
    (10, "신청일", "N", 8, None),
    (11, "동의자료 구분", "AN", 1, None),
    (12, "공란", "AN", 286, "SPACE"),
    (13, "개행문자", "AN", 2, "CR/LF"),
)
FB0410_TRAILER: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "T"),
    (2, "파일 구분 코드", "AN", 6, "FB0410"),
    (3, "총 건수", "N", 10, None),
    (4, "공란", "AN", 383, "SPACE"),
    (5, "개행문자", "AN", 2, "CR/LF"),
)
FB0420_HEADER: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "H"),
    (2, "파일 구분 코드", "AN", 6, "FB0420"),
    (3, "펌VAN 코드", "AN", 3, None),
    (4, "이용기관 코드", "AN", 20, None),
    (5, "처리기준일자", "N", 8, None),
    (6, "펌 VAN ID", "AN", 30, None),
    (7, "금융회사코드", "AN", 3, None),
    (8, "Data부 Record 수", "N", 10, None),
    (9, "공란", "AN", 943, "SPACE"),
)
FB0420_DATA: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "D"),
    (2, "처리순번", "N", 10, None),
    (3, "요청 구분", "AN", 1, None),
    (4, "사업자번호", "N", 10, None),
    (5, "이용기관 코드", "AN", 20, None),
    (6, "예비필드1", "AN", 10, None),
    (7, "납부자 번호", "AN", 30, None),
    (8, "금융회사 코드", "AN", 3, None),
    (9, "계좌번호", "AN", 20, None),
    (10, "신청일", "N", 8, None),
    (11, "동의자료 구분", "AN", 1, None),
    (12, "동의자료 유무", "A", 1, None),
    (13, "동의자료 확장자", "AN", 4, None),
    (14, "동의자료 길이", "N", 7, None),
    (15, "공란", "AN", 274, "SPACE"),
    (16, "동의자료", "Binary", 0, None),
)
FB0420_TRAILER: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "T"),
    (2, "파일 구분 코드", "AN", 6, "FB0420"),
    (3, "총 건수", "N", 10, None),
    (4, "공란", "AN", 1007, "SPACE"),
)
FB0421_HEADER: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "H"),
    (2, "파일 구분 코드", "AN", 6, "FB0421"),
    (3, "펌VAN 코드", "AN", 3, None),  # printed 팜
    (4, "이용기관 코드", "AN", 20, None),
    (5, "처리기준일자", "N", 8, None),
    (6, "펌 VAN ID", "AN", 30, None),  # printed 팜
    (7, "금융회사코드", "AN", 3, None),
    (8, "Data부 Record 수", "N", 10, None),
    (9, "공란", "AN", 319, "SPACE"),
    (10, "개행문자", "AN", 2, "CR/LF"),
)
FB0421_DATA: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "D"),
    (2, "처리순번", "N", 10, None),
    (3, "요청 구분", "AN", 1, None),
    (4, "사업자번호", "N", 10, None),
    (5, "이용기관 코드", "AN", 20, None),
    (6, "예비필드1", "AN", 10, None),
    (7, "납부자 번호", "AN", 30, None),
    (8, "금융회사 코드", "AN", 3, None),
    (9, "계좌번호", "AN", 20, None),
    (10, "신청일", "AN", 8, None),  # N in FB0420
    (11, "동의자료 구분", "AN", 1, None),
    (12, "동의자료 유무", "A", 1, None),
    (13, "동의자료 확장자", "AN", 4, None),
    (14, "동의자료 길이", "N", 7, None),
    (15, "응답코드", "AN", 4, None),
    (16, "공란", "AN", 270, "SPACE"),
    (17, "개행문자", "AN", 2, "CR/LF"),
)
FB0421_TRAILER: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "T"),
    (2, "파일 구분 코드", "AN", 6, "FB0421"),
    (3, "총 건수", "N", 10, None),
    (4, "총 요청 건수", "N", 10, None),
    (5, "파일 정상 여부", "A", 1, None),
    (6, "공란", "AN", 372, "SPACE"),
    (7, "개행문자", "AN", 2, "CR/LF"),
)
