"""The structured consent: what it takes, what it refuses, and the text it becomes."""

from __future__ import annotations

import hashlib
import json
import pickle
import string
import unicodedata
from dataclasses import fields, replace
from datetime import date, datetime
from importlib import resources
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import CodedError
from consent.form import (
    TEMPLATE,
    AgreementMissing,
    Consent,
    FieldMistyped,
    FieldRefused,
    FieldsMissing,
    FieldsUnknown,
    NotAnObject,
    render,
)
from consent.form_fields import FIELDS, TEXT_FIELDS, is_birth_date, is_one_line
from consent.offences import offences_in
from consent.text import Charset, TextRefused
from tests.consent.characters import EUC_KR_TEXT

GIVEN: Final[dict[str, object]] = {
    "biller_name": "주식회사 한빛케이블",
    "biller_number": "123-45-67891",
    "biller_phone": "1588-0000",
    "purpose": "인터넷 이용요금",
    "payer_name": "홍길동",
    "payer_number": "2024-000123",
    "payer_phone": "010-1234-5678",
    "holder_name": "김영희",
    "holder_id": "900101",
    "bank_name": "국민은행",
    "bank_code": "004",
    "account_number": "123456-04-123456",
    "debit_days": [10, 25],
    "applied_on": "2025-03-02",
    "privacy_agreed": True,
    "third_party_agreed": True,
}
CONSENT: Final = Consent.from_json(GIVEN)
LINES: Final = {
    "biller_name": "이용기관: ",
    "biller_number": "사업자등록번호: ",
    "biller_phone": "이용기관 연락처: ",
    "purpose": "납부목적: ",
    "payer_name": "납부자: ",
    "payer_number": "납부자번호: ",
    "payer_phone": "납부자 연락처: ",
    "holder_name": "예금주: ",
    "holder_id": "예금주 생년월일: ",
    "bank_name": "금융회사: ",
    "bank_code": "금융회사코드: ",
    "account_number": "계좌번호: ",
}

one_line = st.text(st.sampled_from(sorted(EUC_KR_TEXT)), min_size=1, max_size=20).filter(
    lambda value: is_one_line(value, 20) and unicodedata.is_normalized("NFC", value)
)
numbers = st.from_regex(r"[0-9]{2,4}-[0-9]{3,4}-[0-9]{4}", fullmatch=True)
consents = st.builds(
    Consent,
    biller_name=one_line,
    biller_number=st.from_regex(r"[0-9]{3}-[0-9]{2}-[0-9]{5}", fullmatch=True),
    biller_phone=numbers,
    purpose=one_line,
    payer_name=one_line,
    payer_number=st.from_regex(r"[0-9A-Z]{1,30}", fullmatch=True),
    payer_phone=numbers,
    holder_name=one_line,
    holder_id=st.dates(date(1930, 1, 1), date(2020, 1, 1)).map(lambda day: day.strftime("%y%m%d")),
    bank_name=one_line,
    bank_code=st.from_regex(r"[0-9]{3}", fullmatch=True),
    account_number=numbers,
    debit_days=st.sets(st.integers(1, 31), min_size=1).map(lambda days: tuple(sorted(days))),
    applied_on=st.dates(),
    privacy_agreed=st.just(value=True),
    third_party_agreed=st.just(value=True),
)


def test_a_typical_consent_reads_as_this() -> None:
    assert render(CONSENT, Charset.UTF_8).text == (
        "자동이체 출금 동의서 (서식 dongui-v1)\n"
        "\n"
        "이용기관: 주식회사 한빛케이블\n"
        "사업자등록번호: 123-45-67891\n"
        "이용기관 연락처: 1588-0000\n"
        "납부목적: 인터넷 이용요금\n"
        "납부자: 홍길동\n"
        "납부자번호: 2024-000123\n"
        "납부자 연락처: 010-1234-5678\n"
        "예금주: 김영희\n"
        "예금주 생년월일: 900101\n"
        "금융회사: 국민은행\n"
        "금융회사코드: 004\n"
        "계좌번호: 123456-04-123456\n"
        "출금일: 매월 10일, 25일(휴일이면 이용기관이 안내하는 영업일)\n"
        "신청일: 2025년 3월 2일\n"
        "\n"
        "예금주 본인은 이용기관이 위 납부목적으로 청구하는 금액을 위 계좌에서 출금하는 데 동의합니다. "
        "이 동의는 해지할 때까지 유효합니다.\n"
        "[개인정보 수집·이용 동의함] 목적: 자동이체 수납, 항목: 위 기재사항, "
        "보유기간: 해지 후 5년(법령에서 달리 정한 경우 그 기간)\n"
        "[개인정보 제3자 제공 동의함] 제공받는 자: 금융결제원·금융회사·HYPHEN(펌VAN사), "
        "목적: 출금이체 처리 및 동의 확인·통지, "
        "항목: 위 기재사항, 보유기간: 목적 달성 시까지\n"
        "동의를 거부할 수 있으며, 거부하면 자동이체를 이용할 수 없습니다.\n"
    )


