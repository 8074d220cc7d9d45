"""What every code says, in Korean and English: the one catalogue, `texts/*.toml`, a file a code prefix."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

Detail = str | int


@dataclass(frozen=True)
class Wording:
    """A code's sentences with `{placeholders}`: what is the case (`ko`, `en`) and what to do (`fix_ko`, `fix_en`)."""

    ko: str
    en: str
    fix_ko: str = ""
    fix_en: str = ""

    def message(self, lang: Literal["ko", "en"], details: Mapping[str, Detail]) -> str:
        return (self.ko if lang == "ko" else self.en).format_map(details)

    def remedy(self, lang: Literal["ko", "en"], details: Mapping[str, Detail]) -> str:
        return (self.fix_ko if lang == "ko" else self.fix_en).format_map(details)


@cache
def catalogue(prefix: str) -> Mapping[str, Wording]:
    """Every wording whose code starts with `prefix` (CMS, PKI, FB or SVC)."""
    text = resources.files("consent").joinpath("texts", f"{prefix.lower()}.toml").read_text(encoding="utf-8")
    return {code: Wording(**entry) for code, entry in tomllib.loads(text).items()}


def wording(code: str) -> Wording:
    """Look up what `code` says. A code without an entry is a fault of ours: `KeyError`."""
    return catalogue(code.partition("-")[0])[code]
