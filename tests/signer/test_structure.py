"""What asn1crypto reads in our DER, field by field."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from asn1crypto import cms, core
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from certs.demo import DemoPki
from consent.errors import CodedError
from consent.text import Charset, ConsentText
from signer import Digest, LocalKey, sign_consent
from tests.signer.making import AT, TEXT, ec_key, self_signed

CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
DIGESTS: list[Digest] = ["sha256", "sha384", "sha512"]


def signed_data(der: bytes) -> cms.SignedData:
    info = cms.ContentInfo.load(der, strict=True)
    assert info["content_type"].native == "signed_data"
    return info["content"]


def attributes(signer_info: cms.SignerInfo) -> dict[str, core.Asn1Value]:
    assert all(len(attribute["values"]) == 1 for attribute in signer_info["signed_attrs"])
    return {attribute["type"].dotted: attribute["values"][0] for attribute in signer_info["signed_attrs"]}


@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize("payer", ["rsa", "ecdsa", "corporate", "ecdsa384"])
def test_every_field_is_as_the_profile_says(pki: DemoPki, payer: str, digest: Digest) -> None:
    pair = pki.payers[payer]
    data = signed_data(sign_consent(TEXT, LocalKey.of(pair), at=AT, digest=digest))
    assert data["version"].native == "v1"
    assert [algorithm["algorithm"].native for algorithm in data["digest_algorithms"]] == [digest]
    assert isinstance(data["digest_algorithms"][0]["parameters"], core.Void)
    assert data["encap_content_info"]["content_type"].native == "data"
    assert data["encap_content_info"]["content"].native == TEXT.encoded
    assert [c.chosen.dump() for c in data["certificates"]] == [pair.certificate.public_bytes(Encoding.DER)]
    assert isinstance(data["crls"], core.Void)
    (signer_info,) = data["signer_infos"]
    certificate = data["certificates"][0].chosen
    assert signer_info["version"].native == "v1"
    assert signer_info["sid"].name == "issuer_and_serial_number"
    assert signer_info["sid"].chosen["issuer"].dump() == certificate.issuer.dump()
    assert signer_info["sid"].chosen["serial_number"].native == pair.certificate.serial_number
    assert signer_info["digest_algorithm"]["algorithm"].native == digest
    algorithm = signer_info["signature_algorithm"]
    if payer in {"rsa", "corporate"}:
        assert algorithm.dump() == bytes.fromhex("300d06092a864886f70d0101010500")
    else:
        assert algorithm["algorithm"].native == f"{digest}_ecdsa"
        assert isinstance(algorithm["parameters"], core.Void)
    assert isinstance(signer_info["unsigned_attrs"], core.Void)


def test_signed_attributes_are_the_three_and_the_fourth_on_request(pki: DemoPki) -> None:
    pair = pki.payers["ecdsa"]
    (plain,) = signed_data(sign_consent(TEXT, LocalKey.of(pair), at=AT, digest="sha512"))["signer_infos"]
    found = attributes(plain)
    assert set(found) == {CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME}
    assert found[CONTENT_TYPE].native == "data"
    assert found[MESSAGE_DIGEST].native == hashlib.sha512(TEXT.encoded).digest()
    assert found[SIGNING_TIME].native == AT
    der = sign_consent(TEXT, LocalKey.of(pair), at=AT, digest="sha512", signing_certificate_v2=True)
    (binding,) = signed_data(der)["signer_infos"]
    assert set(attributes(binding)) == {*found, SIGNING_CERTIFICATE_V2}
    value = attributes(binding)[SIGNING_CERTIFICATE_V2]
    hashed = hashlib.sha256(pair.certificate.public_bytes(Encoding.DER)).digest()
    assert value.dump() == bytes.fromhex("3026302430220420") + hashed  # SHA-256 is the DEFAULT and left out


@pytest.mark.parametrize(
    ("at", "encoded"),
    [
        (datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC), b"\x17\x0d491231235959Z"),
        (datetime(2050, 1, 1, tzinfo=UTC), b"\x18\x0f20500101000000Z"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), b"\x17\x0d260102030405Z"),
    ],
)
def test_signing_time_is_utc_time_through_2049(at: datetime, encoded: bytes) -> None:
    key = ec_key()
    certificate = self_signed(
        key, not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=datetime(2060, 1, 1, tzinfo=UTC)
    )
    (signer_info,) = signed_data(sign_consent(TEXT, LocalKey(key, certificate), at=at))["signer_infos"]
    assert attributes(signer_info)[SIGNING_TIME].dump() == encoded


def test_sets_are_in_der_order(pki: DemoPki) -> None:
    """X.690 §11.6: ascending as octet strings; whichever order the caller gave the certificates in."""
    pair = pki.payers["rsa"]
    others = [*pair.others, pki.root.certificate, pki.intermediates[1].certificate]
    ders = set()
    for intermediates in (others, others[::-1]):
        data = signed_data(
            sign_consent(TEXT, LocalKey.of(pair), at=AT, intermediates=intermediates, signing_certificate_v2=True)
        )
        certificates = [certificate.dump() for certificate in data["certificates"]]
        assert certificates == sorted(certificates)
        assert len(certificates) == 4
        attrs = [attribute.dump() for attribute in data["signer_infos"][0]["signed_attrs"]]
        assert attrs == sorted(attrs)
        ders.add(b"".join(certificates))
    assert len(ders) == 1


def test_a_certificate_given_twice_stands_in_it_once(pki: DemoPki) -> None:
    pair = pki.payers["rsa"]
    once = sign_consent(TEXT, LocalKey.of(pair), at=AT, intermediates=pair.others)
    assert sign_consent(TEXT, LocalKey.of(pair), at=AT, intermediates=(pair.certificate, *pair.others * 2)) == once


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
@pytest.mark.parametrize("digest", DIGESTS)
def test_every_curve_signs_with_every_digest(curve: ec.EllipticCurve, digest: Digest) -> None:
    key = ec_key(curve)
    certificate = self_signed(key)
    data = signed_data(sign_consent(TEXT, LocalKey(key, certificate), at=AT, digest=digest))
    (signer_info,) = data["signer_infos"]
    assert signer_info["signature_algorithm"]["algorithm"].native == f"{digest}_ecdsa"


def test_the_same_input_gives_the_same_bytes_with_rsa(pki: DemoPki) -> None:
    key = LocalKey.of(pki.payers["rsa"])
    assert sign_consent(TEXT, key, at=AT) == sign_consent(TEXT, key, at=AT)


@settings(max_examples=50)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200), st.sampled_from(Charset))
def test_any_text_comes_back_byte_for_byte(key: LocalKey, text: str, charset: Charset) -> None:
    try:
        consent = ConsentText.of(text, charset)
    except CodedError:
        return
    der = sign_consent(consent, key, at=AT)
    data = signed_data(der)
    assert data["encap_content_info"]["content"].native == consent.encoded
    assert cms.ContentInfo.load(der).dump(force=True) == der


@pytest.fixture(scope="module")
def key() -> LocalKey:
    private_key = ec_key()
    return LocalKey(private_key, self_signed(private_key))
