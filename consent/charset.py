"""The two character sets of a consent text (설계서 V3.8 2.5.2), strictly: EUC-KR is KS X 1001 and nothing beside it.

Python's `euc_kr` codec goes further than that standard. It writes the 8 822 modern syllables that KS X 1001 lacks as
compositions of eight bytes and reads such compositions back, even for syllables that have a code of their own; a system
that knows KS X 1001 alone shows four loose letters instead. Nothing here lets a composition pass in either direction.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import accumulate
from typing import Final

from consent.errors import CodedError

_FILLER: Final = b"\xa4\xd4"  # opens every composition; on its own it does not decode
_ROWS: Final = range(0xA1, 0xFF)  # KSC-5601: 0xA1A1 to 0xFEFE, 설계서 V3.8 2.3 다


class Charset(StrEnum):
    """How a consent text becomes bytes. The values are the names that Python's codecs and the IANA registry know."""

    UTF_8 = "utf-8"
    EUC_KR = "euc-kr"


class NotDecodable(CodedError):
    """The bytes are not text in this charset; `offset` is the first byte that does not fit."""

    code = "CMS-003"

    def __init__(self, charset: Charset, offset: int, total_bytes: int) -> None:
        super().__init__(charset=charset.value, offset=offset, total_bytes=total_bytes)


class HangulComposition(CodedError):
    """EUC-KR bytes hold a syllable composed of eight bytes, which KS X 1001 readers take for four loose letters."""

    code = "CMS-004"

    def __init__(self, offset: int) -> None:
        super().__init__(offset=offset)


def in_ksx1001(character: str) -> bool:
    """Whether one character is ASCII or has a two-byte code of KS X 1001."""
    try:
        raw = character.encode(Charset.EUC_KR)
    except UnicodeEncodeError:
        return False
    return len(raw) == 1 or (len(raw) == 2 and raw[0] in _ROWS and raw[1] in _ROWS)


def strict_decode(raw: bytes, charset: Charset) -> str:
    """Decode so that encoding again gives the same bytes.

    Raises:
        NotDecodable: some byte does not fit the charset.
        HangulComposition: EUC-KR with an eight-byte syllable.
    """
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError as wrong:
        raise NotDecodable(charset, wrong.start, len(raw)) from None
    if has_composition(raw, text, charset):
        raise HangulComposition(_first_composition(raw, text))
    return text


def has_composition(raw: bytes, text: str, charset: Charset) -> bool:
    """Whether bytes that decode to `text` hold a syllable composed of eight."""
    return charset == Charset.EUC_KR and _FILLER in raw and sum(map(_width, text)) != len(raw)


def _width(character: str) -> int:
    return 1 if character.isascii() else 2


def _first_composition(raw: bytes, text: str) -> int:
    offsets = accumulate(map(_width, text), initial=0)
    return next(offset for offset in offsets if raw.startswith(_FILLER, offset))
