"""Whether a record and the text that was signed speak of the same consent.

Our own form of a consent (`consent.form`) is read field by field: what it says differently is a fault. Other people's
texts are free; there the record's numbers and dates are looked for, and what is not found is worth a look, no more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from consent.charset import Charset, strict_decode
from consent.errors import CodedError
from consent.offences import is_clean
from consent.text import MAX_BYTES, charsets_of
from verifier.cms import read_signed_data
from verifier.der import read_der
from verifier.fields import StructureFault

OWN_FORM: Final = "자동이체 출금 동의서 (서식 dongui-v"
_LABELS: Final[Mapping[str, str]] = {
    "payer_number": "납부자번호",
    "bank_code": "금융회사코드",
    "account_number": "계좌번호",
    "applied_on": "신청일",
    "holder_id": "예금주 실명번호",
    "business_number": "사업자등록번호",
}
_IN_FORM: Final[Mapping[str, tuple[str, ...]]] = {
    "payer_number": ("납부자번호",),
    "bank_code": ("금융회사코드",),
    "account_number": ("계좌번호",),
    "applied_on": ("신청일",),
    "holder_id": ("예금주 생년월일", "예금주 사업자등록번호"),
    "business_number": ("사업자등록번호",),
}
_IN_TEXT: Final = ("payer_number", "account_number", "applied_on", "business_number")
"""Of a free text: banks stand there by name, and the holder's id in many forms."""


@dataclass(frozen=True)
class Compared:
    """How a record compares with a text, by names of its fields.

    Attributes:
        differing: our own form says something else.
        not_found: a free text does not seem to have them.
    """

    differing: tuple[str, ...] = ()
    not_found: tuple[str, ...] = ()

    @staticmethod
    def labels(names: tuple[str, ...]) -> str:
        """Their Korean names."""
        return ", ".join(_LABELS[name] for name in names)


def text_of(der: bytes) -> str | None:
    """The consent text inside a SignedData; None where there is none that can be read. No signature is looked at."""
    root, _ = read_der(der)
    if root is None:
        return None
    try:
        content = read_signed_data(der, root).econtent
    except StructureFault:
        return None
    return _decoded(content) if content and len(content) <= MAX_BYTES else None


def _decoded(content: bytes) -> str | None:
    """As a consent text, else as text at all: an invisible character must not hide what stands beside it."""
    for charset in (*charsets_of(content), *Charset):
        with suppress(CodedError):
            return strict_decode(content, charset)
    return None


def compare(values: Mapping[str, str], text: str) -> Compared:
    """Compare the texts of a data record, those of them that it has, with a consent text, as far as it can be seen."""
    seen = text if is_clean(text, Charset.UTF_8) else "".join(c for c in text if is_clean(c, Charset.UTF_8))
    seen = unicodedata.normalize("NFC", seen)
    if OWN_FORM in seen:
        return Compared(differing=_differing(values, seen))
    plain = unicodedata.normalize("NFKC", seen)  # full-width digits are digits too
    looked_for = [name for name in _IN_TEXT if values.get(name)]
    return Compared(not_found=tuple(name for name in looked_for if not _pattern(name, values[name]).search(plain)))


def _differing(values: Mapping[str, str], text: str) -> tuple[str, ...]:
    form: dict[str, str] = {}
    for line in text.splitlines():
        label, separator, value = line.partition(": ")
        if separator:
            form.setdefault(label, value)
    found = []
    for name, labels in _IN_FORM.items():
        said = next((form[label] for label in labels if label in form), None)
        if values.get(name) and said is not None and _bare(name, said) != _bare(name, values[name]):
            found.append(name)
    return tuple(found)


def _bare(name: str, value: str) -> str:
    """Without what may stand between the digits; a date as YYYYMMDD."""
    if name == "applied_on":
        parts = re.findall("[0-9]+", value)
        return value if len(parts) == 1 else "".join(part.zfill(2) for part in parts)
    if name == "payer_number":
        return value
    return value.replace("-", "").replace(" ", "")


def _pattern(name: str, value: str) -> re.Pattern[str]:
    """A number with hyphens and spaces anywhere between its characters, or a day in any of its usual forms."""
    if name == "applied_on":
        year, month, day = int(value[:4]), int(value[4:6]), int(value[6:])
        between = r"[^0-9]{0,4}"
        return re.compile(rf"(?<![0-9]){year}{between}0?{month}{between}0?{day}(?![0-9])")
    characters = [re.escape(character) for character in value if character not in "- "]
    return re.compile(r"(?<![0-9A-Za-z])" + r"[-\s]*".join(characters) + r"(?![0-9A-Za-z])", re.IGNORECASE)
