"""Messages that are not DER, or not of the form of RFC 5652, in one place: named by code and byte offset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.verifier.conftest import Judge
from tests.verifier.forge import Forge
from tests.verifier.surgery import elements, replaced, tlv
from verifier import Check, Indication, policies
from verifier.der import Element

Spelling = Callable[[bytes], bytes]


class Parts(NamedTuple):
    """The elements of a message, by the names of RFC 5652 and RFC 5280."""

    content_info: Element
    content_type: Element
    explicit: Element
    signed_data: Element
    version: Element
    digest_algorithms: Element
    encap: Element
    econtent: Element
    certificates: Element
    certificate: Element
    tbs: Element
    serial_number: Element
    not_before: Element
    critical: Element
    certificate_signature: Element
    signer_info: Element
    sid: Element
    digest_algorithm: Element
    signed_attrs: Element
    attribute: Element
    attribute_oid: Element
    attribute_values: Element
    signing_time: Element
    signature_algorithm: Element
    null: Element
    signature: Element

    @classmethod
    def of(cls, der: bytes) -> Parts:
        root = next(iter(elements(der)))
        content_type, explicit = root.children
        (signed_data,) = explicit.children
        version, digest_algorithms, encap, certificates, signer_infos = signed_data.children
        (certificate,) = certificates.children
        tbs, _, certificate_signature = certificate.children
        (signer_info,) = signer_infos.children
        _, sid, digest_algorithm, signed_attrs, signature_algorithm, signature = signer_info.children
        attribute = signed_attrs.children[0]
        return cls(
            content_info=root,
            content_type=content_type,
            explicit=explicit,
            signed_data=signed_data,
            version=version,
            digest_algorithms=digest_algorithms,
            encap=encap,
            econtent=encap.children[1].children[0],
            certificates=certificates,
            certificate=certificate,
            tbs=tbs,
            serial_number=tbs.children[1],
            not_before=tbs.children[4].children[0],
            critical=next(e for e in elements(der) if e.tag == 0x01 and e.start > tbs.start),
            certificate_signature=certificate_signature,
            signer_info=signer_info,
            sid=sid,
            digest_algorithm=digest_algorithm,
            signed_attrs=signed_attrs,
            attribute=attribute,
            attribute_oid=attribute.children[0],
            attribute_values=attribute.children[1],
            signing_time=next(e for e in elements(der) if e.tag == 0x17 and e.start > signer_info.start),
            signature_algorithm=signature_algorithm,
            null=next(e for e in elements(der) if e.tag == 0x05),
            signature=signature,
        )


@pytest.fixture(scope="module")
def sound(forge: Forge) -> bytes:
    return forge.der()


def indefinite(one: bytes) -> bytes:
    return one[:1] + b"\x80" + contents(one) + b"\x00\x00"


def long_length(one: bytes) -> bytes:
    """One octet more of length than is needed."""
    head = one[: len(one) - len(contents(one))]
    if len(head) == 2:
        return head[:1] + b"\x81" + head[1:] + contents(one)
    return head[:1] + bytes([head[1] + 1, 0]) + head[2:] + contents(one)


def contents(one: bytes) -> bytes:
    root = next(iter(elements(one)))
    return one[root.body :]


def as_tag(tag: int) -> Spelling:
    return lambda one: tlv(tag, contents(one))


def in_pieces(one: bytes) -> bytes:
    body = contents(one)
    return tlv(one[0] | 0x20, tlv(one[0], body[:10]), tlv(one[0], body[10:]))


def padded(one: bytes) -> bytes:
    return tlv(one[0], b"\x00", contents(one))


SHA256 = bytes.fromhex("0609608648016503040201")


def two_of_them(_: bytes) -> bytes:
    """With NULL and without, the longer one first."""
    return tlv(0x31, tlv(0x30, SHA256, b"\x05\x00"), tlv(0x30, SHA256))


NOT_DER: dict[str, tuple[str, Spelling, str, int]] = {
    "indefinite message": ("content_info", indefinite, "CMS-111", 1),
    "indefinite SignedData": ("signed_data", indefinite, "CMS-111", 1),
    "indefinite certificate": ("certificate", indefinite, "CMS-111", 1),
    "indefinite tbsCertificate": ("tbs", indefinite, "CMS-111", 1),
    "indefinite signed attributes": ("signed_attrs", indefinite, "CMS-111", 1),
    "indefinite SignerInfo": ("signer_info", indefinite, "CMS-111", 1),
    "indefinite sid": ("sid", indefinite, "CMS-111", 1),
    "long length of the message": ("content_info", long_length, "CMS-112", 1),
    "long length of the content": ("econtent", long_length, "CMS-112", 1),
    "long length of the certificate": ("certificate", long_length, "CMS-112", 1),
    "long length of an attribute": ("attribute", long_length, "CMS-112", 1),
    "long length of the signature": ("signature", long_length, "CMS-112", 1),
    "content in pieces": ("econtent", in_pieces, "CMS-119", 0),
    "signature in pieces": ("signature", in_pieces, "CMS-119", 0),
    "certificate's signature in pieces": ("certificate_signature", in_pieces, "CMS-119", 0),
    "BOOLEAN 01": ("critical", lambda _: b"\x01\x01\x01", "CMS-115", 0),
    "BOOLEAN of two octets": ("critical", lambda _: b"\x01\x02\xff\xff", "CMS-115", 0),
    "padded version": ("version", padded, "CMS-116", 0),
    "padded serial number": ("serial_number", lambda one: tlv(0x02, b"\x00\x00", contents(one)), "CMS-116", 0),
    "bits in the padding": (
        "certificate_signature",
        lambda one: tlv(0x03, b"\x01", contents(one)[1:-1], bytes([contents(one)[-1] | 1])),
        "CMS-117",
        0,
    ),
    "notBefore without seconds": ("not_before", lambda _: tlv(0x17, b"2605020000Z"), "CMS-118", 0),
    "notBefore without Z": ("not_before", lambda _: tlv(0x17, b"260502000000"), "CMS-118", 0),
    "notBefore with an offset": ("not_before", lambda _: tlv(0x17, b"260502000000+0900"), "CMS-118", 0),
    "signing-time without seconds": ("signing_time", lambda _: tlv(0x17, b"2606010900Z"), "CMS-118", 0),
    "signing-time without Z": ("signing_time", lambda _: tlv(0x17, b"260601090000"), "CMS-118", 0),
    "signing-time on 31 June": ("signing_time", lambda _: tlv(0x17, b"260631090000Z"), "CMS-118", 0),
    "signing-time with a fraction": ("signing_time", lambda _: tlv(0x18, b"20260601090000.5Z"), "CMS-118", 0),
    "NULL with contents": ("null", lambda _: tlv(0x05, b"\x00"), "CMS-123", 0),
    "padded arc of an identifier": ("attribute_oid", lambda _: tlv(0x06, b"\x2a\x80\x01"), "CMS-122", 0),
    "primitive SEQUENCE": ("sid", as_tag(0x10), "CMS-125", 0),
    "tag of several octets": ("signing_time", lambda _: b"\x1f\x81\x01\x00", "CMS-124", 0),
    "digestAlgorithms out of order": ("digest_algorithms", two_of_them, "CMS-114", 0),
}


@pytest.mark.parametrize(("part", "spell", "code", "behind"), NOT_DER.values(), ids=NOT_DER)
@pytest.mark.parametrize("policy", [policies.KFTC, policies.CMS], ids=lambda policy: policy.name)
def test_what_is_not_der_is_named_with_its_place(
    sound: bytes, judge: Judge, part: str, spell: Spelling, code: str, behind: int, policy: policies.VerifyPolicy
) -> None:
    """The offset is that in the message as it is now: a length before it may have grown or shrunk by an octet."""
    element = getattr(Parts.of(sound), part)
    new = spell(sound[element.start : element.end])
    der = replaced(sound, element, new)
    verdict = judge(der, policy=policy)
    found = {(f.code, f.where) for f in verdict.findings if f.check is Check.ENCODING}
    assert (code, f"@{der.index(new, max(0, element.start - 8)) + behind}") in found
    assert verdict.indication is Indication.TOTAL_FAILED


def with_more(one: bytes) -> bytes:
    return tlv(one[0], contents(one), b"\x02\x01\x07")


def with_less(one: bytes) -> bytes:
    root = next(iter(elements(one)))
    return tlv(one[0], one[root.body : root.children[-1].start])


NOT_OF_THE_FORM: dict[str, tuple[str, Spelling, str]] = {
    "an encrypted message": ("content_type", lambda _: bytes.fromhex("06092a864886f70d010703"), "CMS-131"),
    "a field more in ContentInfo": ("content_info", with_more, "CMS-133"),
    "two contents": ("explicit", with_more, "CMS-133"),
    "a field more in SignedData": ("signed_data", with_more, "CMS-133"),
    "a field more in encapContentInfo": ("encap", with_more, "CMS-133"),
    "a field more in SignerInfo": ("signer_info", with_more, "CMS-133"),
    "a field more in the sid": ("sid", with_more, "CMS-133"),
    "a field more in an attribute": ("attribute", with_more, "CMS-133"),
    "a field more in digestAlgorithm": (
        "digest_algorithm",
        lambda one: tlv(0x30, contents(one), b"\5\0\5\0"),
        "CMS-133",
    ),
    "SignedData without signerInfos": ("signed_data", with_less, "CMS-132"),
    "SignerInfo without a signature": ("signer_info", with_less, "CMS-132"),
    "sid without a serial number": ("sid", with_less, "CMS-132"),
    "attribute without values": ("attribute", with_less, "CMS-132"),
    "version as ENUMERATED": ("version", as_tag(0x0A), "CMS-132"),
    "content as text": ("econtent", as_tag(0x0C), "CMS-132"),
    "signature as BIT STRING": ("signature", lambda one: tlv(0x03, b"\x00", contents(one)), "CMS-132"),
    "signed attributes as SET": ("signed_attrs", as_tag(0x31), "CMS-132"),
    "attribute values as SEQUENCE": ("attribute_values", as_tag(0x30), "CMS-132"),
    "certificates as SEQUENCE": ("certificates", as_tag(0x30), "CMS-132"),
    "an attribute certificate": ("certificate", as_tag(0xA2), "CMS-134"),
    "a PKCS #6 certificate": ("certificate", as_tag(0xA0), "CMS-134"),
    "a SignedData alone": ("content_info", lambda one: contents(contents(one)[11:]), "CMS-132"),
    "a certificate alone": ("content_info", lambda _: tlv(0x30, tlv(0x30), tlv(0x30), b"\x03\x01\x00"), "CMS-132"),
    "a number": ("content_info", lambda _: b"\x02\x01\x01", "CMS-132"),
}


@pytest.mark.parametrize(("part", "spell", "code"), NOT_OF_THE_FORM.values(), ids=NOT_OF_THE_FORM)
@pytest.mark.parametrize("policy", [policies.KFTC, policies.CMS], ids=lambda policy: policy.name)
def test_what_is_not_of_the_form_is_named(
    sound: bytes, judge: Judge, part: str, spell: Spelling, code: str, policy: policies.VerifyPolicy
) -> None:
    element = getattr(Parts.of(sound), part)
    verdict = judge(replaced(sound, element, spell(sound[element.start : element.end])), policy=policy)
    assert [f.code for f in verdict.findings if f.check is Check.STRUCTURE] == [code]
    assert all("@" in f.where for f in verdict.findings if f.code == code)
    assert verdict.indication is Indication.TOTAL_FAILED


def test_what_two_vendors_write_is_refused_by_both_findings(forge: Forge, judge: Judge) -> None:
    """BER of indefinite length, and the issuer's name in the sid with its parts in reversed order."""

    def reverse(info: Any) -> None:
        name = info["sid"].chosen["issuer"]
        info["sid"].chosen["issuer"] = asn1_x509.Name("", asn1_x509.RDNSequence(list(reversed(list(name.chosen)))))

    der = forge.but(signer_info=reverse).der()
    verdict = judge(indefinite(der))
    assert {"CMS-111", "PKI-103"} <= {f.code for f in verdict.findings}
    assert verdict.indication is Indication.TOTAL_FAILED


