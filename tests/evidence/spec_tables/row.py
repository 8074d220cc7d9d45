"""What a row of these tables is made of."""

from __future__ import annotations

Row = tuple[int, str, str, int, str | None]
