"""The report over a batch in a terminal, as tables; plain lines where there is no terminal."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from verifier.reports.glyphs import Shown

_LONGEST: Final = 100
"""Characters of a name; the page has all of them."""
_MONTHS: Final = 12
_ROWS: Final = 10
_FEW: Final = 5
_NO_LIMIT: Final = 10_000


def as_view(page: dict[str, Any], columns: int | None) -> str:
    """What `batch_page` has in words.

    Args:
        page: in one language.
        columns: of the terminal; None for plain lines, as long as they are.
    """
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=columns or _NO_LIMIT,
        force_terminal=columns is not None,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )
    view = _View(page, console, is_plain=columns is None)
    view.summary()
    view.groups()
    view.rows()
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


class _View:
    def __init__(self, page: dict[str, Any], console: Console, *, is_plain: bool) -> None:
        self.page, self.console, self.is_plain = page, console, is_plain
        self.words: dict[str, str] = page["words"]

    def heading(self, text: str) -> None:
        self.console.print()
        self.console.print(Text(text, style="bold"))

    def lines(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.console.print(Text(line))

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: Sequence[int] = (0,)) -> None:
        """Columns that are not `left` hold numbers."""
        table = Table(box=None if self.is_plain else SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
        for i, head in enumerate(heads):
            is_left = i in left
            table.add_column(Text(head), justify="left" if is_left else "right", overflow="fold", no_wrap=not is_left)
        for row in rows:
            table.add_row(*map(Text, row))
        self.console.print(table)

    def summary(self) -> None:
        page, words = self.page, self.words
        self.console.print(Text(page["title"], style="bold"))
        self.lines([f"{fact['label']}: {_text(fact['value'])}" for fact in page["subject"]])
        self.console.print()
        heads = [words["outcome"], words["rows"], words["share"]]
        self.table(heads, [[f"{one['mark']} {one['outcome']}", one["rows"], one["share"]] for one in page["outcomes"]])
        self.console.print()
        self.lines([*page["sentences"], page["personal"]])

    def groups(self) -> None:
        page, words = self.page, self.words
        findings = [one | {"under": [{"t": one["message"]}]} for one in page["findings"]]
        self.counted("findings", "finding", findings, first=1)
        self.counted("not-run", "check", page["not_run"], first=1)
        self.counted("issuers", "issuer", [one | {"under": []} for one in page["issuers"]])
        self.counted("products", "product", page["products"])
        self.counted("keys", "key", page["keys"])
        self.counted("time-sources", "time-source", page["time_sources"])
        self.counted("ages", "age", page["ages"])
        self.counted("months", "month", page["months"]["table"][-_MONTHS:])
        self.counted("ends", "month", page["ends"]["table"][-_MONTHS:])
        self.lines([page["ended"]])
        self.heading(words["cost"])
        self.lines([f"{fact['label']}: {_text(fact['value'])}" for fact in page["cost"]] or [words["cost-none"]])

    def counted(self, key: str, label: str, groups: Sequence[dict[str, Any]], *, first: int = 0) -> None:
        """`first`: of the outcomes; of what is against a row, none passed."""
        if groups:
            self.heading(self.words[key])
            outcomes = [one["outcome"] for one in self.page["outcomes"][first:]]
            rows = [[_name(one), one["rows"], *one["counts"][first:]] for one in groups]
            self.table([self.words[label], self.words["rows"], *outcomes], rows)

    def rows(self) -> None:
        page, words = self.page, self.words
        evidence = [words["evidence"], words["outcome"]]
        if page["slowest"]:
            self.heading(words["slowest"])
            rows = [[_evidence(one), _outcome(one), one["took"]] for one in page["slowest"][:_FEW]]
            self.table([*evidence, words["took"]], rows, left=(0, 1))
        if page["oldest"]:
            self.heading(words["oldest"])
            self.lines([page["unproven"]])
            rows = [[_evidence(one), _outcome(one), one["verified_at"]] for one in page["oldest"][:_FEW]]
            self.table([*evidence, words["claimed"]], rows, left=(0, 1, 2))
        if page["first_not_judged"]:
            self.heading(words["not-judged"])
            self.lines([page["not_judged"]])
            rows = [[_evidence(one), _outcome(one)] for one in page["first_not_judged"][:_FEW]]
            self.table(evidence, rows, left=(0, 1))
        if page["failing"]:
            self.heading(words["failing"])
            rows = [[_evidence(one), _outcome(one), one["verified_at"]] for one in page["failing"][:_ROWS]]
            self.table([*evidence, words["judged-at"]], rows, left=(0, 1, 2))
            if len(page["failing"]) > _ROWS or page["is_cut"]:
                self.lines([words["view-more"]])


def _text(pieces: Shown) -> str:
    text = "".join(piece.get("t", piece.get("u", "")) for piece in pieces)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _name(group: dict[str, Any]) -> str:
    under = _text(group["under"])
    return f"{_text(group['name'])}  {under}" if under else _text(group["name"])


def _evidence(row: dict[str, Any]) -> str:
    return _text(row["id"]) if not row["masked"] else f"SHA-256 {_text(row['sha256']) or '-'}"


def _outcome(row: dict[str, Any]) -> str:
    return " ".join([f"{row['mark']} {row['outcome']}", *map(_text, row["codes"])])
