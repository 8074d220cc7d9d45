"""A refusal lists every character with its place, its reason and what to type instead."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.offences import NAMES, SHOWN, is_clean, offences_in, reason_against
from consent.suggestions import BETWEEN, OUTSIDE_KSX1001, REFUSED_ALWAYS
from consent.text import Charset, ConsentText, Offence, Reason, TextRefused
from tests.consent.characters import any_texts


def _refusal(text: str, charset: Charset) -> TextRefused:
    with pytest.raises(TextRefused) as caught:
        ConsentText.of(text, charset)
    return caught.value


def test_every_offence_is_listed_with_line_and_column() -> None:
    refusal = _refusal("가—나\u200b\r\n₩100 뷁\r\x0c\n\n–", Charset.EUC_KR)
    assert refusal.offences == (
        Offence(1, 2, 0x2014, Reason.OUTSIDE_KSX1001, "-"),
        Offence(1, 4, 0x200B, Reason.INVISIBLE, ""),
        Offence(2, 1, 0x20A9, Reason.OUTSIDE_KSX1001, "￦ / 원"),
        Offence(2, 6, 0xBDC1, Reason.OUTSIDE_KSX1001, "utf-8"),
        Offence(3, 1, 0x0C, Reason.CONTROL, "\n"),
        Offence(5, 1, 0x2013, Reason.OUTSIDE_KSX1001, "-"),
    )


def test_columns_are_counted_after_nfc() -> None:
    (offence,) = _refusal("\u1103\u1169\u11bc\u110b\u1174—", Charset.EUC_KR).offences  # 동의— typed decomposed
    assert (offence.line, offence.column) == (1, 3)


@pytest.mark.parametrize(
    ("characters", "reason"),
    [
        ("\x00\x01\x08\x0b\x0c\x1b\x1f\x7f\x80\x85\x9f", Reason.CONTROL),
        ("\u2028\u2029", Reason.LINE_SEPARATOR),
        ("\ufeff", Reason.BYTE_ORDER_MARK),
        ("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", Reason.INVISIBLE),
        ("\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\u00ad\u206f\U000e0041", Reason.INVISIBLE),
        ("\u034f\u115f\u1160\u17b4\u180b\u2800\u3164\uffa0\ufe0f\U0001d159\U000e0100", Reason.INVISIBLE),
        ("\ufffc\ufffd", Reason.REPLACEMENT),
        ("\ud800\udfff", Reason.SURROGATE),
        ("\ue000\uf8ff\U000f0000\U0010fffd", Reason.PRIVATE_USE),
        ("\u0378\ufdd0\uffff\U0010ffff", Reason.UNASSIGNED),
    ],
)
@pytest.mark.parametrize("charset", Charset)
def test_what_no_consent_may_hold_is_refused_in_both_charsets(
    characters: str, reason: Reason, charset: Charset
) -> None:
    for character in characters:
        (offence,) = _refusal(f"동의 {character} 합니다", charset).offences
        assert (offence.code_point, offence.reason) == (ord(character), reason)


@pytest.mark.parametrize("text", ["‘’“”·…￦～―※「」①㈜℃㎡™®€", "가힝ㄱㅎ漢字", "\tA~\\|\n", "ⅷΩЯあア"])
def test_what_ks_x_1001_has_is_accepted(text: str) -> None:
    assert offences_in(text, Charset.EUC_KR) == ()


@pytest.mark.parametrize("text", ["— – ₩ − © é ñ 뷁 🙂", "\xa0", "ᄒᆞᆫ글"])
def test_what_only_unicode_has_is_accepted_in_utf_8(text: str) -> None:
    assert offences_in(text, Charset.UTF_8) == ()


@pytest.mark.parametrize(
    ("character", "suggestion"),
    [
        ("−", "-"),
        ("\xa0", " "),
        ("©", "(c)"),
        ("¥", "￥"),
        ("•", "·"),
        ("✓", "√"),
        ("⒈", "1."),
        ("﹣", "-"),
        ("é", "utf-8"),
    ],
)
def test_suggestions_outside_ks_x_1001(character: str, suggestion: str) -> None:
    (offence,) = _refusal(f"동의 {character}", Charset.EUC_KR).offences
    assert offence.suggestion == suggestion


def test_every_suggestion_can_be_followed() -> None:
    """Each character of the tables is refused, and each thing suggested instead is accepted."""
    for character, suggestion in {**OUTSIDE_KSX1001, **REFUSED_ALWAYS}.items():
        assert offences_in(character, Charset.EUC_KR), hex(ord(character))
        for choice in suggestion.split(BETWEEN):
            assert offences_in(choice, Charset.EUC_KR) == (), hex(ord(character))


@given(any_texts)
def test_following_every_suggestion_makes_the_text_acceptable(text: str) -> None:
    """Nothing is missed: replace or take out exactly what is listed, and nothing is left to refuse."""
    found = {chr(offence.code_point): offence.suggestion for offence in offences_in(text, Charset.EUC_KR)}
    mended = "".join("" if found.get(c) == "utf-8" else found.get(c, c).split(BETWEEN)[0] or "" for c in text)
    assert offences_in(mended, Charset.EUC_KR) == ()


@given(any_texts, st.sampled_from(Charset))
def test_line_and_column_lead_back_to_the_character(text: str, charset: Charset) -> None:
    lines = re.split("\r\n|\r|\n", text)
    for offence in offences_in(text, charset):
        assert ord(lines[offence.line - 1][offence.column - 1]) == offence.code_point


def test_the_message_shows_the_first_few_and_the_total() -> None:
    refusal = _refusal("—" * 7, Charset.EUC_KR)
    assert len(refusal.offences) == 7
    korean, english = refusal.message("ko"), refusal.message("en")
    assert korean.count("U+2014") == english.count("U+2014") == SHOWN
    assert "7개" in korean
    assert "외 2건" in korean
    assert "7 character(s)" in english
    assert english.endswith("and 2 more.")


def test_the_message_names_blank_suggestions_by_code_point() -> None:
    refusal = _refusal("동의\xa0합니다\x0c\u200b", Charset.EUC_KR)
    assert "→ U+0020" in refusal.message("ko")
    assert "→ U+000A" in refusal.message("ko")
    assert "→ 삭제" in refusal.message("ko")
    assert "→ remove" in refusal.message("en")
    assert "more" not in refusal.message("en")


def test_every_reason_has_a_name_in_both_languages() -> None:
    assert set(NAMES) == set(Reason)
    assert all(ko and en for ko, en in NAMES.values())


def test_a_refusal_keeps_its_offences_across_process_borders() -> None:
    refusal = _refusal("—\u200b", Charset.EUC_KR)
    copy = pickle.loads(pickle.dumps(refusal))
    assert copy.offences == refusal.offences
    assert str(copy) == str(refusal)


@given(any_texts, st.sampled_from(Charset))
def test_clean_means_no_offence(text: str, charset: Charset) -> None:
    assert is_clean(text, charset) == (offences_in(text, charset) == ())


@pytest.mark.parametrize("charset", Charset)
def test_no_single_character_passes_for_clean_that_is_an_offence(charset: Charset) -> None:
    for character in map(chr, range(0x1_0000)):
        assert is_clean(character, charset) == (reason_against(character, charset) is None), hex(ord(character))
