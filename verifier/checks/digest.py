"""Does the signed digest belong to the content (RFC 5652 §5.4, §11.2)?"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from verifier.algorithms import DIGESTS, is_of_signatures
from verifier.cms import ID_MESSAGE_DIGEST
from verifier.der import OCTET_STRING
from verifier.subject import Subject
from verifier.verdict import Check, Finding

_WHERE = "signerInfos[0].digestAlgorithm"


def check_digest(subject: Subject) -> Iterator[Finding]:
    signed_data, signer_info = subject.signed_data, subject.signer_info
    if signed_data is None or signer_info is None or signed_data.econtent is None:
        return
    algorithm = signer_info.digest_algorithm
    name = DIGESTS.get(algorithm.oid)
    if name not in subject.policy.digests:
        code = "CMS-186" if is_of_signatures(algorithm.oid) else "CMS-162"
        yield Finding.failed(Check.DIGEST, code, _WHERE, "설계서 V3.8 2.5.2", oid=algorithm.oid[:64])
        return
    if not algorithm.has_no_parameters:
        yield Finding.failed(Check.DIGEST, "CMS-164", f"{_WHERE}.parameters", "RFC 5754 §2")
    if signer_info.signed_attrs is None:
        yield Finding.passed(Check.DIGEST, "CMS-163", "encapContentInfo.eContent", "RFC 5652 §5.4", digest=name)
        return
    values = [v for a in signer_info.signed_attrs.named(ID_MESSAGE_DIGEST) for v in a.values if v.tag == OCTET_STRING]
    if len(values) != 1:
        return  # the attributes check says why
    claimed = subject.der[values[0].body : values[0].end]
    where = f"signerInfos[0].signedAttrs.messageDigest@{values[0].start}"
    actual = subject.digest(name, signed_data.econtent)
    if len(claimed) != len(actual):
        sizes = {"size": len(claimed), "expected": len(actual)}
        yield Finding.failed(Check.DIGEST, "CMS-189", where, "RFC 5652 §11.2", digest=name, **sizes)
    elif hmac.compare_digest(claimed, actual):
        yield Finding.passed(Check.DIGEST, "CMS-160", where, "RFC 5652 §11.2", digest=name)
    else:
        yield Finding.failed(Check.DIGEST, "CMS-161", where, "RFC 5652 §11.2")
