"""Cutting a stream into records: blocks or lines, by declared length and never by looking for a boundary.

A damaged data record does not end the reading as long as it is known where the next one begins. In a file of blocks
that is so when `evidence_size` is legible, the bytes it announces are there, and the record can still be told for one:
it says `D`, or carries the sequence number that is due. In a file of lines it is so when CR/LF stands where it must;
whether FB0620 has any, its header tells for the whole file (ADR 0006).
Else reading ends with `CannotContinue`: nothing is searched for, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import BinaryIO, Final, NamedTuple

from evidence.ahead import CHUNK, Ahead
from evidence.faults import Part, Place, RecordError, WrongConstant
from evidence.file_faults import (
    AfterTrailer,
    CannotContinue,
    CutShort,
    EmptyFile,
    LineEndsVary,
    NotAnFbFile,
    NotARecord,
    NoTrailer,
    PaddingNotBlank,
)
from evidence.layouts import BLOCK, LAYOUTS, FileLayout, layout_of
from evidence.rules import LARGEST, EvidenceTooLarge, limit_of
from evidence.run import Run, Runs
from evidence.tally import Tally

CR_LF: Final = b"\r\n"


class Frame(NamedTuple):
    """One record as it was found, or, where nothing more can be read, only what is wrong there.

    Attributes:
        place: of the record's first byte.
        values: texts of the fields that could be read.
        errors: everything that is wrong with its fields, its place in the file and its blocks.
        evidence: as many bytes as declared; empty where there are none or the record is refused unread.
        layout: of the file; None as long as that is not known.
        line_end: what stands behind every record of the file and is none of its fields: CR/LF in an FB0620 that has it.
        raw: the fixed part of a data record that is not as it should be.
    """

    place: Place
    values: dict[str, str]
    errors: tuple[RecordError, ...]
    evidence: bytes
    layout: FileLayout | None
    line_end: bytes = b""
    raw: bytes = b""


def frames(stream: BinaryIO) -> Iterator[Frame]:
    """Cut a stream into records, one at a time.

    Everything wrong is in the frames; only the stream's own errors are raised.
    """
    for one in runs(stream):
        if isinstance(one, Run):
            places = map(Place, repeat(Part.DATA), one.numbers, one.offsets)
            yield from map(Frame, places, one.values, repeat(()), one.evidence, repeat(one.layout))
        else:
            yield one


def runs(stream: BinaryIO) -> Iterator[Frame | Run]:
    """As `frames`, sound data records together; `CHUNK` bytes of them are held, or one record."""
    ahead = Ahead(stream)
    try:
        layout = _identify(ahead.peek(7))
    except RecordError as error:
        yield Frame(error_place(error), {}, (error,), b"", None)
        return
    ahead.piece = CHUNK
    yield from _Cutter(ahead, layout).frames()


def error_place(error: RecordError) -> Place:
    return Place(error.part, error.number, error.offset)


def _identify(start: bytes) -> FileLayout:
    if not start:
        raise EmptyFile
    if start[:1] != b"H":
        raise NotAnFbFile(", ".join(LAYOUTS))
    return layout_of(start[1:].decode("latin-1"))


class _Cutter:
    def __init__(self, ahead: Ahead, layout: FileLayout) -> None:
        self.ahead = ahead
        self.layout = layout
        self.tally = Tally(layout)
        self.runs = Runs(ahead, layout, self.tally)
        self.offset = 0
        self.line_end = b""  # of a bare layout, once its header has been seen

    def frames(self) -> Iterator[Frame | Run]:
        place = Place(Part.HEADER)
        raw = self.ahead.take(self.layout.stride)
        if len(raw) < self.layout.stride:
            yield self._end(place, CutShort(place, self.layout.stride, len(raw)))
            return
        self._look_for_line_end()
        header = self._header(raw, place)
        yield header
        self.offset = len(raw) + len(self.line_end)
        if not _ends(header):
            yield from self._records()

    def _records(self) -> Iterator[Frame | Run]:
        while True:
            while (run := self._run()) is not None:
                yield run
            raw = self.ahead.take(self.layout.stride + len(self.line_end))
            trailer = raw[:1] == b"T"
            place = Place(Part.TRAILER, 0, self.offset) if trailer else self._data_place()
            if not raw:
                place = Place(Part.TRAILER, 0, self.offset)
                yield self._end(place, NoTrailer(place))
                return
            if len(raw) < self.layout.stride + len(self.line_end):
                # a record that is whole lacks no more than its line end
                cut = len(raw) < self.layout.stride
                yield self._end(place, CutShort(place, self.layout.stride, len(raw)) if cut else LineEndsVary(place))
                return
            if trailer:
                yield self._trailer(raw, place)
                return
            frame = self._data(raw, place)
            yield frame
            if _ends(frame):
                return

    def _run(self) -> Run | None:
        """The next records by the short way; else nothing has been taken, and `_data` finds out what is there."""
        run = None if self.line_end else self.runs.next(self.offset)
        self.offset += 0 if run is None else run.size
        return run

    def _look_for_line_end(self) -> None:
        if self.layout.bare and self.ahead.peek(len(CR_LF)) == CR_LF:
            self.line_end = self.ahead.take(len(CR_LF))

    def _data_place(self) -> Place:
        return Place(Part.DATA, self.tally.counted + 1, self.offset)

    def _header(self, raw: bytes, place: Place) -> Frame:
        values, errors = self.layout.header.read(raw, place)
        self.tally.header(values, place)
        return self._line(Frame(place, values, tuple(errors), b"", self.layout, self.line_end))

    def _trailer(self, raw: bytes, place: Place) -> Frame:
        values, found = self.layout.trailer.read(raw[: self.layout.trailer.total], place)
        errors: list[RecordError] = [*found, *self.tally.trailer(values, place)]
        if not raw.endswith(self.line_end):
            errors.append(LineEndsVary(place))
        if self.ahead.take(1):
            errors.append(AfterTrailer(place.moved(len(raw))))
        return Frame(place, values, tuple(errors), b"", self.layout)

    def _data(self, raw: bytes, place: Place) -> Frame:
        due = self.tally.counted + 1
        values, found = self.layout.data.read(raw[: self.layout.data.total], place)
        if "record_type" not in values and int(values.get("sequence", "0")) != due:
            return self._end(place, NotARecord(place), CannotContinue(place))
        errors: list[RecordError] = [*found, *self.tally.data(values, place)]
        frame = Frame(place, values, tuple(errors), b"", self.layout, raw=raw[: self.layout.data.total])
        if not raw.endswith(self.line_end):
            return _and(_and(frame, LineEndsVary(place)), CannotContinue(place))
        if self.layout.evidence is None:
            self.offset += len(raw)
            return self._line(frame)
        if "evidence_size" not in values:
            return _and(frame, CannotContinue(place))
        return self._with_evidence(raw, frame)

    def _with_evidence(self, raw: bytes, frame: Frame) -> Frame:
        size = int(frame.values["evidence_size"])
        used = self.layout.data.total + size
        whole = -(-used // BLOCK) * BLOCK
        kind = frame.values.get("evidence_type", "")
        if size > limit_of(kind):
            at = frame.place.moved(self.layout.data.offsets["evidence_size"])
            frame = _and(frame, EvidenceTooLarge(at, self.layout.data.field("evidence_size"), kind, size))
        if size > LARGEST:
            got = len(raw) + self.ahead.skip(whole - len(raw))
            raw = b""
        else:
            raw += self.ahead.take(whole - len(raw))
            got = len(raw)
        if got < whole:
            return _and(frame, CutShort(frame.place, whole, got))
        padding = raw[used:].lstrip(b" ")
        if padding:
            frame = _and(frame, PaddingNotBlank(frame.place.moved(whole - len(padding))))
        self.offset += whole
        return frame._replace(evidence=raw[self.layout.data.total : used])

    def _line(self, frame: Frame) -> Frame:
        """Say so where a line does not end as it must: then lines no longer tell the records apart."""
        lost = any(isinstance(error, WrongConstant) and error.field == "line_end" for error in frame.errors)
        return _and(frame, CannotContinue(frame.place)) if lost else frame

    def _end(self, place: Place, *errors: RecordError) -> Frame:
        return Frame(place, {}, errors, b"", self.layout)


def _and(frame: Frame, error: RecordError) -> Frame:
    return frame._replace(errors=(*frame.errors, error))


def _ends(frame: Frame) -> bool:
    """Whether nothing can be read behind this record."""
    return any(isinstance(error, CannotContinue | CutShort) for error in frame.errors)
