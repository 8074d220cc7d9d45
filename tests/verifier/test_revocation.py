"""Revocation lists of every kind: forged ones are worth nothing, and whichever genuine one convicts is heard."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from certs import Revocation, TrustSettings, TrustStore
from certs.demo import DemoPki
from certs.keys import PrivateKey
from tests.conftest import BUILT_AT
from tests.verifier.conftest import JUDGED_AT, Judge
from tests.verifier.forge import Forge
from verifier import Check, Indication, Verdict

DAY = timedelta(days=1)
PASSED, UNCLEAR, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED
REVOKED = ("PKI-121", FAILED)


def said(verdict: Verdict) -> set[tuple[str, Indication]]:
    assert "CMS-199" not in {f.code for f in verdict.findings}
    return {(f.code, f.effect) for f in verdict.findings if f.check is Check.REVOCATION}


class Authority:
    """The issuer of the signer's certificate, making lists to order."""

    def __init__(self, forge: Forge) -> None:
        self.pair = forge.pki.intermediates[0].key_pair
        self.serial = forge.pair.certificate.serial_number

    def entry(self, at: datetime, *extensions: x509.ExtensionType) -> x509.RevokedCertificate:
        builder = x509.RevokedCertificateBuilder().serial_number(self.serial).revocation_date(at)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.CertificateIssuer))
        return builder.build()

    def crl(
        self,
        *entries: x509.RevokedCertificate,
        at: datetime = BUILT_AT,
        extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
        key: PrivateKey | None = None,
        issuer: x509.Certificate | None = None,
    ) -> bytes:
        name = (issuer or self.pair.certificate).subject
        builder = x509.CertificateRevocationListBuilder().issuer_name(name).last_update(at).next_update(at + 30 * DAY)
        for entry in entries:
            builder = builder.add_revoked_certificate(entry)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(key or self.pair.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.fixture
def authority(forge: Forge) -> Authority:
    return Authority(forge)


def trust_with(
    pki: DemoPki, *lists: bytes, mode: Revocation = Revocation.REQUIRE, authorities: tuple[bytes, ...] = ()
) -> TrustStore:
    intermediates = [a.der for a in pki.intermediates]
    return TrustStore.of(
        [pki.root.der], [*intermediates, *authorities], [pki.root.crl, *lists], settings=TrustSettings(revocation=mode)
    )


def second_certificate(pki: DemoPki) -> bytes:
    """Another key of the authority, certified by itself: a rollover."""
    own, key = pki.intermediates[0].key_pair, ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(own.certificate.subject)
        .issuer_name(own.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BUILT_AT - DAY)
        .not_valid_after(BUILT_AT + 400 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    return builder.sign(own.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_forged_lists_vouch_for_nobody_however_many_there_are(forge: Forge, judge: Judge, authority: Authority) -> None:
    """The library takes a second list of a name for signed, when it met the first on the way to its issuer."""
    thief = ec.generate_private_key(ec.SECP256R1())
    forged = [authority.crl(key=thief), authority.crl(key=thief, at=BUILT_AT + DAY / 2)]
    for more in ((), (second_certificate(forge.pki),)):
        verdict = judge(forge.der(), trust=trust_with(forge.pki, *forged, authorities=more))
        assert said(verdict) == {("PKI-122", UNCLEAR)}


def test_an_authority_that_may_not_sign_lists_signs_none(forge: Forge, judge: Judge, authority: Authority) -> None:
    signer = forge.pair  # its certificate is for digitalSignature
    forged = authority.crl(key=signer.private_key, issuer=signer.certificate)
    assert said(judge(forge.der(), trust=trust_with(forge.pki, forged))) == {("PKI-122", UNCLEAR)}


def test_ocsp_responses_are_not_believed_and_it_is_said(forge: Forge, judge: Judge, authority: Authority) -> None:
    response = ocsp.OCSPResponseBuilder().add_response(
        cert=forge.pair.certificate,
        issuer=authority.pair.certificate,
        algorithm=hashes.SHA256(),
        cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=BUILT_AT,
        next_update=BUILT_AT + 30 * DAY,
        revocation_time=None,
        revocation_reason=None,
    )
    signed = response.responder_id(ocsp.OCSPResponderEncoding.NAME, authority.pair.certificate).sign(
        authority.pair.private_key, hashes.SHA256()
    )
    trust = TrustStore.of(
        [forge.pki.root.der],
        [a.der for a in forge.pki.intermediates],
        [forge.pki.root.crl],
        [signed.public_bytes(Encoding.DER)],
    )
    assert said(judge(forge.der(), trust=trust)) == {("PKI-127", PASSED), ("PKI-122", UNCLEAR)}


DELTA = (x509.DeltaCRLIndicator(1), True)
UNKNOWN = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)


@pytest.mark.parametrize("mode", [Revocation.REQUIRE, Revocation.IF_PRESENT])
@pytest.mark.parametrize(
    "case",
    [
        "newer list",
        "issued after the certificate ended",
        "unknown extension",
        "delta without base",
        "removed, not in a delta",
    ],
)
def test_any_genuine_list_convicts_whatever_the_others_say(
    forge: Forge, judge: Judge, authority: Authority, mode: Revocation, case: str
) -> None:
    entry = authority.entry(BUILT_AT - DAY)
    convicting = {
        "newer list": lambda: authority.crl(entry, at=BUILT_AT + DAY / 2),
        "issued after the certificate ended": lambda: authority.crl(
            entry, at=forge.pair.certificate.not_valid_after_utc + DAY
        ),
        "unknown extension": lambda: authority.crl(entry, extensions=(UNKNOWN,)),
        "delta without base": lambda: authority.crl(entry, extensions=((x509.CRLNumber(2), False), DELTA)),
        "removed, not in a delta": lambda: authority.crl(
            authority.entry(BUILT_AT - DAY, x509.CRLReason(x509.ReasonFlags.remove_from_crl))
        ),
    }[case]()
    clean = authority.crl(at=BUILT_AT - DAY)
    for lists in ((clean, convicting), (convicting,)):
        assert REVOKED in said(judge(forge.der(), trust=trust_with(forge.pki, *lists, mode=mode)))


def test_an_indirect_list_convicts_whom_it_names(forge: Forge, judge: Judge, authority: Authority) -> None:
    point = x509.IssuingDistributionPoint(
        full_name=None,
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=True,
        only_contains_attribute_certs=False,
    )
    of_signer = x509.CertificateIssuer([x509.DirectoryName(authority.pair.certificate.subject)])
    of_other = x509.CertificateIssuer([x509.DirectoryName(forge.pki.intermediates[1].certificate.subject)])
    root = forge.pki.root.key_pair
    for named, expected in ((of_signer, True), (of_other, False)):
        entry = authority.entry(BUILT_AT - DAY, named)
        lists = authority.crl(entry, extensions=((point, True),), key=root.private_key, issuer=root.certificate)
        verdict = judge(forge.der(), trust=trust_with(forge.pki, authority.crl(), lists))
        assert (REVOKED in said(verdict)) is expected


def test_a_certificate_revoked_at_the_very_second_is_revoked(forge: Forge, judge: Judge, authority: Authority) -> None:
    at_that_second = authority.crl(authority.entry(JUDGED_AT))
    assert said(judge(forge.der(), trust=trust_with(forge.pki, at_that_second))) == {REVOKED}


def test_a_certificate_said_to_be_invalid_since_before_is_in_doubt(
    forge: Forge, judge: Judge, authority: Authority
) -> None:
    later = authority.entry(JUDGED_AT + DAY, x509.InvalidityDate(JUDGED_AT.replace(tzinfo=None) - DAY))
    verdict = judge(forge.der(), trust=trust_with(forge.pki, authority.crl(later)))
    assert ("PKI-128", UNCLEAR) in said(verdict)


def test_a_hold_that_a_newer_list_lifted_is_over(forge: Forge, judge: Judge, authority: Authority) -> None:
    held = authority.crl(authority.entry(BUILT_AT - DAY, x509.CRLReason(x509.ReasonFlags.certificate_hold)))
    lifted = authority.crl(at=BUILT_AT + DAY / 2)
    assert REVOKED in said(judge(forge.der(), trust=trust_with(forge.pki, held)))
    assert judge(forge.der(), trust=trust_with(forge.pki, held, lifted)).indication is PASSED


def test_a_broken_list_of_somebody_else_hurts_nobody(forge: Forge, judge: Judge, authority: Authority) -> None:
    broken = (x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.28"), b"\x04\x01x"), True)
    other = forge.pki.intermediates[1].key_pair
    unreadable = authority.crl(extensions=(broken,), key=other.private_key, issuer=other.certificate)
    assert judge(forge.der(), trust=trust_with(forge.pki, authority.crl(), unreadable)).indication is PASSED


def test_a_list_with_an_unreadable_extension_convicts_and_does_not_vouch(
    forge: Forge, judge: Judge, authority: Authority
) -> None:
    broken = (x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.28"), b"\x04\x01x"), True)
    assert judge(forge.der(), trust=trust_with(forge.pki, authority.crl(extensions=(broken,)))).indication is UNCLEAR
    convicting = authority.crl(authority.entry(BUILT_AT - DAY), extensions=(broken,))
    assert REVOKED in said(judge(forge.der(), trust=trust_with(forge.pki, authority.crl(), convicting)))
