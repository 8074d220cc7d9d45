"""What came out of a batch: how many of what, with examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypedDict

import pyarrow as pa
import pyarrow.compute as pc

from consent.errors import Lang
from consent.wording import wording
from service.terminal import visible
from verifier.verdict import Indication

EXAMPLES: Final = 3


class Finding(TypedDict):
    """What a code stands for, how often, and where first."""

    code: str
    count: int
    message: str
    examples: list[str]


@dataclass
class Tally:
    """Counts over the rows that went by."""

    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return self.outcomes.total()

    def of(self, indication: Indication) -> int:
        return self.outcomes[indication.name]

    def counting(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pass on the rows and count them."""
        for batch in batches:
            for found in pc.value_counts(batch.column("indication")).to_pylist():
                self.outcomes[found["values"]] += found["counts"]
            against = batch.filter(pc.not_equal(pc.list_value_length(batch.column("codes")), 0))
            for identity, codes in zip(
                against.column("id").to_pylist(), against.column("codes").to_pylist(), strict=True
            ):
                self.codes.update(codes)
                for code in codes:
                    first = self.examples.setdefault(code, [])
                    if len(first) < EXAMPLES:
                        first.append(identity)
            yield batch

    def findings(self, lang: Lang) -> list[Finding]:
        """What spoke against evidence, the most frequent first."""
        by_count = sorted(self.codes.items(), key=lambda one: (-one[1], one[0]))
        return [
            {"code": code, "count": count, "message": in_general(code, lang), "examples": self.examples[code]}
            for code, count in by_count
        ]


def in_general(code: str, lang: Lang) -> str:
    """What a code says, without what is different in each case."""
    return wording(code).message(lang, _Left())


class _Left(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def filtered(batches: Iterable[pa.RecordBatch], wanted: frozenset[str]) -> Iterator[pa.RecordBatch]:
    """Rows with an outcome or a code that is wanted; all of them if nothing is named."""
    for batch in batches:
        if not wanted:
            yield batch
            continue
        outcomes, codes = batch.column("indication").to_pylist(), batch.column("codes").to_pylist()
        mask = [outcome in wanted or not wanted.isdisjoint(of) for outcome, of in zip(outcomes, codes, strict=True)]
        yield batch.filter(pa.array(mask, pa.bool_()))


def example_line(finding: Finding, lang: Lang) -> str:
    """Some of its rows by their ids."""
    more = ", …" if finding["count"] > len(finding["examples"]) else ""
    return ("예: " if lang == "ko" else "e.g. ") + ", ".join(visible(one) for one in finding["examples"]) + more
