"""The specification's tables, transcribed a second time and apart from evidence/layouts: no, 항목명, MODE, LENGTH, 값.

None stands for an empty 값 column, "SPACE" for a printed SPACE or 공란.
"""

from __future__ import annotations

from typing import Final

Row = tuple[int, str, str, int, str | None]

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
FB0410_HEADER: Final[tuple[Row, ...]] = (
    (1, "레코드 구분", "A", 1, "H"),
    (2, "파일 구분 코드", "AN", 6, "FB0410"),
    (3, "펌VAN사 코드", "AN", 3, "VKN"),
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
    (3, "펌VAN사 코드", "AN", 3, None),
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

TABLES: Final[dict[tuple[str, str], tuple[tuple[Row, ...], int]]] = {  # with the printed total
    ("FB0110", "header"): (FB0110_HEADER, 1024),
    ("FB0110", "data"): (FB0110_DATA, 400),
    ("FB0110", "trailer"): (FB0110_TRAILER, 1024),
    ("FB0410", "header"): (FB0410_HEADER, 402),
    ("FB0410", "data"): (FB0410_DATA, 402),
    ("FB0410", "trailer"): (FB0410_TRAILER, 402),
    ("FB0420", "header"): (FB0420_HEADER, 1024),
    ("FB0420", "data"): (FB0420_DATA, 400),
    ("FB0420", "trailer"): (FB0420_TRAILER, 1024),
}
