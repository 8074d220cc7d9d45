"""Is every byte of the message DER (설계서 V3.8 2.5.2: "DER 인코딩 형태")?"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.subject import Subject
from verifier.verdict import Check, Finding

MAX_FAULTS = 20  # a message in BER has one in nearly every element

_PASSED = Finding.passed(Check.ENCODING, "CMS-109", "@0", "X.690 §10")


def check_encoding(subject: Subject) -> Iterator[Finding]:
    if subject.is_too_large or not subject.der:
        return
    findings = [*_faults(subject), *_implicit_sets(subject)]
    yield from findings if len(findings) <= MAX_FAULTS else [*findings[: MAX_FAULTS - 1], findings[-1]]
    if not findings:
        yield _PASSED


def _faults(subject: Subject) -> Iterator[Finding]:
    for fault in subject.der_faults:
        yield Finding.failed(Check.ENCODING, fault.code, f"@{fault.offset}", "X.690 §8, §10, §11", **fault.details)


def _implicit_sets(subject: Subject) -> Iterator[Finding]:
    """Sets under a context tag, which only the structure tells apart from sequences."""
    signed_data = subject.signed_data
    if signed_data is None:
        return
    if not signed_data.certificates_sorted:
        where = f"signedData.certificates@{signed_data.certificates_start}"
        yield Finding.failed(Check.ENCODING, "CMS-127", where, "X.690 §11.6")
    for i, signer_info in enumerate(signed_data.signer_infos):
        attributes = signer_info.signed_attrs
        if attributes is not None and not attributes.is_sorted:
            where = f"signerInfos[{i}].signedAttrs@{attributes.start}"
            yield Finding.failed(Check.ENCODING, "CMS-126", where, "RFC 5652 §5.3")
