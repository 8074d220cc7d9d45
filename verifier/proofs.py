"""What may prove that evidence existed at a time: a time-stamp over it (RFC 3161), or the record of its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from verifier.verdict import Finding, TimeSource

if TYPE_CHECKING:
    from certs import TrustStore


@dataclass(frozen=True)
class TimeStamp:
    """A time-stamp over the evidence, kept beside it.

    Attributes:
        token: TimeStampToken or the TimeStampResp around it, DER (RFC 3161 §2.4.2).
        trust: whom to believe about time. It may be the folder that signers are judged by: a time-stamping authority's
            certificate is for nothing else, and a payer's not for that.
    """

    token: bytes
    trust: TrustStore


@dataclass(frozen=True)
class Receipt:
    """Whoever calls has it on record that these bytes were there at that time.

    Attributes:
        der_sha256: of the evidence; a receipt of other bytes proves nothing.
        at: aware.

    Raises:
        ValueError: `at` is naive.
    """

    der_sha256: bytes
    at: datetime

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("at must be an aware datetime")
        try:
            object.__setattr__(self, "at", self.at.astimezone(UTC))
        except OverflowError:
            raise ValueError("at must be a time that exists in UTC") from None


Proof = TimeStamp | Receipt


class Proven(NamedTuple):
    """What became of a proof: the evidence existed no later than `by`; None if it proves nothing."""

    finding: Finding
    source: TimeSource
    by: datetime | None
