"""Certificates and lists with an authority's signature that the authority did not make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import count

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certs import Revocation, TrustSettings, TrustStore
from certs.demo_certificates import crl
from certs.keys import KeyPair, PrivateKey
from tests.conftest import BUILT_AT
from tests.verifier.conftest import Judge
from tests.verifier.forge import Forge, sign
from tests.verifier.raw import (
    CA,
    Extension,
    block,
    certified,
    der_of,
    digest_info,
    ecdsa_value,
    forged_with_garbage_after,
    forged_with_garbage_parameters,
    integer,
    modulus_bytes,
    order,
    raw_rsa,
    with_signature,
)
from tests.verifier.surgery import replaced_where
from tests.verifier.test_key_vectors import ec_info, parameters
from verifier import Indication, policies

Signer = Callable[[KeyPair, bytes], bytes]
KEY_IDENTIFIER: Extension = (x509.SubjectKeyIdentifier(b"\x01" * 20), False)  # the demo's lists ask for one


@cache
def authority(kind: str) -> KeyPair:
    """A root of its own, so that nothing but its signature is in question."""
    keys: dict[str, Callable[[], PrivateKey]] = {
        "e = 3": lambda: rsa.generate_private_key(3, 2048),
        "RSA": lambda: rsa.generate_private_key(65537, 2048),
        "ECDSA": lambda: ec.generate_private_key(ec.SECP256R1()),
    }
    return certified(None, kind, CA, key=keys[kind]())


def forged(make: Callable[[bytes, int], bytes]) -> Signer:
    """From what is public alone."""
    return lambda pair, signed: make(signed, modulus_bytes(pair))


def blocked(make: Callable[[bytes, int], bytes]) -> Signer:
    return lambda pair, signed: raw_rsa(pair, make(signed, modulus_bytes(pair)))


def encoded(make: Callable[[int, int, int], bytes]) -> Signer:
    return lambda pair, signed: make(*decode_dss_signature(sign(pair, signed, "sha256")), order(pair))


SIGNATURES: dict[str, tuple[str, Signer]] = {
    "cube root, garbage after the hash": ("e = 3", forged(forged_with_garbage_after)),
    "cube root, garbage in the parameters": ("e = 3", forged(forged_with_garbage_parameters)),
    "nothing": ("RSA", lambda _pair, _signed: b""),
    "zeros": ("RSA", lambda pair, _signed: bytes(modulus_bytes(pair))),
    "leading zero": ("RSA", lambda pair, signed: b"\x00" + sign(pair, signed, "sha256")),
    "the padded hash itself": ("RSA", forged(lambda signed, size: block(digest_info(signed), size))),
    "no NULL": ("RSA", blocked(lambda signed, size: block(digest_info(signed, parameters=b""), size))),
    "a byte after the DigestInfo": ("RSA", blocked(lambda signed, size: block(digest_info(signed) + b"\x00", size))),
    "block type 2": ("RSA", blocked(lambda signed, size: block(digest_info(signed), size, start=b"\x00\x02"))),
    "SHA-1 inside": ("RSA", blocked(lambda signed, size: block(digest_info(signed, "sha1"), size))),
    "r and s are 0": ("ECDSA", encoded(lambda _r, _s, _n: ecdsa_value(0, 0))),
    "r and s are n": ("ECDSA", encoded(lambda _r, _s, n: ecdsa_value(n, n))),
    "r and n": ("ECDSA", encoded(lambda r, s, n: ecdsa_value(r + n, s))),
    "s negative": ("ECDSA", encoded(lambda r, s, n: ecdsa_value(r, s - n))),
    "side by side": ("ECDSA", encoded(lambda r, s, _n: r.to_bytes(32) + s.to_bytes(32))),
    "indefinite": ("ECDSA", encoded(lambda r, s, _n: b"\x30\x80" + integer(r) + integer(s) + b"\x00\x00")),
    "a byte behind": ("ECDSA", encoded(lambda r, s, _n: ecdsa_value(r, s) + b"\x00")),
}


def attempts(make: Callable[[int], bytes]) -> bytes:
    """The first that can be made: half of all hashes are even, and have no cube root modulo a power of two."""
    for number in count():
        try:
            return make(number)
        except ValueError:
            continue
    raise AssertionError


def judged(forge: Forge, judge: Judge, signer: KeyPair, certificate: bytes, trust: TrustStore) -> set[str]:
    der = forge.but(pki=replace(forge.pki, payers={"rsa": signer})).der()
    der = replaced_where(der, der_of(signer).__eq__, lambda _: certificate)
    verdict = judge(der, trust=trust, policy=policies.CMS)
    found = {f.code for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED}
    assert (verdict.indication is Indication.TOTAL_PASSED) == (not found)
    return found


@pytest.mark.parametrize(("kind", "make"), SIGNATURES.values(), ids=SIGNATURES)
def test_a_certificate_that_its_authority_did_not_sign_leads_nowhere(
    forge: Forge, judge: Judge, kind: str, make: Signer
) -> None:
    root = authority(kind)
    signer = certified(root, "signer")
    trust = TrustStore.of([der_of(root)], settings=TrustSettings(revocation=Revocation.NONE))
    assert judged(forge, judge, signer, der_of(signer), trust) == set()

    def attempt(number: int) -> bytes:
        own = certified(root, f"signer {number}", key=signer.private_key, serial=signer.certificate.serial_number)
        return with_signature(der_of(own), lambda signed: make(root, signed))

    assert judged(forge, judge, signer, attempts(attempt), trust) == {"PKI-111"}


@pytest.mark.parametrize(("kind", "make"), SIGNATURES.values(), ids=SIGNATURES)
def test_a_list_that_its_authority_did_not_sign_vouches_for_nobody(
    forge: Forge, judge: Judge, kind: str, make: Signer
) -> None:
    root = authority(kind)
    named_by_lists = certified(None, kind, CA, KEY_IDENTIFIER, key=root.private_key)
    signer = certified(named_by_lists, "signer")

    def attempt(number: int) -> bytes:
        return with_signature(crl(named_by_lists, [number + 1], BUILT_AT, 30), lambda signed: make(root, signed))

    for lists, found in (([crl(named_by_lists, [], BUILT_AT, 30)], set()), ([attempts(attempt)], {"PKI-122"})):
        trust = TrustStore.of([der_of(named_by_lists)], crls=lists)
        assert judged(forge, judge, signer, der_of(signer), trust) == found


def test_a_list_that_its_authority_did_not_sign_convicts_nobody(forge: Forge, judge: Judge) -> None:
    root = certified(None, "root", CA, KEY_IDENTIFIER)
    signer = certified(root, "signer")
    forged_list = with_signature(
        crl(root, [signer.certificate.serial_number], BUILT_AT, 30), lambda _: ecdsa_value(1, 1)
    )
    trust = TrustStore.of([der_of(root)], crls=[crl(root, [], BUILT_AT, 30), forged_list])
    assert judged(forge, judge, signer, der_of(signer), trust) == set()


def test_the_twin_of_an_authority_s_ecdsa_signature_passes(forge: Forge, judge: Judge) -> None:
    """As it does in a message: the certificate says the same, and a list names it by its number."""
    root = certified(None, "root", CA, KEY_IDENTIFIER)
    signer = certified(root, "signer")
    twin = with_signature(der_of(signer), lambda _: _twin(signer.certificate.signature, order(root)))
    assert twin != der_of(signer)
    serial = signer.certificate.serial_number
    for revoked, found in (([], set()), ([serial], {"PKI-121"})):
        trust = TrustStore.of([der_of(root)], crls=[crl(root, revoked, BUILT_AT, 30)])
        assert judged(forge, judge, signer, twin, trust) == found


def _twin(signature: bytes, group_order: int) -> bytes:
    r, s = decode_dss_signature(signature)
    return ecdsa_value(r, group_order - s)


@pytest.mark.parametrize("where", ["in the message", "in the trust folder"])
def test_the_anchor_s_key_on_a_curve_of_one_s_own_makes_nobody_the_anchor(
    forge: Forge, judge: Judge, where: str
) -> None:
    """CVE-2020-0601: the anchor's public point, and a generator for which the private key is known to be 1."""
    root = certified(None, "root", CA)
    one = ec.derive_private_key(1, ec.SECP256R1())
    public = root.private_key.public_key()
    spoof = der_of(certified(None, "root", CA, key=one))
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    own = asn1_x509.Certificate.load(spoof).public_key.dump()
    spoof = replaced_where(spoof, own.__eq__, lambda _: ec_info(parameters(point), point))
    signer = certified(KeyPair(one, certified(None, "root", CA, key=one).certificate), "signer")
    intermediates = [] if where == "in the message" else [spoof]
    trust = TrustStore.of([der_of(root)], intermediates, settings=TrustSettings(revocation=Revocation.NONE))
    enclosed = [spoof] if where == "in the message" else []
    recipe = forge.but(pki=replace(forge.pki, payers={"rsa": signer}), extra_certificates=enclosed)
    verdict = judge(recipe.der(), trust=trust, policy=policies.CMS)
    assert verdict.indication is Indication.TOTAL_FAILED
    assert "PKI-111" in {f.code for f in verdict.findings}
