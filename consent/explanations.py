"""What every code means to somebody who has never dealt with signatures: `texts/explain/*.json`, a file a code prefix.

Apart from the wording, because only whoever asks for an explanation has to wait until it is read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from consent.wording import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from consent.errors import Lang

PREFIXES: Final = ("CMS", "PKI", "FB", "SVC")
_TEXTS: Final = Path(__file__).with_name("texts") / "explain"
_CODE: Final = re.compile(r"([A-Z]+)[-_ ]?0*([0-9]{1,6})")
_NEAREST: Final = 5
_DIGITS: Final = 3


@dataclass(frozen=True)
class Explanation:
    """What is behind a code, why it matters and who has to do what, in everyday words.

    Attributes:
        ko, en: two to four sentences each.
        check: the verifier's check that says it; empty where it is not a finding, or of any check.
        reference: the clauses it rests on, parted by `; `; empty where there is none.
    """

    ko: str
    en: str
    check: str = ""
    reference: str = ""

    def text(self, lang: Lang) -> str:
        return self.ko if lang == "ko" else self.en


@cache
def explanations(prefix: str) -> Mapping[str, Explanation]:
    """Every explanation of a code that starts with `prefix`."""
    text = (_TEXTS / f"{prefix.lower()}.json").read_text(encoding="utf-8")
    return {code: Explanation(**entry) for code, entry in json.loads(text).items()}


def explanation(code: str) -> Explanation:
    """Look up what `code` means. A code without an entry is a fault of ours: `KeyError`."""
    return explanations(code.partition("-")[0])[code]


def all_codes() -> tuple[str, ...]:
    return tuple(code for prefix in PREFIXES for code in sorted(catalogue(prefix)))


def code_named(words: str) -> str | None:
    """The code that somebody typed as `pki110`, `PKI-110` or `[PKI-110,`; None if there is none such."""
    parts = _CODE.fullmatch(words.upper().strip("[](),.:; "))
    code = f"{parts[1]}-{int(parts[2]):03}" if parts else ""
    return code if parts and parts[1] in PREFIXES and code in catalogue(parts[1]) else None


def nearest(words: str) -> tuple[str, ...]:
    """Codes that may have been meant."""
    parts = _CODE.fullmatch(words.upper().strip("[](),.:; "))
    if parts and parts[1] in PREFIXES and len(parts[2]) <= _DIGITS:
        number = int(parts[2])
        by_distance = sorted(catalogue(parts[1]), key=lambda code: (abs(int(code[-3:]) - number), code))
        return tuple(sorted(by_distance[:_NEAREST]))
    return tuple(get_close_matches(words.upper(), all_codes(), n=_NEAREST, cutoff=0.4))
