"""Revocation lists of every kind: forged ones are worth nothing, and whichever genuine one convicts is heard."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from asn1crypto import core as asn1_core
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from asn1crypto.keys import PublicKeyInfo
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certs import Revocation, TrustSettings, TrustStore
from certs.demo import DemoPki
from certs.keys import KeyPair, PrivateKey
from tests.conftest import BUILT_AT
from tests.verifier.conftest import JUDGED_AT, Judge
from tests.verifier.forge import Forge
from tests.verifier.surgery import elements, replaced, tlv
from verifier import Check, Indication, Verdict
from verifier.der import Element

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


class Response:
    """An OCSP response to order; the authority itself signs, about the signer, that all is well."""

    def __init__(self, forge: Forge) -> None:
        self.about = forge.pair.certificate
        self.issuer = forge.pki.intermediates[0].key_pair
        self.responder: KeyPair | None = None
        self.status = ocsp.OCSPCertStatus.GOOD
        self.this_update = BUILT_AT
        self.next_update: datetime | None = BUILT_AT + 30 * DAY
        self.revoked_at: datetime | None = None
        self.reason: x509.ReasonFlags | None = None
        self.named_issuer = self.issuer.certificate

    def der(self, *, by: ocsp.OCSPResponderEncoding = ocsp.OCSPResponderEncoding.NAME) -> bytes:
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=self.about,
            issuer=self.named_issuer,
            algorithm=hashes.SHA1(),
            cert_status=self.status,
            this_update=self.this_update,
            next_update=self.next_update,
            revocation_time=self.revoked_at,
            revocation_reason=self.reason,
        )
        signer = self.responder or self.issuer
        builder = builder.responder_id(by, signer.certificate)
        if self.responder is not None:
            builder = builder.certificates([self.responder.certificate])
        return builder.sign(signer.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


def responder(issuer: KeyPair, *extensions: x509.ExtensionType, of: x509.Certificate | None = None) -> KeyPair:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "responder")]))
        .issuer_name((of or issuer.certificate).subject)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(BUILT_AT - DAY)
        .not_valid_after(BUILT_AT + 30 * DAY)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return KeyPair(key, builder.sign(issuer.private_key, hashes.SHA256()))


FOR_OCSP = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])


@pytest.fixture
def response(forge: Forge) -> Response:
    return Response(forge)


def with_ocsp(pki: DemoPki, response: Response, *lists: bytes, mode: Revocation = Revocation.REQUIRE) -> TrustStore:
    """Lists of the root alone, unless more are given: about the signer only the response speaks."""
    intermediates = [a.der for a in pki.intermediates]
    settings = TrustSettings(revocation=mode)
    return TrustStore.of([pki.root.der], intermediates, [pki.root.crl, *lists], [response.der()], settings)


def test_an_authority_s_own_response_vouches(forge: Forge, judge: Judge, response: Response) -> None:
    assert judge(forge.der(), trust=with_ocsp(forge.pki, response)).indication is PASSED


@pytest.mark.parametrize("mode", [Revocation.REQUIRE, Revocation.IF_PRESENT])
def test_a_response_that_says_revoked_convicts_whatever_lists_say(
    forge: Forge, judge: Judge, authority: Authority, response: Response, mode: Revocation
) -> None:
    response.status, response.revoked_at = ocsp.OCSPCertStatus.REVOKED, JUDGED_AT
    for lists in ((), (authority.crl(),)):
        assert REVOKED in said(judge(forge.der(), trust=with_ocsp(forge.pki, response, *lists, mode=mode)))
    response.revoked_at = JUDGED_AT + DAY
    assert REVOKED not in said(judge(forge.der(), trust=with_ocsp(forge.pki, response, mode=mode)))


def test_a_list_that_says_revoked_convicts_whatever_responses_say(
    forge: Forge, judge: Judge, authority: Authority, response: Response
) -> None:
    revoking = authority.crl(authority.entry(BUILT_AT - DAY))
    assert REVOKED in said(judge(forge.der(), trust=with_ocsp(forge.pki, response, revoking)))


def test_of_two_responses_as_new_both_have_to_vouch(forge: Forge, judge: Judge, response: Response) -> None:
    good = response.der()
    response.status = ocsp.OCSPCertStatus.UNKNOWN
    unknown = response.der()
    intermediates, settings = [a.der for a in forge.pki.intermediates], TrustSettings(revocation=Revocation.REQUIRE)
    for responses in ([good, unknown], [unknown, good]):
        trust = TrustStore.of([forge.pki.root.der], intermediates, [forge.pki.root.crl], responses, settings)
        assert judge(forge.der(), trust=trust).indication is UNCLEAR


@pytest.mark.parametrize("mode", [Revocation.REQUIRE, Revocation.IF_PRESENT])
@pytest.mark.parametrize("case", ["unknown", "ended", "without end", "after the certificate ended"])
def test_a_response_that_settles_nothing_vouches_for_nobody(
    forge: Forge, judge: Judge, response: Response, case: str, mode: Revocation
) -> None:
    end = forge.pair.certificate.not_valid_after_utc
    match case:
        case "unknown":
            response.status = ocsp.OCSPCertStatus.UNKNOWN
        case "ended":
            response.this_update, response.next_update = BUILT_AT - 9 * DAY, BUILT_AT - DAY
        case "without end":
            response.next_update = None
        case _:
            response.this_update, response.next_update = end + DAY, end + 2 * DAY
    assert judge(forge.der(), trust=with_ocsp(forge.pki, response, mode=mode)).indication is UNCLEAR


def test_a_responder_that_the_authority_appointed_vouches(
    forge: Forge, judge: Judge, authority: Authority, response: Response
) -> None:
    response.responder = responder(response.issuer, FOR_OCSP, x509.OCSPNoCheck())
    assert judge(forge.der(), trust=with_ocsp(forge.pki, response)).indication is PASSED
    response.responder = responder(response.issuer, FOR_OCSP)  # to be looked up, where there is a list to look it up in
    assert judge(forge.der(), trust=with_ocsp(forge.pki, response)).indication is UNCLEAR
    assert judge(forge.der(), trust=with_ocsp(forge.pki, response, authority.crl())).indication is PASSED


@pytest.mark.parametrize("case", ["no purpose", "other authority", "name alone", "borrowed signature", "revoked"])
def test_a_responder_that_nobody_appointed_vouches_for_nobody(
    forge: Forge, judge: Judge, authority: Authority, response: Response, case: str
) -> None:
    other = forge.pki.intermediates[1].key_pair
    lists: list[bytes] = []
    match case:
        case "no purpose":
            response.responder = responder(response.issuer, x509.OCSPNoCheck())
        case "other authority":
            response.responder = responder(other, FOR_OCSP, x509.OCSPNoCheck())
        case "name alone":
            response.responder = responder(other, FOR_OCSP, x509.OCSPNoCheck(), of=response.issuer.certificate)
        case "borrowed signature":
            response.responder = borrowed(response.issuer.certificate)
        case _:
            response.responder = responder(response.issuer, FOR_OCSP, x509.OCSPNoCheck())
            entry = x509.RevokedCertificateBuilder().serial_number(4711).revocation_date(BUILT_AT).build()
            lists = [authority.crl(entry, at=forge.pair.certificate.not_valid_after_utc + DAY)]
    assert judge(forge.der(), trust=with_ocsp(forge.pki, response, *lists)).indication is UNCLEAR


def borrowed(certificate: x509.Certificate) -> KeyPair:
    """The authority's certificate with a thief's key and its own signature value: what the library falls for."""
    key = ec.generate_private_key(ec.SECP256R1())
    info = PublicKeyInfo.load(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    copy = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)).copy()
    copy["tbs_certificate"]["subject_public_key_info"] = info
    return KeyPair(key, x509.load_der_x509_certificate(copy.dump(force=True)))


def test_a_response_about_a_certificate_of_another_authority_says_nothing(
    forge: Forge, judge: Judge, response: Response
) -> None:
    response.named_issuer = forge.pki.intermediates[1].certificate
    assert judge(forge.der(), trust=with_ocsp(forge.pki, response)).indication is UNCLEAR


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


def test_a_responder_whose_key_is_lost_vouches_for_nobody_whenever_it_says_it_spoke(
    forge: Forge, judge: Judge, authority: Authority, response: Response
) -> None:
    response.responder = responder(response.issuer, FOR_OCSP, x509.OCSPNoCheck())
    entry = x509.RevokedCertificateBuilder().serial_number(4711).revocation_date(JUDGED_AT + 9 * DAY).build()
    too_late_to_vouch = forge.pair.certificate.not_valid_after_utc + DAY
    revoking = authority.crl(entry, at=too_late_to_vouch)
    assert judge(forge.der(), trust=with_ocsp(forge.pki, response, revoking)).indication is UNCLEAR


def test_a_responder_is_looked_up_in_a_full_and_current_list(
    forge: Forge, judge: Judge, authority: Authority, response: Response
) -> None:
    response.responder = responder(response.issuer, FOR_OCSP)
    for partial in (authority.crl(at=BUILT_AT - 90 * DAY), authority.crl(extensions=(FOR_CAS,))):
        assert judge(forge.der(), trust=with_ocsp(forge.pki, response, partial)).indication is UNCLEAR


def test_what_a_responder_said_in_its_life_convicts_after_it(
    forge: Forge, judge: Judge, authority: Authority, response: Response
) -> None:
    """Responders live for days; that theirs has not begun yet, or is over, unsays nothing."""
    response.responder = responder(response.issuer, FOR_OCSP, x509.OCSPNoCheck())
    response.status, response.revoked_at = ocsp.OCSPCertStatus.REVOKED, BUILT_AT
    late = BUILT_AT + 29 * DAY
    response.this_update, response.next_update = late, late + DAY
    trust = with_ocsp(forge.pki, response, authority.crl(at=late))
    assert REVOKED in said(judge(forge.der(), trust=trust, at=late + 9 * DAY))


@pytest.mark.parametrize("kind", ["stranger", "not an authority"])
def test_only_the_authority_on_the_path_vouches_by_response(
    forge: Forge, judge: Judge, response: Response, kind: str
) -> None:
    """In the trust folder lies a certificate of the same name that leads to no anchor."""
    name, key = response.issuer.certificate.subject, ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(4712)
        .not_valid_before(BUILT_AT - DAY)
        .not_valid_after(BUILT_AT + 400 * DAY)
        .add_extension(x509.BasicConstraints(ca=kind == "stranger", path_length=None), critical=True)
    )
    rogue = KeyPair(key, builder.sign(key, hashes.SHA256()))
    response.issuer, response.named_issuer = rogue, rogue.certificate
    trust = TrustStore.of(
        [forge.pki.root.der],
        [*(a.der for a in forge.pki.intermediates), rogue.certificate.public_bytes(Encoding.DER)],
        [forge.pki.root.crl],
        [response.der()],
        TrustSettings(revocation=Revocation.REQUIRE),
    )
    assert judge(forge.der(), trust=trust).indication is UNCLEAR


def test_an_unknown_algorithm_in_somebody_s_response_hurts_nobody(
    forge: Forge, judge: Judge, authority: Authority, response: Response
) -> None:
    sha_256_with_rsa, unknown = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d01017f")
    sha_1, strange = bytes.fromhex("06052b0e03021a"), bytes.fromhex("06052b0e03027f")
    genuine = response.der()
    read = ocsp.load_der_ocsp_response(genuine)
    told = read.tbs_response_bytes.replace(sha_1, strange)
    key = response.issuer.private_key
    assert isinstance(key, rsa.RSAPrivateKey)
    proven = key.sign(told, padding.PKCS1v15(), hashes.SHA256())
    signed_anew = genuine.replace(read.tbs_response_bytes, told).replace(read.signature, proven)
    for broken in (genuine.replace(sha_256_with_rsa, unknown), signed_anew):
        assert broken != genuine
        pki = forge.pki
        intermediates = [a.der for a in pki.intermediates]
        settings = TrustSettings(revocation=Revocation.REQUIRE)
        trust = TrustStore.of([pki.root.der], intermediates, [pki.root.crl, authority.crl()], [broken], settings)
        verdict = judge(forge.der(), trust=trust)
        assert said(verdict) == {("PKI-120", PASSED)}
        assert verdict.indication is PASSED


def test_an_authority_does_not_vouch_for_itself_through_a_second_certificate(
    forge: Forge, judge: Judge, authority: Authority
) -> None:
    """The root's list is missing; the library takes the authority's own list for one about the authority."""
    pki, own = forge.pki, forge.pki.intermediates[0].key_pair
    builder = (
        x509.CertificateBuilder()
        .subject_name(own.certificate.subject)
        .issuer_name(pki.root.key_pair.certificate.subject)
        .public_key(own.private_key.public_key())
        .serial_number(4713)
        .not_valid_before(BUILT_AT - DAY)
        .not_valid_after(BUILT_AT + 400 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    again = builder.sign(pki.root.key_pair.private_key, hashes.SHA256()).public_bytes(Encoding.DER)
    trust = TrustStore.of(
        [pki.root.der],
        [*(a.der for a in pki.intermediates), again],
        [authority.crl()],
        settings=TrustSettings(revocation=Revocation.REQUIRE),
    )
    assert judge(forge.der(), trust=trust).indication is UNCLEAR


FOR_CAS = (
    x509.IssuingDistributionPoint(None, None, False, True, None, False, False),
    True,
)


@pytest.mark.parametrize("silent", ["delta", "for authorities only"])
def test_a_hold_is_not_lifted_by_the_silence_of_a_list_about_something_else(
    forge: Forge, judge: Judge, authority: Authority, response: Response, silent: str
) -> None:
    hold = authority.entry(BUILT_AT - DAY, x509.CRLReason(x509.ReasonFlags.certificate_hold))
    held = authority.crl(hold, at=BUILT_AT)
    extensions = (DELTA,) if silent == "delta" else (FOR_CAS,)
    newer = authority.crl(at=BUILT_AT + DAY / 4, extensions=extensions)
    for lists in ((held,), (held, newer)):
        assert REVOKED in said(judge(forge.der(), trust=with_ocsp(forge.pki, response, *lists)))


ILLEGIBLE = (
    x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.15"), b"\x04\x01\x00"),  # a keyUsage that is no BIT STRING
    x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.19"), b"\x30\x80"),  # a basicConstraints without an end
)


@pytest.mark.parametrize("extension", ILLEGIBLE)
def test_an_illegible_certificate_in_anybody_s_response_hurts_nobody(
    forge: Forge, judge: Judge, authority: Authority, response: Response, extension: x509.ExtensionType
) -> None:
    stranger, own = forge.pki.intermediates[1].key_pair, response.issuer.certificate
    response.responder = responder(stranger, FOR_OCSP, x509.OCSPNoCheck(), extension, of=own)
    verdict = judge(forge.der(), trust=with_ocsp(forge.pki, response, authority.crl()))
    assert said(verdict) == {("PKI-120", PASSED)}
    assert verdict.indication is PASSED


@pytest.mark.parametrize("extension", ILLEGIBLE)
def test_an_illegible_certificate_of_an_authority_s_name_hurts_nobody(
    forge: Forge, judge: Judge, authority: Authority, response: Response, extension: x509.ExtensionType
) -> None:
    builder = (
        x509.CertificateBuilder()
        .subject_name(response.issuer.certificate.subject)
        .issuer_name(response.issuer.certificate.subject)
        .public_key(response.issuer.private_key.public_key())
        .serial_number(4714)
        .not_valid_before(BUILT_AT - DAY)
        .not_valid_after(BUILT_AT + DAY)
        .add_extension(extension, critical=False)
    )
    junk = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.DER)
    verdict = judge(forge.der(), trust=trust_with(forge.pki, authority.crl(), authorities=(junk,)))
    assert said(verdict) == {("PKI-120", PASSED)}
    assert verdict.indication is PASSED


def test_what_a_response_says_of_later_settles_what_was_before(forge: Forge, judge: Judge, response: Response) -> None:
    response.status, response.revoked_at = ocsp.OCSPCertStatus.REVOKED, JUDGED_AT + DAY
    verdict = judge(forge.der(), trust=with_ocsp(forge.pki, response))
    assert said(verdict) == {("PKI-120", PASSED), ("PKI-154", PASSED)}


def with_single_extension(forge: Forge, der: bytes, oid: str, value: bytes, *, critical: bool) -> bytes:
    """The response with an extension in its statement, signed anew by the authority."""
    basic = asn1_ocsp.OCSPResponse.load(der).basic_ocsp_response
    said = asn1_core.ObjectIdentifier(oid).dump() + (b"\x01\x01\xff" if critical else b"") + tlv(0x04, value)
    extensions = asn1_ocsp.SingleResponseExtensions.load(tlv(0x30, tlv(0x30, said)))
    basic["tbs_response_data"]["responses"][0]["single_extensions"] = extensions
    key = forge.pki.intermediates[0].key_pair.private_key
    assert isinstance(key, rsa.RSAPrivateKey)
    basic["signature"] = key.sign(basic["tbs_response_data"].dump(), padding.PKCS1v15(), hashes.SHA256())
    kind = asn1_core.ObjectIdentifier("1.3.6.1.5.5.7.48.1.1").dump()  # id-pkix-ocsp-basic
    return tlv(0x30, b"\x0a\x01\x00", tlv(0xA0, tlv(0x30, kind, tlv(0x04, basic.dump()))))


@pytest.mark.parametrize(
    ("oid", "value", "critical", "outcome"),
    [
        ("1.2.3.4", b"\x05\x00", False, PASSED),
        ("1.2.3.4", b"\x05\x00", True, UNCLEAR),
        ("2.5.29.24", b"\x05\x00", False, UNCLEAR),
    ],
    ids=["unknown", "unknown and critical", "invalidity date that is none"],
)
def test_a_statement_with_what_we_do_not_understand_vouches_for_nobody(
    forge: Forge, judge: Judge, response: Response, oid: str, value: bytes, critical: bool, outcome: Indication
) -> None:
    der = with_single_extension(forge, response.der(), oid, value, critical=critical)
    trust = with_ocsp(forge.pki, response)
    told = TrustStore.of([forge.pki.root.der], [a.der for a in forge.pki.intermediates], [forge.pki.root.crl], [der])
    assert judge(forge.der(), trust=trust).indication is PASSED
    assert judge(forge.der(), trust=told).indication is outcome


def test_a_response_that_calls_a_certificate_invalid_since_before_leaves_it_open(
    forge: Forge, judge: Judge, response: Response
) -> None:
    response.status, response.revoked_at = ocsp.OCSPCertStatus.REVOKED, JUDGED_AT + DAY
    since = asn1_core.GeneralizedTime(JUDGED_AT - DAY).dump()
    der = with_single_extension(forge, response.der(), "2.5.29.24", since, critical=False)
    told = TrustStore.of([forge.pki.root.der], [a.der for a in forge.pki.intermediates], [forge.pki.root.crl], [der])
    verdict = judge(forge.der(), trust=told)
    assert verdict.indication is UNCLEAR
    assert ("PKI-128", UNCLEAR) in said(verdict)


def test_every_entry_of_a_number_is_heard_not_only_the_first(forge: Forge, judge: Judge, authority: Authority) -> None:
    later, before = authority.entry(JUDGED_AT + DAY), authority.entry(JUDGED_AT - DAY)
    for entries in ((later, before), (before, later)):
        assert said(judge(forge.der(), trust=trust_with(forge.pki, authority.crl(*entries)))) == {REVOKED}


def test_a_list_whose_issuer_has_two_common_names_is_nobody_s(forge: Forge, judge: Judge, authority: Authority) -> None:
    """asn1crypto compares the last of them only."""
    parts = list(authority.pair.certificate.subject.rdns)
    (common_name,) = parts[-1]
    other = x509.NameAttribute(NameOID.COMMON_NAME, "Dongui")
    builder = x509.CertificateRevocationListBuilder().last_update(BUILT_AT).next_update(BUILT_AT + 30 * DAY)
    for double in (x509.RelativeDistinguishedName([common_name, other]), x509.RelativeDistinguishedName([other])):
        builder_of = builder.issuer_name(x509.Name([*parts[:-1], double]))
        crl = builder_of.sign(authority.pair.private_key, hashes.SHA256()).public_bytes(Encoding.DER)
        assert said(judge(forge.der(), trust=trust_with(forge.pki, crl))) == {("PKI-122", UNCLEAR)}


@pytest.mark.parametrize("by", ocsp.OCSPResponderEncoding)
def test_a_response_vouches_only_if_it_says_who_signed_it(
    forge: Forge, judge: Judge, response: Response, by: ocsp.OCSPResponderEncoding
) -> None:
    """RFC 6960 §4.2.2.3; what it says against a certificate is heard all the same."""
    root, settings = forge.pki.root, TrustSettings(revocation=Revocation.REQUIRE)
    for status, effects in (
        (ocsp.OCSPCertStatus.GOOD, (PASSED, UNCLEAR)),
        (ocsp.OCSPCertStatus.REVOKED, (FAILED, FAILED)),
    ):
        response.status = status
        response.revoked_at = BUILT_AT if status is ocsp.OCSPCertStatus.REVOKED else None
        genuine = response.der(by=by)
        for der, effect in zip((genuine, signed_as_by_another(genuine, response.issuer)), effects, strict=True):
            trust = TrustStore.of([root.der], [a.der for a in forge.pki.intermediates], [root.crl], [der], settings)
            assert judge(forge.der(), trust=trust).indication is effect


def signed_as_by_another(genuine: bytes, issuer: KeyPair) -> bytes:
    """With a letter of the responder's name, or a bit of its key's hash, another one; the signature is right."""
    read = ocsp.load_der_ocsp_response(genuine)
    named = issuer.certificate.subject.public_bytes() if read.responder_name else read.responder_key_hash
    assert named is not None
    told = read.tbs_response_bytes.replace(named, named[:-1] + bytes([named[-1] ^ 1]), 1)
    assert isinstance(issuer.private_key, rsa.RSAPrivateKey)
    proven = issuer.private_key.sign(told, padding.PKCS1v15(), hashes.SHA256())
    return genuine.replace(read.tbs_response_bytes, told).replace(read.signature, proven)


def test_an_entry_whose_extensions_cannot_be_read_still_revokes(
    forge: Forge, judge: Judge, authority: Authority
) -> None:
    """Its certificateIssuer has a name in bits, at which the library raises a TypeError."""
    issuer = x509.CertificateIssuer([x509.DirectoryName(authority.pair.certificate.subject)])
    crl = authority.crl(authority.entry(BUILT_AT, issuer))
    read = x509.load_der_x509_crl(crl)
    text = b"\x0c\x0bDongui Demo"
    before, _, after = read.tbs_certlist_bytes.rpartition(text)
    told = before + b"\x03\x0b\0ongui Demo" + after
    assert isinstance(authority.pair.private_key, rsa.RSAPrivateKey)
    proven = authority.pair.private_key.sign(told, padding.PKCS1v15(), hashes.SHA256())
    illegible = crl.replace(read.tbs_certlist_bytes, told).replace(read.signature, proven)
    assert said(judge(forge.der(), trust=trust_with(forge.pki, illegible))) == {REVOKED}


def test_a_list_that_says_no_end_convicts_and_does_not_vouch(forge: Forge, judge: Judge, authority: Authority) -> None:
    """RFC 5280 §5.1.2.5 wants a nextUpdate; the library takes a list without one that is of a later time."""
    for entries, expected in (((), ("PKI-122", UNCLEAR)), ((authority.entry(BUILT_AT),), REVOKED)):
        for at in (BUILT_AT, JUDGED_AT + DAY):
            endless = without_next_update(authority.crl(*entries, at=at), authority.pair)
            assert said(judge(forge.der(), trust=trust_with(forge.pki, endless))) == {expected}


def without_next_update(crl: bytes, issuer: KeyPair) -> bytes:
    read = asn1_crl.CertificateList.load(crl)
    read["tbs_cert_list"]["next_update"] = None
    assert isinstance(issuer.private_key, rsa.RSAPrivateKey)
    told = read["tbs_cert_list"].dump(force=True)
    read["signature"] = issuer.private_key.sign(told, padding.PKCS1v15(), hashes.SHA256())
    return bytes(read.dump(force=True))


@pytest.mark.parametrize("extension", ILLEGIBLE)
def test_an_illegible_anchor_beside_a_sound_one_of_the_same_key_hurts_nobody(
    forge: Forge, judge: Judge, authority: Authority, extension: x509.ExtensionType
) -> None:
    root = forge.pki.root
    builder = (
        x509.CertificateBuilder()
        .subject_name(root.certificate.subject)
        .issuer_name(root.certificate.subject)
        .public_key(root.certificate.public_key())
        .serial_number(4715)
        .not_valid_before(BUILT_AT - DAY)
        .not_valid_after(BUILT_AT + 400 * DAY)
        .add_extension(extension, critical=False)
    )
    junk = builder.sign(root.key_pair.private_key, hashes.SHA256()).public_bytes(Encoding.DER)
    for anchors in ((root.der, junk), (junk, root.der)):
        trust = TrustStore.of(anchors, [a.der for a in forge.pki.intermediates], [root.crl, authority.crl()])
        assert judge(forge.der(), trust=trust).indication is PASSED


COUNTRY = bytes.fromhex("060355")


def der_of(der: bytes, element: Element) -> bytes:
    return der[element.start : element.end]


def test_a_list_whose_issuer_cannot_be_read_hurts_nobody(forge: Forge, judge: Judge, authority: Authority) -> None:
    """asn1crypto breaks down at a country of an unknown kind with a tag of its own in the place of its text."""
    crl = authority.crl()
    country = next(element for element in elements(crl) if element.tag == 0x30 and der_of(crl, element)[2:5] == COUNTRY)
    illegible = replaced(crl, country, tlv(0x30, tlv(0x06, b"\x55\x04"), tlv(0x88)))
    assert said(judge(forge.der(), trust=trust_with(forge.pki, illegible))) == {("PKI-122", UNCLEAR)}
    assert judge(forge.der(), trust=trust_with(forge.pki, illegible, authority.crl())).indication is PASSED


def test_an_anchor_whose_name_cannot_be_compared_hurts_nobody(forge: Forge, judge: Judge, authority: Authority) -> None:
    """Its country is a BIT STRING, at which asn1crypto breaks down when names are compared."""
    root = forge.pki.root
    texts = [element for element in elements(root.der) if element.tag == 0x0C]
    junk = replaced(root.der, texts[-1], tlv(0x04, b"bytes"))
    trust = TrustStore.of([root.der, junk], [a.der for a in forge.pki.intermediates], [root.crl, authority.crl()])
    assert judge(forge.der(), trust=trust).indication is PASSED


def test_a_response_that_revokes_for_a_reason_nobody_knows_convicts(
    forge: Forge, judge: Judge, response: Response
) -> None:
    response.status, response.revoked_at = ocsp.OCSPCertStatus.REVOKED, BUILT_AT
    response.reason = x509.ReasonFlags.key_compromise
    genuine = response.der()
    read = ocsp.load_der_ocsp_response(genuine)
    told = read.tbs_response_bytes.replace(b"\xa0\x03\x0a\x01\x01", b"\xa0\x03\x0a\x01\x63")
    assert told != read.tbs_response_bytes
    assert isinstance(response.issuer.private_key, rsa.RSAPrivateKey)
    proven = response.issuer.private_key.sign(told, padding.PKCS1v15(), hashes.SHA256())
    unknown = genuine.replace(read.tbs_response_bytes, told).replace(read.signature, proven)
    settings = TrustSettings(revocation=Revocation.REQUIRE)
    root = forge.pki.root
    trust = TrustStore.of([root.der], [a.der for a in forge.pki.intermediates], [root.crl], [unknown], settings)
    assert said(judge(forge.der(), trust=trust)) == {REVOKED}