def test_a_typical_consent_is_small() -> None:
    assert len(render(CONSENT, Charset.UTF_8).encoded) < 1300
    assert len(render(CONSENT, Charset.EUC_KR).encoded) < 900


def test_the_template_never_changes_once_released() -> None:
    """Other words are another version: texts signed from this one name it."""
    template = resources.files("consent").joinpath("templates", f"{TEMPLATE}.txt").read_text(encoding="utf-8")
    assert (
        hashlib.sha256(template.encode()).hexdigest()
        == "dc68bd435558ad1904f2c2225016fe8afc906ac06355b6792da8a68247296e8f"
    )
    assert f"(서식 dongui-{TEMPLATE})" in template
    assert offences_in(template, Charset.EUC_KR) == ()


@given(consents, st.sampled_from(Charset))
def test_rendering_is_deterministic_and_fits_both_charsets(consent: Consent, charset: Charset) -> None:
    text = render(consent, charset)
    assert text == render(replace(consent), charset)
    assert text.text == render(consent, Charset.UTF_8).text


@given(consents)
def test_every_value_stands_on_its_own_line_and_no_value_forges_another(consent: Consent) -> None:
    lines = render(consent, Charset.UTF_8).text.split("\n")
    assert len(lines) == 22
    for line, (name, label) in zip(lines[2:14], LINES.items(), strict=True):
        assert line.startswith(label)
        assert is_one_line(line.removeprefix(label), 60), name


@given(consents, consents, st.sampled_from([*LINES, "debit_days", "applied_on"]))
def test_consents_that_differ_in_one_field_never_render_to_the_same_text(
    consent: Consent, other: Consent, name: str
) -> None:
    changes: dict[str, Any] = {name: getattr(other, name)}
    changed = replace(consent, **changes)
    same = render(changed, Charset.UTF_8).text == render(consent, Charset.UTF_8).text
    assert same == (changed == consent)


def test_a_payer_who_holds_the_account_is_printed_as_holder() -> None:
    own = replace(CONSENT, holder_name=None)
    assert own.holder == "홍길동"
    assert "예금주: 홍길동\n" in render(own, Charset.UTF_8).text


def test_a_business_holder_is_named_by_business_number() -> None:
    company = replace(CONSENT, holder_id="123-45-67891")
    assert company.holder_id_type == "1"
    assert CONSENT.holder_id_type == "0"
    assert "예금주 사업자등록번호: 123-45-67891\n" in render(company, Charset.UTF_8).text


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((25,), "매월 25일(휴일이면 이용기관이 안내하는 영업일)"),
        ((28,), "매월 28일(휴일이면 이용기관이 안내하는 영업일)"),
        ((5, 29), "매월 5일, 29일(해당일이 없는 달은 말일, 휴일이면 이용기관이 안내하는 영업일)"),
    ],
)
def test_days_that_some_months_lack_are_explained(days: tuple[int, ...], words: str) -> None:
    assert f"출금일: {words}\n" in render(replace(CONSENT, debit_days=days), Charset.UTF_8).text


def test_braces_in_a_value_are_just_characters() -> None:
    assert "납부목적: {payer_name}\n" in render(replace(CONSENT, purpose="{payer_name}"), Charset.UTF_8).text


def test_a_name_that_euc_kr_cannot_carry_is_refused_there_with_its_line() -> None:
    consent = replace(CONSENT, payer_name="홍뷁동")
    assert "홍뷁동" in render(consent, Charset.UTF_8).text
    with pytest.raises(TextRefused) as caught:
        render(consent, Charset.EUC_KR)
    (offence,) = caught.value.offences
    assert (offence.line, offence.column, offence.suggestion) == (7, 7, "utf-8")


NOT_ONE_LINE: Final = [
    *("", " ", " 홍", "홍 ", "홍  길동", "홍\n길동", "홍\r길동", "홍\t길동", "홍\u2028길동", "홍\x85길동", "홍\x00"),
    *(
        "홍\u202e길동",
        "홍\u200b길동",
        "\ufeff홍",
        "홍\u3164",
        "홍\u3000길동",
        "홍\xa0길동",
        "\u0301홍",
        "\ue000",
        "홍" * 41,
        "홍" + "\u0315\u0316" * 500_000,  # composing it would take minutes
    ),
]


