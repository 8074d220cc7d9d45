"""Signature values made to trick a verifier, after the manner of Wycheproof. Everything else is valid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from certs.keys import KeyPair
from tests.verifier.conftest import Judge
from tests.verifier.forge import Forge, sign
from tests.verifier.raw import (
    FOR_PERSONS,
    NULL,
    OIDS,
    block,
    certified,
    digest_info,
    ecdsa,
    ecdsa_value,
    forged_with_garbage_after,
    forged_with_garbage_parameters,
    integer,
    modulus_bytes,
    numbers,
    raw_rsa,
)
from tests.verifier.surgery import tlv
from tests.verifier.vectors import Vector, Vectors
from verifier import Indication, policies

RFC3279 = "RFC 3279 §2.2.3"
RFC8017 = "RFC 8017 §8.2.2, §9.2"

vector = Vectors()
FORGED, MALFORMED, WRONG_LENGTH = "CMS-181", "CMS-190", "CMS-191"


def with_ecdsa(forge: Forge, encode: Callable[[int, int, int], bytes]) -> bytes:
    return forge.but(payer="ecdsa", signer=ecdsa(encode)).der()


# -- ECDSA: values of r and s --------------------------------------------------------------------


@vector(reference=RFC3279)
def high_s(forge: Forge) -> bytes:
    """S is n - s: the twin that every ECDSA signature has. It proves the same, and no standard of CMS refuses it."""
    return with_ecdsa(forge, lambda r, s, n: ecdsa_value(r, n - s))


@vector(reference=RFC3279)
def high_s_on_p384(forge: Forge) -> bytes:
    """Likewise on P-384."""
    return forge.but(payer="ecdsa384", signer=ecdsa(lambda r, s, n: ecdsa_value(r, n - s))).der()


def _values() -> dict[str, Callable[[int, int, int], tuple[int, int]]]:
    return {
        "r is 0": lambda _r, s, _n: (0, s),
        "s is 0": lambda r, _s, _n: (r, 0),
        "both are 0": lambda _r, _s, _n: (0, 0),
        "both are 1": lambda _r, _s, _n: (1, 1),
        "r is n": lambda _r, s, n: (n, s),
        "s is n": lambda r, _s, n: (r, n),
        "both are n": lambda _r, _s, n: (n, n),
        "r and n": lambda r, s, n: (r + n, s),
        "s and n": lambda r, s, n: (r, s + n),
        "r is n - r": lambda r, s, n: (n - r, s),
        "r less n": lambda r, s, n: (r - n, s),
        "s less n": lambda r, s, n: (r, s - n),
        "r negative": lambda r, s, _n: (-r, s),
        "s negative": lambda r, s, _n: (r, -s),
        "r is n - 1, s is 1": lambda _r, _s, n: (n - 1, 1),
        "r and s swapped": lambda r, s, _n: (s, r),
        "r of 1000 bytes": lambda r, s, n: (r + n * 256**968, s),
    }


@pytest.mark.parametrize("payer", ["ecdsa", "ecdsa384"])
@pytest.mark.parametrize("values", _values().values(), ids=_values())
def test_values_of_r_and_s_that_were_not_made_are_refused(
    forge: Forge, judge: Judge, payer: str, values: Callable[[int, int, int], tuple[int, int]]
) -> None:
    """Zeros pass a verifier that does not look at the range (CVE-2022-21449); sums with n, one that reduces first."""
    der = forge.but(payer=payer, signer=ecdsa(lambda r, s, n: ecdsa_value(*values(r, s, n)))).der()
    for policy in (policies.KFTC, policies.CMS):
        assert failures(judge, der, policy) == {FORGED}


# -- ECDSA: the encoding of Ecdsa-Sig-Value ------------------------------------------------------


def _unpadded(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8)


@vector(MALFORMED, reference=RFC3279)
def r_with_a_leading_zero(forge: Forge) -> bytes:
    """R has a zero octet more than DER allows."""
    return with_ecdsa(forge, lambda r, s, _: tlv(0x30, tlv(0x02, b"\x00\x00" + _unpadded(r)), integer(s)))


@vector(MALFORMED, reference=RFC3279)
def s_with_a_leading_zero(forge: Forge) -> bytes:
    """S has a zero octet more than DER allows."""
    return with_ecdsa(forge, lambda r, s, _: tlv(0x30, integer(r), tlv(0x02, b"\x00\x00" + _unpadded(s))))


@vector(MALFORMED, reference=RFC3279)
def sequence_with_a_long_length(forge: Forge) -> bytes:
    """The length of the SEQUENCE takes two octets where one does."""

    def long_form(r: int, s: int, _: int) -> bytes:
        body = integer(r) + integer(s)
        return bytes([0x30, 0x81, len(body)]) + body

    return with_ecdsa(forge, long_form)


@vector(MALFORMED, reference=RFC3279)
def r_with_a_long_length(forge: Forge) -> bytes:
    """The length of r takes three octets where one does."""

    def long_form(r: int, s: int, _: int) -> bytes:
        body = integer(r)[2:]
        return tlv(0x30, b"\x02\x82\x00" + bytes([len(body)]) + body, integer(s))

    return with_ecdsa(forge, long_form)


@vector(MALFORMED, reference=RFC3279)
def indefinite_sequence(forge: Forge) -> bytes:
    """The SEQUENCE has an indefinite length, inside an OCTET STRING where the reader of the message does not look."""
    return with_ecdsa(forge, lambda r, s, _: b"\x30\x80" + integer(r) + integer(s) + b"\x00\x00")


@vector(MALFORMED, reference=RFC3279)
def bytes_after_the_value(forge: Forge) -> bytes:
    """A byte stands after the Ecdsa-Sig-Value."""
    return with_ecdsa(forge, lambda r, s, _: ecdsa_value(r, s) + b"\x00")


@vector(MALFORMED, reference=RFC3279)
def null_inside_the_value(forge: Forge) -> bytes:
    """A third field stands after s."""
    return with_ecdsa(forge, lambda r, s, _: tlv(0x30, integer(r), integer(s), NULL))


@vector(MALFORMED, reference=RFC3279)
def no_s(forge: Forge) -> bytes:
    """There is an r alone."""
    return with_ecdsa(forge, lambda r, _s, _n: tlv(0x30, integer(r)))


@vector(MALFORMED, reference=RFC3279)
def empty_sequence(forge: Forge) -> bytes:
    """There is neither r nor s."""
    return with_ecdsa(forge, lambda _r, _s, _n: tlv(0x30))


@vector(MALFORMED, reference=RFC3279)
def empty_ecdsa_signature(forge: Forge) -> bytes:
    """The OCTET STRING is empty."""
    return with_ecdsa(forge, lambda _r, _s, _n: b"")


@vector(MALFORMED, reference=RFC3279)
def values_in_a_set(forge: Forge) -> bytes:
    """R and s stand in a SET."""
    return with_ecdsa(forge, lambda r, s, _: tlv(0x31, *sorted((integer(r), integer(s)))))


@vector(MALFORMED, reference=RFC3279)
def values_as_octets(forge: Forge) -> bytes:
    """R and s are OCTET STRINGs."""
    return with_ecdsa(forge, lambda r, s, _: tlv(0x30, tlv(0x04, _unpadded(r)), tlv(0x04, _unpadded(s))))


@vector(MALFORMED, reference=RFC3279)
def values_side_by_side(forge: Forge) -> bytes:
    """R and s stand side by side in 64 octets, as IEEE P1363, WebCrypto and some smart cards have it."""
    return with_ecdsa(forge, lambda r, s, _: r.to_bytes(32) + s.to_bytes(32))


@vector(MALFORMED, reference=RFC3279)
def infinite_r(forge: Forge) -> bytes:
    """R is a REAL of infinity, which a lenient converter makes a number of."""
    return with_ecdsa(forge, lambda _r, s, _n: tlv(0x30, b"\x09\x01\x40", integer(s)))


@vector(FORGED, reference=RFC3279)
def signature_by_a_key_of_another_curve(forge: Forge) -> bytes:
    """The P-384 payer's signature under the P-256 payer's certificate."""
    other = forge.but(payer="ecdsa384").pair
    return forge.but(payer="ecdsa", signer=lambda _, message, digest: sign(other, message, digest)).der()


@vector(FORGED, reference=RFC3279)
def ecdsa_over_another_digest(forge: Forge) -> bytes:
    """The signature is over SHA-384 while both algorithm fields say SHA-256."""
    return forge.but(payer="ecdsa", signer=lambda pair, message, _: sign(pair, message, "sha384")).der()


# -- RSA: the block under the signature ----------------------------------------------------------


def with_block(forge: Forge, make: Callable[[bytes, int], bytes]) -> bytes:
    """A message whose signature is the private key applied to what `make` makes of the signed bytes and the size."""
    return forge.but(signer=lambda pair, message, _: raw_rsa(pair, make(message, modulus_bytes(pair)))).der()


@vector(reference=RFC8017)
def block_by_the_book(forge: Forge) -> bytes:
    """Nothing is wrong: the blocks made here are those that verifiers take."""
    return with_block(forge, lambda message, size: block(digest_info(message), size))


@vector(FORGED, reference=RFC8017)
def no_null_in_the_digest_info(forge: Forge) -> bytes:
    """The parameters are absent. RFC 8017 lets a verifier take that; none of ours does, and no signer writes it."""
    return with_block(forge, lambda message, size: block(digest_info(message, parameters=b""), size))


@vector(FORGED, reference=RFC8017)
def other_parameters_in_the_digest_info(forge: Forge) -> bytes:
    """The parameters are an OCTET STRING: room for garbage."""
    return with_block(forge, lambda message, size: block(digest_info(message, parameters=tlv(0x04, b"\x00" * 8)), size))


@vector(FORGED, reference=RFC8017)
def long_length_in_the_digest_info(forge: Forge) -> bytes:
    """The DigestInfo is BER."""

    def make(message: bytes, size: int) -> bytes:
        info = digest_info(message)
        return block(b"\x30\x81" + info[1:], size)

    return with_block(forge, make)


@vector(FORGED, reference=RFC8017)
def indefinite_digest_info(forge: Forge) -> bytes:
    """The DigestInfo is BER of indefinite length."""
    return with_block(forge, lambda message, size: block(b"\x30\x80" + digest_info(message)[2:] + b"\0\0", size))


@vector(FORGED, reference=RFC8017)
def garbage_after_the_digest_info(forge: Forge) -> bytes:
    """Padding is short and garbage follows: what makes forgery with exponent 3 easy (CVE-2006-4339)."""
    return with_block(
        forge, lambda message, size: (b"\x00\x01" + b"\xff" * 8 + b"\x00" + digest_info(message)).ljust(size, b"\xaa")
    )


@vector(FORGED, reference=RFC8017)
def a_byte_after_the_digest_info(forge: Forge) -> bytes:
    """One byte follows."""
    return with_block(forge, lambda message, size: block(digest_info(message) + b"\x00", size))


@vector(FORGED, reference=RFC8017)
def garbage_inside_the_digest_info(forge: Forge) -> bytes:
    """The DigestInfo has a third field."""

    def make(message: bytes, size: int) -> bytes:
        info = digest_info(message)
        return block(tlv(0x30, info[2:], tlv(0x04, b"\xaa" * 8)), size)

    return with_block(forge, make)


@vector(FORGED, reference=RFC8017)
def padding_of_seven(forge: Forge) -> bytes:
    """Seven octets FF where eight are the least, zeros before them."""
    return with_block(forge, lambda message, size: block(digest_info(message), 7 + 54).rjust(size, b"\x00"))


@vector(FORGED, reference=RFC8017)
def no_padding(forge: Forge) -> bytes:
    """No octet FF at all."""
    return with_block(forge, lambda message, size: b"\x00\x01\x00" + digest_info(message) + b"\x00" * (size - 3 - 51))


@vector(FORGED, reference=RFC8017)
def zero_in_the_padding(forge: Forge) -> bytes:
    """One octet of the padding is 00, so that a DigestInfo could begin there."""

    def make(message: bytes, size: int) -> bytes:
        padded = bytearray(block(digest_info(message), size))
        padded[40] = 0
        return bytes(padded)

    return with_block(forge, make)


@vector(FORGED, reference=RFC8017)
def padding_of_other_octets(forge: Forge) -> bytes:
    """The padding is FE."""
    return with_block(forge, lambda message, size: block(digest_info(message), size, padding=b"\xfe"))


@vector(FORGED, reference=RFC8017)
def no_zero_before_the_digest_info(forge: Forge) -> bytes:
    """Nothing parts padding and DigestInfo."""
    return with_block(forge, lambda message, size: block(digest_info(message), size, end=b"\xff"))


@vector(FORGED, reference=RFC8017)
def block_type_0(forge: Forge) -> bytes:
    """Block type 0 (RFC 2313 §8.1), padded with zeros."""
    return with_block(forge, lambda message, size: block(digest_info(message), size, start=b"\0\0", padding=b"\0"))


@vector(FORGED, reference=RFC8017)
def block_type_2(forge: Forge) -> bytes:
    """Block type 2, that of encryption."""
    return with_block(forge, lambda message, size: block(digest_info(message), size, start=b"\0\2", padding=b"\xa5"))


@vector(FORGED, reference=RFC8017)
def digest_info_of_another_digest(forge: Forge) -> bytes:
    """The DigestInfo names SHA-384 and holds one; the fields outside say SHA-256."""
    return with_block(forge, lambda message, size: block(digest_info(message, "sha384"), size))


@vector(FORGED, reference=RFC8017)
def sha_1_inside(forge: Forge) -> bytes:
    """The DigestInfo holds a SHA-1 while the fields outside say SHA-256."""
    return with_block(forge, lambda message, size: block(digest_info(message, "sha1"), size))


@vector(FORGED, reference=RFC8017)
def identifier_of_another_digest(forge: Forge) -> bytes:
    """The DigestInfo names SHA-384 and holds a SHA-256."""

    def make(message: bytes, size: int) -> bytes:
        return block(digest_info(message).replace(OIDS["sha256"], OIDS["sha384"]), size)

    return with_block(forge, make)


@vector(FORGED, reference=RFC8017)
def hash_without_digest_info(forge: Forge) -> bytes:
    """The hash stands alone, as some smart cards sign it."""
    return with_block(forge, lambda message, size: block(digest_info(message)[-32:], size))


@vector(FORGED, reference=RFC8017)
def hash_cut_short(forge: Forge) -> bytes:
    """The hash has 31 octets, and the lengths agree."""

    def make(message: bytes, size: int) -> bytes:
        head, hashed = tlv(0x30, OIDS["sha256"], NULL), digest_info(message)[-32:-1]
        return block(tlv(0x30, head, tlv(0x04, hashed)), size)

    return with_block(forge, make)


@vector(FORGED, reference=RFC8017)
def empty_hash(forge: Forge) -> bytes:
    """The DigestInfo holds no octet of hash."""
    return with_block(forge, lambda _, size: block(tlv(0x30, tlv(0x30, OIDS["sha256"], NULL), tlv(0x04)), size))


@vector(FORGED, reference=RFC8017)
def hash_of_the_hash(forge: Forge) -> bytes:
    """The message was hashed twice, as modules do that are handed a digest for a message."""
    return with_block(forge, lambda message, size: block(digest_info(digest_info(message)[-32:]), size))


@vector(FORGED, reference=RFC8017)
def pss_under_the_other_identifier(forge: Forge) -> bytes:
    """A valid RSASSA-PSS signature where the algorithm says PKCS #1 v1.5."""

    def signer(pair: KeyPair, message: bytes, _: str) -> bytes:
        if not isinstance(pair.private_key, rsa.RSAPrivateKey):
            raise TypeError
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        return pair.private_key.sign(message, pss, hashes.SHA256())

    return forge.but(signer=signer).der()


