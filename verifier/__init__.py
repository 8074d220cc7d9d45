"""DER to verdict: what a signed consent is worth, whoever signed it.

from certs import TrustStore
from verifier import policies, verify_der

verdict = verify_der(der, trust=TrustStore.open(folder), policy=policies.KFTC, at=when)
verdict.require_passed()          # or look at verdict.indication and verdict.findings
"""

from verifier import policies
from verifier.policies import VerifyPolicy
from verifier.subject import SIGNING_TIME
from verifier.verdict import Check, Finding, Indication, NotPassed, TimeSource, Verdict
from verifier.verify import verify_der

__all__ = [
    "SIGNING_TIME",
    "Check",
    "Finding",
    "Indication",
    "NotPassed",
    "TimeSource",
    "Verdict",
    "VerifyPolicy",
    "policies",
    "verify_der",
]
