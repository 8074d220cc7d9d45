"""Writing a file: records to blocks or lines, numbered and counted here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from evidence.faults import Part, Place, RecordError
from evidence.field import NOWHERE
from evidence.file_faults import CountMismatch, SizeMismatch
from evidence.layouts.shape import BLOCK, FileLayout
from evidence.outfile import SPOOL, refusals, spooling
from evidence.record import Record
from evidence.rules import EvidenceTooLarge, check_record, limit_of

CHUNK: Final = 1 << 20  # bytes copied at a time
TOGETHER: Final = 256  # records encoded at a time
BLANK: Final = b" " * BLOCK
Records = Iterable[tuple[Mapping[str, str], bytes]]
Rules = Callable[[Record, Mapping[str, str], Place], Iterable[RecordError]]


@dataclass(frozen=True)
class Written:
    """What was written: data records, bytes, and the SHA-256 over all of them."""

    records: int
    size: int
    sha256: bytes


class _Batch(NamedTuple):
    """Records that are looked at together: their texts, their evidence, and the lines they come from."""

    values: list[Mapping[str, str]]
    evidence: list[bytes]
    lines: list[int]


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
    if not _all_fit(layout, (values,), (evidence,)):
        at = place.moved(layout.data.offsets["evidence_size"])
        declared, size = int(values["evidence_size"]), len(evidence)
        if declared != size:
            raise SizeMismatch(at, declared, size)
        raise EvidenceTooLarge(at, layout.data.field("evidence_size"), values["evidence_type"], size)
    whole = fixed + evidence
    return whole.ljust(-(-len(whole) // BLOCK) * BLOCK)


def _all_fit(layout: FileLayout, values: Sequence[Mapping[str, str]], evidence: Sequence[bytes]) -> bool:
    """Whether all evidence is as long as declared and as its kind allows."""
    if layout.evidence is None:
        return not any(evidence)
    sizes = list(map(len, evidence))
    if sizes != [int(one["evidence_size"]) for one in values]:
        return False
    return all(size <= limit_of(one["evidence_type"]) for size, one in zip(sizes, values, strict=True))


def write_file(  # noqa: PLR0913 - what, where to, and choices with defaults
    out: BinaryIO,
    layout: FileLayout,
    header: Mapping[str, str],
    records: Records,
    *,
    rules: Rules = check_record,
    line: Callable[[], int] = lambda: 0,
    spool_folder: Path | None = None,
    count: int | None = None,
) -> Written:
    """Write a whole file. Sequence numbers and counts are filled in here.

    The header holds the count. Where nobody knows it beforehand, the data records go to a temporary file first: `out`
    need not be seekable, and it gets its first byte only when every record has proved sound. Where it is known, they
    go straight to `out`, which is left with a part of a file when a record is refused: give it a file that is thrown
    away then, as `evidence.outfile.writing` does. Memory stays constant in either case.

    Args:
        out: where the file goes.
        layout: which file.
        header: its texts without `record_count`.
        records: texts of each data record without `sequence`, and its evidence.
        rules: what the texts of a record must be like together, beyond each field.
        line: asked after each record, the line of the list it was made from, for errors; 0 where there is none.
        spool_folder: for the temporary file; None: the system's.
        count: how many records there are, and that `out` may be written to as they come; None: not known.

    Raises:
        RecordError: a record does not fit; it says which one and where.
        CountMismatch: there are more or fewer records than `count` says.
        NotWritable: the temporary file has no room.
    """
    packing = _Packing(layout, rules, line)
    with ThreadPoolExecutor(max_workers=1) as pool:
        sink = _Sink(out, pool)
        if count is None:
            _through_spool(sink, packing, header, packing.bytes_of(records), spool_folder)
        else:
            sink.write(_header(layout, header, count))
            for piece in packing.bytes_of(records):
                sink.write(piece)
            _require_count(layout, count, packing.count)
        sink.write(layout.trailer.encode({"total": str(packing.count)}, Place(Part.TRAILER, 0, packing.offset)))
        return Written(packing.count, sink.size, sink.sha256())


def _through_spool(
    sink: _Sink, packing: _Packing, header: Mapping[str, str], pieces: Iterator[bytes], folder: Path | None
) -> None:
    _header(packing.layout, header, 0)
    with spooling(folder) as spool:
        for piece in pieces:
            with refusals(SPOOL):
                spool.write(piece)
        with refusals(SPOOL):
            spool.seek(0)
        sink.write(_header(packing.layout, header, packing.count))
        while piece := spool.read(CHUNK):
            sink.write(piece)


def _header(layout: FileLayout, values: Mapping[str, str], count: int) -> bytes:
    return layout.header.encode({**values, "record_count": str(count)}, Place(Part.HEADER))


def _require_count(layout: FileLayout, declared: int, counted: int) -> None:
    if declared != counted:
        field = layout.header.field("record_count")
        place = Place(Part.HEADER, 0, layout.header.offsets[field.name])
        raise CountMismatch(place, field.name, field.ko, declared, counted)


class _Packing:
    """Turns records into bytes of a file, and knows how many there have been."""

    def __init__(self, layout: FileLayout, rules: Rules, line: Callable[[], int]) -> None:
        self.layout, self.rules, self.line = layout, rules, line
        self.count = 0
        self.offset = layout.header.total

    def bytes_of(self, records: Records) -> Iterator[bytes]:
        """Of many records at once, so that whatever is done with the bytes is done seldom."""
        for batch in self._batches(records):
            pieces = self._at_once(batch) or self._one_by_one(batch)
            self.count += len(batch.values)
            self.offset += sum(map(len, pieces))
            yield b"".join(pieces)

    def _batches(self, records: Records) -> Iterator[_Batch]:
        batch = _Batch([], [], [])
        held = 0
        try:
            for number, (values, evidence) in enumerate(records, 1):
                batch.values.append({**values, "sequence": str(number)})
                batch.evidence.append(evidence)
                batch.lines.append(self.line())
                held += len(evidence)
                if held >= CHUNK or len(batch.values) == TOGETHER:
                    yield batch
                    batch, held = _Batch([], [], []), 0
        except Exception:
            yield batch  # what is wrong with those before is said first
            raise
        yield batch

    def _at_once(self, batch: _Batch) -> list[bytes]:
        """Empty where not all of them are sound."""
        data, rules, (values, evidence, _) = self.layout.data, self.rules, batch
        fixed = data.at_once.write(values) if values and data.at_once is not None else None
        if fixed is None or not _all_fit(self.layout, values, evidence):
            return []
        if any(rules(data, one, NOWHERE) for one in values):
            return []
        if self.layout.evidence is None:
            return fixed
        padding = [BLANK[(data.total + len(one) - 1) % BLOCK + 1 :] for one in evidence]
        return [*chain.from_iterable(zip(fixed, evidence, padding, strict=True))]

    def _one_by_one(self, batch: _Batch) -> list[bytes]:
        pieces: list[bytes] = []
        offset = self.offset
        for number, (values, evidence, line) in enumerate(zip(*batch, strict=True), self.count + 1):
            place = Place(Part.DATA, number, offset, line)
            raw = encode_data(self.layout, values, evidence, place)
            for error in self.rules(self.layout.data, values, place):
                raise error
            pieces.append(raw)
            offset += len(raw)
        return pieces


class _Sink:
    """Writes, counts, and takes the SHA-256 of all of it on another core, which a digest over large pieces can."""

    def __init__(self, out: BinaryIO, pool: ThreadPoolExecutor) -> None:
        self.out, self.pool = out, pool
        self.size = 0
        self._digest = hashlib.sha256()
        self._last: Future[None] | None = None

    def write(self, piece: bytes) -> None:
        self._settle()  # so that no more than one piece waits
        self._last = self.pool.submit(self._digest.update, piece)
        self.out.write(piece)
        self.size += len(piece)

    def sha256(self) -> bytes:
        self._settle()
        return self._digest.digest()

    def _settle(self) -> None:
        if self._last is not None:
            self._last.result()
