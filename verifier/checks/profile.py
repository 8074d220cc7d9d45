"""Does the message keep to the form of 설계서 V3.8 2.5.2, beyond what RFC 5652 leaves open?"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.cms import SignedData, SignerInfo
from verifier.subject import Subject
from verifier.verdict import Check, Finding

_CLAUSE = "설계서 V3.8 2.5.2"

_PASSED = Finding.passed(Check.PROFILE, "CMS-140", "signedData", _CLAUSE)


def check_profile(subject: Subject) -> Iterator[Finding]:
    signed_data, signer_info = subject.signed_data, subject.signer_info
    if signed_data is None or signer_info is None:
        return
    findings = [*_signed_data(signed_data), *_signer_info(signed_data, signer_info)]
    yield from findings
    if not findings:
        yield _PASSED


def _signed_data(signed_data: SignedData) -> Iterator[Finding]:
    if signed_data.version != 1:
        where = f"signedData.version@{signed_data.version_start}"
        yield Finding.failed(Check.PROFILE, "CMS-141", where, "RFC 5652 §5.1", version=_small(signed_data.version))
    if not signed_data.certificates:
        yield Finding.failed(
            Check.PROFILE, "CMS-147", f"signedData.certificates@{signed_data.certificates_start}", _CLAUSE
        )
    if signed_data.crls_start is not None:
        yield Finding.failed(Check.PROFILE, "CMS-145", f"signedData.crls@{signed_data.crls_start}", _CLAUSE)


def _signer_info(signed_data: SignedData, signer_info: SignerInfo) -> Iterator[Finding]:
    if signer_info.version != 1:
        where = f"signerInfos[0].version@{signer_info.start}"
        yield Finding.failed(Check.PROFILE, "CMS-142", where, "RFC 5652 §5.3", version=_small(signer_info.version))
    if signer_info.issuer is None:
        yield Finding.failed(Check.PROFILE, "CMS-143", f"signerInfos[0].sid@{signer_info.start}", _CLAUSE)
    if [a.oid for a in signed_data.digest_algorithms] != [signer_info.digest_algorithm.oid]:
        yield Finding.failed(Check.PROFILE, "CMS-144", "signedData.digestAlgorithms", "RFC 5652 §5.1")
    elif not signed_data.digest_algorithms[0].has_no_parameters:
        yield Finding.failed(Check.PROFILE, "CMS-148", "signedData.digestAlgorithms[0].parameters", "RFC 5754 §2")
    if signer_info.unsigned_attrs_start is not None:
        where = f"signerInfos[0].unsignedAttrs@{signer_info.unsigned_attrs_start}"
        yield Finding.failed(Check.PROFILE, "CMS-146", where, _CLAUSE)


def _small(version: int) -> int | str:
    """A version for people to read: a hostile one may have a million digits."""
    return version if abs(version) < 1000 else "?"
