"""Every code has a wording, a remedy and an explanation in both languages, in the terms of the glossary."""

from __future__ import annotations

import re
from collections import Counter
from itertools import product
from typing import Final

import pytest

from consent.errors import LANGS
from consent.explanations import PREFIXES, Explanation, all_codes, code_named, explanation, explanations, nearest
from consent.wording import Wording, catalogue, wording

CODES: Final = all_codes()
HANGUL: Final = re.compile("[가-힣]")
FORMAL: Final = re.compile(r"(니다|십시오)\.$")

NOBODY_KNOWS: Final = re.compile(
    r"ASN\.1|\bOIDs?\b|TLV|X\.509|X\.690|\bRDN|\bDN\b|SEQUENCE|OCTET|BOOLEAN|INTEGER|\bBER\b|PKCS ?#7|PEM\b|TOML"
    r"|SignedData|SignerInfo|ContentInfo|signedAttrs|eContent|keyUsage|extendedKeyUsage|digestAlgorithm|\{|\}"
)
"""What no explanation may hold: words of those who build signatures."""

TO_BE_GLOSSED: Final = (
    "DER",
    "CRL",
    "OCSP",
    "VID",
    "LDAP",
    "JSON",
    "base64",
    "CP949",
    "SHA-256",
    "PKCS#12",
    "RSA",
    "ECDSA",
)
"""What an explanation may name in brackets behind everyday words, or with everyday words in brackets behind it."""

NOT_OUR_TERMS: Final = {
    "공인인증서": "공동인증서",
    "(?<!해지 요청을 )취소": "폐지, 해지",
    "폐기(?!된 키)": "폐지",
    "패스워드": "비밀번호",
    "만기": "유효기간 만료",
    "서명 시각": "서명시각",
    "발급 기관": "인증기관",
    "루트 인증서": "최상위 인증서",
    "타임 스탬프": "타임스탬프",
    "전산설계서": "설계서",
    "전자 서명": "전자서명",
    "해쉬": "해시",
    "써트": "인증서",
}
PASSWORD_TERMS: Final = re.compile(r"암호(?!화|를 풀|가 풀|나 압축|문)")


def texts(entry: Wording | Explanation) -> list[str]:
    return [value for value in vars(entry).values() if value]


def test_every_code_has_an_explanation_and_none_is_left_over() -> None:
    for prefix in PREFIXES:
        assert set(explanations(prefix)) == set(catalogue(prefix))
    assert len(CODES) > 250


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_both_languages(code: str) -> None:
    said, meant = wording(code), explanation(code)
    assert HANGUL.search(said.ko) and HANGUL.search(meant.ko)
    assert said.en and meant.en
    assert bool(said.fix_ko) == bool(said.fix_en)


@pytest.mark.parametrize("code", CODES)
def test_an_explanation_is_two_to_four_sentences_of_its_own(code: str) -> None:
    meant, said = explanation(code), wording(code)
    for text, lang in ((meant.ko, "ko"), (meant.en, "en")):
        assert 2 <= len(re.findall(r"[.!?](?: |$)", text)) <= 4, (lang, text)
        assert 60 <= len(text) <= 800
    assert said.ko not in meant.ko
    assert said.en not in meant.en


def test_no_two_codes_share_a_sentence_by_sentence_explanation() -> None:
    for lang in LANGS:
        found = Counter(explanation(code).text(lang) for code in CODES)
        assert [text for text, count in found.items() if count > 1] == []


@pytest.mark.parametrize("code", CODES)
def test_korean_is_formal_to_its_last_word(code: str) -> None:
    meant, said = explanation(code), wording(code)
    for sentence in re.split(r"(?<=\.) ", meant.ko):
        assert FORMAL.search(sentence), sentence
    assert re.search("니다|십시오|: {", said.ko), said.ko
    assert not said.fix_ko or re.search("니다|십시오", said.fix_ko), said.fix_ko


@pytest.mark.parametrize("code", CODES)
def test_an_explanation_is_in_everyday_words(code: str) -> None:
    for text in (explanation(code).ko, explanation(code).en):
        assert not NOBODY_KNOWS.search(text), text
        for term in TO_BE_GLOSSED:
            if re.search(rf"(?<![A-Za-z0-9]){re.escape(term)}(?![A-Za-z0-9])", text):
                assert re.search(rf"\([^()]*{re.escape(term)}[^()]*\)|{re.escape(term)} ?\(", text), (term, text)


@pytest.mark.parametrize("code", CODES)
def test_terms_are_those_of_the_glossary(code: str) -> None:
    for text, (wrong, right) in product((*texts(wording(code)), explanation(code).ko), NOT_OUR_TERMS.items()):
        assert not re.search(wrong, text), f"{right}: {text}"
    for text in (wording(code).ko, wording(code).fix_ko, explanation(code).ko):
        assert not PASSWORD_TERMS.search(text), f"비밀번호: {text}"


@pytest.mark.parametrize(
    "words", ["PKI-110", "pki-110", "pki110", "PKI 110", "Pki_0110", "[PKI-110,", "PKI-110]", "(pki110).", " pki-110 "]
)
def test_a_code_may_be_typed_as_one_thinks_of_it(words: str) -> None:
    assert code_named(words) == "PKI-110"


@pytest.mark.parametrize(
    "words", ["", "-", "PKI", "110", "PKI-", "PKI-998", "XYZ-110", "pki110a", "PKI-1100000000", "가"]
)
def test_what_is_no_code_is_none(words: str) -> None:
    assert code_named(words) is None
    assert set(nearest(words)) <= set(CODES)


def test_the_nearest_codes_are_those_around_it() -> None:
    assert "PKI-126" in nearest("pki127")
    assert "PKI-128" in nearest("pki127")
    assert "CMS-161" in nearest("CNS-161")
    assert "CMS-161" in nearest("cms-1611")
    assert nearest("banana!") == ()
