"""Consent texts to exact bytes and back."""

from __future__ import annotations

import copy
import pickle
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.errors import CodedError
from consent.text import (
    MAX_BYTES,
    Charset,
    ConsentText,
    NotDecodable,
    TextEmpty,
    TextRefused,
    TextTooLarge,
    charsets_of,
    is_cp949_only,
)
from tests.consent.characters import any_texts, euc_kr_texts

CONSENT = "자동이체 출금에 동의합니다.\n금액: 10,000원\n"


@given(any_texts, st.sampled_from(Charset))
def test_any_text_is_either_refused_with_a_code_or_comes_back_from_its_bytes(text: str, charset: Charset) -> None:
    try:
        made = ConsentText.of(text, charset)
    except (TextRefused, TextEmpty):
        return
    assert made.text == unicodedata.normalize("NFC", text)
    assert ConsentText.from_bytes(made.encoded, charset) == made
    assert made.is_nfc
    assert charset in charsets_of(made.encoded)


@given(euc_kr_texts)
def test_euc_kr_bytes_stay_as_they_are_even_where_nfc_would_change_them(text: str) -> None:
    raw = text.encode("euc_kr")
    read = ConsentText.from_bytes(raw, Charset.EUC_KR)
    assert (read.text, read.encoded) == (text, raw)
    assert read.is_nfc == (unicodedata.normalize("NFC", text) == text)


def test_a_hanja_that_ks_x_1001_codes_twice_keeps_its_code() -> None:
    raw = "\uf914 계좌".encode("euc_kr")  # 樂 read 낙; NFC would make it U+6A02, another code
    read = ConsentText.from_bytes(raw, Charset.EUC_KR)
    assert not read.is_nfc
    assert read.encoded == raw
    assert ConsentText.of(read.text, Charset.EUC_KR).encoded != raw


def test_decomposed_hangul_is_composed_before_it_is_encoded() -> None:
    decomposed = unicodedata.normalize("NFD", CONSENT)
    assert decomposed != CONSENT
    for charset in Charset:
        assert ConsentText.of(decomposed, charset) == ConsentText.of(CONSENT, charset)


def test_line_ends_and_tabs_are_signed_as_they_are() -> None:
    text = "한 줄\r\n두 줄\r세 줄\n\t끝"
    for charset in Charset:
        assert ConsentText.of(text, charset).encoded == text.encode(charset)


@pytest.mark.parametrize("text", ["", " ", "\n", "\r\n\t ", "\u3000", "\xa0"])
@pytest.mark.parametrize("charset", Charset)
def test_a_text_of_nothing_but_white_space_is_refused(text: str, charset: Charset) -> None:
    with pytest.raises(TextEmpty):
        ConsentText.of(text, charset)


@pytest.mark.parametrize(
    ("raw", "charset", "offset"),
    [
        (b"\xec\x9e\x90\xff", Charset.UTF_8, 3),
        (b"\xc0\x80", Charset.UTF_8, 0),  # overlong
        (b"abc\xed\xa0\x80", Charset.UTF_8, 3),  # a surrogate
        ("출금".encode()[:-1], Charset.UTF_8, 3),
        ("동의".encode("euc_kr")[:-1], Charset.EUC_KR, 2),
        (b"ok\x80", Charset.EUC_KR, 2),
        ("뷁".encode("cp949"), Charset.EUC_KR, 0),
        (b"a\xa4\xd4b", Charset.EUC_KR, 1),  # a lone filler
    ],
)
def test_bytes_of_another_charset_are_refused_with_the_offset(raw: bytes, charset: Charset, offset: int) -> None:
    with pytest.raises(NotDecodable) as caught:
        ConsentText.from_bytes(raw, charset)
    assert caught.value.details == {"charset": charset.value, "offset": offset, "total_bytes": len(raw)}


def test_bytes_with_a_byte_order_mark_are_refused() -> None:
    for raw in (b"\xef\xbb\xbf" + CONSENT.encode(), CONSENT.encode() + b"\xef\xbb\xbf"):
        with pytest.raises(TextRefused):
            ConsentText.from_bytes(raw, Charset.UTF_8)
        assert charsets_of(raw) == ()
    assert charsets_of(CONSENT.encode("utf-16")) == ()


