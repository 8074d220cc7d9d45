"""Where the columns of a chart stand; its looks are the style sheet's, and the table beside it has the figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from verifier.reports.charts import steps

_LEFT, _TOP, _HEIGHT, _BELOW = 52, 12, 180, 30
_MARKS: Final = 7
"""Every so many columns one has its name below it."""
_LEAST: Final = 2.0


def columns(series: Sequence[tuple[str, int]], width: int) -> dict[str, Any]:
    """A chart of one column for each name and count, all of them as wide together as `width`."""
    step, most = steps(max((count for _, count in series), default=0))
    each = width / max(len(series), 1)
    foot = _TOP + _HEIGHT
    return {
        "width": _LEFT + width + 8,
        "height": foot + _BELOW,
        "left": _LEFT,
        "right": _LEFT + width,
        "foot": foot,
        "lines": [{"y": _TOP + _HEIGHT * (1 - n / most), "label": f"{n:,}"} for n in range(0, most + 1, step)],
        "columns": [
            {
                "x": round(_LEFT + each * (place + 0.12), 1),
                "y": round(foot - height, 1),
                "width": round(each * 0.76, 1),
                "height": round(height, 1),
                "title": f"{name}: {count:,}",
            }
            for place, (name, count) in enumerate(series)
            if count
            for height in [max(_LEAST, _HEIGHT * count / most)]
        ],
        "marks": [
            {"x": round(_LEFT + each * (place + 0.5), 1), "text": name}
            for place, (name, _) in enumerate(series)
            if (len(series) - 1 - place) % _MARKS == 0
        ],
    }
