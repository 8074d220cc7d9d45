"""Is a time proven, and is the claimed signing-time one that can be true (RFC 5652 §11.3)?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from verifier.common_layout import CommonMessage
from verifier.subject import Subject
from verifier.verdict import Check, Finding, TimeSource

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far a signer's clock may run ahead of the time of the verdict."""

FAR: Final = timedelta(days=1)
"""How long after the claimed signing-time evidence may turn up without a remark."""

_PROOFS: Final = frozenset({TimeSource.TIME_STAMP, TimeSource.RECEIPT})
_WHERE = "signerInfos[0].signedAttrs.signingTime"


def check_time(subject: Subject) -> Iterator[Finding]:
    if subject.signer_info is not None:
        yield from _judged(subject)


def time_again(subject: Subject, message: CommonMessage, _before: Sequence[Finding]) -> Sequence[Finding]:
    """All of it; at once where there is no proof and nothing to say against the claim."""
    claimed, verified_at, signer = message.signing_time, subject.verified_at, message.signer
    if (
        not subject.proofs
        and verified_at is not None
        and claimed - verified_at <= CLOCK_SKEW
        and signer.not_before <= claimed <= signer.not_after
    ):
        return (_possible(claimed),)
    return [*_judged(subject)]


def _judged(subject: Subject) -> Iterator[Finding]:
    yield from _proofs(subject)
    claimed, verified_at, validity = subject.signing_time, subject.verified_at, subject.signer_validity
    if verified_at is None:
        yield Finding.unclear(Check.TIME, "PKI-134", _WHERE, "RFC 5652 §11.3")
    elif claimed is None:
        yield Finding.passed(Check.TIME, "PKI-133", _WHERE, "설계서 V3.8 2.5.2")
    elif claimed - verified_at > CLOCK_SKEW:
        yield Finding.failed(
            Check.TIME,
            "PKI-132",
            _WHERE,
            "RFC 5652 §11.3",
            claimed=claimed.isoformat(),
            verified_at=_seconds(verified_at),
        )
    elif validity is not None:
        if validity[0] <= claimed <= validity[1]:
            yield _possible(claimed)
            yield from _distance(subject, claimed, verified_at)
        else:
            yield Finding.failed(Check.TIME, "PKI-131", _WHERE, "RFC 5280 §4.1.2.5", claimed=claimed.isoformat())


def _possible(claimed: datetime) -> Finding:
    return Finding.passed(Check.TIME, "PKI-130", _WHERE, "RFC 5652 §11.3", claimed=claimed.isoformat())


def _proofs(subject: Subject) -> Iterator[Finding]:
    for proven in subject.proven:
        yield proven.finding
        if proven.by is not None and isinstance(subject.at, datetime) and proven.by > subject.at:
            yield Finding.passed(Check.TIME, "PKI-151", proven.finding.where, "-", by=_seconds(proven.by))


def _distance(subject: Subject, claimed: datetime, verified_at: datetime) -> Iterator[Finding]:
    if subject.time_source in _PROOFS and verified_at - claimed > FAR:
        days = (verified_at - claimed).days
        yield Finding.passed(Check.TIME, "PKI-153", _WHERE, "RFC 5652 §11.3", claimed=claimed.isoformat(), days=days)


def _seconds(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
