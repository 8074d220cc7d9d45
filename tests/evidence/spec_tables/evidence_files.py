"""4.2: evidence and what came of it."""

from __future__ import annotations

from typing import Final

from tests.evidence.spec_tables.row import Row

FB0110_HEADER: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "H"),
    (2, "파일 구분 코드", "AN", 6, "FB0110"),
    (3, "펌VAN사 코드", "AN", 3, "VKN"),
    (4, "이용기관코드", "AN", 20, None),
    (5, "처리기준일자", "N", 8, None),
    (6, "펌 VAN ID", "AN", 30, "SPACE"),
    (7, "금융회사코드", "AN", 3, None),
    (8, "Data부 Record 수", "N", 10, None),
    (9, "공란", "AN", 943, "SPACE"),
)
FB0110_DATA: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "D"),
    (2, "처리순번", "N", 10, None),
    (3, "전문추적 번호", "AN", 30, None),
    (4, "신청 일자", "N", 8, None),
    (5, "예금주 실명번호 종류", "N", 1, None),
    (6, "예금주 실명번호", "AN", 13, None),
    (7, "이용기관 코드", "AN", 20, None),
    (8, "실시간 등록 여부", "A", 1, "N"),
    (9, "하위이용기관코드", "AN", 10, "SPACE"),
    (10, "납부자 번호", "AN", 30, None),
    (11, "금융회사코드", "AN", 3, None),
    (12, "계좌번호", "AN", 20, None),
    (13, "증빙구분", "AN", 1, None),
    (14, "확장자명", "AN", 4, None),
    (15, "증빙자료크기", "N", 7, None),
    (16, "공란1", "AN", 200, "SPACE"),
    (17, "해지구분", "AN", 1, None),
    (18, "공란2", "AN", 40, "SPACE"),
    (19, "증빙자료", "Binary", 0, None),
)
FB0110_TRAILER: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "T"),
    (2, "파일 구분 코드", "AN", 6, "FB0110"),
    (3, "총 건수", "N", 10, None),
    (4, "공란", "AN", 1007, "SPACE"),
)
FB0120_HEADER: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "H"),
    (2, "파일 구분 코드", "AN", 6, "FB0120"),
    (3, "펌VAN 코드", "AN", 3, "VKN"),
    (4, "이용기관 코드", "AN", 20, None),
    (5, "처리기준일자", "N", 8, None),
    (6, "펌 VAN ID", "AN", 30, None),
    (7, "금융회사코드", "AN", 3, None),
    (8, "Data부 Record 수", "N", 10, None),
    (9, "공란", "AN", 319, "SPACE"),
    (10, "개행문자", "AN", 2, "CR/LF"),
)
FB0120_DATA: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "D"),
    (2, "처리순번", "N", 10, None),
    (3, "전문추적 번호", "AN", 30, None),
    (4, "신청일자", "N", 8, None),
    (5, "예금주 실명번호 종류", "N", 1, None),
    (6, "예금주 실명번호", "AN", 13, None),
    (7, "이용기관 코드", "AN", 20, None),
    (8, "실시간 등록 여부", "A", 1, None),
    (9, "하위기관코드", "AN", 10, None),
    (10, "납부자 번호", "AN", 30, None),
    (11, "금융회사코드", "AN", 3, None),
    (12, "계좌번호", "AN", 20, None),
    (13, "증빙구분", "AN", 1, None),
    (14, "확장자명", "AN", 4, None),
    (15, "증빙자료크기", "N", 7, None),
    (16, "응답코드", "AN", 4, None),
    (17, "공란", "AN", 237, "SPACE"),  # "248오타" beside it
    (18, "개행문자", "AN", 2, "CR/LF"),
)
FB0120_TRAILER: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "T"),
    (2, "파일 구분 코드", "AN", 6, "FB0120"),
    (3, "총 건수", "N", 10, None),
    (4, "정상 건수", "N", 10, None),
    (5, "오류 건수", "N", 10, None),
    (6, "공란", "AN", 363, "SPACE"),
    (7, "개행문자", "AN", 2, "CR/LF"),
)