# -- RSA: the signature as a number --------------------------------------------------------------


def with_number(forge: Forge, change: Callable[[int, int], int], size: int = 0) -> bytes:
    """`change` gets the signature and the modulus; `size` is added to the number of octets."""

    def signer(pair: KeyPair, message: bytes, digest: str) -> bytes:
        value = change(int.from_bytes(sign(pair, message, digest)), numbers(pair).public_numbers.n)
        return value.to_bytes(modulus_bytes(pair) + size)

    return forge.but(signer=signer).der()


@vector(WRONG_LENGTH, reference=RFC8017)
def leading_zero(forge: Forge) -> bytes:
    """An octet 00 stands before the signature, as where a signed number was written."""
    return with_number(forge, lambda value, _: value, size=1)


@vector(WRONG_LENGTH, reference=RFC8017)
def signature_and_modulus(forge: Forge) -> bytes:
    """The modulus is added: the same number to a verifier that does not look at the range."""
    return with_number(forge, lambda value, n: value + n, size=1)


@vector(WRONG_LENGTH, reference=RFC8017)
def a_byte_behind(forge: Forge) -> bytes:
    """An octet stands behind the signature."""
    return with_number(forge, lambda value, _: value << 8, size=1)


@vector(WRONG_LENGTH, reference=RFC8017)
def last_byte_missing(forge: Forge) -> bytes:
    """The last octet is cut off."""
    return with_number(forge, lambda value, _: value >> 8, size=-1)


