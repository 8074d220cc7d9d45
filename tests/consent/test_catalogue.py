"""Every error of this package says what is wrong and what to do, in both languages."""

from __future__ import annotations

import doctest
import pickle
import string

import pytest

import consent
from consent.charset import Charset, HangulComposition, NotDecodable
from consent.errors import LANGS, CodedError
from consent.form import AgreementMissing, FieldMistyped, FieldRefused, FieldsMissing, FieldsUnknown, NotAnObject
from consent.form_fields import APPLIED_ON
from consent.kinds import UnknownEvidenceKind
from consent.offences import Offence, Reason, TextRefused
from consent.text import TextEmpty, TextTooLarge
from consent.wording import catalogue

ERRORS = [
    TextRefused((Offence(1, 2, 0x2014, Reason.OUTSIDE_KSX1001, "-"),), Charset.EUC_KR),
    TextEmpty(),
    NotDecodable(Charset.UTF_8, 3, 10),
    HangulComposition(4),
    TextTooLarge(400_000),
    FieldsUnknown(["memo"]),
    FieldsMissing([APPLIED_ON]),
    FieldMistyped(APPLIED_ON),
    FieldRefused(APPLIED_ON),
    AgreementMissing(APPLIED_ON),
    NotAnObject(),
    UnknownEvidenceKind("9"),
]
OURS = {f"CMS-{number:03}" for number in range(1, 30)} | {f"FB-{number:03}" for number in range(1, 10)}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_speaks_both_languages_and_survives_pickling(error: CodedError) -> None:
    for lang in LANGS:
        assert error.message(lang)
        assert error.remedy(lang)
    assert any("가" <= character <= "힣" for character in error.message("ko"))
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.details, str(copy)) == (type(error), error.details, str(error))


def test_codes_are_unique_and_the_catalogue_has_no_others() -> None:
    codes = [error.code for error in ERRORS]
    assert len(set(codes)) == len(codes)
    assert set(codes) == OURS & (set(catalogue("CMS")) | set(catalogue("FB")))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_wordings_use_only_details_that_the_error_has(error: CodedError) -> None:
    entry = catalogue(error.code.partition("-")[0])[error.code]
    for text in (entry.ko, entry.en, entry.fix_ko, entry.fix_en):
        assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= set(error.details)


def test_the_example_of_the_package_runs() -> None:
    result = doctest.testmod(consent)
    assert result.attempted == 4
    assert result.failed == 0
