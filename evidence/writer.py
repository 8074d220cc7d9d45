"""Writing a file: records to blocks or lines, numbered and counted here."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Final

from evidence.faults import Part, Place
from evidence.file_faults import CountMismatch
from evidence.layouts.shape import FileLayout
from evidence.outfile import SPOOL, refusals, spooling
from evidence.packing import CHUNK, ROOMS, Packing, Records, Rules
from evidence.rules import check_record, hold

SUBMISSION: Final = Rules(check_record, hold)


@dataclass(frozen=True)
class Written:
    """What was written: data records, bytes, and the SHA-256 over all of them."""

    records: int
    size: int
    sha256: bytes


def write_file(  # noqa: PLR0913 - what, where to, and choices with defaults
    out: BinaryIO,
    layout: FileLayout,
    header: Mapping[str, str],
    records: Records,
    *,
    rules: Rules = SUBMISSION,
    line: Callable[[], int] = lambda: 0,
    trailer: Callable[[], Mapping[str, str]] = dict,
    spool_folder: Path | None = None,
    count: int | None = None,
) -> Written:
    """Write a whole file. Sequence numbers and counts are filled in here (`Tally.closing`).

    The header holds the count. Where nobody knows it beforehand, the data records go to a temporary file first: `out`
    need not be seekable, and it gets its first byte only when every record has proved sound. Where it is known, they
    go straight to `out`, which is left with a part of a file when a record is refused: give it a file that is thrown
    away then, as `evidence.outfile.writing` does. Memory stays constant in either case.

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
        count: how many records there are, and that `out` may be written to as they come; None: not known.

    Raises:
        RecordError: a record does not fit, or the trailer's counts do not agree; it says which one and where.
        CountMismatch: there are more or fewer records than `count` says.
        NotWritable: the temporary file has no room.
    """
    packing = Packing(layout, rules, line)
    with ThreadPoolExecutor(max_workers=1) as pool:
        sink = _Sink(out, pool)
        if count is not None:
            sink.write(_header(layout, header, count))
            for piece in packing.bytes_of(records):
                sink.write(piece)
            _require_count(layout, count, packing.tally.counted)
            sink.write(_trailer(packing, trailer()))
        else:
            _header(layout, header, 0)
            with spooling(spool_folder) as spool:
                for piece in packing.bytes_of(records):
                    with refusals(SPOOL):
                        spool.write(piece)
                end = _trailer(packing, trailer())
                sink.write(_header(layout, header, packing.tally.counted))
                _copy(spool, sink)
            sink.write(end)
        return Written(packing.tally.counted, sink.size, sink.sha256())


def _copy(spool: IO[bytes], sink: _Sink) -> None:
    with refusals(SPOOL):
        spool.seek(0)
    while piece := spool.read(CHUNK):
        sink.write(piece)


def _header(layout: FileLayout, values: Mapping[str, str], count: int) -> bytes:
    return layout.header.encode({**values, "record_count": str(count)}, Place(Part.HEADER))


def _require_count(layout: FileLayout, declared: int, counted: int) -> None:
    if declared != counted:
        field = layout.header.field("record_count")
        place = Place(Part.HEADER, 0, layout.header.offsets[field.name])
        raise CountMismatch(place, field.name, field.ko, declared, counted)


def _trailer(packing: Packing, given: Mapping[str, str]) -> bytes:
    place = Place(Part.TRAILER, 0, packing.offset)
    values = {**packing.tally.closing(), **given}
    raw = packing.layout.trailer.encode(values, place)
    for error in packing.tally.trailer(values, place):
        raise error
    return raw


class _Sink:
    """Writes, counts, and takes the SHA-256 of all of it on another core, which a digest over large pieces can.

    A piece has to stay as it is until `ROOMS` more have been made. The digest of the one before may still be under way
    while the next is made: its thread can say that it is done only while this one writes, and would be waited for.
    """

    def __init__(self, out: BinaryIO, pool: ThreadPoolExecutor) -> None:
        self.out, self.pool = out, pool
        self.size = 0
        self._digest = hashlib.sha256()
        self._under_way: deque[Future[None]] = deque()

    def write(self, piece: bytes | memoryview) -> None:
        self._settle(ROOMS - 2)
        self._under_way.append(self.pool.submit(self._digest.update, piece))
        self.out.write(piece)
        self.size += len(piece)

    def sha256(self) -> bytes:
        self._settle(0)
        return self._digest.digest()

    def _settle(self, left: int) -> None:
        """Wait until no more than so many pieces are under way."""
        while len(self._under_way) > left:
            self._under_way.popleft().result()
