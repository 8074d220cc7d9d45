"""Foretelling what the clearing institute will answer: the response code of every record (설계서 V3.8 첨부1 나).

The institute's own side (`evidence.institute`) answers by the same rules. What it does not look at, the content of the
evidence, is told beside the response codes, as remarks: whatever `look` finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

from evidence.codes import ACCEPTED, SEVERAL
from evidence.faults import Part, Place, RecordError
from evidence.file_faults import CannotContinue
from evidence.frames import Frame, frames
from evidence.history import NOTHING, History, Known
from evidence.remarks import REQUESTS_UNANSWERED, Remark
from evidence.rules import check_record

KEPT: Final = 1000  # refused records that a report lists in full
Look = Callable[[Frame], Iterable[Remark]]


@dataclass(frozen=True)
class Outcome:
    """What one record will be answered with: `0000`, the code of its fault, or `7190` where two codes or more apply.

    Attributes:
        place: of the record's first byte; `place.number` is that of the data record.
        response_code: 첨부1 나.
        faults: everything found wrong with the record, its evidence or its place in the file.
        remarks: what the institute does not look at, and what no response code tells.
    """

    place: Place
    response_code: str
    faults: tuple[RecordError, ...]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class CheckReport:
    """What a whole file will be answered with.

    Attributes:
        file_code: None when the file could not be told.
        records: data records seen.
        rejected: data records among them with a code other than `0000`.
        by_code: how many records, header and trailer included, got each code.
        outcomes: of the records with a fault or a remark, as they stand in the file; `KEPT` at most.
        complete: whether the file was read to its end.
        remarks: how many there are of each code.
        grave: how many of them are faults of ours.
    """

    file_code: str | None
    records: int
    rejected: int
    by_code: Mapping[str, int]
    outcomes: tuple[Outcome, ...]
    complete: bool
    remarks: Mapping[str, int]
    grave: int

    @property
    def sound(self) -> bool:
        """Whether nothing at all was found wrong; mere warnings do not count."""
        return set(self.by_code) == {ACCEPTED} and not self.grave


class Judged(NamedTuple):
    """A record as it was found, and its outcome."""

    frame: Frame
    outcome: Outcome


def predict(stream: BinaryIO, known: Known = NOTHING, look: Look | None = None) -> Iterator[Outcome]:
    """Foretell record by record, header and trailer included.

    Args:
        stream: any file with a layout.
        known: what was accepted before, and what was asked for.
        look: finds out more about a data record; None: nothing is looked at but the form.
    """
    return (judged.outcome for judged in judge(stream, known, look))


def check(stream: BinaryIO, known: Known = NOTHING, look: Look | None = None) -> CheckReport:
    """Foretell a whole file; arguments as for `predict`. The counts are over all of it."""
    file_code: str | None = None
    by_code: Counter[str] = Counter()
    remarks: Counter[str] = Counter()
    records = rejected = grave = 0
    kept: list[Outcome] = []
    last = None
    for judged in judge(stream, known, look):
        last = judged.outcome
        file_code = None if judged.frame.layout is None else judged.frame.layout.code
        by_code[last.response_code] += 1
        if last.place.part is Part.DATA:
            records += 1
            rejected += last.response_code != ACCEPTED
        if last.remarks:
            remarks.update(remark.code for remark in last.remarks)
            grave += sum(remark.is_grave for remark in last.remarks)
        if (last.faults or last.remarks) and len(kept) < KEPT:
            kept.append(last)
    complete = last is not None and last.place.part is Part.TRAILER
    return CheckReport(
        file_code, records, rejected, dict(by_code), tuple(kept), complete, dict(sorted(remarks.items())), grave
    )


def judge(stream: BinaryIO, known: Known = NOTHING, look: Look | None = None) -> Iterator[Judged]:
    """As `predict`, with the records themselves."""
    history: History | None = None
    for frame in frames(stream):
        faults = list(frame.errors)
        remarks: list[Remark] = []
        if frame.layout is not None and frame.place.part is Part.DATA:
            history = history or History(frame.layout, known)
            faults += check_record(frame.layout.data, frame.values, frame.place)
            faults += history.faults(frame.values, frame.place, is_sound=not faults)
            remarks += look(frame) if look is not None else ()
        elif frame.place.part is Part.TRAILER and frame.layout is not None:
            remarks += _unanswered(history or History(frame.layout, known), frame.place)
        yield Judged(frame, Outcome(frame.place, response_code(faults), tuple(faults), tuple(remarks)))


def _unanswered(history: History, place: Place) -> list[Remark]:
    count = history.unanswered
    return [Remark(REQUESTS_UNANSWERED, place, {"count": count}, is_grave=True)] if count > 0 else []


def response_code(faults: Sequence[RecordError]) -> str:
    """The one code that tells of all these faults."""
    if not faults:
        return ACCEPTED
    # That the rest could not be read is no further error of this record; one cause may show twice under one code.
    codes = {fault.response_code for fault in faults if not isinstance(fault, CannotContinue)}
    if not codes:
        return ACCEPTED
    return codes.pop() if len(codes) == 1 else SEVERAL
