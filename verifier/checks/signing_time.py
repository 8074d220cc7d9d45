"""Is the claimed signing-time one that can be true (RFC 5652 §11.3)?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from verifier.subject import Subject
from verifier.verdict import Check, Finding

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far a signer's clock may run ahead of the time of the verdict."""

_WHERE = "signerInfos[0].signedAttrs.signingTime"


def check_time(subject: Subject) -> Iterator[Finding]:
    if subject.signer_info is None:
        return
    claimed, verified_at, certificate = subject.signing_time, subject.verified_at, subject.signer_certificate
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
            verified_at=verified_at.isoformat(timespec="seconds"),
        )
    elif certificate is not None:
        if certificate.not_valid_before_utc <= claimed <= certificate.not_valid_after_utc:
            yield Finding.passed(Check.TIME, "PKI-130", _WHERE, "RFC 5652 §11.3", claimed=claimed.isoformat())
        else:
            yield Finding.failed(Check.TIME, "PKI-131", _WHERE, "RFC 5280 §4.1.2.5", claimed=claimed.isoformat())
