"""Turning records into the bytes of a file's data part, many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from operator import itemgetter, le
from typing import Final, NamedTuple

from evidence.faults import Part, Place, RecordError
from evidence.field import NOWHERE
from evidence.file_faults import SizeMismatch
from evidence.layouts.shape import BLOCK, FileLayout
from evidence.record import Record
from evidence.rules import EvidenceTooLarge, limit_of
from evidence.tally import Tally

CHUNK: Final = 1 << 20  # bytes of evidence that are held at a time, and one record's more
TOGETHER: Final = 256  # records encoded at a time
BLANK: Final = b" " * BLOCK
Records = Iterable[tuple[Mapping[str, str], bytes]]
Rules = Callable[[Record, Mapping[str, str], Place], Iterable[RecordError]]


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
    if sizes != list(map(int, map(_SIZE, values))):
        return False
    return all(map(le, sizes, map(limit_of, map(_KIND, values))))


_SIZE: Final = itemgetter("evidence_size")
_KIND: Final = itemgetter("evidence_type")


class Packing:
    """Turns records into bytes of a file, and knows how many there have been."""

    def __init__(self, layout: FileLayout, rules: Rules, line: Callable[[], int]) -> None:
        self.layout, self.rules, self.line = layout, rules, line
        self.tally = Tally(layout)
        self.offset = layout.header.total

    def bytes_of(self, records: Records) -> Iterator[bytes]:
        """Of many records at once, so that whatever is done with the bytes is done seldom."""
        for batch in self._batches(records):
            pieces = self._at_once(batch) or self._one_by_one(batch)
            self.offset += sum(map(len, pieces))
            yield b"".join(pieces)

    def _batches(self, records: Records) -> Iterator[_Batch]:
        batch = _Batch([], [], [])
        held = 0
        as_given = self.layout.refused_only
        try:
            for number, (values, evidence) in enumerate(records, 1):
                batch.values.append(dict(values) if as_given else {**values, "sequence": str(number)})
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
        if any(map(rules, repeat(data), values, repeat(NOWHERE))):
            return []
        if self.tally.counts_only:
            self.tally.counted += len(values)
        else:
            for one in values:
                self.tally.count(one)
        if self.layout.evidence is None:
            return fixed
        padding = [BLANK[(data.total + len(one) - 1) % BLOCK + 1 :] for one in evidence]
        return [*chain.from_iterable(zip(fixed, evidence, padding, strict=True))]

    def _one_by_one(self, batch: _Batch) -> list[bytes]:
        pieces: list[bytes] = []
        offset = self.offset
        for number, (values, evidence, line) in enumerate(zip(*batch, strict=True), self.tally.counted + 1):
            place = Place(Part.DATA, number, offset, line)
            raw = encode_data(self.layout, values, evidence, place)
            for error in self.rules(self.layout.data, values, place):
                raise error
            for error in self.tally.data(values, place):
                raise error
            pieces.append(raw)
            offset += len(raw)
        return pieces
