"""Does a time-stamp prove that evidence existed (RFC 3161, RFC 5816)?

A token is a signed message and is judged as one, by the same checks as evidence. On top come what it says, and what
only a time-stamping authority has to keep to.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from verifier.algorithms import DIGESTS
from verifier.bindings import bound_certificates
from verifier.fields import StructureFault
from verifier.policies import TIME_STAMP
from verifier.proofs import Proven, TimeStamp
from verifier.reports.terms import message
from verifier.subject import Subject
from verifier.tst_info import TstInfo, read_tst_info, token_of
from verifier.verdict import Check, Finding, Indication, TimeSource
from verifier.verify import judge

_WHERE: Final = "time-stamp"
_CLAUSE: Final = "RFC 3161 §2.4.2"


def prove(stamp: TimeStamp, der: bytes, at: datetime | None) -> Proven:
    """Judge a time-stamp over `der` by what is known at `at`; None: at the time that it says itself."""
    try:
        token = token_of(stamp.token)
        info = read_tst_info(token)
        existed_by = info.existed_by
    except (StructureFault, OverflowError):
        return _nothing(Finding.unclear(Check.TIME, "PKI-137", _WHERE, _CLAUSE))
    if not _is_over(info, der):
        return _nothing(Finding.unclear(Check.TIME, "PKI-138", f"{_WHERE}.messageImprint", _CLAUSE))
    judged_at = at or info.generated_at
    against = [*_against(Subject(token, stamp.trust, TIME_STAMP, judged_at), info)]
    if against:
        return _nothing(_worthless(against))
    by, judged = existed_by.isoformat(timespec="seconds"), judged_at.isoformat(timespec="seconds")
    finding = Finding.passed(Check.TIME, "PKI-135", _WHERE, _CLAUSE, by=by, at=judged)
    return Proven(finding, TimeSource.TIME_STAMP, existed_by)


def _nothing(finding: Finding) -> Proven:
    return Proven(finding, TimeSource.TIME_STAMP, None)


def _is_over(info: TstInfo, der: bytes) -> bool:
    digest = DIGESTS.get(info.digest_algorithm.oid)
    return digest is not None and hmac.compare_digest(info.imprint, hashlib.new(digest, der).digest())


def _against(token: Subject, info: TstInfo) -> Iterator[Finding]:
    verdict = judge(token)
    yield from (finding for finding in verdict.findings if finding.effect is not Indication.TOTAL_PASSED)
    if verdict.not_run:
        yield Finding.unclear(Check.TIME, "PKI-137", _WHERE, _CLAUSE)
    if verdict.indication is not Indication.TOTAL_PASSED:
        return
    if not _is_within_validity(token.signer_certificate, info.generated_at):
        generated = info.generated_at.isoformat(timespec="seconds")
        yield Finding.failed(Check.TIME, "PKI-165", _WHERE, "RFC 5280 §4.1.2.5", generated=generated)
    if not _is_for_nothing_else(token.signer_certificate):
        yield Finding.failed(Check.CERTIFICATE, "PKI-129", _WHERE, "RFC 3161 §2.3")
    attributes = token.signer_info and token.signer_info.signed_attrs
    if not (attributes and bound_certificates(attributes)):
        yield Finding.failed(Check.CERTIFICATE, "PKI-137", _WHERE, "RFC 5816 §2.2.1")


def _is_within_validity(certificate: x509.Certificate | None, generated_at: datetime) -> bool:
    """What is judged later says nothing of it: a token may date itself before its authority was one."""
    return (
        certificate is not None and certificate.not_valid_before_utc <= generated_at <= certificate.not_valid_after_utc
    )


def _is_for_nothing_else(certificate: x509.Certificate | None) -> bool:
    """RFC 3161 §2.3: the extended key usage is critical, and time-stamping alone."""
    if certificate is None:
        return False
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def _worthless(against: list[Finding]) -> Finding:
    worst = max(against, key=lambda finding: finding.effect)
    return Finding.unclear(
        Check.TIME,
        "PKI-139",
        _WHERE,
        _CLAUSE,
        reason_ko=message(worst, "ko"),
        reason_en=message(worst, "en"),
        codes=", ".join(dict.fromkeys(finding.code for finding in against)),
    )
