"""Things to be told about a file that was written all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from consent.errors import Lang
from consent.kinds import EvidenceKind
from consent.wording import Detail, wording

NEAR_LIMIT: Final = "FB-080"  # 2.5.1: evidence that a reader who takes 10 KB for 10 000 bytes would refuse
NOT_SUBMITTED: Final = "FB-081"  # 4.6.2: what an 'N' costs
NO_RECORDS: Final = "FB-082"
APPLIED_LATER: Final = "FB-083"  # the specification relates the two dates by their names alone: no ground to refuse
OTHER_RECEIPT: Final = "FB-301"  # 4.4.2: an answer that is not the one that was drafted
NO_BUSINESS_DAY: Final = "FB-302"
FAR_DAY: Final = "FB-303"
CODE_OF_SEVERAL: Final = "FB-403"  # 4.4.2: an institution code at a bank, where several institutions may be meant
ENDED_WITH_IT: Final = "FB-388"  # the same evidence of a consent that has ended
PAST_HOUR: Final = "FB-402"  # 4.1 (4): an FB0910 that cannot be sent on its day any more


@dataclass(frozen=True)
class Notice:
    """A remark with a stable code; its wording is in the catalogue."""

    code: str
    details: Mapping[str, Detail]

    def message(self, lang: Lang) -> str:
        return wording(self.code).message(lang, self.details)

    def remedy(self, lang: Lang) -> str:
        return wording(self.code).remedy(lang, self.details)


class Count:
    """How many records a notice is about, and which is the first of them."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.count = self.first = 0

    def add(self, number: int) -> None:
        self.count += 1
        self.first = self.first or number

    def notices(self) -> tuple[Notice, ...]:
        """One notice, or none where nothing was counted."""
        return (Notice(self.code, {"count": self.count, "first": self.first}),) if self.count else ()


class NearLimit(Count):
    """Counts evidence that is close to the limit of its kind (2.5.1)."""

    def __init__(self) -> None:
        super().__init__(NEAR_LIMIT)

    def look_at(self, kind: EvidenceKind, evidence: bytes, number: int) -> None:
        if len(evidence) >= kind.warn_bytes:
            self.add(number)
