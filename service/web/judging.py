"""Verdicts as the service reaches them: by the trust folders as they are now, and nothing fetched."""

from __future__ import annotations

from datetime import datetime

from consent.kinds import KINDS
from service.inputs import judging_time
from service.vouch import Judge
from service.web.access.required import resources
from service.web.operation.metrics import count_verdict
from verifier import Verdict


def judged(kind: str, evidence: bytes, received_at: datetime | None) -> Verdict:
    """Judge evidence of a kind that is signed, as of now."""
    verdict = judged_if_signed(kind, evidence, received_at)
    if verdict is None:
        raise ValueError("kind must be one that is signed")
    return verdict


def judged_if_signed(kind: str, evidence: bytes, received_at: datetime | None) -> Verdict | None:
    """As `judged`; None for kinds that are not signatures."""
    if not KINDS[kind].is_der:
        return None
    verdict = Judge(resources().trust(), judging_time("now")).verdict(kind, evidence, received_at)
    if verdict is not None:
        count_verdict(verdict.indication.name)
    return verdict
