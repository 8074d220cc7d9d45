"""Fixtures for judging: the demo's trust, and a recipe for messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from certs import TrustStore
from certs.demo import DemoPki
from tests.verifier.forge import Forge
from tests.verifier.ways import by_whole_lists, the_long_way
from verifier import Verdict, VerifyPolicy, policies, verify, verify_der
from verifier.subject import At, Subject

JUDGED_AT = datetime(2026, 6, 2, tzinfo=UTC)

Judge = Callable[..., Verdict]


@pytest.fixture(autouse=True)
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever these tests have judged is judged the long way and by whole lists, too, and must come out the same.

    But for test_hostile, which judges a hundred thousand messages; test_ways has some of their kind.
    """
    if request.module.__name__.endswith("test_hostile"):
        return

    def judge_both_ways(subject: Subject) -> Verdict:
        verdict = judge_once(subject)
        if subject.common is not None:
            assert verdict == judge_once(the_long_way(subject))
        if any(item.index for item in subject.trust.crls):  # one has entries
            assert verdict == judge_once(by_whole_lists(subject))
        return verdict

    judge_once = verify.judge
    monkeypatch.setattr(verify, "judge", judge_both_ways)


@pytest.fixture(scope="session")
def trust(pki: DemoPki) -> TrustStore:
    return pki.trust()


@pytest.fixture(scope="session")
def forge(pki: DemoPki) -> Forge:
    return Forge(pki)


@pytest.fixture(scope="session")
def judge(trust: TrustStore) -> Judge:
    """Judge by the demo's trust, under `kftc`, the day after signing, unless said otherwise."""

    def verdict(
        der: bytes, *, trust: TrustStore = trust, policy: VerifyPolicy = policies.KFTC, at: At = JUDGED_AT
    ) -> Verdict:
        return verify_der(der, trust=trust, policy=policy, at=at)

    return verdict
