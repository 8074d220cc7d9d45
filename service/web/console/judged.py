"""The verdict on a piece of evidence, check by check, as the reports have it."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from math import ceil
from typing import Any

from consent.errors import Lang
from consent.kinds import KINDS
from evidence.store.finding import open_evidence
from service.web.console.page import HOURS
from service.web.resources import Resources
from verifier import Receipt, policies
from verifier.proofs import Proof
from verifier.reports.facts import Report, report_on
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
    added_at, content = open_evidence(resources.store, [evidence.id])[evidence.id]
    if content is None:
        return None
    received_at = datetime.fromtimestamp(ceil(datetime.fromisoformat(added_at).timestamp()), UTC)
    report = judge(resources, content, evidence.kind, f"{bytes(evidence.sha256).hex()[:16]}.der", received_at)
    return page_of(report, lang, has_glyph=anywhere, masked=masked, hours=HOURS)


def judge(resources: Resources, der: bytes, kind: str | None, file: str, received_at: datetime | None = None) -> Report:
    """Judge a DER as consent evidence, at its time of receipt, or now."""
    now = resources.clock()
    trust = resources.trust().of(None) if kind is None else resources.trust().for_record(kind)
    proofs: list[Proof] = [] if received_at is None else [Receipt(sha256(der).digest(), received_at)]
    return report_on(
        der,
        trust=trust,
        policy=policies.KFTC,
        at=now,
        proofs=proofs,
        file=file,
        made_at=now.replace(microsecond=0),
        maker=f"dongui {version('dongui')}",
        at_now=True,
    )