@vector(WRONG_LENGTH, reference=RFC8017)
def empty_rsa_signature(forge: Forge) -> bytes:
    """The OCTET STRING is empty."""
    return forge.but(signer=lambda *_: b"").der()


@vector(FORGED, reference=RFC8017)
def number_0(forge: Forge) -> bytes:
    """The signature is 0, whose power is 0."""
    return with_number(forge, lambda _value, _n: 0)


@vector(FORGED, reference=RFC8017)
def number_1(forge: Forge) -> bytes:
    """The signature is 1, whose power is 1."""
    return with_number(forge, lambda _value, _n: 1)


@vector(FORGED, reference=RFC8017)
def number_n_less_1(forge: Forge) -> bytes:
    """The signature is n - 1, whose odd powers are n - 1."""
    return with_number(forge, lambda _, n: n - 1)


@vector(FORGED, reference=RFC8017)
def number_n(forge: Forge) -> bytes:
    """The signature is the modulus itself."""
    return with_number(forge, lambda _, n: n)


@vector(FORGED, reference=RFC8017)
def negated_signature(forge: Forge) -> bytes:
    """The signature is n less the valid one."""
    return with_number(forge, lambda value, n: n - value)


@vector(FORGED, reference=RFC8017)
def padded_hash_itself(forge: Forge) -> bytes:
    """The signature is the block, as exponent 1 would have it."""
    return forge.but(signer=lambda pair, message, _: block(digest_info(message), modulus_bytes(pair))).der()


