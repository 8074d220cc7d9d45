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
class Outcome:
    """Two counts of a trailer that add up to its total (7124), and the data field whose response code tells which.

    A record counts as accepted by its code alone: `codes.IN_ORDER`.
    """

    accepted: str
    rejected: str
    code: str


@dataclass(frozen=True)
class FileLayout:
    """One file of the specification.

    A file with `evidence` stands in blocks of 1024 bytes without line ends: header and trailer take one block each; a
    data record is its fixed part and the evidence at once behind it, both as one filled with SPACE to whole blocks.
    A file without stands in lines: every record has the same width and ends in CR/LF, which is its last field. FB0620
    alone is printed without that field: it is written so, and read with or without CR/LF behind each record.

    Attributes:
        outcomes: counts in the trailer beyond the total.
        refused_only: it lists what was wrong with another file's records, by their numbers there, and nothing else:
            its data records are the rejected ones, the total is that of the other file (FB0120).
    """

    code: str
    ko: str
    en: str
    header: Record
    data: Record
    trailer: Record
    evidence: EvidencePart | None = None
    outcomes: tuple[Outcome, ...] = ()
    refused_only: bool = False

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
    def bare(self) -> bool:
        """Whether it stands in lines that are printed without line ends."""
        return self.evidence is None and "line_end" not in self.header.offsets

    @property
    def counted(self) -> str:
        """The trailer's field that says how many data records there are."""
        return "rejected" if self.refused_only else "total"

    @property
    def answers_one_file(self) -> bool:
        """Whether its trailer counts the records of another file, so that it can neither be merged nor split."""
        return self.refused_only or "requested" in self.trailer.offsets

    @property
    def stride(self) -> int:
        """Bytes that are read at a time: a block, or a line without what follows the last field."""
        return self.header.total
