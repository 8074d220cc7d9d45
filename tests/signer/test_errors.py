"""Every refusal of signer/ has a code of its own and its wording."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from consent.wording import catalogue
from signer import errors
from signer.errors import SigningRefusal

TIME = datetime(2026, 6, 1, tzinfo=UTC)
DETAILS: dict[str, object] = {
    "not_after": TIME,
    "not_before": TIME,
    "at": TIME,
    "curve": "secp224r1",
    "field": "digest",
    "bits": 1024,
    "minimum_bits": 2048,
    "text_bytes": 9000,
    "room_bytes": 8000,
    "max_der_bytes": 10_240,
}
REFUSALS: list[type[SigningRefusal]] = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, SigningRefusal) and "code" in vars(kind)
]


def test_codes_are_distinct_and_in_range() -> None:
    codes = [kind.code for kind in REFUSALS]
    assert len(set(codes)) == len(codes)
    assert all(30 <= int(code.removeprefix("CMS-")) <= 99 for code in codes)


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_wording_is_complete_and_fits_the_details(kind: type[SigningRefusal]) -> None:
    names = [name for name in inspect.signature(kind).parameters if name in DETAILS]
    construct: Callable[..., SigningRefusal] = kind
    refused = construct(**{name: DETAILS[name] for name in names})
    for text in (refused.message("ko"), refused.message("en"), refused.remedy("ko"), refused.remedy("en")):
        assert text
        assert "{" not in text
    assert re.search("[가-힣]", refused.message("ko"))
    assert re.search("[가-힣]", refused.remedy("ko"))


def test_every_wording_of_the_range_belongs_to_a_refusal() -> None:
    in_range = {code for code in catalogue("CMS") if int(code.removeprefix("CMS-")) in range(30, 100)}
    assert in_range == {kind.code for kind in REFUSALS}
