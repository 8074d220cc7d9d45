"""Writing a file: records to blocks or lines, numbered and counted here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from evidence.faults import Part, Place, RecordError
from evidence.file_faults import SizeMismatch
from evidence.layouts.shape import BLOCK, FileLayout
from evidence.outfile import SPOOL, refusals, spooling
from evidence.record import Record
from evidence.rules import EvidenceTooLarge, check_record, limit_of
from evidence.tally import Tally

CHUNK: Final = 1 << 20  # bytes copied at a time
Rules = Callable[[Record, Mapping[str, str], Place], Iterator[RecordError]]


@dataclass(frozen=True)
class Written:
    """What was written: data records, bytes, and the SHA-256 over all of them."""

    records: int
    size: int
    sha256: bytes


def encode_data(layout: FileLayout, values: Mapping[str, str], evidence: bytes, place: Place) -> bytes:
    """Write one data record: its fixed part, the evidence at once behind it, and SPACE to the end of the block.

    Raises:
        FieldError, FieldMissing, UnknownField: the values do not fit the table.
        EvidenceTooLarge: its kind allows fewer bytes.
        SizeMismatch: `evidence_size` is not the number of bytes, or the file has no evidence at all.
    """
    fixed = layout.data.encode(values, place)
    if layout.evidence is None:
        if evidence:
            raise SizeMismatch(place, 0, len(evidence))
        return fixed
    declared = int(values["evidence_size"])
    if declared != len(evidence):
        raise SizeMismatch(place.moved(layout.data.offsets["evidence_size"]), declared, len(evidence))
    if declared > limit_of(values["evidence_type"]):
        at = place.moved(layout.data.offsets["evidence_size"])
        raise EvidenceTooLarge(at, layout.data.field("evidence_size"), values["evidence_type"], declared)
    whole = fixed + evidence
    return whole.ljust(-(-len(whole) // BLOCK) * BLOCK)


def write_file(  # noqa: PLR0913 - what, where to, and two choices with defaults
    out: BinaryIO,
    layout: FileLayout,
    header: Mapping[str, str],
    records: Iterable[tuple[Mapping[str, str], bytes]],
    *,
    rules: Rules = check_record,
    line: Callable[[], int] = lambda: 0,
    trailer: Callable[[], Mapping[str, str]] = dict,
    spool_folder: Path | None = None,
) -> Written:
    """Write a whole file. Sequence numbers and counts are filled in here (`Tally.closing`).

    The header holds the count, so the data records go to a temporary file first: memory stays constant, `out` need not
    be seekable, and it gets its first byte only when every record has proved sound.

    Args:
        out: where the file goes.
        layout: which file.
        header: its texts without `record_count`.
        records: texts of each data record without `sequence`, and its evidence. Those of FB0120 have their `sequence`,
            the number of the record in FB0110.
        rules: what the texts of a record must be like together, beyond each field.
        line: asked after each record, the line of the list it was made from, for errors; 0 where there is none.
        trailer: asked once all records are through, the trailer's texts that they do not tell: `total` and `accepted`
            of FB0120, `requested` of FB0421. They go before what is counted here.
        spool_folder: for the temporary file; None: the system's.

    Raises:
        RecordError: a record does not fit, or the trailer's counts do not agree; it says which one and where.
        NotWritable: the temporary file has no room.
    """
    _header(layout, header, 0)
    with spooling(spool_folder) as spool:
        tally = Tally(layout)
        for count, (values, evidence) in enumerate(records, 1):
            place = Place(Part.DATA, count, layout.header.total + spool.tell(), line())
            numbered = dict(values) if layout.refused_only else {**values, "sequence": str(count)}
            raw = encode_data(layout, numbered, evidence, place)
            for error in rules(layout.data, numbered, place):
                raise error
            tally.count(numbered)
            with refusals(SPOOL):
                spool.write(raw)
        end = _trailer(layout, {**tally.closing(), **trailer()}, tally, layout.header.total + spool.tell())
        with refusals(SPOOL):
            spool.seek(0)
        sink = _Sink(out)
        sink.write(_header(layout, header, tally.counted))
        while piece := spool.read(CHUNK):
            sink.write(piece)
        sink.write(end)
    return Written(tally.counted, sink.size, sink.digest.digest())


def _header(layout: FileLayout, values: Mapping[str, str], count: int) -> bytes:
    return layout.header.encode({**values, "record_count": str(count)}, Place(Part.HEADER))


def _trailer(layout: FileLayout, values: Mapping[str, str], tally: Tally, offset: int) -> bytes:
    place = Place(Part.TRAILER, 0, offset)
    raw = layout.trailer.encode(values, place)
    for error in tally.trailer(values, place):
        raise error
    return raw


class _Sink:
    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        self.out.write(piece)
        self.size += len(piece)
        self.digest.update(piece)
