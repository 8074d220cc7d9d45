"""What the check `time` says, word for word, to the second on either side of each of its limits."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest

from certs import TrustStore
from tests.verifier.forge import SIGNED_AT, Forge
from verifier import SIGNING_TIME, Check, Finding, Indication, Receipt, policies, verify_der
from verifier.subject import At

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
SKEW = timedelta(minutes=5)
WHERE = "signerInfos[0].signedAttrs.signingTime"
PASSED, UNCLEAR, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED


def said(der: bytes, trust: TrustStore, at: At, *received_at: datetime) -> list[Finding]:
    receipts = [Receipt(hashlib.sha256(der).digest(), one) for one in received_at]
    verdict = verify_der(der, trust=trust, policy=policies.KFTC, at=at, proofs=receipts)
    return [finding for finding in verdict.findings if finding.check is Check.TIME]


def finding(code: str, effect: Indication, where: str, reference: str, **details: str | int) -> Finding:
    return Finding(Check.TIME, code, effect, where, reference, details)


SOUND = finding("PKI-130", PASSED, WHERE, "RFC 5652 §11.3", claimed=SIGNED_AT.isoformat())


@pytest.mark.parametrize("late", [False, True])
def test_a_clock_may_run_ahead_by_five_minutes(forge: Forge, trust: TrustStore, late: bool) -> None:
    at = SIGNED_AT - SKEW - (SECOND if late else timedelta(0))
    times = {"claimed": SIGNED_AT.isoformat(), "verified_at": at.isoformat()}
    expected = finding("PKI-132", FAILED, WHERE, "RFC 5652 §11.3", **times) if late else SOUND
    assert said(forge.der(), trust, at) == [expected]


def test_the_time_of_a_verdict_is_said_in_whole_seconds(forge: Forge, trust: TrustStore) -> None:
    at = SIGNED_AT - DAY + timedelta(microseconds=1)
    (told,) = said(forge.der(), trust, at)
    assert told.details["verified_at"] == (SIGNED_AT - DAY).isoformat()


@pytest.mark.parametrize(
    ("end", "beyond"), [("begin", timedelta(0)), ("end", timedelta(0)), ("begin", -SECOND), ("end", SECOND)]
)
def test_a_claim_lies_in_the_certificate_s_life_ends_included(
    forge: Forge, trust: TrustStore, end: str, beyond: timedelta
) -> None:
    certificate = forge.pair.certificate
    claimed = (certificate.not_valid_before_utc if end == "begin" else certificate.not_valid_after_utc) + beyond
    code, effect, clause = ("PKI-131", FAILED, "RFC 5280 §4.1.2.5") if beyond else ("PKI-130", PASSED, "RFC 5652 §11.3")
    der = forge.but(at=claimed).der()
    expected = finding(code, effect, WHERE, clause, claimed=claimed.isoformat())
    assert said(der, trust, claimed + DAY) == [expected]


def test_no_claim_is_no_matter_unless_it_is_what_to_judge_at(forge: Forge, trust: TrustStore) -> None:
    der = forge.but(attributes=None).der()
    assert said(der, trust, SIGNED_AT) == [finding("PKI-133", PASSED, WHERE, "설계서 V3.8 2.5.2")]
    assert said(der, trust, SIGNING_TIME) == [finding("PKI-134", UNCLEAR, WHERE, "RFC 5652 §11.3")]


@pytest.mark.parametrize("late", [False, True])
def test_a_receipt_of_the_time_given_is_used_and_one_of_later_is_not(
    forge: Forge, trust: TrustStore, late: bool
) -> None:
    at = SIGNED_AT + DAY
    received = at + (SECOND if late else timedelta(0))
    expected = [finding("PKI-136", PASSED, "receipt", "-", by=received.isoformat())]
    if late:
        expected.append(finding("PKI-151", PASSED, "receipt", "-", by=received.isoformat()))
    assert said(forge.der(), trust, at, received) == [*expected, SOUND]


@pytest.mark.parametrize(("after", "days"), [(DAY, None), (DAY + SECOND, 1), (3 * DAY, 3)])
def test_evidence_may_turn_up_a_day_after_the_claim(
    forge: Forge, trust: TrustStore, after: timedelta, days: int | None
) -> None:
    received = SIGNED_AT + after
    expected = [finding("PKI-136", PASSED, "receipt", "-", by=received.isoformat()), SOUND]
    if days is not None:
        expected.append(finding("PKI-153", PASSED, WHERE, "RFC 5652 §11.3", claimed=SIGNED_AT.isoformat(), days=days))
    assert said(forge.der(), trust, SIGNED_AT + 10 * DAY, received) == expected
    assert said(forge.der(), trust, received) == [SOUND]


def test_a_receipt_of_other_bytes_is_told(forge: Forge, trust: TrustStore) -> None:
    der = forge.der()
    receipt = Receipt(bytes(32), SIGNED_AT)
    verdict = verify_der(der, trust=trust, policy=policies.KFTC, at=SIGNED_AT + DAY, proofs=[receipt])
    assert [f for f in verdict.findings if f.check is Check.TIME] == [
        finding("PKI-150", UNCLEAR, "receipt", "-"),
        SOUND,
    ]
