"""Where the bars of a chart stand. Their looks are the template's and the style sheet's; there is no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from verifier.batch.tally import Counts
from verifier.verdict import Indication

_LEAST: Final = 1.5
"""Of anything there is, in percent or pixels; else a single row among millions would not be seen."""
_LEFT, _TOP, _WIDTH, _HEIGHT, _BELOW, _BESIDE = 64, 10, 760, 200, 40, 48
_WORST_FIRST: Final = tuple(reversed(Indication))


def bar(counts: Counts, widest: int) -> list[dict[str, Any]]:
    """One bar, what is wrong first, in percent of the widest."""
    pieces, x = [], 0.0
    for kind, width in _lengths(counts, 100 / max(widest, 1)):
        pieces.append({"x": _short(x), "width": _short(width), "kind": kind.name})
        x += width
    return pieces


def _lengths(counts: Counts, each: float) -> list[tuple[Indication, float]]:
    """How long the pieces of a bar are: as their counts, but that the longest leaves the others enough to be seen."""
    lengths = {kind: max(_LEAST, each * counts[kind]) for kind in _WORST_FIRST if counts[kind]}
    excess = sum(lengths.values()) - each * counts.rows
    if lengths:
        longest = max(lengths, key=lambda kind: lengths[kind])
        lengths[longest] = max(_LEAST, lengths[longest] - excess)
    return list(lengths.items())


def columns(series: Sequence[tuple[str, Counts]], marks: Sequence[str]) -> dict[str, Any]:
    """A chart of columns over time, what is wrong at the foot of each.

    Args:
        series: what is said where somebody points at a column, and its counts.
        marks: what stands below each column; empty below most.
    """
    step, most = steps(max((counts.rows for _, counts in series), default=0))
    each = _WIDTH / max(len(series), 1)
    return {
        "width": _LEFT + _WIDTH + _BESIDE,
        "height": _TOP + _HEIGHT + _BELOW,
        "left": _LEFT,
        "right": _LEFT + _WIDTH,
        "foot": _TOP + _HEIGHT,
        "lines": [{"y": _short(_y(value, most)), "label": f"{value:,}"} for value in range(0, most + 1, step)],
        "columns": [
            {"title": title, "pieces": list(_column(counts, most, _LEFT + each * i, each))}
            for i, (title, counts) in enumerate(series)
        ],
        "marks": [{"x": _short(_LEFT + each * (i + 0.5)), "text": text} for i, text in enumerate(marks) if text],
    }


def _column(counts: Counts, most: int, x: float, each: float) -> Iterator[dict[str, Any]]:
    foot = float(_TOP + _HEIGHT)
    width = min(each * 0.8, 48)
    for kind, height in _lengths(counts, _HEIGHT / most):
        foot -= height
        yield {
            "x": _short(x + (each - width) / 2),
            "y": _short(foot),
            "width": _short(width),
            "height": _short(height),
            "kind": kind.name,
        }


def _y(value: int, most: int) -> float:
    return _TOP + _HEIGHT * (1 - value / most)


def steps(largest: int) -> tuple[int, int]:
    """A round step, and a multiple of it that is at least `largest`: four or five lines at most."""
    step = 1
    for unit in _units():
        step = unit
        if unit * 4 >= largest:
            break
    return step, step * max(-(-largest // step), 1)


def _units() -> Iterator[int]:
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
