"""Does the signer's certificate lead to a trust anchor, and is nothing on the way revoked?"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.subject import Subject
from verifier.verdict import Check, Finding


def check_path(subject: Subject) -> Sequence[Finding]:
    result = subject.path_result
    if result is None:
        return ()
    found = [result.path, *result.product]
    inputs = subject.trust.settings.path
    if inputs.initial_policy_set and not inputs.explicit_policy:
        found.append(Finding.passed(Check.PATH, "PKI-119", "trust.toml [path]", "RFC 5280 §6.1.1 (c), (e)"))
    if result.unproven:
        where = "signedData.certificates"
        found.append(Finding.unclear(Check.PATH, "PKI-117", where, "설계서 V3.8 2.5.2", count=result.unproven))
    return found


def check_revocation(subject: Subject) -> Sequence[Finding]:
    return () if subject.path_result is None else subject.path_result.revocation
