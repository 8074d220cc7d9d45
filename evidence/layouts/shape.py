"""The shape of a file: its three records, and whether it stands in blocks or in lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evidence.faults import Part
from evidence.record import Record

BLOCK: Final = 1024  # bytes; 4.2.1.1 and 4.6.2, "1024 Byte 씩 구분"


@dataclass(frozen=True)
class EvidencePart:
    """The row of variable length that follows a data record's fixed part: its printed number and name."""

    no: int
    ko: str
    name: str = "evidence"


@dataclass(frozen=True)
class FileLayout:
    """One file of the specification.

    A file with `evidence` stands in blocks of 1024 bytes without line ends: header and trailer take one block each; a
    data record is its fixed part and the evidence at once behind it, both as one filled with SPACE to whole blocks.
    A file without stands in lines: every record has the same width and ends in CR/LF, which is its last field.
    """

    code: str
    ko: str
    en: str
    header: Record
    data: Record
    trailer: Record
    evidence: EvidencePart | None = None

    def __post_init__(self) -> None:
        if self.evidence is None:
            whole = self.header.total == self.data.total == self.trailer.total
        else:
            whole = self.header.total == self.trailer.total == BLOCK and self.data.total < BLOCK
        if not whole:
            raise ValueError(f"{self.code}: the records' widths do not fit a file of blocks or of lines")

    @property
    def parts(self) -> tuple[tuple[Part, Record], ...]:
        """The three records in the order they stand in."""
        return (Part.HEADER, self.header), (Part.DATA, self.data), (Part.TRAILER, self.trailer)

    @property
    def stride(self) -> int:
        """Bytes that are read at a time: a block, or a line."""
        return self.header.total
