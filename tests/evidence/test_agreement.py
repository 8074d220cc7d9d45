"""Record and signed text: the same consent?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from certs.demo import build_demo_pki
from consent import Charset, ConsentText
from consent.form import Consent, render
from evidence.agreement import Compared, compare, text_of
from signer import LocalKey, sign_consent
from tests.verifier.forge import Forge

CONSENT = Consent(
    biller_name="한빛도시가스",
    biller_number="123-45-67890",
    biller_phone="02-000-0000",
    purpose="도시가스 요금",
    payer_name="홍길동",
    payer_number="A-1029",
    payer_phone="010-0000-0000",
    holder_id="800101",
    bank_name="국민은행",
    bank_code="004",
    account_number="123456-78-901234",
    debit_days=(25,),
    applied_on=date(2026, 11, 2),
    privacy_agreed=True,
    third_party_agreed=True,
)
RECORD = {
    "payer_number": "A-1029",
    "bank_code": "004",
    "account_number": "12345678901234",
    "applied_on": "20261102",
    "holder_id": "800101",
    "institution_code": "9912345678",
}
FORM = render(CONSENT, Charset.UTF_8).text


def test_our_own_form_agrees_with_its_record() -> None:
    assert compare(RECORD, FORM) == Compared()
    assert compare(RECORD | {"business_number": "1234567890"}, FORM) == Compared()
    of_a_business = render(replace(CONSENT, holder_id="111-22-33333"), Charset.UTF_8).text
    assert compare(RECORD | {"holder_id": "1112233333"}, of_a_business) == Compared()


@pytest.mark.parametrize("hidden", ["\ufeff{}", "{}\u200b", "\u200b\u2060{}", "안내\n{}"])
def test_nothing_that_cannot_be_seen_hides_our_own_form(hidden: str) -> None:
    form = hidden.format(FORM)
    assert compare(RECORD, form) == Compared()
    assert compare(RECORD | {"account_number": "999999"}, form) == Compared(differing=("account_number",))
    split = form.replace("123456-78-901234", "123456-78-90\u200b1234")
    assert compare(RECORD, split) == Compared()


def test_a_text_with_what_cannot_be_seen_is_read_all_the_same() -> None:
    """Another signer may have signed it; ours would not."""
    forge = Forge(build_demo_pki(at=datetime(2026, 11, 2, tzinfo=UTC)), payer="ecdsa")
    der = forge.but(content=f"{FORM}\u200b".encode()).der()
    assert text_of(der) == f"{FORM}\u200b"
    assert text_of(forge.but(content=b"\xff\xfe").der()) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("payer_number", "A-1030"),
        ("bank_code", "088"),
        ("account_number", "12345678901235"),
        ("applied_on", "20261103"),
        ("holder_id", "800102"),
        ("business_number", "1234567891"),
    ],
)
def test_whatever_our_own_form_says_differently_is_named(name: str, text: str) -> None:
    assert compare(RECORD | {name: text}, FORM) == Compared(differing=(name,))


@pytest.mark.parametrize(
    "text",
    [
        "A-1029 고객은 2026년 11월 2일 계좌 123456-78-901234 출금에 동의합니다.",
        "납부자번호(a1029) 계좌번호:12345678901234 신청일:2026.11.02",
        "납부자 Ａ－１０２９ 계좌 １２３４５６７８９０１２３４ 신청 ２０２６－１１－０２",
        "A1029/123456 78 901234/20261102",
    ],
)
def test_numbers_and_dates_are_found_in_any_of_their_forms(text: str) -> None:
    assert compare(RECORD, text) == Compared()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("A-1029 2026-11-02", ("account_number",)),
        ("A-1029 2026-11-02 9123456789012345", ("account_number",)),
        ("A-10291 2026-11-02 12345678901234", ("payer_number",)),
        ("A-1029 2026-11-21 12345678901234", ("applied_on",)),
        ("A-1029 2026-1-12 12345678901234", ("applied_on",)),
        ("", ("payer_number", "account_number", "applied_on")),
    ],
)
def test_what_a_free_text_lacks_is_named(text: str, missing: tuple[str, ...]) -> None:
    assert compare(RECORD, text) == Compared(not_found=missing)


def test_fields_that_could_not_be_read_are_not_looked_for() -> None:
    assert compare({"payer_number": "A-1029"}, "A-1029") == Compared()
    assert Compared.labels(("payer_number", "applied_on")) == "납부자번호, 신청일"


@pytest.mark.parametrize("charset", list(Charset))
def test_the_text_is_taken_out_of_a_signed_file(charset: Charset) -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    key = LocalKey.of(build_demo_pki(at=at).payers["rsa"])
    text = render(CONSENT, charset)
    assert text_of(sign_consent(text, key, at=at)) == text.text
    assert text_of(sign_consent(ConsentText.of("동의합니다.\n", charset), key, at=at)) == "동의합니다.\n"


@pytest.mark.parametrize("der", [b"", b"x", b"\x30\x00", b"\x30\x03\x02\x01\x01", b"\xff" * 100])
def test_what_is_no_signed_file_has_no_text(der: bytes) -> None:
    assert text_of(der) is None
