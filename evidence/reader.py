"""Reading a file: strictly, up to the first fault, or tolerantly, reporting every fault on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import BinaryIO, NamedTuple, cast

from evidence.faults import Part, RecordError
from evidence.frames import Frame, runs
from evidence.layouts import FileLayout
from evidence.run import Run


@dataclass(frozen=True)
class Header:
    """The first record; `fields` are its texts by name.

    `line_end` stands behind every record of the file without being a field: CR/LF in an FB0620 that has it, else "".
    """

    layout: FileLayout = field(repr=False)
    fields: dict[str, str] = field(repr=False)
    offset: int
    line_end: str = ""


class DataRecord(NamedTuple):
    """A data record with its evidence, exactly as long as declared. `sequence` counts from 1."""

    layout: FileLayout
    sequence: int
    fields: dict[str, str]
    evidence: bytes
    offset: int

    def __repr__(self) -> str:
        """Without anything personal."""
        return f"DataRecord(sequence={self.sequence}, offset={self.offset})"


@dataclass(frozen=True)
class Trailer:
    """The last record."""

    layout: FileLayout = field(repr=False)
    fields: dict[str, str] = field(repr=False)
    offset: int


@dataclass(frozen=True)
class Fault:
    """Something wrong with the file. Its code, wording, response code and place are those of `error`.

    `record_offset` is that of the record's first byte, from the start of the file.
    """

    error: RecordError
    record_offset: int

    @property
    def part(self) -> Part:
        return self.error.part

    @property
    def number(self) -> int:
        """Of the data record, from 1; 0 for header and trailer."""
        return self.error.number

    @property
    def offset(self) -> int:
        """Bytes from the start of the file."""
        return self.error.offset

    @property
    def field(self) -> str | None:
        return self.error.field

    @property
    def response_code(self) -> str:
        return self.error.response_code


Sound = Header | DataRecord | Trailer


def scan(stream: BinaryIO) -> Iterator[Sound | Fault]:
    """Read a file as far as its structure allows: sound records as they are, all others as their faults.

    Lazy; some hundred sound records are held at a time, or one with its evidence. `evidence.frames` says when a
    damaged record lets the reading go on.
    """
    for one in runs(stream):
        if isinstance(one, Run):
            yield from _data_records(one)
        elif one.errors:
            yield from (Fault(error, one.place.offset) for error in one.errors)
        else:
            yield _item(one)


def read_file(stream: BinaryIO) -> Iterator[Sound]:
    """Read a file that has to be sound. Lazy: only when the iterator ends, without an error, was all of it sound.

    Raises:
        RecordError: the first thing wrong, with record, byte offset, field and response code.
    """
    for one in runs(stream):
        if isinstance(one, Run):
            yield from _data_records(one)
        else:
            for error in one.errors:
                raise error
            yield _item(one)


def header_of(items: Iterator[Sound]) -> Header:
    """The first of what `read_file` gives; the rest is still to come."""
    return cast("Header", next(items))


def _item(frame: Frame) -> Sound:
    layout = cast("FileLayout", frame.layout)  # only a frame with errors may lack it
    if frame.place.part is Part.HEADER:
        return Header(layout, frame.values, frame.place.offset, frame.line_end.decode("ascii"))
    if frame.place.part is Part.TRAILER:
        return Trailer(layout, frame.values, frame.place.offset)
    return DataRecord(layout, frame.place.number, frame.values, frame.evidence, frame.place.offset)


def _data_records(run: Run) -> Iterator[DataRecord]:
    return map(DataRecord, repeat(run.layout), run.numbers, run.values, run.evidence, run.offsets)
