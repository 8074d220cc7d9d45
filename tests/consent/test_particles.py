"""Particles fit the word before them, as it is read aloud."""

import re
import time

import pytest

from consent.particles import with_particles
from consent.wording import catalogue


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("동의자료을(를)", "동의자료를"),
        ("증빙구분을(를)", "증빙구분을"),
        ("총 건수은(는)", "총 건수는"),
        ("레코드 3이(가)", "레코드 3이"),
        ("레코드 4이(가)", "레코드 4가"),
        ("FB0110은(는)", "FB0110은"),
        ("FB0222(요금청구기관 통지)을(를)", "FB0222(요금청구기관 통지)를"),
        ("레코드 12(1024바이트 위치)이(가)", "레코드 12(1024바이트 위치)가"),
        ("'Y'은(는)", "'Y'는"),
        ("'L'은(는)", "'L'은"),
        ("7305(으)로", "7305로"),
        ("7307(으)로", "7307로"),
        ("7306(으)로", "7306으로"),
        ("파일(으)로", "파일로"),
        ("구분(으)로", "구분으로"),
        ("2026-11-20과(와)", "2026-11-20과"),
        ("은행이(가) 지점을(를)", "은행이 지점을"),
    ],
)
def test_the_particle_fits_the_word(sentence: str, read: str) -> None:
    assert with_particles(sentence) == read


@pytest.mark.parametrize("sentence", ["trust.toml을(를)", "…을(를)", "()을(를)", "을(를)", "é이(가)", "漢은(는)"])
def test_both_stay_where_nobody_can_tell(sentence: str) -> None:
    assert with_particles(sentence) == sentence


@pytest.mark.parametrize("prefix", ["CMS", "PKI", "FB", "SVC"])
def test_no_sentence_of_the_catalogue_decides_before_the_word_is_known(prefix: str) -> None:
    for code, one in catalogue(prefix).items():
        for text in (one.ko, one.fix_ko):
            assert not re.search(r"""\}(\(\{\w+\}\))?['"]?(을|를|은|는|이|가|와|과|으로|로)(?=[ ,.])""", text), code
            assert not re.search(r"\((를|는|가|와|과|으)\)", with_particles(re.sub(r"\{\w+\}", "값", text))), code


@pytest.mark.parametrize("typed", ["'" * 300_000 + "x", "을(를)" * 50_000, "(" * 300_000 + ")", "()" * 150_000])
def test_what_somebody_typed_costs_no_more_than_its_length(typed: str) -> None:
    began = time.process_time()
    with_particles(f"'{typed}'은(는) 없습니다.")
    assert time.process_time() - began < 5  # in the square of its length it would be minutes
