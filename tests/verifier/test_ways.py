"""What is there for speed changes nothing: straight through or as a tree, remembered or not, the verdict is the same.

Beside these tests, every judgement of the tests in this folder is made both ways (`conftest.both_ways`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from certs import TrustStore
from tests.fuzz.pki import JUDGED_AT, PKI, TRUST
from tests.verifier import differential
from tests.verifier.forge import Forge
from tests.verifier.mutants import mutants
from tests.verifier.ways import assert_says_what_the_tree_says, the_long_way
from verifier import Indication, policies
from verifier.common_certificate import read_common_certificate
from verifier.common_layout import read_common
from verifier.subject import Subject
from verifier.verify import judge

PAYERS = ("rsa", "ecdsa", "corporate", "ecdsa384")
MESSAGES = {
    **{payer: Forge(PKI, payer=payer).der() for payer in PAYERS},
    "with its authority": Forge(PKI, intermediates=True).der(),
}


@pytest.fixture(params=MESSAGES)
def message(request: pytest.FixtureRequest) -> bytes:
    return MESSAGES[request.param]


def subject(der: bytes, at: datetime = JUDGED_AT, trust: TrustStore = TRUST) -> Subject:
    _ = Subject(b"", trust, policies.KFTC, at).standing  # a store's first message goes the long way
    return Subject(der, trust, policies.KFTC, at)


def test_the_demos_messages_go_the_short_way(message: bytes) -> None:
    assert subject(message).common is not None


def test_what_is_read_straight_through_is_what_the_tree_says(message: bytes) -> None:
    common = subject(message).common
    assert common is not None
    assert_says_what_the_tree_says(message, common)


def test_what_is_read_straight_through_is_strict_der_and_says_the_same(message: bytes) -> None:
    read = 0
    for mutant in mutants(message, 4000):
        common = read_common(mutant, read_common_certificate)
        if common is None:
            continue
        read += 1
        assert_says_what_the_tree_says(mutant, common)
    assert read > 400  # most of a message is a text, keys and signatures


@pytest.mark.parametrize("family", range(len(differential.FAMILIES)))
def test_one_defect_gets_the_same_verdict_both_ways(family: int) -> None:
    """In short what `make differential` does with a hundred thousand."""
    outcome = differential.compare((family, "rsa", 7, 97 if family == differential.ATTRIBUTES else 251))
    assert outcome.straight > 0 and outcome.judged > outcome.straight
    assert not outcome.differ


def test_bit_flips_get_the_same_verdict_both_ways(message: bytes) -> None:
    assert judge(subject(message)).indication is Indication.TOTAL_PASSED  # and is remembered
    judged = 0
    for mutant in mutants(message, 400):
        quick = subject(mutant)
        if quick.common is None:
            continue
        judged += 1
        assert judge(quick) == judge(the_long_way(quick))
    assert judged > 30


@pytest.mark.parametrize("payer", PKI.payers)
@pytest.mark.parametrize("days", [-400, -35, -31, -30, -29, -8, -7, 0, 1, 29, 30, 31, 334, 335, 336, 395, 396])
def test_at_every_time_the_verdict_is_the_same_both_ways(payer: str, days: int) -> None:
    der = Forge(PKI, payer=payer).der()
    for shift in (timedelta(0), timedelta(seconds=1), -timedelta(seconds=1)):
        quick = subject(der, PKI.at + timedelta(days=days) + shift)
        assert judge(quick) == judge(the_long_way(quick))
        again = the_long_way(quick)
        del again.__dict__["common"]
        assert judge(again) == judge(quick)
