"""Characters that a consent text may not hold, found with line and column. Nothing is ever replaced here.

What the payer sees must be what the payer signs. So everything that a screen does not show, or shows elsewhere than it
stands, is refused, and so is what has no fixed meaning: control characters, private use, code points not yet assigned.
The soft hyphen U+00AD is refused although KS X 1001 has it (A1A9): Korean fonts draw a hyphen there and everything that
follows Unicode draws nothing, so the same bytes read differently. The same holds for the Hangul filler U+3164 (A4D4),
which would besides turn the letters after it into another syllable.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from consent.charset import Charset, in_ksx1001
from consent.errors import CodedError
from consent.suggestions import REMOVE, suggestion_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LINE_ENDS_AND_TAB: Final = "\n\r\t"
SHOWN: Final = 5  # offences that the message spells out; the error lists all

# Without a glyph but not of category Cf: the rest of Unicode's Default_Ignorable_Code_Point, and two blanks.
_WITHOUT_GLYPH: Final = frozenset(
    (
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0, 0x1D159),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    )
)


class Reason(StrEnum):
    """Why a character is refused."""

    BYTE_ORDER_MARK = "byte-order-mark"
    CONTROL = "control"
    LINE_SEPARATOR = "line-separator"  # U+2028, U+2029: a line end to some readers only
    INVISIBLE = "invisible"  # no width, or changes the direction of what stands beside it
    REPLACEMENT = "replacement"  # U+FFFC, U+FFFD: something was lost before the text came here
    SURROGATE = "surrogate"
    PRIVATE_USE = "private-use"
    UNASSIGNED = "unassigned"  # in the Unicode version of the running Python
    OUTSIDE_KSX1001 = "outside-ks-x-1001"  # EUC-KR only


NAMES: Final[Mapping[Reason, tuple[str, str]]] = MappingProxyType(  # ko, en
    {
        Reason.BYTE_ORDER_MARK: ("바이트 순서 표시(BOM)", "byte order mark"),
        Reason.CONTROL: ("제어문자", "control character"),
        Reason.LINE_SEPARATOR: ("유니코드 줄·문단 구분자", "Unicode line or paragraph separator"),
        Reason.INVISIBLE: ("화면에 보이지 않거나 글자 방향을 바꾸는 문자", "invisible or direction-changing character"),
        Reason.REPLACEMENT: ("손상된 글자의 대체문자", "replacement for a lost character"),
        Reason.SURROGATE: ("짝이 없는 서로게이트", "lone surrogate"),
        Reason.PRIVATE_USE: ("사용자 정의 문자", "private-use character"),
        Reason.UNASSIGNED: ("배정되지 않은 코드", "unassigned code point"),
        Reason.OUTSIDE_KSX1001: ("KS X 1001에 없는 문자", "not in KS X 1001"),
    }
)

_BY_CATEGORY: Final[Mapping[str, Reason]] = MappingProxyType(
    {
        "Cc": Reason.CONTROL,
        "Cf": Reason.INVISIBLE,
        "Cs": Reason.SURROGATE,
        "Co": Reason.PRIVATE_USE,
        "Cn": Reason.UNASSIGNED,
        "Zl": Reason.LINE_SEPARATOR,
        "Zp": Reason.LINE_SEPARATOR,
    }
)
_BY_CODE_POINT: Final[Mapping[int, Reason]] = MappingProxyType(
    dict.fromkeys(_WITHOUT_GLYPH, Reason.INVISIBLE)
    | {0xFEFF: Reason.BYTE_ORDER_MARK, 0xFFFC: Reason.REPLACEMENT, 0xFFFD: Reason.REPLACEMENT}
)


@dataclass(frozen=True)
class Offence:
    r"""One character that is refused.

    Attributes:
        line: from 1; "\n", "\r" and "\r\n" each end one line.
        column: from 1, in characters of the text after NFC.
        code_point: the character's number in Unicode.
        reason: why it is refused.
        suggestion: see `suggestions.suggestion_for`; empty where the character should be taken out.
    """

    line: int
    column: int
    code_point: int
    reason: Reason
    suggestion: str


class TextRefused(CodedError):
    """A consent text holds characters that it may not hold; `offences` lists every one of them, in reading order."""

    code = "CMS-001"

    def __init__(self, offences: tuple[Offence, ...], charset: Charset) -> None:
        super().__init__(
            charset=charset.value,
            total=len(offences),
            listed_ko=_listed(offences, _in_korean, "{} 외 {}건"),
            listed_en=_listed(offences, _in_english, "{} and {} more"),
        )
        self.offences = offences
        self.charset = charset

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.offences, self.charset)


def offences_in(text: str, charset: Charset) -> tuple[Offence, ...]:
    """Find every character of `text` that a consent text in `charset` may not hold."""
    reasons = {one: reason for one in set(text) if (reason := reason_against(one, charset)) is not None}
    return tuple(_located(text, reasons)) if reasons else ()


def is_clean(text: str, charset: Charset) -> bool:
    """Whether `offences_in` would find nothing; quicker, as it looks at each different character once, if at all."""
    if charset == Charset.UTF_8 and _PLAIN.fullmatch(text):
        return True
    return all(reason_against(character, charset) is None for character in set(text) - _plain_of_ksx1001())


_PLAIN: Final = re.compile("[ -~\n\r\t가-힣]*")
"""What nearly every text is made of, and may be."""


@cache
def _plain_of_ksx1001() -> frozenset[str]:
    """The same of KS X 1001: printable ASCII, and the 2 350 syllables it has."""
    rows = (bytes([row, column]) for row in range(0xB0, 0xC9) for column in range(0xA1, 0xFF))
    syllables = "".join(pair.decode(Charset.EUC_KR) for pair in rows)
    return frozenset(LINE_ENDS_AND_TAB + "".join(map(chr, range(0x20, 0x7F))) + syllables)


def reason_against(character: str, charset: Charset) -> Reason | None:
    """Why a consent text may not hold this character; None if it may."""
    if character in LINE_ENDS_AND_TAB:
        return None
    reason = _BY_CODE_POINT.get(ord(character)) or _BY_CATEGORY.get(unicodedata.category(character))
    if reason is None and charset == Charset.EUC_KR and not in_ksx1001(character):
        return Reason.OUTSIDE_KSX1001
    return reason


def _located(text: str, reasons: Mapping[str, Reason]) -> Iterator[Offence]:
    line = column = 1
    before = ""
    for character in text:
        if (reason := reasons.get(character)) is not None:
            suggestion = suggestion_for(character, refused_always=reason is not Reason.OUTSIDE_KSX1001)
            yield Offence(line, column, ord(character), reason, suggestion)
        if character == "\n" and before == "\r":
            pass  # the second half of one line end
        elif character in "\r\n":
            line, column = line + 1, 1
        else:
            column += 1
        before = character


def _listed(offences: tuple[Offence, ...], say: Callable[[Offence], str], more: str) -> str:
    shown = ", ".join(map(say, offences[:SHOWN]))
    return more.format(shown, len(offences) - SHOWN) if len(offences) > SHOWN else shown


def _in_korean(offence: Offence) -> str:
    place = f"{offence.line}행 {offence.column}열 U+{offence.code_point:04X}"
    return f"{place} {NAMES[offence.reason][0]}(→ {_printable(offence.suggestion) or '삭제'})"


def _in_english(offence: Offence) -> str:
    place = f"line {offence.line} column {offence.column} U+{offence.code_point:04X}"
    return f"{place} {NAMES[offence.reason][1]} (→ {_printable(offence.suggestion) or 'remove'})"


def _printable(suggestion: str) -> str:
    blank = suggestion != REMOVE and not suggestion.strip()
    return " ".join(f"U+{ord(one):04X}" for one in suggestion) if blank else suggestion
