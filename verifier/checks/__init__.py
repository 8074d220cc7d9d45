"""One module per check. A check yields what it has to say, or nothing when it cannot be carried out: no pass then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from verifier.checks.attributes import check_attributes
from verifier.checks.certificate import check_certificate
from verifier.checks.content import check_content
from verifier.checks.digest import check_digest
from verifier.checks.encoding import check_encoding
from verifier.checks.path import check_path, check_revocation
from verifier.checks.profile import check_profile
from verifier.checks.signature import check_signature
from verifier.checks.signing_time import check_time
from verifier.checks.size import check_size
from verifier.checks.structure import check_structure
from verifier.subject import Subject
from verifier.verdict import Check, Finding

CHECKS: Final[Mapping[Check, Callable[[Subject], Iterator[Finding]]]] = MappingProxyType(
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

__all__ = ["CHECKS"]
