"""Fixtures for judging: the demo's trust, and a recipe for messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from certs import TrustStore
from certs.demo import DemoPki
from tests.verifier.forge import Forge
from tests.verifier.ways import the_long_way
from verifier import Verdict, VerifyPolicy, policies, verify, verify_der
from verifier.subject import At, Subject

JUDGED_AT = datetime(2026, 6, 2, tzinfo=UTC)

Judge = Callable[..., Verdict]


@pytest.fixture(autouse=True, scope="session")
def both_ways() -> Iterator[None]:
    """Whatever these tests have judged the short way is judged the long way, too, and must come out the same."""

    def judge_both_ways(subject: Subject) -> Verdict:
        verdict = judge_once(subject)
        if subject.common is not None:
            assert verdict == judge_once(the_long_way(subject))
        return verdict

    judge_once = verify.judge
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "judge", judge_both_ways)
        yield


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
