"""Which trust folder vouches for which kind of evidence; the verdict that evidence needs before it goes into a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from certs import TrustStore
from consent.kinds import KINDS
from service.kind_faults import KindNotSaid, KindNotVouched, KindVouchedTwice
from verifier import Receipt, Verdict, policies, verify_der
from verifier.subject import At


@dataclass(frozen=True)
class TrustFolders:
    """One trust folder, or several of which each vouches for kinds of its own (설계서 V3.8 2.5.1)."""

    stores: tuple[TrustStore, ...]

    @classmethod
    def open(cls, folders: Sequence[str]) -> TrustFolders:
        """Open them all.

        Raises:
            KindVouchedTwice: two of several vouch for the same kind: which one is meant is not ours to guess.
        """
        stores = [TrustStore.open(Path(folder)) for folder in folders]
        first: dict[str, str] = {}
        for folder, store in zip(folders, stores, strict=True):
            for kind in sorted(store.settings.kinds):
                if kind in first:
                    raise KindVouchedTwice(kind, first[kind], folder)
                first[kind] = folder
        return cls(tuple(stores))

    def of(self, kind: str | None) -> TrustStore:
        """The folder for evidence of a kind that the caller may have named.

        Raises:
            KindNotSaid: there are several folders, and no kind was named.
            KindNotVouched: none vouches for that kind.
        """
        if kind is None:
            if len(self.stores) > 1:
                raise KindNotSaid
            return self.stores[0]
        for store in self.stores:
            if kind in store.settings.kinds:
                return store
        raise KindNotVouched(kind, ", ".join(sorted(k for store in self.stores for k in store.settings.kinds)))

    def for_record(self, kind: str) -> TrustStore:
        """As `of`; a single folder judges evidence of any kind, and `evidence` refuses what it does not vouch for."""
        return self.stores[0] if len(self.stores) == 1 else self.of(kind)


@dataclass(frozen=True)
class Judge:
    """Judges evidence under `kftc` by the trust folder that vouches for its kind, at one time."""

    folders: TrustFolders
    at: At

    @classmethod
    def open(cls, folders: Sequence[str], at: At | datetime) -> Judge:
        return cls(TrustFolders.open(folders), at)

    def verdict(self, kind: str, evidence: bytes, received_at: datetime | None) -> Verdict | None:
        """None for the kinds that are not signatures, and for those that do not exist."""
        if kind not in KINDS or not KINDS[kind].is_der:
            return None
        receipt = [] if received_at is None else [Receipt(sha256(evidence).digest(), received_at)]
        trust = self.folders.for_record(kind)
        return verify_der(evidence, trust=trust, policy=policies.KFTC, at=self.at, proofs=receipt)
