"""Attributes that bind the certificate and the algorithms: they need not be there, and have to be true if they are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from asn1crypto import core
from cryptography.hazmat.primitives.serialization import Encoding

from tests.verifier.conftest import Judge
from tests.verifier.forge import Forge, attribute
from tests.verifier.raw import FOR_PERSONS, certified, der_of
from tests.verifier.surgery import replaced_where, tlv
from tests.verifier.test_confusion import signed_by
from verifier import Indication, policies
from verifier.bindings import ID_ALGORITHM_PROTECTION, ID_SIGNING_CERTIFICATE, ID_SIGNING_CERTIFICATE_V2

SHA1, SHA256 = bytes.fromhex("06052b0e03021a"), bytes.fromhex("0609608648016503040201")
SHA384, SHA512 = bytes.fromhex("0609608648016503040202"), bytes.fromhex("0609608648016503040203")
SHA224, RSA = bytes.fromhex("0609608648016503040204"), bytes.fromhex("06092a864886f70d01010b")
NAMES = {SHA1: "sha1", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512", SHA224: "sha224"}
PKCS1 = bytes.fromhex("06092a864886f70d010101")


def failed(judge: Judge, der: bytes) -> set[str]:
    found = [
        {f.code for f in judge(der, policy=policy).findings if f.effect is not Indication.TOTAL_PASSED}
        for policy in (policies.KFTC, policies.CMS)
    ]
    assert found[0] == found[1]
    return found[0]


def adding(oid: str, *values: bytes) -> Callable[[list[Any]], None]:
    """Adds an attribute under an identifier that asn1crypto does not know, for it to take any value."""
    return lambda attributes: attributes.append(attribute(oid, *map(core.Any.load, values)))


def with_attribute(forge: Forge, oid: str, *values: bytes) -> bytes:
    """The identifier is exchanged for one unknown to the builder and put right before signing."""
    unknown = oid[:-2] + "99"
    wrong, right = (core.ObjectIdentifier(one).dump() for one in (unknown, oid))
    assert len(wrong) == len(right)
    signer = forge.signer
    recipe = forge.but(
        attributes=adding(unknown, *values),
        signer=lambda pair, message, digest: signer(pair, message.replace(wrong, right), digest),
    )
    return recipe.der().replace(wrong, right)


def certificate_id(certificate: bytes, algorithm: bytes | None = None, *, v1: bool = False) -> bytes:
    digest = hashlib.new("sha1" if v1 else NAMES[algorithm or SHA256], certificate).digest()
    return tlv(0x30, *([tlv(0x30, algorithm)] if algorithm else []), tlv(0x04, digest))


def listing(*ids: bytes) -> bytes:
    return tlv(0x30, tlv(0x30, *ids))


@pytest.fixture(scope="module")
def own(forge: Forge) -> bytes:
    return forge.pair.certificate.public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def other(forge: Forge) -> bytes:
    return forge.pki.payers["corporate"].certificate.public_bytes(Encoding.DER)


@pytest.mark.parametrize("algorithm", [None, SHA1, SHA256, SHA384, SHA512], ids=str)
def test_the_certificate_that_was_bound_is_the_signer_s(
    forge: Forge, judge: Judge, own: bytes, other: bytes, algorithm: bytes | None
) -> None:
    for ids, found in (
        ([own], set()),
        ([own, other], set()),
        ([other], {"PKI-143"}),
        ([other, own], {"PKI-143"}),
    ):
        value = listing(*(certificate_id(one, algorithm) for one in ids))
        assert failed(judge, with_attribute(forge, ID_SIGNING_CERTIFICATE_V2, value)) == found


def test_the_first_version_binds_by_sha_1(forge: Forge, judge: Judge, own: bytes, other: bytes) -> None:
    for certificate, found in ((own, set()), (other, {"PKI-143"})):
        value = listing(certificate_id(certificate, v1=True))
        assert failed(judge, with_attribute(forge, ID_SIGNING_CERTIFICATE, value)) == found


@pytest.mark.parametrize(
    "values",
    [
        [],
        [tlv(0x30)],
        [tlv(0x30, tlv(0x30))],
        [listing(tlv(0x30))],
        [listing(tlv(0x30, tlv(0x30, SHA256)))],
        [listing(tlv(0x30, tlv(0x30), tlv(0x04)))],
        [listing(tlv(0x30, tlv(0x30, tlv(0x04)), tlv(0x04)))],
        [listing(tlv(0x30, tlv(0x04)))],
        [tlv(0x04)],
        [listing(certificate_id(b"", SHA224))],
    ],
    ids=lambda values: b" ".join(values).hex() or "none",
)
def test_an_attribute_that_binds_nothing_binds_another(forge: Forge, judge: Judge, values: list[bytes]) -> None:
    assert failed(judge, with_attribute(forge, ID_SIGNING_CERTIFICATE_V2, *values)) == {"PKI-143"}


def test_a_certificate_exchanged_for_another_of_the_same_key_is_found_out(forge: Forge, judge: Judge) -> None:
    """The authority certified the key twice, under one number: the signature fits both, the payer bound one."""
    issuer = forge.pki.intermediates[0].key_pair
    key = forge.pair.private_key
    first, second = (certified(issuer, name, FOR_PERSONS, key=key, serial=4711) for name in ("payer", "thief"))

    def exchanged(der: bytes) -> bytes:
        return replaced_where(der, der_of(first).__eq__, lambda _: der_of(second))

    recipe = signed_by(forge, first)
    assert failed(judge, exchanged(recipe.der())) == set()  # nothing is bound: nobody can tell
    bound = with_attribute(recipe, ID_SIGNING_CERTIFICATE_V2, listing(certificate_id(der_of(first))))
    assert failed(judge, bound) == set()
    assert failed(judge, exchanged(bound)) == {"PKI-143"}


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([tlv(0x30, tlv(0x30, SHA256), tlv(0xA1, PKCS1))], set()),
        ([tlv(0x30, tlv(0x30, SHA256, b"\x05\x00"), tlv(0xA1, PKCS1, b"\x05\x00"))], set()),
        ([tlv(0x30, tlv(0x30, SHA384), tlv(0xA1, PKCS1))], {"CMS-192"}),
        ([tlv(0x30, tlv(0x30, SHA256), tlv(0xA1, RSA))], {"CMS-192"}),
        ([tlv(0x30, tlv(0x30, SHA256))], {"CMS-192"}),
        ([tlv(0x30, tlv(0x30, SHA256), tlv(0xA2, PKCS1))], {"CMS-192"}),
        ([tlv(0x30)], {"CMS-192"}),
        ([], {"CMS-192"}),
    ],
    ids=["same", "with NULL", "other digest", "other signature", "digest alone", "a MAC", "empty", "no value"],
)
def test_the_algorithms_that_were_bound_are_those_of_the_message(
    forge: Forge, judge: Judge, values: list[bytes], found: set[str]
) -> None:
    assert failed(judge, with_attribute(forge, ID_ALGORITHM_PROTECTION, *values)) == found
