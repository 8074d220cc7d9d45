"""Is what was signed a consent text in UTF-8 or EUC-KR (설계서 V3.8 2.5.2)?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from consent.charset import Charset, strict_decode
from consent.errors import CodedError
from consent.offences import Offence, Reason, offences_in
from consent.text import charsets_of, is_cp949_only
from verifier.cms import ID_DATA
from verifier.common_layout import CommonMessage
from verifier.subject import Subject
from verifier.verdict import Check, Finding

_CLAUSE = "설계서 V3.8 2.5.2"
_WHERE = "encapContentInfo.eContent"


def check_content(subject: Subject) -> Iterator[Finding]:
    signed_data = subject.signed_data
    if signed_data is None or signed_data.econtent is None:
        return
    if signed_data.econtent_type != ID_DATA:
        where = f"encapContentInfo.eContentType@{signed_data.econtent_start}"
        yield Finding.failed(Check.CONTENT, "CMS-174", where, _CLAUSE, oid=signed_data.econtent_type[:64])
    yield from _judged(signed_data.econtent)


def content_again(_subject: Subject, message: CommonMessage, _before: Sequence[Finding]) -> Sequence[Finding]:
    """The content's type is of the kind."""
    return _judged(message.econtent)


def _judged(content: bytes) -> Sequence[Finding]:
    charsets = charsets_of(content)
    if not charsets:
        return [*_dubious(content)]
    found = _readable(charsets[0], content)
    if len(charsets) > 1 and not content.isascii():
        return found, Finding.passed(Check.CONTENT, "CMS-173", _WHERE, _CLAUSE)
    return (found,)


def _readable(charset: Charset, content: bytes) -> Finding:
    return Finding.passed(Check.CONTENT, "CMS-170", _WHERE, _CLAUSE, charset=charset.value, size=len(content))


def _dubious(content: bytes) -> Iterator[Finding]:
    """Not a text that our own signer would sign; the specification only asks for text in one of the charsets."""
    if not content.strip():
        yield Finding.failed(Check.CONTENT, "CMS-176", _WHERE, _CLAUSE)
        return
    for charset in Charset:
        offences = _offences(content, charset)
        if offences and all(offence.reason is not Reason.CONTROL for offence in offences):
            yield _readable(charset, content)
            yield Finding.passed(Check.CONTENT, "CMS-175", _WHERE, _CLAUSE, count=len(offences))
            return
    yield Finding.failed(Check.CONTENT, "CMS-172" if is_cp949_only(content) else "CMS-171", _WHERE, _CLAUSE)


def _offences(content: bytes, charset: Charset) -> tuple[Offence, ...]:
    try:
        return offences_in(strict_decode(content, charset), charset)
    except CodedError:
        return ()
