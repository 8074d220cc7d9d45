"""The specification's tables, transcribed a second time and apart from evidence/layouts: no, 항목명, MODE, LENGTH, 값.

None stands for an empty 값 column, "SPACE" for a printed SPACE or 공란.
"""

from __future__ import annotations

from typing import Final

from tests.evidence.spec_tables import audits, changes, evidence_files, ledgers
from tests.evidence.spec_tables.row import Row

__all__ = ["TABLES", "Row"]

TABLES: Final[dict[tuple[str, str], tuple[tuple[Row, ...], int]]] = {  # with the printed total
    ("FB0110", "header"): (evidence_files.FB0110_HEADER, 1024),
    ("FB0110", "data"): (evidence_files.FB0110_DATA, 400),
    ("FB0110", "trailer"): (evidence_files.FB0110_TRAILER, 1024),
    ("FB0120", "header"): (evidence_files.FB0120_HEADER, 402),
    ("FB0120", "data"): (evidence_files.FB0120_DATA, 402),
    ("FB0120", "trailer"): (evidence_files.FB0120_TRAILER, 402),
    ("FB0211", "header"): (changes.FB0211_HEADER, 402),
    ("FB0211", "data"): (changes.FB0211_DATA, 402),
    ("FB0211", "trailer"): (changes.FB0211_TRAILER, 402),
    ("FB0221", "header"): (changes.FB0221_HEADER, 402),
    ("FB0221", "data"): (changes.FB0221_DATA, 402),
    ("FB0221", "trailer"): (changes.FB0221_TRAILER, 402),
    ("FB0222", "header"): (changes.FB0222_HEADER, 402),
    ("FB0222", "data"): (changes.FB0222_DATA, 402),
    ("FB0222", "trailer"): (changes.FB0222_TRAILER, 402),
    ("FB0320", "header"): (ledgers.FB0320_HEADER, 402),
    ("FB0320", "data"): (ledgers.FB0320_DATA, 402),
    ("FB0320", "trailer"): (ledgers.FB0320_TRAILER, 402),
    ("FB0410", "header"): (audits.FB0410_HEADER, 402),
    ("FB0410", "data"): (audits.FB0410_DATA, 402),
    ("FB0410", "trailer"): (audits.FB0410_TRAILER, 402),
    ("FB0420", "header"): (audits.FB0420_HEADER, 1024),
    ("FB0420", "data"): (audits.FB0420_DATA, 400),
    ("FB0420", "trailer"): (audits.FB0420_TRAILER, 1024),
    ("FB0421", "header"): (audits.FB0421_HEADER, 402),
    ("FB0421", "data"): (audits.FB0421_DATA, 402),
    ("FB0421", "trailer"): (audits.FB0421_TRAILER, 402),
    ("FB0620", "header"): (ledgers.FB0620_HEADER, 400),
    ("FB0620", "data"): (ledgers.FB0620_DATA, 400),
    ("FB0620", "trailer"): (ledgers.FB0620_TRAILER, 400),
    ("FB0910", "header"): (ledgers.FB0910_HEADER, 152),
    ("FB0910", "data"): (ledgers.FB0910_DATA, 152),
    ("FB0910", "trailer"): (ledgers.FB0910_TRAILER, 152),
    ("FB0933", "header"): (ledgers.FB0933_HEADER, 152),
    ("FB0933", "data"): (ledgers.FB0933_DATA, 152),
    ("FB0933", "trailer"): (ledgers.FB0933_TRAILER, 152),
}
