"""One message per defect: each is refused, and by the finding that says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certs import PathInputs, TrustSettings
from certs.demo import DemoPki, build_demo_pki
from certs.keys import KeyPair, PrivateKey
from tests.conftest import BUILT_AT
from tests.verifier.conftest import JUDGED_AT, Judge
from tests.verifier.forge import TEXT, Forge, attribute, sign
from tests.verifier.surgery import elements, replaced, replaced_where, tlv
from verifier import SIGNING_TIME, Check, Finding, Indication, Verdict, policies
from verifier.checks import CHECKS

FAILED, UNCLEAR = Indication.TOTAL_FAILED, Indication.INDETERMINATE


def codes(verdict: Verdict, *effects: Indication) -> set[str]:
    """The codes of a verdict's findings, of these effects or of all."""
    return {f.code for f in verdict.findings if not effects or f.effect in effects}


def refused(verdict: Verdict) -> set[str]:
    assert verdict.indication is FAILED
    assert "CMS-199" not in codes(verdict)
    return codes(verdict, FAILED)


@pytest.mark.parametrize("payer", ["rsa", "ecdsa", "corporate", "ecdsa384"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("intermediates", [False, True])
def test_sound_evidence_passes_every_check(
    forge: Forge, judge: Judge, payer: str, digest: str, intermediates: bool
) -> None:
    verdict = judge(forge.but(payer=payer, digest=digest, intermediates=intermediates).der())
    assert codes(verdict, FAILED, UNCLEAR) == set()
    assert verdict.indication is Indication.TOTAL_PASSED
    assert {f.check for f in verdict.findings} == set(Check)
    verdict.require_passed()


@pytest.mark.parametrize("content", [TEXT, "출금이체에 동의합니다".encode("euc-kr"), b"plain ascii"])
def test_text_in_either_charset_passes(forge: Forge, judge: Judge, content: bytes) -> None:
    assert judge(forge.but(content=content).der()).indication is Indication.TOTAL_PASSED


def test_evidence_without_signed_attributes_passes_and_says_so(forge: Forge, judge: Judge) -> None:
    verdict = judge(forge.but(attributes=None).der())
    assert verdict.indication is Indication.TOTAL_PASSED
    assert {"CMS-151", "CMS-163", "PKI-133"} <= codes(verdict)


def test_attributes_presented_as_content_are_refused(forge: Forge, judge: Judge) -> None:
    """A signature over signed attributes is one over the same bytes as content (RFC 5652 §5.4)."""
    stolen = cms.ContentInfo.load(forge.der())["content"]["signer_infos"][0]
    as_content = b"\x31" + stolen["signed_attrs"].dump()[1:]

    def without_attributes(info: Any) -> None:
        info["signature"] = stolen["signature"].native

    verdict = judge(forge.but(content=as_content, attributes=None, signer_info=without_attributes).der())
    assert "CMS-180" in codes(verdict)  # the signature verifies: only this check stands in the way
    assert "CMS-156" in refused(verdict)
    assert "CMS-156" in refused(
        judge(forge.but(content=as_content, attributes=None, signer_info=without_attributes).der(), policy=policies.CMS)
    )


def _version(value: str) -> Any:
    def change(structure: Any) -> None:
        structure["version"] = value

    return change


def _key_identifier(info: Any) -> None:
    info["version"] = "v3"
    info["sid"] = cms.SignerIdentifier({"subject_key_identifier": b"\x01" * 20})


def _other_serial(info: Any) -> None:
    info["sid"].chosen["serial_number"] = 4711


def _reversed_issuer(info: Any) -> None:
    name = info["sid"].chosen["issuer"]
    info["sid"].chosen["issuer"] = asn1_x509.Name("", asn1_x509.RDNSequence(list(reversed(list(name.chosen)))))


def _reversed_issuer_of_another(info: Any) -> None:
    _reversed_issuer(info)
    _other_serial(info)


def _unsigned_attribute(info: Any) -> None:
    info["unsigned_attrs"] = [attribute("1.2.3.4", core.Integer(1))]


def _broken_signature(info: Any) -> None:
    signature = bytearray(info["signature"].native)
    signature[-1] ^= 1
    info["signature"] = bytes(signature)


def _no_certificates(signed: Any) -> None:
    signed["certificates"] = []


def _crls(signed: Any) -> None:
    signed["crls"] = []


def _another_digest_algorithm(signed: Any) -> None:
    signed["digest_algorithms"] = [{"algorithm": "sha512"}]


def _two_signers(signed: Any) -> None:
    signed["signer_infos"].append(signed["signer_infos"][0])


def _no_signer(signed: Any) -> None:
    signed["signer_infos"] = []


DEFECTS: dict[str, tuple[dict[str, Any], str]] = {
    "version of SignedData": ({"signed_data": _version("v3")}, "CMS-141"),
    "version of SignerInfo": ({"signer_info": _version("v3")}, "CMS-142"),
    "signer named by key identifier": ({"signer_info": _key_identifier}, "CMS-143"),
    "digestAlgorithms names another": ({"signed_data": _another_digest_algorithm}, "CMS-144"),
    "crls present": ({"signed_data": _crls}, "CMS-145"),
    "unsigned attributes present": ({"signer_info": _unsigned_attribute}, "CMS-146"),
    "no certificate": ({"signed_data": _no_certificates}, "CMS-147"),
    "two signers": ({"signed_data": _two_signers}, "CMS-135"),
    "no signer": ({"signed_data": _no_signer}, "CMS-135"),
    "detached": ({"content": None}, "CMS-136"),
    "content is no text": ({"content": b"\x89PNG\r\n\x1a\n\x00\x00"}, "CMS-171"),
    "content is CP949 only": ({"content": "뷁을 먹습니다".encode("cp949")}, "CMS-172"),
    "content is empty": ({"content": b" \n"}, "CMS-176"),
    "SHA-1": ({"digest": "sha1", "signature_algorithm": "sha1_rsa"}, "CMS-162"),
    "RSASSA-PSS": ({"signature_algorithm": "rsassa_pss"}, "CMS-182"),
    "signature algorithm of another key": ({"signature_algorithm": "sha256_ecdsa"}, "CMS-183"),
    "signature algorithm of another digest": ({"signature_algorithm": "sha512_rsa"}, "CMS-184"),
    "broken signature": ({"signer_info": _broken_signature}, "CMS-181"),
    "certificate of another serial number": ({"signer_info": _other_serial}, "PKI-102"),
    "issuer name reversed": ({"signer_info": _reversed_issuer}, "PKI-103"),
    "issuer name reversed, another serial number": ({"signer_info": _reversed_issuer_of_another}, "PKI-102"),
    "certificate not for signing": ({"payer": "no_signing_usage"}, "PKI-108"),
    "certificate expired": ({"payer": "expired"}, "PKI-112"),
    "signed after expiry": ({"payer": "expired"}, "PKI-131"),
    "certificate not yet valid": ({"payer": "not_yet_valid"}, "PKI-113"),
    "certificate revoked": ({"payer": "revoked"}, "PKI-121"),
    "signed in the future": ({"at": JUDGED_AT + timedelta(minutes=6)}, "PKI-132"),
}


@pytest.mark.parametrize(("changes", "code"), DEFECTS.values(), ids=DEFECTS)
def test_a_defect_is_refused_by_its_own_finding(forge: Forge, judge: Judge, changes: dict[str, Any], code: str) -> None:
    assert code in refused(judge(forge.but(**changes).der()))


@pytest.mark.parametrize(
    ("payer", "oid"),
    [
        ("rsa", "2a864886f70d01010b"),  # sha256WithRSAEncryption
        ("rsa", "2a864886f70d010105"),  # sha1WithRSAEncryption
        ("rsa", "2a864886f70d010101"),  # rsaEncryption
        ("ecdsa", "2a8648ce3d040302"),  # ecdsa-with-SHA256
    ],
)
@pytest.mark.parametrize("policy", [policies.KFTC, policies.CMS], ids=lambda policy: policy.name)
def test_a_signature_algorithm_in_place_of_a_digest_s_is_refused_as_such(
    forge: Forge, judge: Judge, payer: str, oid: str, policy: policies.VerifyPolicy
) -> None:
    der = forge.but(payer=payer).der()
    while SHA256 in (encodings := [der[e.start : e.end] for e in elements(der)]):
        der = replaced_where(der, SHA256.__eq__, lambda _: tlv(0x06, bytes.fromhex(oid)))
    assert encodings
    assert refused(judge(der, policy=policy)) == {"CMS-186"}


def test_content_of_another_type_is_refused(forge: Forge, judge: Judge) -> None:
    der = replaced_where(forge.der(), ID_DATA.__eq__, lambda _: bytes.fromhex("06032a0304"))
    assert {"CMS-174", "CMS-153"} <= refused(judge(der))


ID_DATA = bytes.fromhex("06092a864886f70d010701")
SHA256 = bytes.fromhex("0609608648016503040201")
RSA_ENCRYPTION = bytes.fromhex("06092a864886f70d010101")


@pytest.mark.parametrize(
    ("nth", "algorithm", "code"), [(0, SHA256, "CMS-148"), (1, SHA256, "CMS-164"), (-1, RSA_ENCRYPTION, "CMS-185")]
)
@pytest.mark.parametrize("parameters", [tlv(0x02, b"\x01"), tlv(0x04), tlv(0x30)])
def test_parameters_of_an_algorithm_are_none_or_null(
    forge: Forge, judge: Judge, nth: int, algorithm: bytes, code: str, parameters: bytes
) -> None:
    der = forge.der()
    found = [e for e in elements(der) if e.tag == 0x30 and der[e.body : e.body + len(algorithm)] == algorithm]
    assert code in refused(judge(replaced(der, found[nth], tlv(0x30, algorithm, parameters))))
    assert judge(replaced(der, found[nth], tlv(0x30, algorithm, tlv(0x05)))).indication is Indication.TOTAL_PASSED


def _drop(oid: str) -> Any:
    def change(attributes: list[Any]) -> None:
        attributes[:] = [a for a in attributes if a["type"].native != oid]

    return change


def _twice(oid: str) -> Any:
    def change(attributes: list[Any]) -> None:
        attributes.extend([a for a in attributes if a["type"].native == oid])

    return change


def _other_value(oid: str, value: object) -> Any:
    def change(attributes: list[Any]) -> None:
        for a in attributes:
            if a["type"].native == oid:
                a["values"] = [value]

    return change


def _two_values(attributes: list[Any]) -> None:
    for a in attributes:
        if a["type"].native == "message_digest":
            a["values"] = [a["values"][0].native, b"\x00" * 32]


def _no_values(oid: str) -> Any:
    def change(attributes: list[Any]) -> None:
        for a in attributes:
            if a["type"].native == oid:
                a["values"] = []

    return change


def _once_more_without_a_value(attributes: list[Any]) -> None:
    attributes.append(cms.CMSAttribute({"type": "signing_time", "values": []}))


def _time(**form: datetime) -> Any:
    return _other_value("signing_time", cms.Time(form))


ATTRIBUTE_DEFECTS: dict[str, tuple[Any, str]] = {
    "no content-type": (_drop("content_type"), "CMS-152"),
    "content-type twice": (_twice("content_type"), "CMS-155"),
    "another content-type": (_other_value("content_type", "signed_data"), "CMS-153"),
    "no message-digest": (_drop("message_digest"), "CMS-154"),
    "message-digest twice": (_twice("message_digest"), "CMS-155"),
    "message-digest with two values": (_two_values, "CMS-188"),
    "message-digest of another text": (_other_value("message_digest", b"\x00" * 32), "CMS-161"),
    "message-digest cut short": (_other_value("message_digest", b"\x00" * 31), "CMS-189"),
    "content-type without a value": (_no_values("content_type"), "CMS-187"),
    "message-digest without a value": (_no_values("message_digest"), "CMS-188"),
    "message-digest longer": (_other_value("message_digest", b"\x00" * 33), "CMS-189"),
    "message-digest empty": (_other_value("message_digest", b""), "CMS-189"),
    "signing-time without a value": (_no_values("signing_time"), "CMS-158"),
    "signing-time twice": (_twice("signing_time"), "CMS-155"),
    "signing-time twice, once without a value": (_once_more_without_a_value, "CMS-158"),
    "signing-time as GeneralizedTime before 2050": (_time(generalized_time=JUDGED_AT), "CMS-158"),
}


@pytest.mark.parametrize(("change", "code"), ATTRIBUTE_DEFECTS.values(), ids=ATTRIBUTE_DEFECTS)
def test_a_defect_of_the_signed_attributes_is_refused(forge: Forge, judge: Judge, change: Any, code: str) -> None:
    assert code in refused(judge(forge.but(attributes=change).der()))


@pytest.mark.parametrize(
    ("oid", "dotted", "value", "code"),
    [
        ("content_type", "1.2.840.113549.1.9.3", core.OctetString(b"123456789"), "CMS-187"),
        ("message_digest", "1.2.840.113549.1.9.4", core.PrintableString("x" * 32), "CMS-188"),
        ("signing_time", "1.2.840.113549.1.9.5", core.PrintableString("260601090000Z"), "CMS-158"),
    ],
)
def test_an_attribute_with_a_value_of_another_type_is_refused(
    forge: Forge, judge: Judge, oid: str, dotted: str, value: core.Asn1Value, code: str
) -> None:
    """The builder knows the types of these attributes: it is given another identifier, exchanged before signing."""
    unknown = "1.2.840.113549.1.9.99"

    def change(attributes: list[Any]) -> None:
        _drop(oid)(attributes)
        attributes.append(attribute(unknown, value))

    def exchanged(data: bytes) -> bytes:
        return data.replace(core.ObjectIdentifier(unknown).dump(), core.ObjectIdentifier(dotted).dump())

    signed = forge.but(attributes=change, signer=lambda pair, message, digest: sign(pair, exchanged(message), digest))
    assert refused(judge(exchanged(signed.der()))) == {code}


def test_a_signing_time_may_be_missing(forge: Forge, judge: Judge) -> None:
    assert judge(forge.but(attributes=_drop("signing_time")).der()).indication is Indication.TOTAL_PASSED


def test_other_signed_attributes_are_taken(forge: Forge, judge: Judge) -> None:
    def add(attributes: list[Any]) -> None:
        attributes.append(attribute("1.2.3.4", core.Integer(1)))

    assert judge(forge.but(attributes=add).der()).indication is Indication.TOTAL_PASSED


def test_signed_attributes_out_of_order_are_refused_though_the_signature_fits_them(forge: Forge, judge: Judge) -> None:
    """Valid for a reader that hashes what it sees, invalid for one that sorts first."""
    attributes = cms.ContentInfo.load(forge.der())["content"]["signer_infos"][0]["signed_attrs"]
    backwards = b"".join(reversed([a.dump() for a in attributes]))
    length = len(backwards)
    head = bytes([length]) if length < 128 else bytes([0x81, length])
    signature = sign(forge.pair, b"\x31" + head + backwards, "sha256")
    der = forge.der()
    der = der.replace(attributes.dump(), b"\xa0" + head + backwards)
    der = der.replace(cms.ContentInfo.load(forge.der())["content"]["signer_infos"][0]["signature"].native, signature)
    verdict = judge(der)
    assert "CMS-180" in codes(verdict)
    assert refused(verdict) == {"CMS-126"}


def test_two_certificates_that_both_fit_are_refused(forge: Forge, judge: Judge) -> None:
    """Same issuer and serial number, other signature value: one of them is made up."""
    twin = bytearray(forge.pair.certificate.public_bytes(Encoding.DER))
    twin[-1] ^= 1
    verdict = judge(forge.but(extra_certificates=[bytes(twin)]).der())
    assert "PKI-104" in refused(verdict)
    where, clause = "signedData.certificates", "RFC 5652 §5.3"
    assert Finding.failed(Check.CERTIFICATE, "PKI-104", where, clause, count=2) in verdict.findings


def test_a_foreign_certificate_in_the_message_does_not_help_or_hurt(forge: Forge, judge: Judge) -> None:
    neighbour = forge.pki.payers["ecdsa"].certificate.public_bytes(Encoding.DER)
    assert judge(forge.but(extra_certificates=[neighbour]).der()).indication is Indication.TOTAL_PASSED
    assert "PKI-102" in refused(judge(forge.but(extra_certificates=[neighbour], signer_info=_other_serial).der()))


def test_a_certificate_in_the_message_that_nobody_vouches_for_leaves_it_unproven(forge: Forge, judge: Judge) -> None:
    stranger = build_demo_pki(at=BUILT_AT).payers["ecdsa"].certificate.public_bytes(Encoding.DER)
    der = forge.but(extra_certificates=[stranger]).der()
    assert codes(judge(der), UNCLEAR) == {"PKI-117"}
    assert judge(der, policy=policies.CMS).indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    ("size", "outcome", "code"),
    [
        (10_240, Indication.TOTAL_PASSED, "CMS-103"),
        (10_241, FAILED, "CMS-102"),
        (10_000, Indication.TOTAL_PASSED, "CMS-103"),
        (9_999, Indication.TOTAL_PASSED, "CMS-101"),
    ],
)
def test_the_size_limit_is_10_kb_of_1024_with_a_remark_from_10_000(
    forge: Forge, judge: Judge, size: int, outcome: Indication, code: str
) -> None:
    overhead = len(forge.but(content=b"x" * 8_000).der()) - 8_000
    der = forge.but(content=b"x" * (size - overhead)).der()
    assert len(der) == size
    verdict = judge(der)
    assert verdict.indication is outcome
    assert (code in codes(verdict)) and (("CMS-103" in codes(verdict)) == (code == "CMS-103"))


def test_invisible_characters_in_a_foreign_text_are_a_remark(forge: Forge, judge: Judge) -> None:
    verdict = judge(forge.but(content="\ufeff출금이체에 동의합니다".encode()).der())
    assert verdict.indication is Indication.TOTAL_PASSED
    assert "CMS-175" in codes(verdict)


def test_a_text_that_reads_differently_in_each_charset_is_a_remark(forge: Forge, judge: Judge) -> None:
    both = "짠".encode("euc-kr")
    assert both.decode("utf-8") != "짠"
    assert "CMS-173" in codes(judge(forge.but(content=both).der()))


def test_the_claimed_signing_time_can_be_the_time_of_the_verdict(forge: Forge, judge: Judge) -> None:
    verdict = judge(forge.der(), at=SIGNING_TIME)
    assert verdict.indication is Indication.TOTAL_PASSED
    assert (verdict.verified_at, verdict.time_source.value) == (forge.at, "signing-time")


def test_without_a_signing_time_there_is_no_verdict_at_it(forge: Forge, judge: Judge) -> None:
    verdict = judge(forge.but(attributes=None).der(), at=SIGNING_TIME)
    assert verdict.indication is UNCLEAR
    assert verdict.not_run == {Check.PATH, Check.REVOCATION}
    assert "PKI-134" in codes(verdict, UNCLEAR)


def test_the_policy_cms_asks_nothing_of_text_and_form(forge: Forge, judge: Judge) -> None:
    picture = forge.but(content=b"\x89PNG\r\n\x1a\n\x00", signed_data=_version("v3"))
    assert judge(picture.der(), policy=policies.CMS).indication is Indication.TOTAL_PASSED
    assert refused(judge(picture.der())) >= {"CMS-171", "CMS-141"}


def test_the_policy_cms_finds_a_signer_by_key_identifier(forge: Forge, judge: Judge) -> None:
    certificate = asn1_x509.Certificate.load(forge.pair.certificate.public_bytes(Encoding.DER))

    def by_key_identifier(info: Any) -> None:
        info["version"] = "v3"
        info["sid"] = cms.SignerIdentifier({"subject_key_identifier": certificate.key_identifier})

    der = forge.but(signer_info=by_key_identifier, signed_data=_version("v3")).der()
    assert judge(der, policy=policies.CMS).indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize("at", ["now", "2026-06-02T00:00:00Z", None, JUDGED_AT.date(), 12345])
def test_a_slip_in_at_is_never_taken_for_the_claimed_time(forge: Forge, judge: Judge, at: Any) -> None:
    with pytest.raises(TypeError, match="aware"):
        judge(forge.der(), at=at)


@pytest.mark.parametrize("at", [datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)])
def test_the_ends_of_the_calendar_are_judged_too(forge: Forge, judge: Judge, at: datetime) -> None:
    assert refused(judge(forge.der(), at=at))


