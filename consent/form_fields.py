"""The fields of the structured consent: their Korean labels and what their values may be, as one table.

A value stands on a line of its own in the signed text, after the label. So it must be one line, visible, and without
runs of blanks that a narrow screen would wrap into what looks like another line of the form.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from consent.charset import Charset
from consent.errors import CodedError
from consent.offences import is_clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NUMBER: Final = re.compile(r"[0-9]+(-[0-9]+)*")
_ALPHANUMERIC: Final = re.compile(r"[0-9A-Za-z]+(-[0-9A-Za-z]+)*")
_BUSINESS: Final = re.compile(r"[0-9]{10}|[0-9]{3}-[0-9]{2}-[0-9]{5}")
_COMPOSED: Final = 4  # characters at most that NFC makes one of
_BANK: Final = re.compile(r"[0-9]{3}")
_BIRTH: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})")


@dataclass(frozen=True)
class FormField:
    """One field: its name in code and JSON, its label, and what it expects, in words and as a test of the text."""

    name: str
    ko: str
    expects_ko: str
    expects_en: str
    holds: Callable[[str], bool] = bool


class FieldMistyped(CodedError):
    """A field's value is of another type than the form takes."""

    code = "CMS-012"

    def __init__(self, field: FormField) -> None:
        super().__init__(field=field.name, label=field.ko, expects_ko=field.expects_ko, expects_en=field.expects_en)


class FieldRefused(CodedError):
    """A field's value is of the right type and cannot be right."""

    code = "CMS-013"

    def __init__(self, field: FormField) -> None:
        super().__init__(field=field.name, label=field.ko, expects_ko=field.expects_ko, expects_en=field.expects_en)


def is_one_line(value: str, limit: int) -> bool:
    """Whether `value` is 1 to `limit` visible characters (after NFC), with single spaces inside at most."""
    if len(value) > _COMPOSED * limit:  # composing takes the square of the length where all of it is combining marks
        return False
    text = unicodedata.normalize("NFC", value)
    if not 0 < len(text) <= limit or " ".join(text.split()) != text:
        return False
    return not unicodedata.combining(text[0]) and is_clean(text, Charset.UTF_8)


def is_business_number(value: str) -> bool:
    """Whether `value` has the form of a business registration number: ten digits, plain or as 3-2-5."""
    return _BUSINESS.fullmatch(value) is not None


def is_birth_date(value: str) -> bool:
    """Whether `value` is a date as YYMMDD in the 1900s or the 2000s."""
    if not (parts := _BIRTH.fullmatch(value)):
        return False
    year, month, day = map(int, parts.groups())
    return any(_is_date(century + year, month, day) for century in (1900, 2000))


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_holder_id(value: str) -> bool:
    return is_birth_date(value) or is_business_number(value)


def _matches(value: str, pattern: re.Pattern[str], shortest: int, longest: int) -> bool:
    return shortest <= len(value) <= longest and pattern.fullmatch(value) is not None


def _line(name: str, ko: str, limit: int) -> FormField:
    expects_ko = f"줄바꿈, 보이지 않는 문자, 앞뒤 공백, 연속 공백이 없는 한 줄, 1~{limit}자"
    expects_en = f"one line of 1 to {limit} visible characters, no leading, trailing or double spaces"
    return FormField(name, ko, expects_ko, expects_en, partial(is_one_line, limit=limit))


def _business(name: str, ko: str) -> FormField:
    return FormField(name, ko, "숫자 10자리(000-00-00000)", "ten digits (000-00-00000)", is_business_number)


def _number(name: str, ko: str, shortest: int, longest: int) -> FormField:
    holds = partial(_matches, pattern=_NUMBER, shortest=shortest, longest=longest)
    ko_words = f"숫자와 붙임표(-), {shortest}~{longest}자"
    return FormField(name, ko, ko_words, f"digits and hyphens, {shortest} to {longest} characters", holds)


TEXT_FIELDS: Final = (  # widths of numbers: FB0110, 설계서 V3.8 4.2.1.1
    _line("biller_name", "이용기관", 40),
    _business("biller_number", "사업자등록번호"),
    _number("biller_phone", "이용기관 연락처", 8, 15),
    _line("purpose", "납부목적", 40),
    _line("payer_name", "납부자", 40),
    FormField(
        "payer_number",
        "납부자번호",
        "영문자, 숫자와 붙임표(-), 1~30자",
        "ASCII letters, digits and hyphens, 1 to 30 characters",
        partial(_matches, pattern=_ALPHANUMERIC, shortest=1, longest=30),
    ),
    _number("payer_phone", "납부자 연락처", 8, 15),
    _line("holder_name", "예금주", 40),
    FormField(
        "holder_id",
        "예금주 실명번호",
        "생년월일 6자리(YYMMDD) 또는 사업자등록번호 10자리",
        "a birth date of six digits (YYMMDD) or a business number of ten",
        _is_holder_id,
    ),
    _line("bank_name", "금융회사", 20),
    FormField(
        "bank_code",
        "금융회사코드",
        "숫자 3자리",
        "three digits",
        partial(_matches, pattern=_BANK, shortest=3, longest=3),
    ),
    _number("account_number", "계좌번호", 5, 20),
)
DEBIT_DAYS: Final = FormField(
    "debit_days", "출금일", "1~31 사이의 정수를 작은 수부터 한 번씩", "whole numbers from 1 to 31, ascending, each once"
)
APPLIED_ON: Final = FormField("applied_on", "신청일", "YYYY-MM-DD 형식의 날짜", "a date as YYYY-MM-DD")
AGREEMENTS: Final = (
    FormField("privacy_agreed", "개인정보 수집·이용 동의", "참 또는 거짓", "true or false"),
    FormField("third_party_agreed", "개인정보 제3자 제공 동의", "참 또는 거짓", "true or false"),
)
FIELDS: Final[Mapping[str, FormField]] = MappingProxyType(
    {field.name: field for field in (*TEXT_FIELDS, DEBIT_DAYS, APPLIED_ON, *AGREEMENTS)}
)
