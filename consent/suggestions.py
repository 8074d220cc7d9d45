"""What to type instead of a character that a consent text may not hold: data, and one rule where the data ends."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from consent.charset import Charset, in_ksx1001

if TYPE_CHECKING:
    from collections.abc import Mapping

REMOVE: Final = ""
BETWEEN: Final = " / "  # parts the choices where there are several

# Refused in both charsets. What is not here has nothing to say in a consent and is to be taken out.
REFUSED_ALWAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "\x0b": "\n",
        "\x0c": "\n",
        "\x85": "\n",
        "\u2028": "\n",
        "\u2029": "\n",
        "\xad": "-",  # the soft hyphen
        "\u2800": " ",  # the blank Braille pattern
    }
)

# Outside KS X 1001, by what is in it.
OUTSIDE_KSX1001: Final[Mapping[str, str]] = MappingProxyType(
    {
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",  # en dash
        "\u2014": "-",  # em dash
        "\u2043": "-",
        "\u2212": "-",  # minus sign
        "\u20a9": BETWEEN.join(("￦", "원")),
        "\xa5": "￥",
        "\xa3": "￡",
        "\xa2": "￠",
        "\xa6": "|",
        "\xac": "￢",
        "\xaf": "￣",
        "\xa9": "(c)",
        "\u301c": "～",
        "\u2053": "～",
        "\u2022": "·",
        "\u2027": "·",
        "\u2219": "·",
        "\u22c5": "·",
        "\u30fb": "·",
        "\u201a": "'",
        "\u201b": "‘",
        "\u201e": '"',
        "\u201f": "“",
        "\xab": "《",
        "\xbb": "》",
        "\u2039": "〈",
        "\u203a": "〉",
        "\u27e8": "〈",
        "\u27e9": "〉",
        "\u2713": "√",
        "\u2714": "√",
        "\u2611": "■",
        "\u2610": "□",
        "\u2715": "×",
        "\u2716": "×",
        "\u25aa": "■",
        "\u25ab": "□",
        "\u25e6": "○",
        "\u2b24": "●",
        "\u279c": "→",
        "\u27a1": "→",
        "\u2266": "≤",
        "\u2267": "≥",
        "\u2248": "≒",
        "\u327e": "우편번호",
    }
)


def suggestion_for(character: str, *, refused_always: bool) -> str:
    """Return what to use in place of one refused character.

    Returns:
        Characters to type instead, with several choices apart by " / "; `REMOVE` (empty) where it should just go; the
        name of the charset "utf-8" where the character is fine and only EUC-KR cannot carry it, such as 뷁.
    """
    if refused_always:
        return REFUSED_ALWAYS.get(character, REMOVE)
    if character in OUTSIDE_KSX1001:
        return OUTSIDE_KSX1001[character]
    # Compatibility forms (no-break space, ⒈, ㏂, 𝟏 …) stand for plain characters, which may well be in KS X 1001.
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and all(in_ksx1001(one) for one in plain):
        return plain
    return Charset.UTF_8.value
