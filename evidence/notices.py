"""Things to be told about a file that was written all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from consent.errors import Lang
from consent.wording import Detail, wording

NEAR_LIMIT: Final = "FB-080"  # 2.5.1: evidence that a reader who takes 10 KB for 10 000 bytes would refuse
NOT_SUBMITTED: Final = "FB-081"  # 4.6.2: what an 'N' costs


@dataclass(frozen=True)
class Notice:
    """A remark with a stable code; its wording is in the catalogue."""

    code: str
    details: Mapping[str, Detail]

    def message(self, lang: Lang) -> str:
        return wording(self.code).message(lang, self.details)

    def remedy(self, lang: Lang) -> str:
        return wording(self.code).remedy(lang, self.details)
