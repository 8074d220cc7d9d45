"""Single rows of a table of verdicts that a report shows: the first of a kind, and those that lead by a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from verifier.verdict import Indication

MOST_OF_AN_ID: Final = 4096
"""Characters of an id or a name that are kept; a path has no more."""
MOST_CODES: Final = 100
_TEXTS: Final = ("id", "sha256", "time_source", "signer")
_TIMES: Final = ("verified_at", "signing_time")
_SHOWN: Final = (*_TEXTS, *_TIMES, "indication", "codes", "size", "microseconds")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """One row, as far as it is shown; the columns are those of `columns.VERDICTS`."""

    id: str
    indication: Indication
    codes: tuple[str, ...]
    sha256: str | None
    size: int | None
    verified_at: datetime | None
    time_source: str | None
    signing_time: datetime | None
    signer: str | None
    microseconds: int | None


def moment(seconds: int | None) -> datetime | None:
    """Without asking for the system's time zones, which need not be there."""
    return None if seconds is None else _EPOCH + timedelta(seconds=seconds)


def rows_at(batch: Any, places: Any) -> Iterator[Row]:  # noqa: ANN401 - pyarrow has no types
    """The rows of a batch at these places, in that order."""
    taken = batch.select(list(_SHOWN)).take(places)
    columns = {name: taken.column(name) for name in _SHOWN}
    columns |= {name: pc.utf8_slice_codeunits(columns[name], 0, MOST_OF_AN_ID) for name in _TEXTS}
    columns |= {name: columns[name].cast(pa.int64()) for name in _TIMES}
    for row in pa.table(columns).to_pylist():
        codes = tuple(code[:MOST_OF_AN_ID] for code in row["codes"] or () if code is not None)[:MOST_CODES]
        times = {name: moment(row[name]) for name in _TIMES}
        indication = Indication[row["indication"]]
        yield Row(**row | times | {"indication": indication, "codes": codes, "id": row["id"] or ""})


class First:
    """The first rows of some kind, and how many there are."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.count = 0
        self.rows: list[Row] = []

    def add(self, batch: Any, wanted: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        self.count += pc.sum(wanted).as_py() or 0
        if len(self.rows) < self.most:
            places = pc.indices_nonzero(wanted)[: self.most - len(self.rows)]
            self.rows += rows_at(batch, places)


class Top:
    """The rows with the smallest, or the largest, value of a column; of equal ones, those that come first."""

    def __init__(self, column: str, most: int, *, largest: bool = False) -> None:
        self.column, self.most, self.largest = column, most, largest
        self._found: list[tuple[int, Row]] = []

    def add(self, batch: Any, wanted: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        """Look through a batch; `wanted`: which of its rows count, None for all."""
        values = batch.column(self.column).cast(pa.int64())
        if self.largest:
            values = pc.negate(values)
        counts = pc.is_valid(values) if wanted is None else pc.and_(pc.is_valid(values), wanted)
        if len(self._found) == self.most:
            counts = pc.and_(counts, pc.fill_null(pc.less(values, self._found[-1][0]), fill_value=False))
        places = pc.indices_nonzero(counts)
        order = pc.array_sort_indices(pc.take(values, places))[: self.most]
        places = pc.take(places, order)
        leading = zip(pc.take(values, places).to_pylist(), rows_at(batch, places), strict=True)
        self._found = sorted([*self._found, *leading], key=lambda one: one[0])[: self.most]

    @property
    def rows(self) -> Sequence[Row]:
        return [row for _, row in self._found]
