"""Every refusal of certs/ has a code of its own and its wording."""

from __future__ import annotations

import inspect
import re

import pytest

from certs import errors
from certs.errors import CertsRefusal
from consent.wording import catalogue

DETAILS = {"algorithm": "1.2.3", "file": "anchors/a.der", "setting": "kinds", "expected": "[2, 7]"}
REFUSALS: list[type[CertsRefusal]] = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, CertsRefusal) and "code" in vars(kind)
]


def test_codes_are_distinct_and_in_range() -> None:
    codes = [kind.code for kind in REFUSALS]
    assert len(set(codes)) == len(codes)
    assert all(1 <= int(code.removeprefix("PKI-")) <= 99 for code in codes)


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_wording_is_complete_and_fits_the_details(kind: type[CertsRefusal]) -> None:
    names = [name for name in inspect.signature(kind).parameters if name in DETAILS]
    refused = kind(**{name: DETAILS[name] for name in names})
    for text in (refused.message("ko"), refused.message("en"), refused.remedy("ko"), refused.remedy("en")):
        assert text
        assert "{" not in text
    assert re.search("[가-힣]", refused.message("ko"))
    assert re.search("[가-힣]", refused.remedy("ko"))


def test_every_wording_of_the_range_belongs_to_a_refusal() -> None:
    in_range = {code for code in catalogue("PKI") if int(code.removeprefix("PKI-")) < 100}
    assert in_range == {kind.code for kind in REFUSALS}
