"""Text in lines that fit a terminal, where Hangul and its like take two columns."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from typing import Final

from service.terminal import columns_of

_WIDEST: Final = 110
_NARROWEST: Final = 50
_LEFT_MOST: Final = 32
"""Columns of the left hand of a table at most; what is longer gets a line of its own."""


def terminal_columns() -> int:
    """Columns to write in: those of the terminal (or COLUMNS), within what reads well."""
    return max(min(shutil.get_terminal_size().columns, _WIDEST), _NARROWEST)


def wrapped(text: str, columns: int, indent: str = "") -> list[str]:
    """The text in lines of so many columns, broken at spaces; a word that is longer keeps its length."""
    lines: list[str] = []
    line = indent
    for word in text.split():
        if line == indent:
            line += word
        elif columns_of(line) + 1 + columns_of(word) <= columns:
            line += f" {word}"
        else:
            lines.append(line)
            line = indent + word
    return [*lines, line] if line != indent else lines


def table(rows: Sequence[tuple[str, str]], columns: int) -> Iterator[str]:
    """Rows of two, the right hand in line."""
    left = min(max((columns_of(name) for name, _ in rows), default=0), _LEFT_MOST)
    start = 2 + left + 2
    for name, text in rows:
        first, *more = wrapped(text, columns, " " * start) or [""]
        head = f"  {name}"
        if not first:
            yield head
        elif columns_of(name) > left:
            yield head
            yield first
        else:
            yield head + " " * (start - columns_of(head)) + first[start:]
        yield from more
