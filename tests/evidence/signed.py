"""Signed evidence for the tests of the store: real DERs, and their verdicts."""

from __future__ import annotations

from dataclasses import replace

from certs import TrustStore
from certs.demo import DemoPki
from consent import Charset, ConsentText
from evidence.build import Registration
from signer import LocalKey, sign_consent
from tests.conftest import BUILT_AT
from tests.evidence.lifecycle.people import payer
from verifier import policies, verify_der


def signed(pki: DemoPki, number: int, *, by: str = "ecdsa", trust: TrustStore | None = None) -> Registration:
    """One consent with a DER of its own, judged; told from others by its number."""
    text = ConsentText.of(f"자동이체 출금에 동의합니다. {number}", Charset.UTF_8)
    der = sign_consent(text, LocalKey.of(replace(pki.payers[by], others=())), at=BUILT_AT)
    verdict = verify_der(der, trust=trust or pki.trust(), policy=policies.KFTC, at=BUILT_AT)
    return replace(payer(number), evidence_kind="2", extension="der", evidence=der, verdict=verdict)
