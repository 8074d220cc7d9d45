"""One field of a record: its mode, its width, and how its text and its bytes turn into each other (설계서 V3.8 2.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from string import ascii_letters, digits
from typing import Final

from evidence.faults import (
    EdgeSpace,
    FieldBlank,
    FieldError,
    FieldTooLong,
    NotADate,
    NotAlphabetic,
    NotAscii,
    NotFullWidth,
    NotNumeric,
    Part,
    Place,
    ValueNotAllowed,
    WrongConstant,
    WrongForm,
)

NOWHERE: Final = Place(Part.DATA)
FULL_WIDTH_SPACE: Final = "\u3000"  # A1A1 in KS X 1001
FULL_WIDTH: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}  # '\' becomes A1AC


class Mode(StrEnum):
    """The letters of a table's MODE column: alphabetic, numeric, special characters, Hangul (2.3 가)."""

    A = "A"
    N = "N"
    AN = "AN"
    ANS = "ANS"
    AHNS = "AHNS"

    @property
    def hangul(self) -> bool:
        return "H" in self.value


PRINTABLE: Final = frozenset(range(0x20, 0x7F))
ALLOWED: Final[Mapping[Mode, tuple[frozenset[int], type[FieldError]]]] = {
    Mode.A: (frozenset(ascii_letters.encode("ascii")), NotAlphabetic),
    Mode.N: (frozenset(digits.encode("ascii")), NotNumeric),
    Mode.AN: (PRINTABLE, NotAscii),
    Mode.ANS: (PRINTABLE, NotAscii),
}
"""Bytes by mode. Payer numbers carry hyphens in practice, so AN is not held to letters and digits."""


@dataclass(frozen=True)
class Field:
    """One row of a record's table, and the bytes it stands for.

    The text of a field is what is left when the fill is taken off that writing puts back: trailing SPACE for A and AN,
    trailing A1A1 for H; the text of an N field is all its digits, zeros included. Leading SPACE is part of the text.

    Attributes:
        name: ours, English.
        ko: 항목명 as printed.
        width: in bytes.
        const: the only text the field may hold; "" means all SPACE.
        values: the texts it may hold; empty means any.
        pattern: regular expression that a text which is not blank must match as a whole.
        blank_ok: whether it may be all SPACE; None: yes, except for N.
        date: holds YYYYMMDD of a day that exists, and hhmmss behind it where it is 14 wide. One that may be blank may
            be all zeros too, which is how N fields are filled.
        personal: never shown in errors.
        response_code: 첨부1 나, what the clearing institute answers when this field is wrong.
    """

    name: str
    ko: str
    mode: Mode
    width: int
    const: str | None = None
    values: frozenset[str] = frozenset()
    pattern: str = ""
    blank_ok: bool | None = None
    date: bool = False
    personal: bool = False
    response_code: str = "7199"

    @property
    def may_be_blank(self) -> bool:
        return self.mode is not Mode.N if self.blank_ok is None else self.blank_ok

    def decode(self, raw: bytes, place: Place = NOWHERE) -> str:
        """Read the field's bytes as text. `encode` of that text gives the same bytes.

        Raises:
            FieldError: the bytes are not what mode, constant, list, form or calendar allow.
        """
        if self.const is not None:
            if raw != self._filled(self.const.encode("ascii")):
                raise WrongConstant(place, self, raw)
            return self.const
        text = self._text(raw, place)
        if not text:
            if not self.may_be_blank:
                raise FieldBlank(place, self, raw)
            return text
        self._require_content(text, place)
        return text

    def encode(self, text: str, place: Place = NOWHERE) -> bytes:
        """Write a text as the field's bytes: N right-aligned after zeros, all others left-aligned before their fill.

        Half-width characters of an H field are written in full width.

        Raises:
            FieldError: the text does not fit, or is not what the field may hold.
        """
        if self.const is not None and text != self.const:
            raise WrongConstant(place, self, text)
        content = self._bytes(text, place)
        if len(content) > self.width:
            raise FieldTooLong(place, self, text, len(content))
        raw = content.rjust(self.width, b"0") if self.mode is Mode.N and content else self._filled(content)
        self.decode(raw, place)
        return raw

    def _filled(self, content: bytes) -> bytes:
        if self.mode.hangul and self.const is None:
            return content + b"\xa1" * (self.width - len(content))
        return content.ljust(self.width)

    def _text(self, raw: bytes, place: Place) -> str:
        if self.mode.hangul:
            return self._full_width_text(raw, place)
        allowed, refusal = ALLOWED[self.mode]
        content = raw.rstrip(b" ")
        if self.mode is Mode.N and content:
            content = raw  # zeros fill on the left, so a SPACE is no fill here
        bad = next((at for at, byte in enumerate(content) if byte not in allowed), None)
        if bad is not None:
            raise refusal(place.moved(bad), self, raw)
        return content.decode("ascii")

    def _full_width_text(self, raw: bytes, place: Place) -> str:
        # Python's codec would also accept single ASCII bytes and the 8-byte compositions of KS X 1001 annex 3.
        for at in range(0, len(raw), 2):
            try:
                pair = raw[at : at + 2].decode("euc_kr")
            except UnicodeDecodeError:
                raise NotFullWidth(place.moved(at), self, raw) from None
            if len(pair) != 1:
                raise NotFullWidth(place.moved(at), self, raw)
        return raw.decode("euc_kr").rstrip(FULL_WIDTH_SPACE)

    def _bytes(self, text: str, place: Place) -> bytes:
        if self.const is not None:
            return text.encode("ascii")
        if text.endswith((" ", FULL_WIDTH_SPACE)):
            raise EdgeSpace(place, self, text)
        if self.mode.hangul:
            return self._full_width_bytes(text, place)
        if not text.isascii():
            raise NotAscii(place, self, text)
        return text.encode("ascii")

    def _full_width_bytes(self, text: str, place: Place) -> bytes:
        pairs = []
        for char in text.translate(FULL_WIDTH):
            try:
                pair = char.encode("euc_kr")
            except UnicodeEncodeError:
                pair = b""
            if len(pair) != 2:
                raise NotFullWidth(place, self, text)
            pairs.append(pair)
        return b"".join(pairs)

    def _require_content(self, text: str, place: Place) -> None:
        if self.values and text not in self.values:
            raise ValueNotAllowed(place, self, text)
        if self.pattern and re.fullmatch(self.pattern, text, re.ASCII) is None:
            raise WrongForm(place, self, text)
        if self.date and not is_date(text) and not (self.may_be_blank and not text.strip("0")):
            raise NotADate(place, self, text)


def is_date(text: str) -> bool:
    """Whether digits YYYYMMDD name a day that exists, and hhmmss behind them, if any, a time of it."""
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
        if text[8:]:
            time(int(text[8:10]), int(text[10:12]), int(text[12:]))
    except ValueError:
        return False
    return True


def date_of(text: str) -> date:
    """The day that eight digits YYYYMMDD name."""
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def date_text(day: date) -> str:
    """YYYYMMDD."""
    return f"{day.year:04}{day.month:02}{day.day:02}"
