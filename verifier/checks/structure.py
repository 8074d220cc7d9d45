"""Is the message a ContentInfo with one signer's SignedData over content that it carries (RFC 5652 §3, §5)?"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.subject import Subject
from verifier.verdict import Check, Finding

_PASSED = Finding.passed(Check.STRUCTURE, "CMS-130", "contentInfo", "RFC 5652 §5.1")


def check_structure(subject: Subject) -> Iterator[Finding]:
    fault, signed_data = subject.structure_fault, subject.signed_data
    if fault is not None:
        yield Finding.failed(Check.STRUCTURE, fault.code, f"{fault.where}@{fault.offset}", "RFC 5652 §5.1, §5.3")
    if signed_data is None:
        return
    signers = len(signed_data.signer_infos)
    if signers != 1:
        where = f"signedData.signerInfos@{signed_data.signer_infos_start}"
        yield Finding.failed(Check.STRUCTURE, "CMS-135", where, "설계서 V3.8 2.5.2", signers=signers)
    if signed_data.econtent is None:
        where = f"encapContentInfo.eContent@{signed_data.econtent_start}"
        yield Finding.failed(Check.STRUCTURE, "CMS-136", where, "설계서 V3.8 2.5.2")
    if signers == 1 and signed_data.econtent is not None:
        yield _PASSED
