"""Verdicts as the service reaches them: by the trust folders as they are now, and nothing fetched."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from importlib.metadata import version

from consent.kinds import KINDS
from service.vouch import Judge
from service.web.access.required import resources
from service.web.operation.metrics import count_verdict
from service.web.resources import Resources
from verifier import Receipt, Verdict, policies
from verifier.reports.facts import Report, report_on


def report_now(
    ours: Resources, der: bytes, kind: str | None, *, file: str, received_at: datetime | None = None
) -> Report:
    """Judge a DER as consent evidence, at its time of receipt, or now; with all that a report shows.

    Raises:
        CodedError: no trust folder vouches for its kind.
    """
    now = ours.clock()
    return report_on(
        der,
        trust=ours.trust().of(None) if kind is None else ours.trust().for_record(kind),
        policy=policies.KFTC,
        at=now,
        proofs=[] if received_at is None else [Receipt(sha256(der).digest(), received_at)],
        file=file,
        made_at=now.replace(microsecond=0),
        maker=f"dongui {version('dongui')}",
        at_now=True,
    )


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
    verdict = Judge(resources().trust(), resources().clock()).verdict(kind, evidence, received_at)
    if verdict is not None:
        count_verdict(verdict.indication.name)
    return verdict
