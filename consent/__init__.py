"""What a consent is: its text as exact bytes, the kinds of evidence, and the root of all errors.

The structured consent and its form are in `consent.form`.

>>> from consent import KINDS, Charset, ConsentText
>>> text = ConsentText.of("자동이체 출금에 동의합니다.", Charset.EUC_KR)
>>> len(text.encoded), text.charset.value
(27, 'euc-kr')
>>> KINDS["2"].max_bytes
10240
"""

from consent.errors import LANGS, CodedError, Lang
from consent.kinds import KINDS, EvidenceKind, UnknownEvidenceKind, evidence_kind
from consent.text import (
    Charset,
    ConsentText,
    HangulComposition,
    NotDecodable,
    Offence,
    Reason,
    TextEmpty,
    TextRefused,
    TextTooLarge,
    charsets_of,
    is_cp949_only,
)

__all__ = [
    "KINDS",
    "LANGS",
    "Charset",
    "CodedError",
    "ConsentText",
    "EvidenceKind",
    "HangulComposition",
    "Lang",
    "NotDecodable",
    "Offence",
    "Reason",
    "TextEmpty",
    "TextRefused",
    "TextTooLarge",
    "UnknownEvidenceKind",
    "charsets_of",
    "evidence_kind",
    "is_cp949_only",
]
