"""A structured consent to automatic debit and the Korean text it is rendered to, which is what the payer signs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from consent.errors import CodedError
from consent.form_fields import (
    AGREEMENTS,
    APPLIED_ON,
    DEBIT_DAYS,
    FIELDS,
    TEXT_FIELDS,
    FieldMistyped,
    FieldRefused,
    FormField,
    is_birth_date,
)
from consent.text import ConsentText

if TYPE_CHECKING:
    from consent.charset import Charset

__all__ = [
    "TEMPLATE",
    "AgreementMissing",
    "Consent",
    "FieldMistyped",
    "FieldRefused",
    "FieldsMissing",
    "FieldsUnknown",
    "NotAnObject",
    "render",
]

TEMPLATE: Final = "v1"  # a template never changes once texts were signed from it; another wording is another version
OPTIONAL: Final = frozenset({"holder_name"})
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIELD_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


class FieldsUnknown(CodedError):
    """The form has no such fields. A name that could be something else than a name is shown as "?"."""

    code = "CMS-010"

    def __init__(self, names: list[object]) -> None:
        shown = sorted({n if isinstance(n, str) and _FIELD_NAME.fullmatch(n) else "?" for n in names})
        super().__init__(fields=", ".join(shown))


class FieldsMissing(CodedError):
    """Fields that the form needs are not there."""

    code = "CMS-011"

    def __init__(self, missing: list[FormField]) -> None:
        super().__init__(
            fields=", ".join(field.name for field in missing),
            labels=", ".join(field.ko for field in missing),
        )


class AgreementMissing(CodedError):
    """The payer did not agree to something without which no automatic debit can be arranged."""

    code = "CMS-014"

    def __init__(self, field: FormField) -> None:
        super().__init__(field=field.name, label=field.ko)


class NotAnObject(CodedError):
    """A consent is one JSON object; this is something else."""

    code = "CMS-015"

    def __init__(self) -> None:
        super().__init__()


@dataclass(frozen=True, kw_only=True)
class Consent:
    """A consent to automatic debit (자동이체 출금 동의). Valid once it exists; its repr shows no values.

    Attributes:
        biller_name: 이용기관, who collects.
        biller_number: its business registration number, ten digits with or without hyphens; the check digit is not
            looked at.
        biller_phone: where to ask and to cancel.
        purpose: 납부목적, what is billed.
        payer_name: 납부자, who owes.
        payer_number: 납부자 번호, given by the biller.
        payer_phone: where the payer is told of the registration.
        holder_name: 예금주, whose account it is and who therefore signs; None where that is the payer.
        holder_id: 예금주 실명번호, birth date as YYMMDD or business number. Never a resident registration number.
        bank_name: 금융회사.
        bank_code: 금융회사코드, three digits.
        account_number: 계좌번호.
        debit_days: days of the month, 1 to 31, ascending.
        applied_on: 신청일.
        privacy_agreed: that the biller keeps the data (개인정보 보호법 제15조); must be true.
        third_party_agreed: that 금융결제원, the bank and HYPHEN receive them (제17조); must be true.

    Raises:
        FieldMistyped, FieldRefused: a value does not fit its field.
        AgreementMissing: one of the two agreements is false.
    """

    biller_name: str
    biller_number: str
    biller_phone: str
    purpose: str
    payer_name: str
    payer_number: str
    payer_phone: str
    holder_name: str | None = None
    holder_id: str
    bank_name: str
    bank_code: str
    account_number: str
    debit_days: tuple[int, ...]
    applied_on: date
    privacy_agreed: bool
    third_party_agreed: bool

    def __post_init__(self) -> None:
        for field in TEXT_FIELDS:
            value = getattr(self, field.name)
            if value is not None or field.name not in OPTIONAL:
                _require_text(value, field)
        _require_days(self.debit_days)
        if not isinstance(self.applied_on, date) or isinstance(self.applied_on, datetime):
            raise FieldMistyped(APPLIED_ON)
        for field in AGREEMENTS:
            _require_agreement(getattr(self, field.name), field)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    @property
    def holder(self) -> str:
        """Whose account it is: the holder if one is named, else the payer."""
        return self.payer_name if self.holder_name is None else self.holder_name

    @property
    def holder_id_type(self) -> str:
        """예금주 실명번호 종류 as FB0110 has it: "0" for a birth date, "1" for a business number."""
        return "0" if is_birth_date(self.holder_id) else "1"

    @classmethod
    def from_json(cls, mapping: object) -> Consent:
        """Take the object of a JSON document: field names as above, `applied_on` "YYYY-MM-DD", `debit_days` a list.

        Raises:
            NotAnObject: it is no JSON object.
            FieldsUnknown, FieldsMissing: names all such fields.
            FieldMistyped, FieldRefused, AgreementMissing: names the first such field, never its value.
        """
        if not isinstance(mapping, Mapping):
            raise NotAnObject
        if unknown := [name for name in mapping if name not in FIELDS]:
            raise FieldsUnknown(unknown)
        if missing := [FIELDS[name] for name in FIELDS if name not in mapping and name not in OPTIONAL]:
            raise FieldsMissing(missing)
        values: dict[str, Any] = dict(mapping)
        if isinstance(days := values["debit_days"], list):
            values["debit_days"] = tuple(days)
        values["applied_on"] = _date_of(values["applied_on"])
        return cls(**values)


def render(consent: Consent, charset: Charset) -> ConsentText:
    """Write the consent in the words of `TEMPLATE`: the same consent gives the same bytes, always.

    Raises:
        TextRefused: a value holds characters that EUC-KR cannot carry, such as a name with 뷁; UTF-8 takes it.
    """
    values = {field.name: getattr(consent, field.name) for field in fields(consent)}
    values["holder_name"] = consent.holder
    values["holder_id_label"] = "생년월일" if consent.holder_id_type == "0" else "사업자등록번호"
    values["debit_days"] = _days_in_words(consent.debit_days)
    values["applied_on"] = f"{consent.applied_on.year}년 {consent.applied_on.month}월 {consent.applied_on.day}일"
    return ConsentText.of(_template(TEMPLATE).format_map(values), charset)


@cache
def _template(version: str) -> str:
    # Read as text: a checkout that turned the line ends into CR LF still signs the same bytes.
    return resources.files("consent").joinpath("templates", f"{version}.txt").read_text(encoding="utf-8")


def _days_in_words(days: tuple[int, ...]) -> str:
    listed = "매월 " + ", ".join(f"{day}일" for day in days)
    late = "해당일이 없는 달은 말일, " if days[-1] > 28 else ""
    return f"{listed}({late}휴일이면 이용기관이 안내하는 영업일)"


def _require_text(value: object, field: FormField) -> None:
    if not isinstance(value, str):
        raise FieldMistyped(field)
    if not field.holds(value):
        raise FieldRefused(field)


def _require_days(days: object) -> None:
    if not isinstance(days, tuple) or not all(type(day) is int for day in days):  # a bool is no day
        raise FieldMistyped(DEBIT_DAYS)
    if not days or list(days) != sorted(set(days)) or not 1 <= days[0] <= days[-1] <= 31:
        raise FieldRefused(DEBIT_DAYS)


def _require_agreement(agreed: object, field: FormField) -> None:
    if not isinstance(agreed, bool):
        raise FieldMistyped(field)
    if not agreed:
        raise AgreementMissing(field)


def _date_of(value: object) -> date:
    if not isinstance(value, str):
        raise FieldMistyped(APPLIED_ON)
    if not _ISO_DATE.fullmatch(value):
        raise FieldRefused(APPLIED_ON)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise FieldRefused(APPLIED_ON) from None
