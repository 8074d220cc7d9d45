"""EUC-KR is KS X 1001 and nothing beside it, held against every code point and every pair of bytes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.charset import HangulComposition, in_ksx1001, strict_decode
from consent.text import Charset, ConsentText, Reason, TextRefused, charsets_of
from tests.consent.characters import EUC_KR_TEXT, HANGUL_OUTSIDE, KS_X_1001, PRINTABLE_ASCII, euc_kr_texts


def _accepted(character: str) -> bool:
    try:
        ConsentText.of(f"동의 {character}", Charset.EUC_KR)
    except TextRefused:
        return False
    return True


def test_acceptance_over_the_whole_bmp_agrees_with_the_standard() -> None:
    """NFC first: the two doubles it folds (and 268 Hanja) count as what they are folded to."""
    wrong = [
        f"U+{code_point:04X}"
        for code_point in range(0x10000)
        if _accepted(chr(code_point)) != (unicodedata.normalize("NFC", chr(code_point)) in EUC_KR_TEXT)
    ]
    assert wrong == []


def test_membership_over_the_whole_bmp_is_two_bytes_or_ascii() -> None:
    members = {chr(n) for n in range(0x10000) if in_ksx1001(chr(n))}
    # The codec also encodes the lone filler, which it never decodes; the rules for texts refuse it as invisible.
    assert members == KS_X_1001 | {chr(n) for n in range(0x80)} | {"\u3164"}


def test_all_8822_syllables_outside_ks_x_1001_are_refused_and_utf_8_is_suggested() -> None:
    assert len(HANGUL_OUTSIDE) == 8822
    text = "".join(sorted(HANGUL_OUTSIDE))
    with pytest.raises(TextRefused) as caught:
        ConsentText.of(text, Charset.EUC_KR)
    assert len(caught.value.offences) == 8822
    assert {offence.reason for offence in caught.value.offences} == {Reason.OUTSIDE_KSX1001}
    assert {offence.suggestion for offence in caught.value.offences} == {"utf-8"}
    assert ConsentText.of(text, Charset.UTF_8).text == text


@given(euc_kr_texts)
def test_accepted_text_is_one_ascii_byte_or_two_bytes_in_a1a1_to_fefe_per_character(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    if any(character not in EUC_KR_TEXT for character in text):
        with pytest.raises(TextRefused):  # U+212B, which NFC makes Å
            ConsentText.of(text, Charset.EUC_KR)
        return
    encoded = ConsentText.of(text, Charset.EUC_KR).encoded
    offset = 0
    for character in text:
        width = 1 if character in PRINTABLE_ASCII or character in "\t\r\n" else 2
        piece = encoded[offset : offset + width]
        assert width == 1 or all(0xA1 <= byte <= 0xFE for byte in piece)
        assert piece.decode("euc_kr") == character
        offset += width
    assert offset == len(encoded)


@given(st.sampled_from(sorted(HANGUL_OUTSIDE)), st.sampled_from(["", "동의 ", "abc\r\n", "가나다"]))
def test_eight_byte_syllables_are_refused_with_their_offset(syllable: str, before: str) -> None:
    prefix = before.encode("euc_kr")
    raw = prefix + syllable.encode("euc_kr")  # Python's codec writes the composition
    assert len(raw) == len(prefix) + 8
    with pytest.raises(HangulComposition) as caught:
        ConsentText.from_bytes(raw, Charset.EUC_KR)
    assert caught.value.details == {"offset": len(prefix)}
    assert charsets_of(raw) == ()


def test_a_composition_of_a_syllable_that_has_its_own_code_is_refused_too() -> None:
    raw = b"\xb5\xbf" + b"\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xa1"  # 동, then 각 in four pairs
    assert raw.decode("euc_kr") == "동각"
    with pytest.raises(HangulComposition) as caught:
        strict_decode(raw, Charset.EUC_KR)
    assert caught.value.details == {"offset": 2}


def test_a_filler_typed_before_jamo_cannot_become_another_syllable() -> None:
    text = "\u3164ㅂㅜㄹ"
    assert text.encode("euc_kr").decode("euc_kr") == "불"  # what the codec alone would let happen
    with pytest.raises(TextRefused):
        ConsentText.of(text, Charset.EUC_KR)


@given(st.binary(max_size=40))
def test_any_bytes_that_decode_strictly_encode_back_to_themselves(raw: bytes) -> None:
    for charset in charsets_of(raw):
        text = ConsentText.from_bytes(raw, charset)
        assert text.encoded == raw
        assert text.text.encode(charset) == raw
