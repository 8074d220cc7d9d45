"""Fixtures for judging: the demo's trust, and a recipe for messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from certs import TrustStore
from certs.demo import DemoPki
from tests.verifier.forge import Forge
from verifier import Verdict, VerifyPolicy, policies, verify_der
from verifier.subject import At

JUDGED_AT = datetime(2026, 6, 2, tzinfo=UTC)

Judge = Callable[..., Verdict]


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