@pytest.mark.parametrize("octets", [65, 5_000, 60_000])
def test_a_monstrous_identifier_is_refused_at_once(judge: Judge, octets: int) -> None:
    """Beyond 4 300 digits Python refuses to write a number, and long before that it takes its time."""
    oid = tlv(0x06, b"\x2a\x81" + b"\xff" * octets + b"\x01")
    assert "CMS-122" in refused(judge(tlv(0x30, oid, tlv(0xA0, tlv(0x30))), policy=policies.CMS))


def test_content_that_is_no_data_needs_signed_attributes(forge: Forge, judge: Judge) -> None:
    der = replaced_where(forge.but(attributes=None).der(), ID_DATA.__eq__, lambda _: bytes.fromhex("06032a0304"))
    assert "CMS-157" in refused(judge(der, policy=policies.CMS))


@pytest.mark.parametrize("text", ["1. 자동이체 출금에 동의합니다", "10", "1" * 50])
def test_a_text_that_begins_with_a_one_is_no_set_of_attributes(forge: Forge, judge: Judge, text: str) -> None:
    assert judge(forge.but(content=text.encode(), attributes=None).der()).indication is Indication.TOTAL_PASSED


def test_attributes_presented_as_content_are_refused_whatever_they_hold(forge: Forge, judge: Judge) -> None:
    strange = tlv(0x31, tlv(0x30, bytes.fromhex("06032a0304"), tlv(0x31, b"\x1f\x81\x01\x00")))
    assert "CMS-156" in refused(judge(forge.but(content=strange, attributes=None).der(), policy=policies.CMS))