# -- All of them ---------------------------------------------------------------------------------


def failures(judge: Judge, der: bytes, policy: policies.VerifyPolicy) -> set[str]:
    verdict = judge(der, policy=policy)
    found = {f.code for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED}
    assert (verdict.indication is Indication.TOTAL_PASSED) == (not found)
    return found


@pytest.mark.parametrize("policy", [policies.KFTC, policies.CMS], ids=lambda policy: policy.name)
@pytest.mark.parametrize("case", vector.all, ids=lambda case: case.name)
def test_a_vector_fails_by_its_own_finding_alone(
    forge: Forge, judge: Judge, case: Vector, policy: policies.VerifyPolicy
) -> None:
    assert failures(judge, case.make(forge), policy) == case.expects


# -- Exponent 3 ----------------------------------------------------------------------------------


@cache
def small_exponent_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(3, bits)


def with_exponent_3(forge: Forge, bits: int) -> Forge:
    """The payer's certificate has a key of exponent 3, genuinely issued."""
    issuer = forge.pki.intermediates[0].key_pair
    pair = certified(issuer, "signer", FOR_PERSONS, key=small_exponent_key(bits))
    return forge.but(pki=replace(forge.pki, payers={"rsa": pair}))


def test_a_genuine_signature_of_exponent_3_passes_under_cms_alone(forge: Forge, judge: Judge) -> None:
    der = with_exponent_3(forge, 2048).der()
    assert failures(judge, der, policies.CMS) == set()
    assert failures(judge, der, policies.KFTC) == {"PKI-109"}


@pytest.mark.parametrize("bits", [2048, 3072])
@pytest.mark.parametrize("forged", [forged_with_garbage_after, forged_with_garbage_parameters])
def test_a_signature_forged_as_bleichenbacher_showed_is_refused(
    forge: Forge, judge: Judge, bits: int, forged: Callable[[bytes, int], bytes]
) -> None:
    """It takes no private key: a cube root, and a verifier that does not look at all of the block (CVE-2006-4339)."""
    recipe = with_exponent_3(forge, bits).but(signer=lambda pair, message, _: forged(message, modulus_bytes(pair)))
    der = next(filter(None, (_forged(recipe, number) for number in range(64))))
    assert failures(judge, der, policies.CMS) == {FORGED}
    assert failures(judge, der, policies.KFTC) == {FORGED, "PKI-109"}


def _forged(recipe: Forge, number: int) -> bytes | None:
    """None where the hash is even, which has no cube root modulo a power of two."""
    try:
        return recipe.but(content=recipe.content + b" " * number if recipe.content else None).der()
    except ValueError:
        return None
