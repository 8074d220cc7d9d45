"""DER to verdict: what a signed consent is worth, whoever signed it.

>>> from certs import TrustStore
>>> from verifier import policies, verify_der
>>> trust = TrustStore.open(Path("trust"))                                            # doctest: +SKIP
>>> verdict = verify_der(der, trust=trust, policy=policies.KFTC, at=when)             # doctest: +SKIP
>>> verdict.require_passed()    # or verdict.indication and verdict.findings          # doctest: +SKIP
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
