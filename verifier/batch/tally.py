"""Counting in bounded memory, whatever a table holds: rows by outcome for each value of a column; costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from verifier.verdict import Indication

MOST_VALUES: Final = 20_000
"""Values of a column that are counted apart: authorities, products and codes are few, unless somebody made them up."""
LONGEST: Final = 1000
"""Characters of a value; what differs later is counted as one."""


class Counts(NamedTuple):
    """Rows by what their verdict says, in the order of `Indication`."""

    passed: int = 0
    indeterminate: int = 0
    failed: int = 0

    @property
    def rows(self) -> int:
        return sum(self)

    @property
    def against(self) -> int:
        """Rows that did not pass."""
        return self.indeterminate + self.failed

    def plus(self, other: Counts) -> Counts:
        return Counts(*map(sum, zip(self, other, strict=True)))


class Tally:
    """Counts for each value of a column; None is a value too.

    Attributes:
        counts: for each value.
        others: of values that came when `MOST_VALUES` were known already.
    """

    def __init__(self) -> None:
        self._counts: dict[Any, list[int]] = {}
        self._others = [0] * len(Indication)

    def add(self, values: Any, indications: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        """Count rows: two arrays of one length, the second of the numbers of `Indication`."""
        if pa.types.is_string(values.type):
            values = pc.utf8_slice_codeunits(values, 0, LONGEST)
        table = pa.table({"value": values, "indication": indications})
        groups = table.group_by(["value", "indication"], use_threads=False).aggregate([([], "count_all")])
        for value, at, count in zip(*(column.to_pylist() for column in groups.columns), strict=True):
            self._of(value)[at] += count

    def _of(self, value: object) -> list[int]:
        found = self._counts.get(value)
        if found is None:
            if len(self._counts) >= MOST_VALUES and value is not None:
                return self._others
            found = self._counts[value] = [0] * len(Indication)
        return found

    @property
    def counts(self) -> Mapping[Any, Counts]:
        return {value: Counts(*counts) for value, counts in self._counts.items()}

    @property
    def others(self) -> Counts:
        return Counts(*self._others)


class Costs:
    """What judging took, kept as a histogram whose steps are a thousandth of the value."""

    _BITS: Final = 10
    _MOST: Final = 10**12  # microseconds: eleven days

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()
        self.total = 0
        self.largest = 0

    def add(self, microseconds: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        known = pc.drop_null(microseconds)
        if not len(known):
            return
        known = pc.min_element_wise(pc.max_element_wise(known, 0), self._MOST)
        bits = pc.floor(pc.log2(pc.max_element_wise(known, 1))).cast(pa.int64())
        less = pc.max_element_wise(pc.subtract(bits, self._BITS), 0)
        steps = pc.value_counts(pc.shift_left(pc.shift_right(known, less), less))
        for step in steps.to_pylist():
            self.counts[step["values"]] += step["counts"]
        self.total += pc.sum(known).as_py()
        self.largest = max(self.largest, pc.max(known).as_py())

    @property
    def rows(self) -> int:
        return self.counts.total()

    def quantile(self, part: float) -> int | None:
        """The least value that so many of all do not exceed, to a thousandth; None without any."""
        left = part * self.rows
        for value, count in sorted(self.counts.items()):
            left -= count
            if left <= 0:
                return value
        return None
