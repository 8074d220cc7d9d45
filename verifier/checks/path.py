"""Does the signer's certificate lead to a trust anchor, and is nothing on the way revoked?"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.subject import Subject
from verifier.verdict import Finding


def check_path(subject: Subject) -> Iterator[Finding]:
    if subject.path_result is not None:
        yield subject.path_result.path


def check_revocation(subject: Subject) -> Iterator[Finding]:
    if subject.path_result is not None:
        yield from subject.path_result.revocation
