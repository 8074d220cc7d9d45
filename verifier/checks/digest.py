"""Does the signed digest belong to the content (RFC 5652 §5.4, §11.2)?"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence

from verifier.algorithms import DIGESTS, is_of_signatures
from verifier.cms import ID_MESSAGE_DIGEST
from verifier.common_layout import CommonMessage
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
    yield _compared(claimed, signed_data.econtent, name, values[0].start)


def digest_again(_subject: Subject, message: CommonMessage, _before: Sequence[Finding]) -> Sequence[Finding]:
    """The algorithm is of the kind."""
    return (_compared(message.digest, message.econtent, message.kind.digest, message.digest_start),)


def _compared(claimed: bytes, content: bytes, name: str, start: int) -> Finding:
    """By a digest algorithm of the policy; `start` is where the claimed digest stands."""
    where = f"signerInfos[0].signedAttrs.messageDigest@{start}"
    actual = hashlib.new(name, content).digest()
    if hmac.compare_digest(claimed, actual):
        return Finding.passed(Check.DIGEST, "CMS-160", where, "RFC 5652 §11.2", digest=name)
    if len(claimed) != len(actual):
        sizes = {"size": len(claimed), "expected": len(actual)}
        return Finding.failed(Check.DIGEST, "CMS-189", where, "RFC 5652 §11.2", digest=name, **sizes)
    return Finding.failed(Check.DIGEST, "CMS-161", where, "RFC 5652 §11.2")
