"""Certificates that could be taken for others: same name, same number, another key; neighbours; rogue authorities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from certs import TrustStore
from certs.demo import build_demo_pki
from certs.demo_certificates import crl
from certs.keys import KeyPair, PrivateKey
from tests.conftest import BUILT_AT
from tests.verifier.conftest import Judge
from tests.verifier.forge import Forge, sign
from tests.verifier.raw import FOR_PERSONS, certified, der_of, parts
from tests.verifier.surgery import replaced_where, tlv
from verifier import Indication, Verdict, policies

SERIAL = 4711


def failed(verdict: Verdict) -> set[str]:
    return {f.code for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED}


def signed_by(forge: Forge, pair: KeyPair, *enclosed: bytes, key: KeyPair | None = None) -> Forge:
    """A message that names `pair`'s certificate and is signed by its key, or by that of another pair."""
    recipe = forge.but(pki=replace(forge.pki, payers={"rsa": pair}), payer="rsa", extra_certificates=enclosed)
    if key is not None:
        recipe = recipe.but(signer=lambda _, message, digest: sign(key, message, digest))
    return recipe


AUTHORITY = x509.BasicConstraints(ca=True, path_length=0), True


def rsa_key() -> PrivateKey:
    return rsa.generate_private_key(65537, 2048)


def ec_key() -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def issuer(forge: Forge) -> KeyPair:
    return forge.pki.intermediates[0].key_pair


@pytest.fixture(scope="module")
def twins(issuer: KeyPair) -> tuple[KeyPair, KeyPair]:
    """Two certificates that the authority gave the same number, in the order in which DER puts them."""
    pair = (certified(issuer, f"payer {n}", FOR_PERSONS, serial=SERIAL) for n in (1, 2))
    first, second = sorted(pair, key=der_of)
    return first, second


@pytest.fixture(scope="module")
def rogue() -> KeyPair:
    """An authority of the same name and serial number as the demo's, with a key of its own."""
    return build_demo_pki(at=BUILT_AT).intermediates[0].key_pair


@pytest.mark.parametrize("signer", [0, 1])
def test_two_genuine_certificates_of_one_number_decide_nothing(
    forge: Forge, judge: Judge, twins: Sequence[KeyPair], signer: int
) -> None:
    """Whichever comes first, and though one of the keys made the signature."""
    der = signed_by(forge, twins[signer], der_of(twins[1 - signer])).der()
    assert failed(judge(der)) >= {"PKI-104"}
    assert judge(der).indication is Indication.TOTAL_FAILED
    assert judge(signed_by(forge, twins[signer]).der()).indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize("policy", [policies.KFTC, policies.CMS], ids=lambda policy: policy.name)
def test_a_certificate_of_one_s_own_making_beside_the_genuine_one_is_refused(
    forge: Forge, judge: Judge, issuer: KeyPair, rogue: KeyPair, policy: policies.VerifyPolicy
) -> None:
    genuine = certified(issuer, "payer", FOR_PERSONS, serial=SERIAL)
    made_up = certified(rogue, "payer", FOR_PERSONS, serial=SERIAL)
    for key in (genuine, made_up):
        verdict = judge(signed_by(forge, genuine, der_of(made_up), key=key).der(), policy=policy)
        assert verdict.indication is Indication.TOTAL_FAILED
        assert "PKI-104" in failed(verdict)


def test_a_certificate_of_one_s_own_making_in_place_of_the_genuine_one_is_refused(
    forge: Forge, judge: Judge, issuer: KeyPair, rogue: KeyPair
) -> None:
    genuine = certified(issuer, "payer", FOR_PERSONS, serial=SERIAL)
    made_up = certified(rogue, "payer", FOR_PERSONS, serial=SERIAL)
    exchanged = replaced_where(signed_by(forge, genuine).der(), der_of(genuine).__eq__, lambda _: der_of(made_up))
    assert failed(judge(exchanged)) == {"CMS-181", "PKI-111"}
    assert failed(judge(signed_by(forge, made_up).der())) == {"PKI-111"}
    with_authority = signed_by(forge, made_up, der_of(rogue)).der()
    assert failed(judge(with_authority, policy=policies.CMS)) == {"PKI-111"}
    assert failed(judge(with_authority)) == {"PKI-111"}


def test_the_signer_s_key_in_a_certificate_of_somebody_else_s_name_is_refused(
    forge: Forge, judge: Judge, issuer: KeyPair, rogue: KeyPair
) -> None:
    """The genuine certificate with another subject, its signature as it was."""
    genuine = certified(issuer, "payer", FOR_PERSONS, serial=SERIAL)
    der = signed_by(forge, genuine).der()
    renamed = der_of(genuine).replace(b"payer", b"buyer")
    assert failed(judge(replaced_where(der, der_of(genuine).__eq__, lambda _: renamed))) == {"PKI-111"}


def test_a_neighbour_s_signature_is_not_the_payer_s(forge: Forge, judge: Judge) -> None:
    """B's certificate is as good as A's, but the message names A."""
    payer, neighbour = forge.pki.payers["rsa"], forge.pki.payers["corporate"]
    alone = signed_by(forge, payer, key=neighbour).der()
    assert failed(judge(alone)) == {"CMS-181"}
    beside = signed_by(forge, payer, der_of(neighbour), key=neighbour).der()
    assert failed(judge(beside)) == {"CMS-181"}


