"""Every code of this package has its sentences in both languages."""

from __future__ import annotations

from string import Formatter

import pytest

import evidence
import evidence.banks
import evidence.institute
import evidence.r00
from consent.errors import LANGS, CodedError
from consent.wording import wording
from evidence import LAYOUTS, FieldError, Part, Place, costs, remarks
from evidence.calendar_faults import COMPUTED_ONLY, NO_EFFECT
from evidence.faults import NotAlphabetic, NotFullWidth
from evidence.notices import APPLIED_LATER, NEAR_LIMIT, NO_RECORDS, NOT_SUBMITTED


def coded(root: type[CodedError] = CodedError) -> list[type[CodedError]]:
    below = [kind for child in root.__subclasses__() for kind in [child, *coded(child)]]
    return [kind for kind in below if kind.__module__.startswith(f"{evidence.__name__}.") and hasattr(kind, "code")]


REMARKS = {name for name in vars(remarks).values() if isinstance(name, str) and name.startswith("FB-")}
COSTS = tuple(code for name, code in vars(costs).items() if name.isupper())
NOTICES = (NEAR_LIMIT, NOT_SUBMITTED, NO_RECORDS, APPLIED_LATER, COMPUTED_ONLY, NO_EFFECT, *COSTS)
KINDS = sorted(set(coded()), key=lambda kind: kind.code)


def test_no_two_causes_share_a_code() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(codes) == len(set(codes))
    assert len(codes) > 40


@pytest.mark.parametrize("code", [*(kind.code for kind in KINDS), *NOTICES, *sorted(REMARKS)])
def test_every_code_says_what_and_what_to_do(code: str) -> None:
    entry = wording(code)
    assert entry.ko
    assert entry.en
    assert entry.fix_ko
    assert entry.fix_en
    korean, english = (
        {name.removesuffix(f"_{lang}") for _, name, _, _ in Formatter().parse(text) if name}
        for lang, text in (("ko", entry.ko), ("en", entry.en))
    )
    assert korean <= english | {"ko", "kind", "field"}


@pytest.mark.parametrize("kind", [NotAlphabetic, NotFullWidth])
def test_field_errors_can_be_said(kind: type[FieldError]) -> None:
    error = kind(Place(Part.TRAILER, 0, 7), LAYOUTS["FB0110"].data.field("bank_code"), b"\xff")
    assert all("7104" in error.message(lang) and error.remedy(lang) for lang in LANGS)
    assert error.details["found"] == "'\\xff'"
