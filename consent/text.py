"""A consent text and the exact bytes of it that are signed (출금동의원문, 설계서 V3.8 2.5.2)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from consent.charset import Charset, HangulComposition, NotDecodable, has_composition, strict_decode
from consent.errors import CodedError
from consent.offences import Offence, Reason, TextRefused, is_clean, offences_in

__all__ = [
    "Charset",
    "ConsentText",
    "HangulComposition",
    "NotDecodable",
    "Offence",
    "Reason",
    "TextEmpty",
    "TextRefused",
    "TextTooLarge",
    "charsets_of",
    "is_cp949_only",
]

_CHARSETS: Final = tuple(Charset)
MAX_BYTES: Final = (
    307_200  # no evidence of any kind may be larger (설계서 V3.8 2.5.1); what fits a DER, the signer says
)


class TextEmpty(CodedError):
    """There is nothing to consent to: no character, or white space alone."""

    code = "CMS-002"

    def __init__(self) -> None:
        super().__init__()


class TextTooLarge(CodedError):
    """More than any evidence can hold; nobody looks at each character of that. `size` is in bytes or characters."""

    code = "CMS-005"

    def __init__(self, size: int) -> None:
        super().__init__(size=size, max_bytes=MAX_BYTES)


@dataclass(frozen=True)
class ConsentText:
    """A text that may be signed as a consent, and its bytes. Build it with `of` or `from_bytes`.

    There is none that breaks the rules, however it was built: whoever is handed one need not ask again.

    Attributes:
        text: what the payer reads.
        charset: how it is encoded.
        encoded: the bytes that are signed, without byte order mark and with the line ends of `text`.
    """

    text: str = field(repr=False)  # personal data stays out of logs
    charset: Charset
    encoded: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _require_acceptable(self.text, self.charset)
        if self.text.encode(self.charset) != self.encoded:
            raise ValueError("text and encoded differ: build a ConsentText with of() or from_bytes()")

    @classmethod
    def of(cls, text: str, charset: Charset) -> ConsentText:
        """Take a text that somebody typed or rendered: NFC first, then the strict rules, then encoded.

        NFC alone may change characters, never what they look like. What is shown to the payer must be `.text` of the
        result, not the argument.

        Raises:
            TextEmpty: nothing but white space.
            TextTooLarge: more than `MAX_BYTES` characters.
            TextRefused: lists every character that a consent text in this charset may not hold.
        """
        charset = Charset(charset)
        _require_size(len(text))  # in characters: each takes a byte at least
        normalised = unicodedata.normalize("NFC", text)
        return cls(normalised, charset, normalised.encode(charset, "replace"))  # what needs replacing is refused

    @classmethod
    def from_bytes(cls, raw: bytes, charset: Charset) -> ConsentText:
        """Take bytes that are, or are to become, signed content; they are kept as they are.

        Nothing is normalised: KS X 1001 codes 268 Hanja twice, by their readings, and NFC would fold those into others
        and so change the bytes. `is_nfc` tells whether the text is what `of` would have made.

        Raises:
            NotDecodable: the bytes are not in this charset.
            HangulComposition: EUC-KR with an eight-byte syllable, whose bytes would not come back.
            TextEmpty, TextTooLarge, TextRefused: as for `of`, the size counted in bytes.
        """
        charset = Charset(charset)
        _require_size(len(raw))
        return cls(strict_decode(raw, charset), charset, bytes(raw))

    @property
    def is_nfc(self) -> bool:
        """Whether the text is in Normalization Form C."""
        return unicodedata.is_normalized("NFC", self.text)


def charsets_of(raw: bytes) -> tuple[Charset, ...]:
    """In which charsets `raw` is a consent text by the strict rules: none, one, or both (as for plain ASCII)."""
    return tuple([charset for charset in _CHARSETS if _is_consent_text(raw, charset)])


def is_cp949_only(raw: bytes) -> bool:
    """Whether `raw` is a consent text in Windows code page 949 alone: it uses characters outside KS X 1001.

    This is how a text is encoded by a system that calls CP949 "EUC-KR"; telling so helps more than "cannot be decoded".
    """
    if len(raw) > MAX_BYTES:
        return False
    try:
        text = raw.decode("cp949")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and is_clean(text, Charset.UTF_8) and not charsets_of(raw)


def _is_consent_text(raw: bytes, charset: Charset) -> bool:
    if len(raw) > MAX_BYTES:
        return False
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError:
        return False
    return text != "" and not text.isspace() and not has_composition(raw, text, charset) and is_clean(text, charset)


def _require_size(size: int) -> None:
    if size > MAX_BYTES:
        raise TextTooLarge(size)


def _require_acceptable(text: str, charset: Charset) -> None:
    if not text.strip():
        raise TextEmpty
    if not is_clean(text, charset):
        raise TextRefused(offences_in(text, charset), charset)