def test_a_neighbour_s_certificate_alone_is_not_the_one_that_is_named(forge: Forge, judge: Judge) -> None:
    payer, neighbour = forge.pki.payers["rsa"], forge.pki.payers["corporate"]
    for key in (payer, neighbour):
        der = signed_by(forge, payer, key=key).der()
        exchanged = replaced_where(der, der_of(payer).__eq__, lambda _: der_of(neighbour))
        assert failed(judge(exchanged)) == {"PKI-102"}


def test_an_identifier_that_names_the_authority_s_certificate_makes_nobody_an_authority(
    forge: Forge, judge: Judge, issuer: KeyPair
) -> None:
    authority = cms.CertificateChoices.load(der_of(issuer)).chosen

    def names_the_authority(info: Any) -> None:
        info["sid"].chosen["issuer"] = authority.issuer
        info["sid"].chosen["serial_number"] = authority.serial_number

    der = forge.but(intermediates=True, signer_info=names_the_authority).der()
    assert failed(judge(der)) == {"CMS-181", "PKI-101", "PKI-108"}
    assert failed(judge(der, policy=policies.CMS)) == {"CMS-181", "PKI-108"}


def test_a_key_identifier_may_be_anybody_s_and_proves_nothing(
    forge: Forge, judge: Judge, issuer: KeyPair, rogue: KeyPair
) -> None:
    """A subjectKeyIdentifier is whatever its certificate says."""
    identifier = x509.SubjectKeyIdentifier(b"\x07" * 20), False
    genuine = certified(issuer, "payer", FOR_PERSONS, identifier)
    namesake = certified(issuer, "payer 2", FOR_PERSONS, identifier)
    made_up = certified(rogue, "payer", FOR_PERSONS, identifier)

    def by_key_identifier(info: Any) -> None:
        info["version"] = "v3"
        info["sid"] = cms.SignerIdentifier({"subject_key_identifier": b"\x07" * 20})

    def judged(pair: KeyPair, *enclosed: KeyPair) -> set[str]:
        recipe = signed_by(forge, pair, *map(der_of, enclosed)).but(signer_info=by_key_identifier)
        return failed(judge(recipe.der(), policy=policies.CMS))

    assert judged(genuine) == set()
    assert judged(made_up) == {"PKI-111"}
    for pair, others in ((genuine, made_up), (made_up, genuine), (genuine, namesake)):
        assert "PKI-104" in judged(pair, others)


def test_the_authority_s_namesake_in_the_message_vouches_for_nobody(forge: Forge, judge: Judge, rogue: KeyPair) -> None:
    """It is enclosed beside the genuine payer's certificate: nobody needs it, and nobody trusts it."""
    der = forge.but(extra_certificates=[der_of(rogue)]).der()
    assert failed(judge(der)) == {"PKI-117"}
    assert failed(judge(der, policy=policies.CMS)) == set()


@pytest.mark.parametrize("kind", [rsa_key, ec_key])
@pytest.mark.parametrize("order", [1, -1])
def test_an_authority_s_old_and_new_key_may_both_lie_in_the_trust_folder(
    forge: Forge, judge: Judge, kind: Callable[[], PrivateKey], order: int
) -> None:
    """Whoever was issued by either passes; lists go by the authority's name, whichever key signed (RFC 5280 §6.3.3)."""
    pki = forge.pki
    old = pki.intermediates[0].key_pair
    identifier = x509.SubjectKeyIdentifier(b"\x01" * 20), False  # the demo's lists tell the keys apart by it
    new = certified(pki.root.key_pair, old.certificate.subject, AUTHORITY, identifier, key=kind())
    issued = signed_by(forge, certified(new, "payer", FOR_PERSONS)).der()
    lists = [pki.root.crl, pki.intermediates[0].crl, crl(new, [], BUILT_AT, 30)]
    trust = TrustStore.of([pki.root.der], [der_of(old), der_of(new)], lists[::order])
    assert judge(forge.der(), trust=trust).indication is Indication.TOTAL_PASSED
    assert judge(issued, trust=trust).indication is Indication.TOTAL_PASSED
    of_the_root_alone = TrustStore.of([pki.root.der], [der_of(old), der_of(new)], lists[:1])
    assert failed(judge(issued, trust=of_the_root_alone)) == {"PKI-122"}


def test_a_certificate_whose_outer_algorithm_is_another_than_the_signed_one_is_refused(
    forge: Forge, judge: Judge
) -> None:
    """The outer one is not signed (RFC 5280 §4.1.1.2)."""
    genuine = forge.pair.certificate.public_bytes(Encoding.DER)
    signed, algorithm = parts(genuine)
    other = algorithm.replace(bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d01010c"))
    changed = tlv(0x30, signed, other, tlv(0x03, b"\x00", forge.pair.certificate.signature))
    assert failed(judge(replaced_where(forge.der(), genuine.__eq__, lambda _: changed))) == {"PKI-111"}
