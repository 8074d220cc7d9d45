"""Data records that stand one behind the other and are as they should be, read together: the short way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count as numbers_from
from operator import itemgetter, le
from struct import Struct
from typing import Final, NamedTuple

from evidence.ahead import Ahead
from evidence.at_once import KEPT
from evidence.layouts import BLOCK, FileLayout
from evidence.rules import LARGEST, SMALLEST, limit_of
from evidence.tally import Tally

TOGETHER: Final = 512  # records at most
BLANK: Final = b" " * BLOCK
_NUMBER: Final = itemgetter("sequence")
_KIND: Final = itemgetter("evidence_type")
MARK: Final = b"D"  # the first byte of a data record


class Run(NamedTuple):
    """Sound data records.

    Attributes:
        layout: of the file.
        first: number of the first of them.
        size: bytes of the file that they take.
        offsets: of their first bytes, from the start of the file.
        values: their texts.
        evidence: of each, as many bytes as declared.
    """

    layout: FileLayout
    first: int
    size: int
    offsets: Sequence[int]
    values: Sequence[dict[str, str]]
    evidence: Sequence[bytes]

    @property
    def numbers(self) -> Iterator[int]:
        return numbers_from(self.first)


class _Spans(NamedTuple):
    """Where records are: the first byte of each, how much evidence it announces, and the byte behind the last."""

    starts: Sequence[int]
    sizes: Sequence[int]
    end: int


class _Announced(NamedTuple):
    """Behind a record's table: so many bytes of evidence, and the SPACE to the end of the block."""

    size: int
    blank: bytes


class Runs:
    """Takes sound data records of one file, as many at a time as have been read ahead."""

    def __init__(self, ahead: Ahead, layout: FileLayout, tally: Tally) -> None:
        self.ahead, self.layout, self.tally = ahead, layout, tally
        self.most = TOGETHER
        self._known: dict[bytes, _Announced] = {}

    def next(self, offset: int) -> Run | None:
        """The next ones, the first of which is `offset` bytes into the file.

        None, and nothing is taken: the next record is no data record, or something about it is not as it should be.
        Where that is so with one further on, those before it are found by halving.
        """
        short = self.layout.data.at_once
        spans = None if short is None else self._spans()
        while short is not None and spans is not None and spans.starts:
            values = short.read(self.ahead.held, spans.starts)
            if values is not None and self._fit(values, spans.sizes):
                self.most = min(2 * self.most, TOGETHER)
                return self._taken(offset, values, spans)
            if len(spans.starts) == 1:
                return None
            self.most = len(spans.starts) // 2
            spans = _Spans(spans.starts[: self.most], spans.sizes[: self.most], spans.starts[self.most])
        return None

    def _spans(self) -> _Spans | None:
        return self._lines() if self.layout.evidence is None else self._blocks()

    def _lines(self) -> _Spans | None:
        ahead, total = self.ahead, self.layout.data.total
        if not ahead.has(total):
            return None
        marks = ahead.held[ahead.at : ahead.end - total + 1 : total]
        count = min(len(marks) - len(marks.lstrip(MARK)), self.most)
        end = ahead.at + count * total
        return _Spans(range(ahead.at, end, total), (0,) * count, end)

    def _blocks(self) -> _Spans | None:
        """By the sizes that they declare, as far as there is nothing but SPACE to the end of their blocks."""
        ahead, total = self.ahead, self.layout.data.total
        field = self.layout.data.field("evidence_size")
        first, declared_at = self.layout.data.offsets[field.name], Struct(f"{field.width}s").unpack_from
        announced = self._announced(ahead.peek(total)[first : first + field.width])
        if announced is None or not ahead.has(total + announced.size + len(announced.blank)):
            return None
        held, at, read_to, known = ahead.held, ahead.at, ahead.end, self._known
        starts: list[int] = []
        sizes: list[int] = []
        while len(starts) < self.most and at + total <= read_to:
            (digits,) = declared_at(held, at + first)
            announced = known.get(digits) or self._announced(digits)
            if announced is None:
                break
            size, blank = announced
            used = at + total + size
            if used + len(blank) > read_to or not held.startswith(blank, used):
                break
            starts.append(at)
            sizes.append(size)
            at = used + len(blank)
        return _Spans(starts, sizes, at)

    def _announced(self, digits: bytes) -> _Announced | None:
        """What a record that declares this size has behind its table; None: no record may declare it."""
        if not digits.isdigit() or int(digits) > LARGEST:
            return None
        size = int(digits)
        if len(self._known) >= KEPT:
            self._known.clear()
        announced = _Announced(size, BLANK[: -(self.layout.data.total + size) % BLOCK])
        return self._known.setdefault(digits, announced)

    def _fit(self, values: Sequence[dict[str, str]], sizes: Sequence[int]) -> bool:
        """Whether they are numbered on, and none has more evidence than its kind may."""
        if not self.layout.refused_only:
            due = self.tally.counted + 1
            if list(map(int, map(_NUMBER, values))) != list(range(due, due + len(values))):
                return False
        return max(sizes) <= SMALLEST or all(map(le, sizes, map(limit_of, map(_KIND, values))))

    def _taken(self, offset: int, values: Sequence[dict[str, str]], spans: _Spans) -> Run:
        layout, held, total = self.layout, self.ahead.held, self.layout.data.total
        start, first = spans.starts[0], self.tally.counted + 1
        self.ahead.at = spans.end
        self.tally.count_all(values)
        if layout.evidence is None:
            evidence: list[bytes] = [b""] * len(values)
        else:
            with memoryview(held) as whole:
                evidence = [bytes(whole[at + total : at + total + size]) for at, size in zip(*spans[:2], strict=True)]
        offsets = [offset - start + at for at in spans.starts]
        return Run(layout, first, spans.end - start, offsets, values, evidence)
