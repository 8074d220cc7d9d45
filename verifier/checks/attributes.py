"""Do the signed attributes say what RFC 5652 §5.3 and §11 want of them, and can nothing else be taken for them?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from verifier.bindings import ID_ALGORITHM_PROTECTION, names_the_algorithms
from verifier.cms import (
    ID_CONTENT_TYPE,
    ID_DATA,
    ID_MESSAGE_DIGEST,
    ID_SIGNING_TIME,
    Attribute,
    SignedAttributes,
    SignedData,
    SignerInfo,
)
from verifier.der import OCTET_STRING, OID, UTC_TIME, dotted_oid
from verifier.subject import Subject
from verifier.verdict import Check, Finding

_WHERE = "signerInfos[0].signedAttrs"

_PASSED = Finding.passed(Check.ATTRIBUTES, "CMS-150", _WHERE, "RFC 5652 §11")


def check_attributes(subject: Subject) -> Iterator[Finding]:
    signed_data, signer_info = subject.signed_data, subject.signer_info
    if signed_data is None or signer_info is None:
        return
    if signer_info.signed_attrs is None:
        yield from _without_attributes(signed_data)
        return
    findings = [
        *_repeated(signer_info.signed_attrs),
        *_content_type(subject.der, signed_data, signer_info.signed_attrs),
        *_message_digest(signer_info.signed_attrs),
        *_signing_time(subject, signer_info.signed_attrs),
        *_algorithms(subject.der, signer_info, signer_info.signed_attrs),
    ]
    yield from findings
    if not findings:
        yield _PASSED


def _without_attributes(signed_data: SignedData) -> Iterator[Finding]:
    if signed_data.econtent_type != ID_DATA:
        yield Finding.failed(Check.ATTRIBUTES, "CMS-157", "signerInfos[0]", "RFC 5652 §5.3")
    elif signed_data.econtent is not None and could_be_signed_attributes(signed_data.econtent):
        yield Finding.failed(Check.ATTRIBUTES, "CMS-156", "encapContentInfo.eContent", "RFC 5652 §5.4")
    else:
        yield Finding.passed(Check.ATTRIBUTES, "CMS-151", "signerInfos[0]", "설계서 V3.8 2.5.2")


def could_be_signed_attributes(content: bytes) -> bool:
    """Whether a signature over `content` could be one over signed attributes instead.

    The two are hashed alike. Somebody who cuts the attributes out of a signed message and presents them as its content
    would have a valid signature over a "text" that nobody ever agreed to. So anything that opens like a SET of
    attributes, as long as the content, is taken for one; what the attributes hold does not matter.
    """
    return bool(_SET_OF_ATTRIBUTES.match(content)) and _ends_with_its_set(content)


_SET_OF_ATTRIBUTES: Final = re.compile(
    rb"\x31(?:[\x00-\x7f]|\x81.|\x82..|\x83...|\x84....)\x30(?:[\x00-\x7f]|\x81.|\x82..|\x83...)\x06", re.DOTALL
)


def _ends_with_its_set(content: bytes) -> bool:
    octets = content[1] & 0x7F if content[1] & 0x80 else 0
    length = int.from_bytes(content[2 : 2 + octets]) if octets else content[1]
    return 2 + octets + length == len(content)


def _repeated(attributes: SignedAttributes) -> Iterator[Finding]:
    seen: set[str] = set()
    for attribute in attributes.attributes:
        if attribute.oid in seen:
            yield Finding.failed(Check.ATTRIBUTES, "CMS-155", f"{_WHERE}@{attribute.start}", "RFC 5652 §5.3")
        seen.add(attribute.oid)


def _content_type(der: bytes, signed_data: SignedData, attributes: SignedAttributes) -> Iterator[Finding]:
    named = attributes.named(ID_CONTENT_TYPE)
    if not named:
        yield Finding.failed(Check.ATTRIBUTES, "CMS-152", _WHERE, "RFC 5652 §11.1")
    for attribute in named:
        where = f"{_WHERE}.contentType@{attribute.start}"
        if not _has_one_value(attribute, OID):
            yield Finding.failed(Check.ATTRIBUTES, "CMS-187", where, "RFC 5652 §11.1")
        elif dotted_oid(der[attribute.values[0].body : attribute.values[0].end]) != signed_data.econtent_type:
            yield Finding.failed(Check.ATTRIBUTES, "CMS-153", where, "RFC 5652 §11.1")


def _message_digest(attributes: SignedAttributes) -> Iterator[Finding]:
    named = attributes.named(ID_MESSAGE_DIGEST)
    if not named:
        yield Finding.failed(Check.ATTRIBUTES, "CMS-154", _WHERE, "RFC 5652 §11.2")
    for attribute in named:
        if not _has_one_value(attribute, OCTET_STRING):
            where = f"{_WHERE}.messageDigest@{attribute.start}"
            yield Finding.failed(Check.ATTRIBUTES, "CMS-188", where, "RFC 5652 §11.2")


def _has_one_value(attribute: Attribute, tag: int) -> bool:
    return [value.tag for value in attribute.values] == [tag]


def _signing_time(subject: Subject, attributes: SignedAttributes) -> Iterator[Finding]:
    named = attributes.named(ID_SIGNING_TIME)
    time = subject.signing_time
    if named and (time is None or not _uses_the_right_type(time, named[0].values[0].tag)):
        yield Finding.failed(Check.ATTRIBUTES, "CMS-158", f"{_WHERE}.signingTime@{named[0].start}", "RFC 5652 §11.3")


def _algorithms(der: bytes, signer_info: SignerInfo, attributes: SignedAttributes) -> Iterator[Finding]:
    for attribute in attributes.named(ID_ALGORITHM_PROTECTION):
        if not names_the_algorithms(der, attribute, signer_info):
            where = f"{_WHERE}.cmsAlgorithmProtection@{attribute.start}"
            yield Finding.failed(Check.ATTRIBUTES, "CMS-192", where, "RFC 6211 §2")


def _uses_the_right_type(time: datetime, tag: int) -> bool:
    """UTCTime for 1950 to 2049, GeneralizedTime for other years."""
    return (tag == UTC_TIME) == (1950 <= time.year <= 2049)
