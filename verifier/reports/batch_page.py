"""The report over a batch in one language, as plain data: every sentence worded, every foreign character visible.

The template of the page and the command's view in a terminal lay out what stands here, and know no language. It is long
because a report has many parts, each a few lines that say counts, names and times in the same few ways.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from certs.authorities import authority_named
from certs.products import product
from consent.errors import Lang
from consent.explanations import PREFIXES
from consent.wording import catalogue, wording
from verifier.batch.figures import INPUT, SELF_ISSUED, Figures, Span
from verifier.batch.origin import Origin
from verifier.batch.rows import MOST_OF_AN_ID, Row
from verifier.batch.tally import Counts, Tally
from verifier.batch.timeline import Timeline, month_name, month_of, timeline
from verifier.reports.charts import bar, columns
from verifier.reports.glyphs import Shown, anywhere, shown
from verifier.reports.page import MASK, MOST_OF_A_NAME
from verifier.reports.terms import MARKS, OUTCOMES, check_name, clock, source_name, there
from verifier.verdict import Check, Indication, TimeSource

MOST_GROUPS: Final = 20
"""Authorities, products and the like that have a line each; findings have no limit but this many times five."""
AGES: Final = (0, 31, 91, 181, 366, 731, 1096)
"""Days that the groups of ages begin with."""
_CHECKS: Final = (INPUT, *(check.value for check in Check))
_BACK: Final = 59
_AHEAD: Final = 36
_WORDS: Final = Path(__file__).with_name("batch_words.json")
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class OwnReport:
    """What a row that did not pass has for a report of its own.

    Attributes:
        href: where it is, from the page; empty where there is none.
        outcome: what it says, if that is not what the table says.
        missing: key of the words that say why there is none; empty where nobody asked for one.
        command: what would write it; empty where none can be given.
    """

    href: str = ""
    outcome: Indication | None = None
    missing: str = ""
    command: str = ""


@cache
def words() -> Mapping[str, Mapping[Lang, str]]:
    found: Mapping[str, Mapping[Lang, str]] = json.loads(_WORDS.read_text(encoding="utf-8"))
    return found


def batch_page(  # noqa: PLR0913 - what is said, of what, when and by whom, each by name
    figures: Figures,
    lang: Lang,
    *,
    file: str,
    origin: Origin,
    made: tuple[datetime, str],
    own: Sequence[OwnReport],
    own_about: str = "",
    masked: bool = False,
) -> dict[str, Any]:
    """Everything that the template and the terminal need.

    Args:
        figures: what there is to say.
        lang: of all words.
        file: name of the table.
        origin: what the table says of the batch.
        made: when the report is made (aware), and by which program.
        own: for each of `figures.failing`, in their order.
        own_about: key of the words about all of them; empty for none.
        masked: leave out ids and the names of signers.
    """
    return _Page(figures, lang, origin, made[0], masked=masked).page(file, made[1], own, own_about)


class _Page:
    def __init__(self, figures: Figures, lang: Lang, origin: Origin, made_at: datetime, *, masked: bool) -> None:
        self.figures, self.lang, self.origin, self.made_at, self.masked = figures, lang, origin, made_at, masked

    def page(self, file: str, maker: str, own: Sequence[OwnReport], own_about: str) -> dict[str, Any]:
        figures, at = self.figures, month_of(self.made_at)
        signed = [month for month in figures.months.counts if month is not None]
        latest = min(at, max(signed, default=at))
        ends = figures.ends.counts
        ended = sum((counts.rows for month, counts in ends.items() if month is not None and month < at), 0)
        return {
            "lang": self.lang,
            "title": self.say("title"),
            "words": {key: said[self.lang] for key, said in words().items()},
            "masked": self.masked,
            "personal": self.say("masked" if self.masked else "personal"),
            "outcomes": [self.outcome(indication) for indication in Indication],
            "overall": {"bar": bar(figures.rows, figures.rows.rows), "title": self.pointed("", figures.rows)},
            "sentences": list(self.sentences()),
            "subject": list(self.subject(file)),
            "months": self.months(
                timeline(figures.months.counts, earliest=latest - _BACK, latest=latest), "no-signing-time"
            ),
            "ends": self.months(timeline(ends, earliest=at - _BACK, latest=at + _AHEAD), "unknown"),
            "ended": self.say("ended", rows=f"{ended:,}"),
            "findings": list(self.findings()),
            "not_run": self.groups(figures.not_run, self.check, _CHECKS),
            "issuers": self.groups(figures.issuers, self.issuer),
            "products": self.groups(figures.products, self.product),
            "keys": self.groups(figures.keys, self.plain),
            "time_sources": self.groups(figures.time_sources, self.time_source),
            "ages": list(self.ages()),
            "unproven": self.say("oldest-about", rows=f"{figures.unproven:,}") if figures.unproven else "",
            "oldest": [self.row(row) for row in figures.oldest],
            "cost": list(self.cost()),
            "slowest": [self.row(row) for row in figures.slowest],
            "not_judged": self.say("not-judged-about", rows=f"{figures.not_judged:,}") if figures.not_judged else "",
            "first_shown": self.first_shown(),
            "first_not_judged": [self.row(row) for row in figures.first_not_judged],
            "failing": [self.failing(row, one) for row, one in zip(figures.failing, own, strict=True)],
            "is_cut": figures.rows.against > len(figures.failing),
            "failing_about": list(self.failing_about(own_about)),
            "about": [self.fact("made-at", self.time(self.made_at)), self.fact("made-by", maker)],
        }

    def say(self, key: str, **details: object) -> str:
        return words()[key][self.lang].format(**details)

    def fact(self, key: str, value: str) -> dict[str, Any]:
        return {"label": self.say(key), "value": self.seen(value), "code": False}

    def seen(self, text: str, most: int = MOST_OF_A_NAME) -> Shown:
        pieces = shown(text[:most], anywhere)
        return [*pieces, {"t": f" … {self.say('cut')}"}] if len(text) > most else pieces

    def time(self, at: datetime | None) -> str:
        at = there(at, self.lang)
        return self.say("unknown") if at is None else clock(at)

    def span(self, span: Span) -> str:
        if span.first is None:
            return self.say("none")
        first, last = self.time(span.first), self.time(span.last)
        return first if first == last else self.say("from-to", first=first, last=last)

    def outcome(self, indication: Indication) -> dict[str, Any]:
        rows = self.figures.rows
        return {
            "name": indication.name,
            "mark": MARKS[indication],
            "outcome": OUTCOMES[indication][self.lang],
            "rows": f"{rows[indication]:,}",
            "share": share(rows[indication], rows.rows),
        }

    def sentences(self) -> Iterator[str]:
        figures = self.figures
        rows, origin = figures.rows.rows, self.origin
        if origin.only:
            named = {indication.name: OUTCOMES[indication][self.lang] for indication in Indication}
            yield self.say("said-only", only=", ".join(named.get(one, one) for one in origin.only))
        if origin.sample is not None and (origin.rows is None or origin.sample <= origin.rows):  # else all
            yield self.say("said-sample", rows=f"{origin.sample:,}")
        if not rows:
            yield self.say("none-judged")
            return
        yield self.say("all-one") if rows == 1 else self.say("all", rows=f"{rows:,}")
        if figures.rows.against:
            yield self.say("said-failing")
        if figures.not_judged:
            yield self.say("said-not-judged", rows=f"{figures.not_judged:,}")
        if figures.unproven:
            yield self.say("said-unproven", rows=f"{figures.unproven:,}")

    def subject(self, file: str) -> Iterator[dict[str, Any]]:
        yield self.fact("file", file)
        yield self.fact("count", f"{self.figures.rows.rows:,}")
        if self.origin.rows not in {None, self.figures.rows.rows}:
            yield self.fact("count-judged", f"{self.origin.rows:,}")
        if self.origin.policy is not None:
            yield self.fact("policy", self.origin.policy)
        yield self.fact("verified-span", self.span(self.figures.verified))
        yield self.fact("signed-span", self.span(self.figures.signed))

    def months(self, line: Timeline, without: str) -> dict[str, Any]:
        """Two charts, of all and of what did not pass, and one table: it leaves out months without any, they do not."""
        series = [(month_name(line.first + i), counts) for i, counts in enumerate(line.counts)]
        marks = [_mark(line.first + i, len(series)) for i in range(len(series))]
        against = [(name, counts._replace(passed=0)) for name, counts in series]
        table = [(name, counts) for name, counts in series if counts.rows]
        if line.before.rows:
            table.insert(0, (self.say("before", month=month_name(line.first)), line.before))
        if line.after.rows:
            table.append((self.say("after", month=month_name(line.last)), line.after))
        if line.none.rows:
            table.append((self.say(without), line.none))
        widest = max((counts.rows for _, counts in table), default=0)
        return {
            "all": self.chart(series, marks) if series else None,
            "against": self.chart(against, marks) if any(counts.rows for _, counts in against) else None,
            "table": [self.group([{"t": name}], counts, widest) for name, counts in table],
        }

    def chart(self, series: Sequence[tuple[str, Counts]], marks: Sequence[str]) -> dict[str, Any]:
        name, counts = max(series, key=lambda one: one[1].rows)
        described = self.say("chart-desc", most=name, rows=f"{counts.rows:,}")
        titled = [(self.pointed(name, counts), counts) for name, counts in series]
        return columns(titled, marks) | {"desc": described}

    def pointed(self, name: str, counts: Counts) -> str:
        passed, indeterminate, failed = (f"{count:,}" for count in counts)
        said = self.say("counts-title", name=name, passed=passed, indeterminate=indeterminate, failed=failed)
        return said.removeprefix(": ")

    def group(self, name: Shown, counts: Counts, widest: int, under: Shown | None = None) -> dict[str, Any]:
        told = "".join(piece.get("t", piece.get("u", "")) for piece in name)
        return {
            "name": name,
            "under": under or [],
            "message": "",
            "remedy": "",
            "examples": [],
            "rows": f"{counts.rows:,}",
            "counts": [f"{count:,}" for count in counts],
            "share": share(counts.against, counts.rows),
            "bar": bar(counts, widest),
            "title": self.pointed(told[:MOST_OF_A_NAME], counts),
        }

    def groups(
        self, tally: Tally, name: Callable[[str | None], tuple[Shown, Shown]], order: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """The values with most rows, and all others as one; of as many rows, those in `order` first."""

        def place(one: tuple[str | None, Counts]) -> tuple[int, int, bool, str]:
            value, counts = one
            return -counts.rows, order.index(value) if value in order else len(order), value is None, value or ""

        counts = sorted(tally.counts.items(), key=place)
        widest = max((one.rows for _, one in counts), default=0)
        found = []
        for value, one in counts[:MOST_GROUPS]:
            title, under = name(value)
            found.append(self.group(title, one, widest, under))
        rest = tally.others
        for _, one in counts[MOST_GROUPS:]:
            rest = rest.plus(one)
        if rest.rows:
            left = len(counts) - MOST_GROUPS
            label = self.say("others-uncounted") if tally.others.rows else self.say("others", count=f"{left:,}")
            found.append(self.group([{"t": label}], rest, max(widest, rest.rows)))
        return found

    def findings(self) -> Iterator[dict[str, Any]]:
        counts = sorted(self.figures.codes.counts.items(), key=lambda one: (-one[1].rows, one[0]))
        widest = max((one.rows for _, one in counts), default=0)
        for code, one in counts[: MOST_GROUPS * 5]:
            message, remedy = _worded(code, self.lang) or (self.say("code-unknown"), "")
            examples = [] if self.masked else [self.seen(each) for each in self.figures.examples.get(code, ())]
            more = {"message": message, "remedy": remedy, "examples": examples}
            yield self.group(self.seen(code), one, widest) | more
        rest = self.figures.codes.others
        for _, one in counts[MOST_GROUPS * 5 :]:
            rest = rest.plus(one)
        if rest.rows:
            yield self.group([{"t": self.say("others-uncounted")}], rest, max(widest, rest.rows))

    def plain(self, value: str | None) -> tuple[Shown, Shown]:
        return [{"t": self.say("unknown")}] if value is None else self.seen(value), []

    def check(self, value: str | None) -> tuple[Shown, Shown]:
        if value == INPUT:
            return [{"t": self.say("check-input")}], []
        return self.seen(check_name(Check(value), self.lang) if value in set(Check) else str(value)), []

    def time_source(self, value: str | None) -> tuple[Shown, Shown]:
        if value not in set(TimeSource):
            return self.plain(value)
        return [{"t": source_name(TimeSource(value), self.lang, at_now=False)}], []

    def issuer(self, value: str | None) -> tuple[Shown, Shown]:
        if value is None or value == SELF_ISSUED:
            return [{"t": self.say("issuer-none" if value is None else "issuer-self")}], []
        title = _authority(value, self.lang)
        return ([{"t": title}], self.seen(value)) if title else (self.seen(value), [])

    def product(self, value: str | None) -> tuple[Shown, Shown]:
        if value is None:
            return [{"t": self.say("product-none")}], []
        known = product(value)
        title = self.say("product-unknown") if known is None else known.title(self.lang)
        return [{"t": title}], self.seen(value)

    def ages(self) -> Iterator[dict[str, Any]]:
        counts = self.figures.ages.counts
        names = [self.say("age-days", first=first, last=following - 1) for first, following in pairwise(AGES)]
        groups = {name: Counts() for name in [self.say("age-before"), *names, self.say("age-more", first=AGES[-1])]}
        labels = list(groups)
        for days, one in counts.items():
            if days is not None:
                label = labels[sum(days >= first for first in AGES)]
                groups[label] = groups[label].plus(one)
        filled = [i for i, one in enumerate(groups.values()) if one.rows]
        found = list(groups.items())[filled[0] : filled[-1] + 1] if filled else []
        if None in counts:
            found.append((self.say("unknown"), counts[None]))
        widest = max((one.rows for _, one in found), default=0)
        for name, one in found:
            yield self.group([{"t": name}], one, widest)

    def cost(self) -> Iterator[dict[str, Any]]:
        cost = self.figures.cost
        if cost.median is None or cost.p99 is None:
            return
        for key, value in (("median", cost.median), ("p99", cost.p99), ("largest", cost.largest)):
            yield self.fact(key, self.say("microseconds", count=f"{value:,}"))
        yield self.fact("cost-total", self.say("seconds", count=f"{cost.total / 1e6:,.1f}"))

    def first_shown(self) -> str:
        count = len(self.figures.first_not_judged)
        return self.say("first-shown", shown=count) if count < self.figures.not_judged else ""

    def row(self, row: Row) -> dict[str, Any]:
        of_a_row = MASK if self.masked else row.id
        return {
            "masked": self.masked,
            "id": self.seen(of_a_row, MOST_OF_AN_ID - 1 if len(row.id) >= MOST_OF_AN_ID else MOST_OF_A_NAME),
            "sha256": self.seen(row.sha256, 64) if row.sha256 else [],
            "signer": [] if row.signer is None else self.seen(MASK if self.masked else row.signer),
            "indication": row.indication.name,
            "mark": MARKS[row.indication],
            "outcome": OUTCOMES[row.indication][self.lang],
            "codes": [self.seen(code, 64) for code in row.codes],
            "verified_at": self.time(row.verified_at),
            "size": "" if row.size is None else self.say("bytes", count=f"{row.size:,}"),
            "took": "" if row.microseconds is None else self.say("microseconds", count=f"{row.microseconds:,}"),
        }

    def failing(self, row: Row, own: OwnReport) -> dict[str, Any]:
        said = self.row(row)
        differs = "" if own.outcome is None else self.say("otherwise", outcome=OUTCOMES[own.outcome][self.lang])
        missing = self.say(own.missing) if own.missing else ""
        return said | {"href": own.href, "otherwise": differs, "missing": missing, "command": self.seen(own.command)}

    def failing_about(self, own_about: str) -> Iterator[str]:
        rows, count = self.figures.rows.against, len(self.figures.failing)
        if rows:
            if count < rows:
                yield self.say("failing-about", rows=f"{rows:,}", shown=f"{count:,}")
                yield self.say("failing-more")
            else:
                yield self.say("failing-all", rows=f"{rows:,}")
            if count and own_about:
                yield self.say(own_about)


def share(part: int, of: int) -> str:
    """In percent. Never 0 for something, nor 100 for less than all."""
    if not part or part == of:
        return f"{100 if part else 0}%"
    percent = min(max(100 * part / of, 0.01), 99.99)
    return f"{percent:.2f}%" if 100 * part / of >= 0.01 else "< 0.01%"


def _mark(month: int, count: int) -> str:
    """What stands below a column: the year at its January, and other months as far as there is room."""
    if month % 12 == 0 or count <= 3:
        return month_name(month)
    every = 1 if count <= 12 else 3 if count <= 36 else 6
    return "" if month % every else f"{month % 12 + 1:02}"


def _worded(code: str, lang: Lang) -> tuple[str, str] | None:
    """What a code says, and what to do, whatever the details; None for a code that there is not."""
    prefix = code.partition("-")[0]
    if prefix not in PREFIXES or code not in catalogue(prefix):  # the table may be of another version, and anybody's
        return None
    found = wording(code)
    message, remedy = (found.ko, found.fix_ko) if lang == "ko" else (found.en, found.fix_en)
    return _PLACEHOLDER.sub("…", message), _PLACEHOLDER.sub("…", remedy)


def _authority(name: str, lang: Lang) -> str:
    try:
        found = authority_named(x509.Name.from_rfc4514_string(name))
    except ValueError:
        return ""
    return "" if found is None else found.title(lang)
