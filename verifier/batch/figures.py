"""All numbers of a report over a batch, from its table of verdicts in one pass and bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from verifier.batch.rows import First, Row, Top, moment, rows_at
from verifier.batch.table_faults import IndicationUnknown
from verifier.batch.tally import MOST_VALUES, Costs, Counts, Tally
from verifier.verdict import Indication, TimeSource

EXAMPLES: Final = 3
"""Of each finding."""
OLDEST: Final = 20
SLOWEST: Final = 10
NOT_JUDGED: Final = 20
FAILING: Final = 200
"""Rows that did not pass and are shown one by one, unless more are asked for."""
SELF_ISSUED: Final = ""
"""Stands for the issuer of every certificate that its holder issued; such a name is a holder's, not an authority's."""
_KOREA: Final = 9 * 3600
_DAY: Final = 86_400
_LONGEST_LIFE: Final = 36_525
_INDICATIONS: Final = pa.array([indication.name for indication in Indication])
INPUT: Final = "input"
"""What stands in `not_run` for a row whose bytes no check has seen."""


@dataclass(frozen=True)
class Span:
    """The first and the last of some times; None without any."""

    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True)
class Cost:
    """What judging took, in microseconds; `median` and `p99` to a thousandth, None where nothing was measured."""

    rows: int
    median: int | None
    p99: int | None
    largest: int
    total: int


@dataclass(frozen=True)
class Figures:
    """What a table of verdicts comes to. All counts are of rows, by outcome.

    Attributes:
        rows: all of them.
        verified, signed: when they were judged at, and when they say they were signed.
        months: by month of signing time in Korea, as months since the year 0; None where none is claimed.
        codes: of what speaks against a row; `examples` has the ids of the first rows of each.
        not_run: by required check that could not be carried out; `INPUT` for those whose bytes could not be had.
        issuers, products, keys, time_sources: by what the column has; `SELF_ISSUED` stands for all such issuers.
        ages: by days from the begin of the signer's certificate to the signing time, or else the time judged at;
            less than 0 is -1; None where one of the two is not known.
        ends: by month in which the signer's certificate ends, as `months`.
        unproven: number of rows judged at a time that nothing proves.
        oldest: of these, the earliest.
        slowest: rows that took longest.
        failing: rows that did not pass: first those that failed, each kind in the order of the table.
        not_judged: number of rows that no check has seen the bytes of, which are INDETERMINATE.
        first_not_judged: the first of them.
    """

    rows: Counts
    verified: Span
    signed: Span
    months: Tally
    codes: Tally
    examples: Mapping[str, Sequence[str]]
    not_run: Tally
    issuers: Tally
    products: Tally
    keys: Tally
    time_sources: Tally
    ages: Tally
    ends: Tally
    unproven: int
    oldest: Sequence[Row]
    cost: Cost
    slowest: Sequence[Row]
    failing: Sequence[Row]
    not_judged: int
    first_not_judged: Sequence[Row]


def figures_of(batches: Iterable[Any], *, file: str, failing: int = FAILING) -> Figures:
    """Count.

    Args:
        batches: as `table.batches` gives them.
        file: name of the table in errors.
        failing: how many rows that did not pass are kept.

    Raises:
        IndicationUnknown: a row has no outcome, or one that there is not.
    """
    counting = _Counting(failing)
    for batch in batches:
        indications = pc.index_in(batch.column("indication"), value_set=_INDICATIONS)
        if indications.null_count:
            raise IndicationUnknown(file)
        counting.add(batch, indications)
    return counting.figures()


class _Counting:
    def __init__(self, failing: int) -> None:
        self.rows, self.months, self.codes, self.not_run = Tally(), Tally(), Tally(), Tally()
        self.issuers, self.products, self.keys = Tally(), Tally(), Tally()
        self.time_sources, self.ages, self.ends = Tally(), Tally(), Tally()
        self.verified, self.signed = Span(), Span()
        self.examples: dict[str, list[str]] = {}
        self.costs = Costs()
        self.unproven = 0
        self.oldest, self.slowest = Top("verified_at", OLDEST), Top("microseconds", SLOWEST, largest=True)
        self.failed, self.indeterminate, self.not_judged = First(failing), First(failing), First(NOT_JUDGED)

    def add(self, batch: Any, indications: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        column = batch.column
        signing_time, verified_at = column("signing_time"), column("verified_at")
        self.rows.add(indications, indications)
        for tally, name in (
            (self.products, "product"),
            (self.keys, "key"),
            (self.time_sources, "time_source"),
        ):
            tally.add(column(name), indications)
        own = pc.fill_null(pc.equal(column("issuer"), column("signer")), fill_value=False)
        self.issuers.add(pc.if_else(own, SELF_ISSUED, column("issuer")), indications)
        self.months.add(_months(signing_time), indications)
        self.ends.add(_months(column("not_after")), indications)
        self.ages.add(_days(column("not_before"), pc.coalesce(signing_time, verified_at)), indications)
        self.verified, self.signed = _wider(self.verified, verified_at), _wider(self.signed, signing_time)
        self.costs.add(column("microseconds"))
        self.add_codes(batch, indications)
        self.add_rows(batch, indications)

    def add_codes(self, batch: Any, indications: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        for tally, name in ((self.codes, "codes"), (self.not_run, "not_run")):
            values, rows = _flat(batch.column(name))
            tally.add(values, pc.take(indications, rows))
        values, rows = _flat(batch.column("codes"))
        for code in pc.unique(values).to_pylist():
            known = self.examples.get(code, [])
            if len(known) >= EXAMPLES or (not known and len(self.examples) >= MOST_VALUES):
                continue
            found = pc.unique(rows.filter(pc.equal(values, code)))[: EXAMPLES - len(known)]
            self.examples[code] = known + [row.id for row in rows_at(batch, found)]

    def add_rows(self, batch: Any, indications: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        claimed = pc.fill_null(pc.equal(batch.column("time_source"), TimeSource.CLAIMED.value), fill_value=False)
        self.unproven += pc.sum(pc.and_(claimed, pc.is_valid(batch.column("verified_at")))).as_py() or 0
        self.oldest.add(batch, claimed)
        self.slowest.add(batch, None)
        self.failed.add(batch, pc.equal(indications, Indication.TOTAL_FAILED))
        self.indeterminate.add(batch, pc.equal(indications, Indication.INDETERMINATE))
        checks, rows = _flat(batch.column("not_run"))
        unseen = rows.filter(pc.equal(checks, INPUT)).cast(pa.int64())
        self.not_judged.add(batch, pc.is_in(pa.array(range(len(batch)), pa.int64()), value_set=unseen))

    def figures(self) -> Figures:
        failing = [*self.failed.rows, *self.indeterminate.rows][: self.failed.most]
        rows = Counts(*(self.rows.counts.get(i.value, Counts()).rows for i in Indication))
        costs = self.costs
        return Figures(
            rows=rows,
            verified=self.verified,
            signed=self.signed,
            months=self.months,
            codes=self.codes,
            examples=self.examples,
            not_run=self.not_run,
            issuers=self.issuers,
            products=self.products,
            keys=self.keys,
            time_sources=self.time_sources,
            ages=self.ages,
            ends=self.ends,
            unproven=self.unproven,
            oldest=self.oldest.rows,
            cost=Cost(costs.rows, costs.quantile(0.5), costs.quantile(0.99), costs.largest, costs.total),
            slowest=self.slowest.rows,
            failing=failing,
            not_judged=self.not_judged.count,
            first_not_judged=self.not_judged.rows,
        )


def _flat(lists: Any) -> tuple[Any, Any]:  # noqa: ANN401 - pyarrow has no types
    """All values of a column of lists, and the row of each; a value that is none is none."""
    values, rows = pc.list_flatten(lists), pc.list_parent_indices(lists)
    known = pc.is_valid(values)
    return values.filter(known), rows.filter(known)


def _months(times: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """In Korea's calendar, whoever reads: a table has the same figures in every language."""
    there = pc.add(times.cast(pa.int64()), _KOREA).cast(pa.timestamp("s"))
    return pc.add(pc.multiply(pc.year(there), 12), pc.subtract(pc.month(there), 1))


def _days(first: Any, last: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    seconds = pc.subtract(last.cast(pa.int64()), first.cast(pa.int64()))
    days = pc.if_else(pc.less(seconds, 0), -1, pc.divide(seconds, _DAY))
    return pc.min_element_wise(days, _LONGEST_LIFE, skip_nulls=False)


def _wider(span: Span, times: Any) -> Span:  # noqa: ANN401 - pyarrow has no types
    found = pc.min_max(times.cast(pa.int64())).as_py()
    first, last = moment(found["min"]), moment(found["max"])
    firsts, lasts = (span.first, first), (span.last, last)
    return Span(min(filter(None, firsts), default=None), max(filter(None, lasts), default=None))
