"""The report over a batch as one HTML page that stands alone: no script, nothing loaded, everything escaped."""

from __future__ import annotations

from typing import Any

from verifier.reports.html import rendered


def as_batch_html(page: dict[str, Any]) -> bytes:
    """The page that `batch_page.batch_page` has in words, in UTF-8; the same words give the same bytes."""
    return rendered("batch.html", ("report.css", "batch.css"), page)
