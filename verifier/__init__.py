"""DER to verdict: what a signed consent is worth, whoever signed it.

>>> from datetime import UTC, datetime
>>> from certs.demo import build_demo_pki
>>> from consent import Charset, ConsentText
>>> from signer import LocalKey, sign_consent
>>> from verifier import policies, verify_der
>>> when = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
>>> pki = build_demo_pki(at=when)
>>> trust = pki.trust()  # made up; `certs.TrustStore.open` opens a trust folder
>>> der = sign_consent(ConsentText.of("자동납부에 동의합니다.", Charset.UTF_8), LocalKey.of(pki.payers["rsa"]), at=when)
>>> verdict = verify_der(der, trust=trust, policy=policies.KFTC, at=when)
>>> verdict.indication.name, len(verdict.findings)
('TOTAL_PASSED', 13)
>>> verdict.require_passed()  # raises NotPassed for any other
>>> verify_der(der[:-1] + b"!", trust=trust, policy=policies.KFTC, at=when).indication.name
'TOTAL_FAILED'
"""

from verifier import policies
from verifier.policies import VerifyPolicy
from verifier.proofs import Receipt, TimeStamp
from verifier.subject import SIGNING_TIME
from verifier.verdict import Check, Finding, Indication, NotPassed, TimeSource, Verdict
from verifier.verify import verify_der

__all__ = [
    "SIGNING_TIME",
    "Check",
    "Finding",
    "Indication",
    "NotPassed",
    "Receipt",
    "TimeSource",
    "TimeStamp",
    "Verdict",
    "VerifyPolicy",
    "policies",
    "verify_der",
]
