"""Counts by month as a row of months that a chart can show, however wild the times in a table are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from verifier.batch.tally import Counts

_KOREA: Final = timedelta(hours=9)


@dataclass(frozen=True)
class Timeline:
    """Months without a gap, and what lies outside.

    Attributes:
        first: the first month, as months since the year 0.
        counts: of it and those that follow.
        before, after: of all months before and after those shown.
        none: of rows without a time.
    """

    first: int
    counts: tuple[Counts, ...]
    before: Counts
    after: Counts
    none: Counts

    @property
    def last(self) -> int:
        return self.first + len(self.counts) - 1


def timeline(counts: Mapping[int | None, Counts], *, earliest: int, latest: int) -> Timeline:
    """Lay counts out from the first to the last month that has any, within these two."""
    months = sorted(month for month in counts if month is not None)
    within = [month for month in months if earliest <= month <= latest]
    first, last = (within[0], within[-1]) if within else (latest, latest - 1)
    return Timeline(
        first,
        tuple(counts.get(month, Counts()) for month in range(first, last + 1)),
        _sum(counts, [month for month in months if month < earliest]),
        _sum(counts, [month for month in months if month > latest]),
        counts.get(None, Counts()),
    )


def _sum(counts: Mapping[int | None, Counts], months: list[int]) -> Counts:
    total = Counts()
    for month in months:
        total = total.plus(counts[month])
    return total


def month_of(at: datetime) -> int:
    """The month in Korea's calendar, as months since the year 0."""
    there = at + _KOREA
    return there.year * 12 + there.month - 1


def month_name(month: int) -> str:
    """2026-11."""
    return f"{month // 12:04}-{month % 12 + 1:02}"
