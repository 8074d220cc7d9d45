"""Verdicts say what they said, to the place, the clause and the figures. If they should not: `tests.verifier.said`."""

from __future__ import annotations

import json
from typing import Final

import pytest

from tests.verifier.said import SAID, Case, cases, said

EXPECTED: Final[dict[str, list[str]]] = json.loads(SAID.read_text(encoding="utf-8"))
CASES: Final = dict(cases())


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)
def test_a_verdict_says_what_it_said(name: str, case: Case) -> None:
    assert said(case) == EXPECTED[name]


def test_every_verdict_that_is_kept_is_compared() -> None:
    assert EXPECTED.keys() == CASES.keys()