def test_signed_attributes_put_to_another_use_are_refused(forge: Forge, judge: Judge) -> None:
    """The attributes of a genuine message as content, and a message-digest over them, under the genuine signature.

    The signature is over the attributes as they were, so that it fits one reading and not the other (RFC 5652 §5.4).
    """
    stolen = cms.ContentInfo.load(forge.der())["content"]["signer_infos"][0]
    as_content = b"\x31" + stolen["signed_attrs"].dump()[1:]
    der = forge.but(content=as_content, signer=lambda *_: bytes(stolen["signature"].native)).der()
    assert {"CMS-181"} <= {f.code for f in judge(der, policy=policies.CMS).findings}
    assert judge(der, policy=policies.CMS).indication is Indication.TOTAL_FAILED


def test_the_attributes_of_one_message_do_not_fit_the_text_of_another(forge: Forge, judge: Judge) -> None:
    genuine = cms.ContentInfo.load(forge.der())
    genuine["content"]["encap_content_info"]["content"] = "다른 동의".encode()
    verdict = judge(genuine.dump(force=True))
    assert {f.code for f in verdict.findings if f.effect is Indication.TOTAL_FAILED} == {"CMS-161"}


def test_the_certificate_stands_once_though_it_is_enclosed_twice(forge: Forge, judge: Judge) -> None:
    """Byte for byte the same: nothing is in doubt."""
    own = forge.pair.certificate.public_bytes(Encoding.DER)
    assert judge(forge.but(extra_certificates=[own]).der()).indication is Indication.TOTAL_PASSED