def leaf(pki: DemoPki, *extensions: tuple[x509.ExtensionType, bool], key: PrivateKey | None = None) -> KeyPair:
    """A signer's certificate with these extensions, from the demo's first authority."""
    issuer, key = pki.intermediates[0].key_pair, key or ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")]))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BUILT_AT - timedelta(days=1))
        .not_valid_after(BUILT_AT + timedelta(days=300))
    )
    policy = x509.PolicyInformation(x509.ObjectIdentifier("1.2.410.200005.1.1.1"), None)
    for extension, critical in ((x509.CertificatePolicies([policy]), True), *extensions):
        builder = builder.add_extension(extension, critical=critical)
    return KeyPair(key, builder.sign(issuer.private_key, hashes.SHA256()), (issuer.certificate,))


def test_a_certificate_for_other_purposes_signs_no_consent(forge: Forge, judge: Judge) -> None:
    oids = ExtendedKeyUsageOID
    for purposes, code in (
        ([oids.SERVER_AUTH], "PKI-129"),
        ([oids.TIME_STAMPING], "PKI-129"),
        ([oids.OCSP_SIGNING, oids.CODE_SIGNING], "PKI-129"),
        ([oids.CLIENT_AUTH], None),
        ([oids.SERVER_AUTH, oids.EMAIL_PROTECTION], None),
        ([oids.ANY_EXTENDED_KEY_USAGE], None),
    ):
        pair = leaf(forge.pki, (x509.ExtendedKeyUsage(purposes), True))
        pki = replace(forge.pki, payers={"rsa": pair})
        found = codes(judge(forge.but(pki=pki).der()), FAILED)
        assert found == ({code} if code else set())


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (rsa.generate_private_key(65537, 1024), "PKI-106"),
        (rsa.generate_private_key(3, 2048), "PKI-109"),
        (ec.generate_private_key(ec.SECP224R1()), "PKI-107"),
    ],
    ids=["RSA-1024", "exponent 3", "P-224"],
)
def test_a_weak_key_signs_no_consent(forge: Forge, judge: Judge, key: PrivateKey, code: str) -> None:
    pki = replace(forge.pki, payers={"rsa": leaf(forge.pki, key=key)})
    assert code in refused(judge(forge.but(pki=pki).der()))


