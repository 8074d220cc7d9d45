"""Turning records into the bytes of a file's data part, many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import chain, cycle, repeat
from operator import le
from typing import Final, NamedTuple

from evidence.at_once import Column, Columns
from evidence.faults import Part, Place, RecordError
from evidence.file_faults import SizeMismatch
from evidence.layouts.shape import BLOCK, FileLayout
from evidence.record import Record
from evidence.rules import SMALLEST, EvidenceTooLarge, limit_of
from evidence.tally import Tally

CHUNK: Final = 1 << 20  # bytes of evidence that are held at a time, and one record's more
TOGETHER: Final = 256  # records encoded at a time
ROOMS: Final = 3  # pieces of a file that stand in memory at a time
BLANK: Final = b" " * BLOCK
Records = Iterable[tuple[Mapping[str, str], bytes]]


class Rules(NamedTuple):
    """What the texts of a record have to be like together.

    Attributes:
        check: says what is wrong with one record.
        hold: whether it would find nothing wrong with any of these records, whose fields are all sound.
    """

    check: Callable[[Record, Mapping[str, str], Place], Iterable[RecordError]]
    hold: Callable[[Record, Columns], bool]


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
    at = place.moved(layout.data.offsets["evidence_size"])
    declared, size = int(values["evidence_size"]), len(evidence)
    if declared != size:
        raise SizeMismatch(at, declared, size)
    if size > limit_of(values["evidence_type"]):
        raise EvidenceTooLarge(at, layout.data.field("evidence_size"), values["evidence_type"], size)
    whole = fixed + evidence
    return whole.ljust(-(-len(whole) // BLOCK) * BLOCK)


def _all_fit(columns: Columns, sizes: Sequence[int]) -> bool:
    """Whether all evidence, of these sizes, is as long as declared and as its kind allows."""
    declared, kinds = columns.texts["evidence_size"], columns.texts["evidence_type"]
    if list(map(int, declared)) != (sizes if len(declared) > 1 else [*{*sizes}]):
        return False
    return max(sizes) <= SMALLEST or all(map(le, sizes, map(limit_of, _each(kinds))))


def _each(column: Column) -> Iterable[str]:
    return column if len(column) > 1 else repeat(column[0])


class Packing:
    """Turns records into bytes of a file, and knows how many there have been."""

    def __init__(self, layout: FileLayout, rules: Rules, line: Callable[[], int]) -> None:
        self.layout, self.rules, self.line = layout, rules, line
        self.tally = Tally(layout)
        self.offset = layout.header.total

    def bytes_of(self, records: Records) -> Iterator[memoryview]:
        """Of many records at once, so that whatever is done with the bytes is done seldom.

        What comes out stays as it is until `ROOMS` more have been asked for: the memory is used again, as new memory
        would cost more than all that is written into it.
        """
        rooms = [BytesIO() for _ in range(ROOMS)]
        views = [memoryview(b"")] * ROOMS
        for turn, batch in zip(cycle(range(ROOMS)), self._batches(records), strict=False):
            views[turn].release()
            room = rooms[turn]
            room.seek(0)
            room.writelines(self._at_once(batch) or self._one_by_one(batch))
            views[turn] = room.getbuffer()[: room.tell()]
            self.offset += room.tell()
            yield views[turn]

    def _batches(self, records: Records) -> Iterator[_Batch]:
        texts, pieces, lines = batch = _Batch([], [], [])
        held = 0
        try:
            for values, evidence in records:
                texts.append({**values})
                pieces.append(evidence)
                lines.append(self.line())
                held += len(evidence)
                if held >= CHUNK or len(texts) == TOGETHER:
                    yield batch
                    texts, pieces, lines = batch = _Batch([], [], [])
                    held = 0
        except Exception:
            yield batch  # what is wrong with those before is said first
            raise
        yield batch

    def _at_once(self, batch: _Batch) -> list[bytes]:
        """Empty where not all of them are sound."""
        data, (values, evidence, _) = self.layout.data, batch
        columns = data.at_once.columns(values, self._numbers(len(values))) if values and data.at_once else None
        fixed = data.at_once.write(columns) if data.at_once and columns else None
        if columns is None or fixed is None:
            return []
        padding = self._padding(columns, evidence)
        if padding is None or not self.rules.hold(data, columns):
            return []
        self.tally.count_all(values)
        return [*chain.from_iterable(zip(fixed, evidence, padding, strict=True))]

    def _numbers(self, count: int) -> dict[str, list[str]]:
        """The sequence numbers of so many records from here on; those of FB0120 are given."""
        if self.layout.refused_only:
            return {}
        return {"sequence": list(map(str, range(self.tally.counted + 1, self.tally.counted + 1 + count)))}

    def _padding(self, columns: Columns, evidence: list[bytes]) -> list[bytes] | None:
        """What stands behind the evidence of each record; None: not all of it is as long as declared and allowed."""
        if self.layout.evidence is None:
            return None if any(evidence) else evidence
        sizes = list(map(len, evidence))
        if not _all_fit(columns, sizes):
            return None
        before = self.layout.data.total - 1
        blanks = {size: BLANK[(before + size) % BLOCK + 1 :] for size in set(sizes)}
        return list(map(blanks.__getitem__, sizes))

    def _one_by_one(self, batch: _Batch) -> list[bytes]:
        pieces: list[bytes] = []
        offset = self.offset
        for number, (given, evidence, line) in enumerate(zip(*batch, strict=True), self.tally.counted + 1):
            place = Place(Part.DATA, number, offset, line)
            values = given if self.layout.refused_only else {**given, "sequence": str(number)}
            raw = encode_data(self.layout, values, evidence, place)
            for error in self.rules.check(self.layout.data, values, place):
                raise error
            for error in self.tally.data(values, place):
                raise error
            pieces.append(raw)
            offset += len(raw)
        return pieces