def test_charsets_of_tells_utf_8_euc_kr_and_ascii_apart() -> None:
    assert charsets_of(CONSENT.encode()) == (Charset.UTF_8,)
    assert charsets_of(CONSENT.encode("euc_kr")) == (Charset.EUC_KR,)
    assert charsets_of(b"I consent.") == (Charset.UTF_8, Charset.EUC_KR)
    assert charsets_of(b"") == charsets_of(b" \n") == charsets_of(b"\x00" * 100) == ()


@given(any_texts, st.sampled_from(Charset))
def test_charsets_of_agrees_with_from_bytes(text: str, charset: Charset) -> None:
    raw = text.encode(charset, "ignore")
    try:
        ConsentText.from_bytes(raw, charset)
    except CodedError:
        assert charset not in charsets_of(raw)
    else:
        assert charset in charsets_of(raw)


def test_more_than_any_evidence_can_hold_is_refused_unread() -> None:
    with pytest.raises(TextTooLarge):
        ConsentText.of("a" * (MAX_BYTES + 1), Charset.UTF_8)
    with pytest.raises(TextTooLarge) as caught:
        ConsentText.from_bytes(bytes(100_000_000), Charset.EUC_KR)
    assert caught.value.details == {"size": 100_000_000, "max_bytes": MAX_BYTES}
    assert charsets_of(b"a" * (MAX_BYTES + 1)) == ()
    assert not is_cp949_only("뷁".encode("cp949") * MAX_BYTES)
    assert len(ConsentText.of("a" * MAX_BYTES, Charset.UTF_8).encoded) == MAX_BYTES


@given(st.binary(max_size=200))
def test_charset_questions_answer_for_any_bytes(raw: bytes) -> None:
    found = charsets_of(raw)
    assert set(found) <= set(Charset)
    assert not (found and is_cp949_only(raw))


@pytest.mark.parametrize("raw", [b"\xff" * 10_240, "뷁".encode("euc_kr") * 1280, "뷁".encode("cp949") * 5120])
def test_charset_questions_are_quick_on_ten_kilobytes(raw: bytes) -> None:
    started = time.perf_counter()
    charsets_of(raw)
    is_cp949_only(raw)
    assert time.perf_counter() - started < 0.5  # it takes a few milliseconds


def test_cp949_text_outside_ks_x_1001_is_told_from_the_rest() -> None:
    assert is_cp949_only("뷁 동의합니다".encode("cp949"))
    assert not is_cp949_only(CONSENT.encode("cp949"))  # the same bytes as EUC-KR
    assert not is_cp949_only(CONSENT.encode())
    assert not is_cp949_only("뷁 동의합니다".encode("euc_kr"))
    assert not is_cp949_only("뷁\x00".encode("cp949"))
    assert not is_cp949_only(b"")


def test_text_and_bytes_that_differ_cannot_be_put_together() -> None:
    with pytest.raises(ValueError, match="differ"):
        ConsentText("동의", Charset.UTF_8, "동의".encode("euc_kr"))


@pytest.mark.parametrize(
    ("text", "refusal"), [("", TextEmpty), (" \n", TextEmpty), ("동의\x07", TextRefused), ("뷁", TextRefused)]
)
def test_there_is_none_that_breaks_the_rules_however_it_is_built(text: str, refusal: type[CodedError]) -> None:
    with pytest.raises(refusal):
        ConsentText(text, Charset.EUC_KR, text.encode("euc_kr"))


def test_a_charset_given_by_its_name_is_held_to_the_same_rules() -> None:
    name: Charset = "euc-kr"  # type: ignore[assignment]
    with pytest.raises(TextRefused):
        ConsentText.of("뷁", name)
    assert ConsentText.of("동의", name).charset is Charset.EUC_KR
    other: Charset = "cp949"  # type: ignore[assignment]
    with pytest.raises(ValueError, match="cp949"):
        ConsentText.of("동의", other)


def test_the_repr_shows_no_personal_data() -> None:
    shown = repr(ConsentText.of("홍길동 123-45", Charset.UTF_8))
    assert "홍" not in shown
    assert "123" not in shown


def test_texts_cross_process_borders() -> None:
    text = ConsentText.of(CONSENT, Charset.EUC_KR)
    assert pickle.loads(pickle.dumps(text)) == text == copy.deepcopy(text)
