"""A file as JSON lines, one object a record, and back to the same bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from consent import strict_json
from consent.errors import CodedError
from evidence.faults import Part, Place, RecordError
from evidence.layouts import FileLayout, layout_of
from evidence.packing import encode_data
from evidence.reader import Header, Sound, Trailer, read_file
from evidence.rules import LARGEST
from evidence.tally import Tally

LONGEST: Final = 2 * LARGEST + 16_384  # characters of a line: the largest evidence in base64 and every field
LINE_ENDS: Final = frozenset({"", "\r\n"})  # behind the records of a layout that is printed without
KEYS: Final = frozenset({"part", "sequence", "fields", "evidence", "line_end"})


class BadLine(CodedError):
    """A line is not an object as `decode_lines` makes them. Subclasses say why; `line` counts from 1."""

    def __init__(self, line: int, **details: str) -> None:
        super().__init__(line=line, **details)


class NotJson(BadLine):
    """A line is not one JSON object."""

    code = "FB-070"


class WrongShape(BadLine):
    """An object lacks a key, has one too many, or one of the wrong type."""

    code = "FB-071"


class WrongOrder(BadLine):
    """Lines are not header, data …, trailer."""

    code = "FB-072"


class NotBase64(BadLine):
    """`evidence` is not base64 (RFC 4648 §4)."""

    code = "FB-073"


def decode_lines(stream: BinaryIO) -> Iterator[dict[str, object]]:
    r"""Read a file that has to be sound, one object a record.

    `{"part": "header"|"data"|"trailer", "fields": {name: text}}`; data also have `"sequence"`, a number, and
    `"evidence"`, in base64, where there is any. `fields` holds every field of the table, constants too. The header of
    an FB0620 with CR/LF behind its records says so: `"line_end": "\r\n"`.

    Raises:
        RecordError: the first thing wrong with the file.
    """
    for item in read_file(stream):
        yield _object(item)


def to_line(record: Mapping[str, object]) -> str:
    """One line of JSON without its line end; Korean as it is."""
    return json.dumps(record, ensure_ascii=False)


def encode_lines(lines: Iterable[str | bytes], out: BinaryIO) -> int:
    """Write the file that lines of JSON stand for; return its size in bytes. Empty lines are passed over.

    What `decode_lines` gave comes back byte for byte. Fields with a constant and the key `sequence` may be left out;
    sequence numbers, sizes and counts among the fields have to be right. `out` is written to as the lines come.

    Raises:
        BadLine: a line is not such an object, or stands where it cannot.
        RecordError: a field is missing, unknown, or does not fit; `record` names the line.
    """
    encoder = _Encoder()
    number = 0
    for number, line in enumerate(lines, 1):
        if line.strip():
            out.write(encoder.encode(_parse(line, number)))
    encoder.finish(number + 1)
    return encoder.offset


def _object(item: Sound) -> dict[str, object]:
    if isinstance(item, Header):
        header: dict[str, object] = {"part": Part.HEADER.value, "fields": item.fields}
        return header | {"line_end": item.line_end} if item.line_end else header
    if isinstance(item, Trailer):
        return {"part": Part.TRAILER.value, "fields": item.fields}
    record: dict[str, object] = {"part": Part.DATA.value, "sequence": item.sequence, "fields": item.fields}
    if item.evidence:
        record["evidence"] = base64.b64encode(item.evidence).decode("ascii")
    return record


@dataclass(frozen=True)
class _Line:
    number: int
    part: Part
    fields: dict[str, str]
    sequence: int | None
    evidence: bytes
    line_end: str


class _Encoder:
    """Knows what has been written so far, and so what may come next."""

    def __init__(self) -> None:
        self.layout: FileLayout | None = None
        self.tally: Tally | None = None
        self.offset = 0
        self.line_end = b""
        self.ended = False

    def encode(self, line: _Line) -> bytes:
        number = 0 if line.part is not Part.DATA or self.tally is None else self.tally.counted + 1
        place = Place(line.part, number, self.offset, line.number)
        raw = self._record(line, place) + self.line_end
        self.offset += len(raw)
        return raw

    def finish(self, line: int) -> None:
        if not self.ended:
            raise WrongOrder(line, expected="trailer" if self.layout else "header")

    def _record(self, line: _Line, place: Place) -> bytes:
        if self.layout is None or self.tally is None:
            return self._header(line, place)
        if self.ended or line.part is Part.HEADER:
            raise WrongOrder(line.number, expected="-" if self.ended else "data, trailer")
        if line.part is Part.TRAILER:
            raw = self.layout.trailer.encode(line.fields, place)
            _require_none(self.tally.trailer(line.fields, place))
            self.ended = True
            return raw
        raw = encode_data(self.layout, line.fields, line.evidence, place)
        if line.sequence is not None and line.sequence != place.number:
            raise WrongShape(line.number, key="sequence")
        _require_none(self.tally.data(line.fields, place))
        return raw

    def _header(self, line: _Line, place: Place) -> bytes:
        if line.part is not Part.HEADER:
            raise WrongOrder(line.number, expected="header")
        self.layout = layout_of(line.fields.get("file_code", ""))
        self.tally = Tally(self.layout)
        raw = self.layout.header.encode(line.fields, place)
        self.tally.header(line.fields, place)
        if line.line_end and not self.layout.bare:
            raise WrongShape(line.number, key="line_end")
        self.line_end = line.line_end.encode("ascii")
        return raw


def _require_none(errors: Iterator[RecordError]) -> None:
    for error in errors:
        raise error


def _parse(line: str | bytes, number: int) -> _Line:
    if len(line) > LONGEST:
        raise NotJson(number)
    try:
        record = strict_json.parse(line)
    except ValueError:
        raise NotJson(number) from None
    if not isinstance(record, dict):
        raise NotJson(number)
    unknown = sorted(record.keys() - KEYS)
    if unknown:
        raise WrongShape(number, key=ascii(unknown[0][:40]))
    part, fields, sequence = record.get("part"), record.get("fields"), record.get("sequence")
    if part not in tuple(Part):
        raise WrongShape(number, key="part")
    if not isinstance(fields, dict) or not all(isinstance(text, str) for text in fields.values()):
        raise WrongShape(number, key="fields")
    if sequence is not None and (type(sequence) is not int or part != Part.DATA):
        raise WrongShape(number, key="sequence")
    line_end = record.get("line_end", "")
    if line_end not in tuple(LINE_ENDS) or ("line_end" in record and part != Part.HEADER):
        raise WrongShape(number, key="line_end")
    return _Line(number, Part(part), fields, sequence, _evidence(record, number), str(line_end))


def _evidence(record: dict[str, object], number: int) -> bytes:
    if "evidence" not in record:
        return b""
    text = record["evidence"]
    if not isinstance(text, str) or record["part"] != Part.DATA:
        raise WrongShape(number, key="evidence")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise NotBase64(number) from None
