"""Is the message of a size the clearing institute takes (설계서 V3.8 2.5.1)?"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.subject import Subject
from verifier.verdict import Check, Finding

_CLAUSE = "설계서 V3.8 2.5.1"


def check_size(subject: Subject) -> Sequence[Finding]:
    size, limit, warn_from = len(subject.der), subject.policy.max_der_bytes, subject.policy.warn_der_bytes
    if size == 0:
        return (Finding.failed(Check.SIZE, "CMS-104", "@0", _CLAUSE),)
    if size > limit:
        return (Finding.failed(Check.SIZE, "CMS-102", f"@{limit}", _CLAUSE, limit=limit),)
    found = Finding.passed(Check.SIZE, "CMS-101", "@0", _CLAUSE, size=size, limit=limit)
    if warn_from is None or size < warn_from:
        return (found,)
    where = f"@{warn_from}"
    return found, Finding.passed(Check.SIZE, "CMS-103", where, _CLAUSE, size=size, warn_from=warn_from, limit=limit)
