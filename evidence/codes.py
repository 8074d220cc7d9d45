"""Response codes of 첨부1, and those among them that the code itself speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from evidence.codebooks.book import Code, books

RESPONSE_CODES: Final[Mapping[str, Code]] = MappingProxyType(
    {row.code: row for book in books() if book.clause.startswith("첨부1") for row in book.codes}
)
ACCEPTED: Final = "0000"
SEVERAL: Final = "7190"
IN_ORDER: Final = frozenset(row.code for row in RESPONSE_CODES.values() if row.in_order)
"""Codes that count as a success: 0000, and 2401 and 2501 of a change."""
