"""The verdict that evidence needs before it goes into a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from certs import TrustStore
from consent.kinds import KINDS
from verifier import Receipt, Verdict, policies, verify_der
from verifier.subject import At


@dataclass(frozen=True)
class Judge:
    """Judges evidence under `kftc` by one trust folder at one time."""

    trust: TrustStore
    at: At

    @classmethod
    def open(cls, trust: Path, at: At | datetime) -> Judge:
        return cls(TrustStore.open(trust), at)

    def verdict(self, kind: str, evidence: bytes, received_at: datetime | None) -> Verdict | None:
        """None for the kinds that are not signatures, and for those that do not exist."""
        if kind not in KINDS or not KINDS[kind].is_der:
            return None
        receipt = [] if received_at is None else [Receipt(sha256(evidence).digest(), received_at)]
        return verify_der(evidence, trust=self.trust, policy=policies.KFTC, at=self.at, proofs=receipt)