@pytest.mark.parametrize("name", ["biller_name", "purpose", "payer_name", "holder_name", "bank_name"])
@pytest.mark.parametrize("value", NOT_ONE_LINE)
def test_a_value_that_is_not_one_visible_line_is_refused(name: str, value: str) -> None:
    _refuses(name, value, FieldRefused)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("biller_number", ["", "12345", "123-456-7890", "１２３-45-67891", "123-45-67891 ", "123-45-6789a"]),
        ("biller_phone", ["", "123", "010--1234-5678", "-010-1234-5678", "010 1234 5678", "+82-10-1234-5678"]),
        ("payer_phone", ["010-1234-5678-9012-3456", "공일공-1234-5678"]),
        ("payer_number", ["", "1 2", "가123", "1" * 31, "-1", "1\n"]),
        ("holder_id", ["", "900231", "901301", "90010", "900101-1234567", "9001011234567", "M12345678", "٩٠٠١٠١"]),
        ("bank_code", ["", "04", "0004", "KB1", "００４"]),
        ("account_number", ["", "1234", "123-", "1" * 21, "12 34 56", "123456\n"]),
        ("debit_days", [[], [0], [32], [25, 10], [5, 5], [-1]]),
        ("applied_on", ["", "2025-02-29", "20250302", "2025-3-2", "2025-W10-7", "2025-03-02T00:00", "0000-01-01"]),
    ],
)
def test_a_value_out_of_its_field_is_refused(name: str, values: list[object]) -> None:
    for value in values:
        _refuses(name, value, FieldRefused)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_a_value_of_another_type_is_refused(name: str) -> None:
    for value in (7, 1.5, {"a": 1}, None, ["x"], [True]):
        if not (name == "holder_name" and value is None):
            _refuses(name, value, FieldMistyped)


def _refuses(name: str, value: object, kind: type[CodedError]) -> None:
    with pytest.raises(kind) as caught:
        Consent.from_json(GIVEN | {name: value})
    error = caught.value
    assert error.details["field"] == name
    assert error.details["label"] == FIELDS[name].ko
    for message in (error.message("ko"), error.message("en")):
        assert name in message
        assert "홍" not in message


def test_unknown_fields_are_all_named_and_what_is_no_name_is_not_repeated() -> None:
    odd: dict[Any, object] = {"memo": 1, "amount": 2, "홍길동": 3, 5: 4}
    with pytest.raises(FieldsUnknown) as caught:
        Consent.from_json(GIVEN | odd)
    assert caught.value.details == {"fields": "?, amount, memo"}


def test_missing_fields_are_all_named_in_both_languages() -> None:
    given_less = {
        name: value for name, value in GIVEN.items() if name not in {"payer_name", "bank_code", "holder_name"}
    }
    with pytest.raises(FieldsMissing) as caught:
        Consent.from_json(given_less)
    assert caught.value.details == {"fields": "payer_name, bank_code", "labels": "납부자, 금융회사코드"}


@pytest.mark.parametrize("name", ["privacy_agreed", "third_party_agreed"])
def test_without_both_agreements_there_is_no_consent(name: str) -> None:
    _refuses(name, False, AgreementMissing)


@pytest.mark.parametrize("document", [None, [], "text", 5, [["biller_name", "x"]]])
def test_a_document_that_is_no_object_is_refused(document: object) -> None:
    with pytest.raises(NotAnObject):
        Consent.from_json(document)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(FIELDS)), json_values)
def test_any_json_value_makes_a_consent_or_a_coded_error(name: str, value: object) -> None:
    try:
        consent = Consent.from_json(GIVEN | {name: value})
    except CodedError as refusal:
        assert refusal.code in {"CMS-012", "CMS-013", "CMS-014"}  # noqa: PT017 - either way is right
        return
    render(consent, Charset.UTF_8)


def test_json_text_comes_in_as_it_is_written() -> None:
    assert Consent.from_json(json.loads(json.dumps(GIVEN))) == CONSENT
    assert (CONSENT.debit_days, CONSENT.applied_on) == ((10, 25), date(2025, 3, 2))


def test_the_constructor_holds_the_same_rules() -> None:
    with pytest.raises(FieldRefused):
        replace(CONSENT, payer_name="홍\n길동")
    with pytest.raises(FieldMistyped):
        replace(CONSENT, applied_on=datetime(2025, 3, 2))  # noqa: DTZ001 - refused, whatever its zone


def test_the_form_table_and_the_dataclass_name_the_same_fields() -> None:
    assert set(FIELDS) == {field.name for field in fields(Consent)}
    assert all(set(field.name) <= set(string.ascii_lowercase + "_") for field in TEXT_FIELDS)


def test_birth_dates_are_real_in_either_century() -> None:
    assert all(is_birth_date(value) for value in ("000229", "040229", "991231", "250101"))
    assert not any(is_birth_date(value) for value in ("010229", "990230", "000000", "12345", "1990101"))


def test_the_repr_shows_no_values_and_consents_cross_process_borders() -> None:
    assert repr(CONSENT) == "Consent(...)"
    assert pickle.loads(pickle.dumps(CONSENT)) == CONSENT
