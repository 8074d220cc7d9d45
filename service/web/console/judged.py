"""The verdict on a piece of evidence, check by check, as the reports have it."""

from __future__ import annotations

from typing import Any

from consent.errors import Lang
from consent.kinds import KINDS
from evidence.store.finding import open_evidence
from service.web.console.page import HOURS
from service.web.judging import report_now
from service.web.resources import Resources
from verifier.reports.glyphs import anywhere
from verifier.reports.page import page_of


def verdict_page(resources: Resources, evidence: Any, lang: Lang, *, masked: bool) -> dict[str, Any] | None:  # noqa: ANN401
    """Judge a consent's evidence now, by its time of receipt; None where it is no signature, or is gone.

    Args:
        resources: of the console.
        evidence: its row.
        lang: to speak.
        masked: leave out the signed text, and names of certificate holders.

    Raises:
        CodedError: no trust folder vouches for its kind.
    """
    if not KINDS[evidence.kind].is_der:
        return None
    received_at, content = open_evidence(resources.store, [evidence.id])[evidence.id]
    if content is None:
        return None
    file = f"{bytes(evidence.sha256).hex()[:16]}.der"
    report = report_now(resources, content, evidence.kind, file=file, received_at=received_at)
    return page_of(report, lang, has_glyph=anywhere, masked=masked, hours=HOURS)
