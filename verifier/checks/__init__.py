"""One module per check. A check yields what it has to say, or nothing when it cannot be carried out: no pass then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from verifier.checks.attributes import check_attributes
from verifier.checks.certificate import certificate_again, check_certificate
from verifier.checks.content import check_content, content_again
from verifier.checks.digest import check_digest, digest_again
from verifier.checks.encoding import check_encoding
from verifier.checks.path import check_path, check_revocation
from verifier.checks.profile import check_profile
from verifier.checks.signature import check_signature, signature_again
from verifier.checks.signing_time import check_time, time_again
from verifier.checks.size import check_size
from verifier.checks.structure import check_structure
from verifier.common_layout import CommonMessage
from verifier.subject import Subject
from verifier.verdict import Check, Finding

Run = Callable[[Subject], Iterable[Finding]]
Again = Callable[[Subject, CommonMessage, Sequence[Finding]], Sequence[Finding]]

CHECKS: Final[Mapping[Check, Run]] = MappingProxyType(
    {
        Check.SIZE: check_size,
        Check.ENCODING: check_encoding,
        Check.STRUCTURE: check_structure,
        Check.PROFILE: check_profile,
        Check.CONTENT: check_content,
        Check.ATTRIBUTES: check_attributes,
        Check.DIGEST: check_digest,
        Check.CERTIFICATE: check_certificate,
        Check.SIGNATURE: check_signature,
        Check.TIME: check_time,
        Check.PATH: check_path,
        Check.REVOCATION: check_revocation,
    }
)

OF_KIND: Final = frozenset({check_encoding, check_structure, check_profile, check_attributes})
"""Checks that look at nothing in a message of the common layout but its kind, so that one stands for all."""

AGAIN: Final[Mapping[Run, Again]] = MappingProxyType(
    {
        check_content: content_again,
        check_digest: digest_again,
        check_certificate: certificate_again,
        check_signature: signature_again,
        check_time: time_again,
    }
)
"""What is left to look at, and so to find, in a message of the kind of one that satisfied the check, whose signer's
certificate is of the shape of that one's. It is told what was found then."""

__all__ = ["AGAIN", "CHECKS", "OF_KIND", "Again", "Run"]
