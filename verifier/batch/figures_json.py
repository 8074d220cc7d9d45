"""The figures of a batch for programs: every key is always there, times are in UTC."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from verifier.batch.figures import Figures, Span
from verifier.batch.origin import UNSAID, Origin
from verifier.batch.rows import Row
from verifier.batch.tally import Counts, Tally
from verifier.batch.timeline import month_name
from verifier.reports.terms import iso


def as_json(figures: Figures, *, table: str, origin: Origin = UNSAID, masked: bool = False) -> dict[str, Any]:
    """Everything that the page says in words.

    Args:
        figures: what there is to say.
        table: its name.
        origin: what it says of the batch.
        masked: leave out ids and the names of signers.
    """
    cost = figures.cost
    return {
        "table": table,
        "batch": asdict(origin) | {"only": list(origin.only)},
        "rows": figures.rows.rows,
        **_counts(figures.rows),
        "verified_at": _span(figures.verified),
        "signing_time": _span(figures.signed),
        "months": _groups(figures.months, month_name),
        "findings": [
            group | ({} if masked else {"examples": list(figures.examples.get(group.get("value", ""), ()))})
            for group in _groups(figures.codes)
        ],
        "not_run": _groups(figures.not_run),
        "issuers": _groups(figures.issuers),
        "products": _groups(figures.products),
        "keys": _groups(figures.keys),
        "time_sources": _groups(figures.time_sources),
        "age_days": _groups(figures.ages, int),
        "ends": _groups(figures.ends, month_name),
        "oldest_unproven": _rows(figures.oldest, masked=masked),
        "microseconds": {
            "rows": cost.rows,
            "median": cost.median,
            "p99": cost.p99,
            "largest": cost.largest,
            "total": cost.total,
        },
        "slowest": _rows(figures.slowest, masked=masked),
        "not_judged": {"rows": figures.not_judged, "first": _rows(figures.first_not_judged, masked=masked)},
        "failing": _rows(figures.failing, masked=masked),
    }


def _counts(counts: Counts) -> dict[str, int]:
    return counts._asdict()


def _span(span: Span) -> dict[str, str | None]:
    return {"first": iso(span.first), "last": iso(span.last)}


def _groups(tally: Tally, name: Callable[[int], object] | None = None) -> list[dict[str, Any]]:
    """By value, or by number of rows where values have no order; then what has no value, and what is not told apart."""
    counts = [(value, one) for value, one in tally.counts.items() if value is not None]
    counts.sort(key=(lambda one: one[0]) if name else (lambda one: (-one[1].rows, one[0])))
    groups: list[dict[str, Any]] = [{"value": name(value) if name else value} | _counts(one) for value, one in counts]
    if None in tally.counts:
        groups.append({"value": None} | _counts(tally.counts[None]))
    if tally.others.rows:
        groups.append({"others": True} | _counts(tally.others))
    return groups


def _rows(rows: Sequence[Row], *, masked: bool) -> list[dict[str, Any]]:
    return [({} if masked else {"id": row.id, "signer": row.signer}) | _row(row) for row in rows]


def _row(row: Row) -> dict[str, Any]:
    return {
        "sha256": row.sha256,
        "indication": row.indication.name,
        "codes": list(row.codes),
        "size": row.size,
        "verified_at": iso(row.verified_at),
        "time_source": row.time_source,
        "signing_time": iso(row.signing_time),
        "microseconds": row.microseconds,
    }
