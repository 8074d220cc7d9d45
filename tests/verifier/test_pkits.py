"""NIST PKITS: what it accepts we accept, what it refuses we never accept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from certs import TrustSettings
from tests.verifier.pkits import Case, cases, certificate, message, trust
from verifier import Indication, policies, verify_der
from verifier.path import validate

AT = datetime(2020, 1, 1, tzinfo=UTC)
DSA = frozenset({"ValidDSASignaturesTest4", "ValidDSAParameterInheritanceTest5"})
"""Valid in PKITS, refused here: DSA is no algorithm of consent evidence (설계서 V3.8 2.5.2, ADR 0021)."""


def accepted(case: Case) -> bool:
    verdict = verify_der(message(case.message), trust=trust(case.settings), policy=policies.CMS, at=AT)
    assert "CMS-199" not in {f.code for f in verdict.findings}, case.name
    return verdict.indication is Indication.TOTAL_PASSED


def test_every_test_of_the_suite_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    suite = list(cases())
    outcomes = {case.name: accepted(case) for case in suite}
    false_accepts = [case.name for case in suite if outcomes[case.name] and not case.valid]
    false_rejects = [case.name for case in suite if case.valid and not outcomes[case.name]]
    agreed = len(suite) - len(false_accepts) - len(false_rejects)
    with capsys.disabled():
        print(
            f"\nPKITS: {agreed} of {len(suite)} tests and sub-tests agree; false accepts: {len(false_accepts)}; "
            f"false rejects: {len(false_rejects)} ({len(DSA)} by design, DSA)"
        )
    assert len(suite) == 247  # 224 messages, 16 of them with two to four sub-tests
    assert false_accepts == []
    assert set(false_rejects) == DSA


def test_the_certificate_of_4_14_18_passes_though_its_message_is_that_of_4_14_19() -> None:
    """The suite's message file for onlySomeReasons 18 is a copy of number 19's; its certificate is judged by itself."""
    result = validate(certificate("ValidonlySomeReasonsTest18EE"), [], trust(TrustSettings()), AT)
    assert result.is_good
