"""Signers' keys that are no good ones, in certificates that a trusted authority issued all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

import pytest
from asn1crypto import keys as asn1_keys
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certs.keys import KeyPair, PrivateKey
from tests.verifier.conftest import Judge
from tests.verifier.forge import Forge
from tests.verifier.raw import FOR_PERSONS, ORDERS, block, certified, der_of, digest_info, integer, resigned
from tests.verifier.surgery import replaced_where, tlv
from tests.verifier.vectors import Vector, Vectors
from verifier import Indication, VerifyPolicy, policies
from verifier.der import CONTEXT_0, read_der

UNREADABLE, ODD_FORM, SMALL_FACTOR = "PKI-105", "PKI-140", "PKI-141"
RFC5480 = "RFC 5480 §2"

vector = Vectors()

EC_PUBLIC_KEY: Final = bytes.fromhex("06072a8648ce3d0201")
P256, P384, K256 = map(bytes.fromhex, ("06082a8648ce3d030107", "06052b81040022", "06052b8104000a"))
FIELD: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
GENERATOR: Final = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)


@cache
def p256_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def point(form: PublicFormat = PublicFormat.UncompressedPoint) -> bytes:
    return p256_key().public_key().public_bytes(Encoding.X962, form)


def parameters(generator: bytes) -> bytes:
    """The curve P-256 spelt out (RFC 3279 §2.3.5), with this generator."""
    field = tlv(0x30, bytes.fromhex("06072a8648ce3d0101"), integer(FIELD))
    curve = tlv(0x30, tlv(0x04, (FIELD - 3).to_bytes(32)), tlv(0x04, B.to_bytes(32)))
    return tlv(0x30, integer(1), field, curve, tlv(0x04, generator), integer(ORDERS["secp256r1"]), integer(1))


def ec_info(curve: bytes, encoded_point: bytes) -> bytes:
    return tlv(0x30, tlv(0x30, EC_PUBLIC_KEY, curve), tlv(0x03, b"\x00", encoded_point))


def rsa_info(modulus: int, exponent: int) -> bytes:
    public = asn1_keys.RSAPublicKey({"modulus": modulus, "public_exponent": exponent})
    return bytes(asn1_keys.PublicKeyInfo.wrap(public, "rsa").dump())


def with_key(forge: Forge, key: PrivateKey, info: bytes, **changes: object) -> bytes:
    """A message signed by `key`; the certificate spells its public half as `info`."""
    issuer = forge.pki.intermediates[0].key_pair
    pair = certified(issuer, "signer", FOR_PERSONS, key=key)
    plain = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    certificate = resigned(der_of(pair), issuer, lambda signed: replaced_where(signed, plain.__eq__, lambda _: info))
    der = forge.but(pki=replace(forge.pki, payers={"rsa": pair}), **changes).der()
    return replaced_where(der, der_of(pair).__eq__, lambda _: certificate)


@vector(reference=RFC5480)
def the_key_as_it_was(forge: Forge) -> bytes:
    """Nothing is wrong: a certificate taken apart and signed again is one."""
    return with_key(forge, p256_key(), ec_info(P256, point()))


@vector(reference=RFC5480)
def compressed_point(forge: Forge) -> bytes:
    """The point is compressed, which the standard leaves open."""
    return with_key(forge, p256_key(), ec_info(P256, point(PublicFormat.CompressedPoint)))


@vector(ODD_FORM, reference=RFC5480)
def hybrid_point(forge: Forge) -> bytes:
    """The point is in the hybrid form of X9.62, which the standard forbids."""
    whole = point()
    return with_key(forge, p256_key(), ec_info(P256, bytes([6 + whole[-1] % 2]) + whole[1:]))


@vector(ODD_FORM, reference=RFC5480)
def curve_spelt_out(forge: Forge) -> bytes:
    """The curve is P-256 by its parameters, all of them right."""
    return with_key(forge, p256_key(), ec_info(parameters(GENERATOR), point()))


@vector(UNREADABLE, reference=RFC5480)
def curve_with_another_generator(forge: Forge) -> bytes:
    """P-256 with the public key itself for a generator: the private key is 1 (CVE-2020-0601)."""
    return with_key(forge, p256_key(), ec_info(parameters(point()), point()))


@vector(UNREADABLE, reference=RFC5480)
def curve_of_the_issuer(forge: Forge) -> bytes:
    """The curve is "that of the issuer" (implicitCurve)."""
    return with_key(forge, p256_key(), ec_info(tlv(0x05), point()))


@vector(UNREADABLE, reference=RFC5480)
def point_off_the_curve(forge: Forge) -> bytes:
    """The last bit of y is another: no point of P-256."""
    whole = point()
    return with_key(forge, p256_key(), ec_info(P256, whole[:-1] + bytes([whole[-1] ^ 1])))


@vector(UNREADABLE, reference=RFC5480)
def point_at_infinity(forge: Forge) -> bytes:
    """The public key is the neutral element."""
    return with_key(forge, p256_key(), ec_info(P256, b"\x00"))


@vector(UNREADABLE, reference=RFC5480)
def point_with_a_tail(forge: Forge) -> bytes:
    """An octet stands behind the point."""
    return with_key(forge, p256_key(), ec_info(P256, point() + b"\x00"))


@vector(UNREADABLE, reference=RFC5480)
def point_under_the_name_of_another_curve(forge: Forge) -> bytes:
    """A point of P-256 as a key on P-384."""
    return with_key(forge, p256_key(), ec_info(P384, point()))


@vector(UNREADABLE, reference=RFC5480)
def point_under_the_name_of_another_curve_of_the_size(forge: Forge) -> bytes:
    """A point of P-256 as a key on secp256k1."""
    return with_key(forge, p256_key(), ec_info(K256, point()))


def _modulus() -> int:
    return rsa_key().public_key().public_numbers().n


@pytest.mark.parametrize("exponent", [0, 1, 2, 65_536, -3], ids=str)
@pytest.mark.parametrize("policy", [policies.KFTC, policies.CMS], ids=lambda policy: policy.name)
def test_an_exponent_that_is_none_makes_no_certificate(
    forge: Forge, judge: Judge, exponent: int, policy: VerifyPolicy
) -> None:
    """With exponent 1 every block is its own signature; an even one belongs to no key."""
    assert failed(judge, with_key(forge, rsa_key(), rsa_info(_modulus(), exponent)), policy) == {UNREADABLE}


@vector(UNREADABLE, reference="RFC 8017 §3.1")
def negative_modulus(forge: Forge) -> bytes:
    """The modulus is a negative number."""
    return with_key(forge, rsa_key(), rsa_info(-_modulus(), 65537))


@vector(SMALL_FACTOR, reference="NIST SP 800-89 §5.3.3")
def modulus_with_a_small_factor(forge: Forge) -> bytes:
    """The modulus has the prime 751 for a third one. The signature is valid, and anybody could have made it."""
    own = rsa_key().private_numbers()
    modulus = own.public_numbers.n * 751
    private = pow(65537, -1, (own.p - 1) * (own.q - 1) * 750)

    def signer(_pair: KeyPair, message: bytes, _digest: str) -> bytes:
        size = (modulus.bit_length() + 7) // 8
        return pow(int.from_bytes(block(digest_info(message), size)), private, modulus).to_bytes(size)

    return with_key(forge, rsa_key(), rsa_info(modulus, 65537), signer=signer)


def failed(judge: Judge, der: bytes, policy: VerifyPolicy) -> set[str]:
    return {f.code for f in judge(der, policy=policy).findings if f.effect is not Indication.TOTAL_PASSED}


@pytest.mark.parametrize("policy", [policies.KFTC, policies.CMS], ids=lambda policy: policy.name)
@pytest.mark.parametrize("case", vector.all, ids=lambda case: case.name)
def test_a_key_fails_by_its_own_finding_alone(forge: Forge, judge: Judge, case: Vector, policy: VerifyPolicy) -> None:
    assert failed(judge, case.make(forge), policy) == case.expects


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: rsa.generate_private_key(65537, 1024), "PKI-106"),
        (lambda: rsa.generate_private_key(65537, 2047), "PKI-106"),
        (lambda: ec.generate_private_key(ec.SECP256K1()), "PKI-107"),
        (lambda: ec.generate_private_key(ec.BrainpoolP256R1()), "PKI-107"),
    ],
    ids=["RSA-1024", "RSA-2047", "secp256k1", "brainpoolP256r1"],
)
@pytest.mark.parametrize("policy", [policies.KFTC, policies.CMS], ids=lambda policy: policy.name)
def test_a_key_too_weak_or_of_an_unusual_curve_is_refused_under_both_policies(
    forge: Forge, judge: Judge, make: Callable[[], PrivateKey], code: str, policy: VerifyPolicy
) -> None:
    pair = certified(forge.pki.intermediates[0].key_pair, "signer", FOR_PERSONS, key=make())
    der = forge.but(pki=replace(forge.pki, payers={"rsa": pair})).der()
    assert code in failed(judge, der, policy)


@pytest.mark.parametrize("odd", [0, 1])
def test_a_compressed_point_may_be_of_either_sign(forge: Forge, judge: Judge, odd: int) -> None:
    key = next(k for k in iter(lambda: ec.generate_private_key(ec.SECP256R1()), None) if is_odd(k) == odd)
    compressed = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    assert compressed[0] == 2 + odd
    assert judge(with_key(forge, key, ec_info(P256, compressed))).indication is Indication.TOTAL_PASSED


def is_odd(key: ec.EllipticCurvePrivateKey) -> int:
    return key.public_key().public_numbers().y % 2


def test_the_key_of_a_certificate_of_version_1_is_found(forge: Forge, judge: Judge) -> None:
    """Its fields begin with the serial number; it has no extensions, so that its authority's demands refuse it."""
    issuer = forge.pki.intermediates[0].key_pair
    pair = certified(issuer, "signer", FOR_PERSONS, key=p256_key())
    certificate = resigned(der_of(pair), issuer, of_version_1)
    der = forge.but(pki=replace(forge.pki, payers={"rsa": pair})).der()
    found = {f.code for f in judge(replaced_where(der, der_of(pair).__eq__, lambda _: certificate)).findings}
    assert found >= {"PKI-100", "CMS-180", "PKI-115"}
    assert "CMS-199" not in found


def of_version_1(signed: bytes) -> bytes:
    root, _ = read_der(signed)
    assert root is not None
    return tlv(0x30, *(signed[one.start : one.end] for one in root.children if one.tag not in {CONTEXT_0, 0xA3}))
