"""What every code says, in Korean and English: the one catalogue, `texts/*.json`, a file a code prefix."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from consent.particles import with_particles

if TYPE_CHECKING:
    from collections.abc import Mapping

Detail = str | int

_TEXTS: Final = Path(__file__).with_name("texts")  # importlib.resources would cost every start of the command 6 ms


@dataclass(frozen=True)
class Wording:
    """A code's sentences with `{placeholders}`: what is the case (`ko`, `en`) and what to do (`fix_ko`, `fix_en`)."""

    ko: str
    en: str
    fix_ko: str = ""
    fix_en: str = ""

    def message(self, lang: Literal["ko", "en"], details: Mapping[str, Detail]) -> str:
        return with_particles(self.ko.format_map(details)) if lang == "ko" else self.en.format_map(details)

    def remedy(self, lang: Literal["ko", "en"], details: Mapping[str, Detail]) -> str:
        return with_particles(self.fix_ko.format_map(details)) if lang == "ko" else self.fix_en.format_map(details)


@cache
def catalogue(prefix: str) -> Mapping[str, Wording]:
    """Every wording whose code starts with `prefix` (CMS, PKI, FB or SVC)."""
    text = (_TEXTS / f"{prefix.lower()}.json").read_text(encoding="utf-8")
    return {code: Wording(**entry) for code, entry in json.loads(text).items()}


def wording(code: str) -> Wording:
    """Look up what `code` says. A code without an entry is a fault of ours: `KeyError`."""
    return catalogue(code.partition("-")[0])[code]
