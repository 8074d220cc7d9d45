"""Which characters a report can show: what a font lacks, or nobody could see, is shown as its code point instead."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from consent.charset import Charset
from consent.offences import reason_against

FONTS: Final = Path(__file__).with_name("fonts")
Shown = list[dict[str, str]]
"""A text in pieces, in its order: `t` for characters as they are, `u` for the code points of others, as U+202E."""

_BLANKS: Final = " \u3000"
_MARKS: Final = frozenset({"Mn", "Mc", "Me"})


_BY_TYPST: Final = frozenset(map(ord, "ĦħıĲĳĸĿŀŁłŉŊŋŦŧː˘˚˛˝ⁿ₁₂₃₄⅓⅔⅛⅜⅝⅞∼≒◈"))
"""What KS X 1001 has and Noto Sans CJK KR lacks; the DejaVu Sans Mono that Typst brings has it."""


@cache
def covered() -> frozenset[int]:
    """Code points that the fonts beside this module have: fonts/coverage.txt, ranges in hexadecimal."""
    ranges = (line.split("-") for line in (FONTS / "coverage.txt").read_text(encoding="ascii").split())
    return frozenset(
        code for first, *last in ranges for code in range(int(first, 16), int((last or [first])[0], 16) + 1)
    )


def in_font(character: str) -> bool:
    return ord(character) in covered() or ord(character) in _BY_TYPST


def anywhere(_: str) -> bool:
    """For pages: whoever shows them has fonts of their own, and shows a box for what they lack."""
    return True


def shown(text: str, has_glyph: Callable[[str], bool]) -> Shown:
    """The text in pieces, so that every character of it can be seen."""
    pieces: Shown = []
    plain = ""
    for character in text:
        if is_visible(character) and has_glyph(character):
            plain += character
            continue
        if plain:
            pieces.append({"t": plain})
            plain = ""
        pieces.append({"u": f"U+{ord(character):04X}"})
    return [*pieces, {"t": plain}] if plain else pieces


def is_visible(character: str) -> bool:
    """Whether a screen shows it, where it stands: no control, no odd blank, nothing that piles up on what is before."""
    category = unicodedata.category(character)
    if character in "\t\r\n" or category in _MARKS:
        return False
    if category == "Zs":
        return character in _BLANKS
    return reason_against(character, Charset.UTF_8) is None
