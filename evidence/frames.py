"""Cutting a stream into records: blocks or lines, by declared length and never by looking for a boundary.

A damaged data record does not end the reading as long as it is known where the next one begins. In a file of blocks
that is so when `evidence_size` is legible, the bytes it announces are there, and the record can still be told for one:
it says `D`, or carries the sequence number that is due. In a file of lines it is so when CR/LF stands where it must;
whether FB0620 has any, its header tells for the whole file (ADR 0006).
Else reading ends with `CannotContinue`: nothing is searched for, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

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
from evidence.tally import Tally

CR_LF: Final = b"\r\n"
CHUNK: Final = 65_536  # bytes read, or skipped, at a time
BLANK: Final = b" " * BLOCK


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
    """Cut a stream into records, one at a time; at most one record's bytes are held.

    Everything wrong is in the frames; only the stream's own errors are raised.
    """
    ahead = _Ahead(stream)
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
    def __init__(self, ahead: _Ahead, layout: FileLayout) -> None:
        self.ahead = ahead
        self.layout = layout
        self.tally = Tally(layout)
        self.offset = 0
        self.line_end = b""  # of a bare layout, once its header has been seen

    def frames(self) -> Iterator[Frame]:
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

    def _records(self) -> Iterator[Frame]:
        while True:
            sound = self._sound()
            if sound is not None:
                yield sound
                continue
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

    def _sound(self) -> Frame | None:
        """The next record by the short way; None: it is no data record, or something about it is not as it should be.

        Nothing has been taken then: `_data` finds out what it is.
        """
        layout, ahead, tally = self.layout, self.ahead, self.tally
        short, total = layout.data.at_once, layout.data.total
        values = short.read(ahead.peek(total)) if short is not None and not self.line_end else None
        if values is None or (int(values["sequence"]) != tally.counted + 1 and not layout.refused_only):
            return None
        used = whole = total
        if layout.evidence is not None:
            size = int(values["evidence_size"])
            if size > limit_of(values["evidence_type"]):
                return None
            used += size
            whole = -(-used // BLOCK) * BLOCK
        evidence = ahead.behind(total, used, whole)
        if evidence is None:
            return None
        frame = Frame(Place(Part.DATA, tally.counted + 1, self.offset), values, (), evidence, layout)
        if tally.counts_only:
            tally.counted += 1
        else:
            tally.count(values)
        self.offset += whole
        return frame

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


class _Ahead:
    """A stream of which a piece has been read ahead: pipes hand out less at a time than a record takes."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.held = b""
        self.at = 0
        self.piece = 0  # what is no FB file is refused after a few bytes

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end; they stay where they are."""
        if len(self.held) - self.at < size:
            self._read(size)
        return self.held[self.at : self.at + size]

    def take(self, size: int) -> bytes:
        """As `peek`, and past them."""
        taken = self.peek(size)
        self.at += len(taken)
        return taken

    def behind(self, start: int, end: int, whole: int) -> bytes | None:
        """Go past `whole` bytes and give those from `start` to `end`.

        None, and nothing is taken, if they are not all there, or if there is anything but SPACE behind `end`.
        """
        if len(self.held) - self.at < whole:
            self._read(whole)
        at = self.at
        if len(self.held) - at < whole or not self.held.startswith(BLANK[: whole - end], at + end):
            return None
        self.at += whole
        return self.held[at + start : at + end]

    def skip(self, size: int) -> int:
        """Go past `size` bytes without keeping them; return how many there were."""
        left = size
        while left > 0 and (piece := self.take(min(left, CHUNK))):
            left -= len(piece)
        return size - left

    def _read(self, size: int) -> None:
        pieces = [self.held[self.at :]]
        size -= len(pieces[0])
        while size > 0 and (piece := self.stream.read(max(size, self.piece))):
            pieces.append(piece)
            size -= len(piece)
        self.held = b"".join(pieces)
        self.at = 0
