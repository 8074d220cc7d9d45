"""What is to be told about a record beside its response code: the institute checks its form, these are our own eyes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from consent.errors import Lang
from consent.wording import Detail, wording
from evidence.faults import Place

REQUESTS_UNANSWERED: Final = "FB-103"
OTHER_CONTENT: Final = "FB-105"
UNKNOWN_CONTENT: Final = "FB-106"
NO_TEXT: Final = "FB-107"
DIFFERS_FROM_FORM: Final = "FB-108"
NOT_IN_TEXT: Final = "FB-109"


@dataclass(frozen=True)
class Remark:
    """One remark; its wording is in the catalogue.

    Attributes:
        code: stable.
        place: of the record.
        details: fill the wording.
        is_grave: a fault that has to be mended before the file is sent; else a warning.
    """

    code: str
    place: Place
    details: Mapping[str, Detail] = field(default_factory=dict)
    is_grave: bool = False

    def message(self, lang: Lang) -> str:
        return wording(self.code).message(lang, self._all())

    def remedy(self, lang: Lang) -> str:
        return wording(self.code).remedy(lang, self._all())

    def _all(self) -> Mapping[str, Detail]:
        return {**self.details, "where_ko": self.place.name_ko, "where_en": self.place.name_en}
