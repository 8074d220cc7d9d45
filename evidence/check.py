"""Foretelling what the clearing institute will answer: the response code of every record (설계서 V3.8 첨부1 나)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from evidence.codes import ACCEPTED, SEVERAL
from evidence.faults import Part, Place, RecordError
from evidence.file_faults import CannotContinue
from evidence.frames import frames
from evidence.rules import check_record

KEPT: Final = 1000  # refused records that a report lists in full


@dataclass(frozen=True)
class Outcome:
    """What one record will be answered with: `0000`, the code of its fault, or `7190` where two codes or more apply.

    Attributes:
        place: of the record's first byte; `place.number` is that of the data record.
        response_code: 첨부1 나.
        faults: everything found wrong with the record, its evidence or its place in the file.
    """

    place: Place
    response_code: str
    faults: tuple[RecordError, ...]


@dataclass(frozen=True)
class CheckReport:
    """What a whole file will be answered with.

    Attributes:
        file_code: None when the file could not be told.
        records: data records seen.
        rejected: data records among them with a code other than `0000`.
        by_code: how many records, header and trailer included, got each code.
        outcomes: of the refused records, header and trailer included, as they stand in the file; `KEPT` at most.
        complete: whether the file was read to its end.
    """

    file_code: str | None
    records: int
    rejected: int
    by_code: Mapping[str, int]
    outcomes: tuple[Outcome, ...]
    complete: bool

    @property
    def sound(self) -> bool:
        """Whether nothing at all was found wrong."""
        return set(self.by_code) == {ACCEPTED}


def predict(stream: BinaryIO) -> Iterator[Outcome]:
    """Foretell record by record, header and trailer included; constant memory."""
    for _, outcome in _outcomes(stream):
        yield outcome


def check(stream: BinaryIO) -> CheckReport:
    """Foretell a whole file. The counts are over all of it, however many refused records there are."""
    file_code: str | None = None
    by_code: Counter[str] = Counter()
    records = rejected = 0
    kept: list[Outcome] = []
    last = None
    for code, last in _outcomes(stream):
        file_code = code
        by_code[last.response_code] += 1
        if last.place.part is Part.DATA:
            records += 1
            rejected += last.response_code != ACCEPTED
        if last.faults and len(kept) < KEPT:
            kept.append(last)
    complete = last is not None and last.place.part is Part.TRAILER
    return CheckReport(file_code, records, rejected, dict(by_code), tuple(kept), complete)


def _outcomes(stream: BinaryIO) -> Iterator[tuple[str | None, Outcome]]:
    for frame in frames(stream):
        faults = list(frame.errors)
        if frame.layout is not None and frame.place.part is Part.DATA:
            faults += check_record(frame.layout.data, frame.values, frame.place)
        code = None if frame.layout is None else frame.layout.code
        yield code, Outcome(frame.place, _response_code(faults), tuple(faults))


def _response_code(faults: list[RecordError]) -> str:
    # That the rest could not be read is no further error of this record; one cause may show twice under one code.
    codes = {fault.response_code for fault in faults if not isinstance(fault, CannotContinue)}
    if not codes:
        return ACCEPTED
    return codes.pop() if len(codes) == 1 else SEVERAL