def test_certificates_out_of_order_are_not_der(forge: Forge, judge: Judge) -> None:
    der = forge.but(intermediates=True).der()
    certificates = next(e for e in elements(der) if e.tag == 0xA0 and len(e.children) == 2)
    backwards = tlv(0xA0, *reversed([der[c.start : c.end] for c in certificates.children]))
    assert refused(judge(replaced(der, certificates, backwards))) == {"CMS-127"}


def test_a_check_that_breaks_down_costs_the_pass_and_nothing_else(
    forge: Forge, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> Iterator[Finding]:
        raise ZeroDivisionError

    checks = {**CHECKS, Check.DIGEST: broken}
    monkeypatch.setattr("verifier.verify.asked_by", lambda _: tuple(checks.items()))
    verdict = judge(forge.der())
    assert verdict.indication is UNCLEAR
    assert codes(verdict, UNCLEAR) == {"CMS-199"}


def test_an_authority_signs_no_consent(forge: Forge, judge: Judge) -> None:
    pair = leaf(forge.pki, (x509.BasicConstraints(ca=True, path_length=None), True))
    der = forge.but(pki=replace(forge.pki, payers={"rsa": pair})).der()
    assert "PKI-101" in refused(judge(der))
    assert judge(der, policy=policies.CMS).indication is Indication.TOTAL_PASSED


def test_policies_that_are_named_and_not_enforced_are_remarked_on(forge: Forge, judge: Judge) -> None:
    settings = TrustSettings(path=PathInputs(initial_policy_set=frozenset({"1.2.410.200005.1.1.1"})))
    assert "PKI-119" in codes(judge(forge.der(), trust=forge.pki.trust(settings)), Indication.TOTAL_PASSED)


def test_at_must_be_aware(forge: Forge, judge: Judge) -> None:
    with pytest.raises(ValueError, match="aware"):
        judge(forge.der(), at=datetime(2026, 6, 2))  # noqa: DTZ001 - that is the point
