"""The main path: every check the policy asks for, in order, all of them reported (RFC 5652 §5.6, RFC 5280 §6)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain

from certs import Holder, TrustStore
from verifier.checks import CHECKS, Run
from verifier.policies import VerifyPolicy
from verifier.proofs import Proof
from verifier.repeats import recalled, remember
from verifier.subject import SIGNING_TIME, At, Subject
from verifier.verdict import Check, Finding, Verdict


def verify_der(  # noqa: PLR0913 - what is judged, by what, when and for whom, each by name
    der: bytes,
    *,
    trust: TrustStore,
    policy: VerifyPolicy,
    at: At,
    proofs: Sequence[Proof] = (),
    holder: Holder | None = None,
) -> Verdict:
    """Judge one piece of signed evidence.

    Args:
        der: the bytes, of any origin and size.
        trust: the only anchors, certificates, CRLs and OCSP responses that count. Nothing is fetched.
        policy: `policies.KFTC` for consent evidence, `policies.CMS` for any signature.
        at: the time to judge the certificate at, aware; or `SIGNING_TIME` for the time the signer claims.
        proofs: that the bytes existed at a time. The certificate is then judged at the earliest time that is proven,
            or at the one given if it is earlier still; never at the claimed one. With a time given, a time-stamp is
            judged by what is known then; with `SIGNING_TIME`, at the time that it says.
        holder: whom the certificate has to be for, a person or a company; None where either will do.

    Returns: a verdict, whatever the bytes are.

    Raises:
        TypeError: `at` is neither a datetime nor `SIGNING_TIME`.
        ValueError: `at` is naive, or no time in UTC; `holder` is none.
    """
    return judge(subject_of(der, trust=trust, policy=policy, at=at, proofs=proofs, holder=holder))


def subject_of(  # noqa: PLR0913 - as `verify_der`
    der: bytes,
    *,
    trust: TrustStore,
    policy: VerifyPolicy,
    at: At,
    proofs: Sequence[Proof] = (),
    holder: Holder | None = None,
) -> Subject:
    """What is judged, with what can be read out of it; the arguments are those of `verify_der`."""
    wanted = None if holder is None else Holder(holder)
    return Subject(der, trust, policy, _moment(at), tuple(proofs), wanted)


def judge(subject: Subject) -> Verdict:
    return Verdict(
        findings=_findings(subject),
        required=subject.policy.required,
        policy=subject.policy.name,
        der_sha256=hashlib.sha256(subject.der).digest(),
        evidence_kinds=subject.trust.settings.kinds,
        verified_at=subject.verified_at,
        time_source=subject.time_source,
        signing_time=subject.signing_time,
    )


def _moment(at: At) -> At:
    """The time in UTC. Nothing but the word itself stands for the claimed signing-time, least of all a slip."""
    if not isinstance(at, datetime):
        if at != SIGNING_TIME:
            raise TypeError("at must be an aware datetime or SIGNING_TIME")
        return at
    if at.utcoffset() is None:
        raise ValueError("at must be an aware datetime")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("at must be a time that exists in UTC") from None


def _findings(subject: Subject) -> tuple[Finding, ...]:
    asked = asked_by(subject.policy)
    findings = recalled(subject, asked)
    if findings is None:
        found = [_run(check, run, subject) for check, run in asked]
        remember(subject, asked, found)
        findings = tuple(chain.from_iterable(found))
    return findings


@lru_cache(maxsize=64)
def asked_by(policy: VerifyPolicy) -> tuple[tuple[Check, Run], ...]:
    """The checks that a policy demands, in their order."""
    return tuple((check, run) for check, run in CHECKS.items() if check in policy.required)


def _run(check: Check, run: Run, subject: Subject) -> list[Finding]:
    """A check that breaks down is a fault of ours: it costs the message its pass, never the caller its run."""
    try:
        return list(run(subject))
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is that nothing is proven
        return [Finding.unclear(check, "CMS-199", check.value, "-", error=type(error).__name__)]
