"""Messages of the kind of one that passed, with certificates of its shape: what is their own is looked at each time."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import rsa

from certs.keys import KeyPair
from tests.fuzz.pki import JUDGED_AT, PKI, TRUST
from tests.verifier.differential import with_certificate
from tests.verifier.forge import SIGNED_AT, TEXT, Forge, sign
from tests.verifier.raw import block, der_of, digest_info, parts
from tests.verifier.surgery import tlv
from tests.verifier.ways import the_long_way
from verifier import Indication, Verdict, policies, repeats
from verifier.checks import AGAIN, CHECKS, OF_KIND
from verifier.proofs import Receipt
from verifier.subject import Subject
from verifier.verdict import Finding
from verifier.verify import asked_by, judge

PAYERS = ("rsa", "ecdsa", "corporate", "ecdsa384")
PASSED, FAILED = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED


def subject(der: bytes, at: datetime = JUDGED_AT, received: datetime | None = None) -> Subject:
    _ = Subject(b"", TRUST, policies.KFTC, at).standing  # a store's first message goes the long way
    proofs = () if received is None else (Receipt(hashlib.sha256(der).digest(), received),)
    return Subject(der, TRUST, policies.KFTC, at, proofs)


def recalled(one: Subject) -> tuple[Finding, ...] | None:
    return repeats.recalled(one, asked_by(policies.KFTC))


def both(one: Subject) -> Verdict:
    """The verdict that rests on what was found before; it must be the one of the long way."""
    found, verdict = recalled(one), judge(the_long_way(one))
    assert found is not None and found == verdict.findings
    assert judge(one) == verdict
    return verdict


@pytest.fixture(params=PAYERS)
def forge(request: pytest.FixtureRequest) -> Forge:
    """Of a payer one of whose messages has passed."""
    recipe = Forge(PKI, payer=request.param)
    assert judge(subject(recipe.der())).indication is PASSED
    return recipe


def codes(verdict: Verdict) -> set[str]:
    return {finding.code for finding in verdict.findings}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"content": TEXT * 3, "at": SIGNED_AT + timedelta(hours=3)}, None),
        ({"content": "같은 뜻입니다.\n".encode("euc-kr")}, None),
        ({"content": TEXT + b"\0"}, "CMS-171"),
        ({"content": b" \n"}, "CMS-176"),
        ({"content": TEXT * 200}, "CMS-102"),
        ({"signer": lambda pair, message, digest: sign(pair, message + b"\0", digest)}, "CMS-181"),
        ({"signer": lambda pair, message, digest: sign(pair, message, digest)[:-1]}, ...),
        ({"at": JUDGED_AT + timedelta(minutes=6)}, "PKI-132"),
        ({"at": SIGNED_AT - timedelta(days=4000)}, "PKI-131"),
    ],
    ids=["again", "longer and later", "euc-kr", "control", "blank", "size", "signature", "short", "ahead", "before"],
)
def test_values_of_a_message_are_looked_at_each_time(forge: Forge, change: dict[str, Any], code: object) -> None:
    one = subject(forge.but(**change).der())
    if one.is_too_large:
        assert recalled(one) is None and judge(one) == judge(the_long_way(one))
        return
    verdict = both(one)
    assert (verdict.indication is PASSED) == (code is None)
    assert code in {None, ...} or code in codes(verdict)


@pytest.mark.parametrize("name", ["sha256", "sha384", "sha512"])
def test_a_digest_of_another_length_than_the_algorithms(forge: Forge, name: str) -> None:
    """Of the same kind as one that passed: the kind does not say how long the digest is."""

    def changed(attributes: list[cms.CMSAttribute]) -> None:
        attributes[1] = cms.CMSAttribute({"type": "message_digest", "values": [hashlib.new(name, TEXT).digest()]})

    verdict = both(subject(forge.but(attributes=changed).der()))
    assert ("CMS-189" in codes(verdict)) == (name != "sha256")


def test_receipts_are_heard(forge: Forge) -> None:
    der = forge.der()
    assert "PKI-136" in codes(both(subject(der, received=SIGNED_AT)))
    assert "PKI-151" in codes(both(subject(der, received=JUDGED_AT + timedelta(hours=1))))
    assert "PKI-132" in codes(both(subject(der, received=SIGNED_AT - timedelta(minutes=6))))
    other = Subject(der, TRUST, policies.KFTC, JUDGED_AT, (Receipt(bytes(32), JUDGED_AT),))
    assert "PKI-150" in codes(both(other))


def test_a_modulus_with_a_small_factor_in_a_certificate_of_the_shape() -> None:
    """Its signatures are good, and so is that of its authority."""
    forge = Forge(PKI)
    assert judge(subject(forge.der())).indication is PASSED
    while True:
        own = rsa.generate_private_key(65537, 2040).private_numbers()
        modulus = own.public_numbers.n * 251
        if modulus.bit_length() == 2048:
            break
    private = pow(65537, -1, (own.p - 1) * (own.q - 1) * 250)

    def signer(_pair: KeyPair, message: bytes, _digest: str) -> bytes:
        return pow(int.from_bytes(block(digest_info(message), 256)), private, modulus).to_bytes(256)

    signed, algorithm = parts(der_of(PKI.payers["rsa"]))
    key = PKI.payers["rsa"].certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    changed = signed.replace(key.public_numbers().n.to_bytes(256), modulus.to_bytes(256))
    assert changed != signed
    certificate = tlv(
        0x30, changed, algorithm, tlv(0x03, b"\0" + sign(PKI.intermediates[0].key_pair, changed, "sha256"))
    )
    message = with_certificate(forge.but(signer=signer).der(), certificate)
    verdict = both(subject(message))
    assert {finding.code for finding in verdict.findings if finding.effect is FAILED} == {"PKI-141"}


def test_what_a_message_fails_by_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of which none has passed is judged by the checks themselves, each time."""
    kind = Forge(PKI, digest="sha512")
    spoilt = kind.but(signer=lambda pair, message, digest: sign(pair, message, digest)[::-1])
    monkeypatch.setattr(repeats, "_repeats", {})
    for _ in range(2):
        assert judge(subject(spoilt.der())).indication is FAILED
        assert recalled(subject(spoilt.der())) is None
    assert judge(subject(kind.der())).indication is PASSED
    assert both(subject(spoilt.der())).indication is FAILED


def test_another_policy_is_asked_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the consent rules let pass says nothing about the others, nor the other way round."""
    monkeypatch.setattr(repeats, "_repeats", {})
    message = Forge(PKI).der()
    assert judge(subject(message)).indication is PASSED
    one = Subject(message, TRUST, policies.CMS, JUDGED_AT)
    assert repeats.recalled(one, asked_by(policies.CMS)) is None
    assert judge(one) == judge(the_long_way(one))
    assert repeats.recalled(one, asked_by(policies.CMS)) is not None


def test_fewer_checks_than_were_asked_are_not_taken_for_all() -> None:
    message = subject(Forge(PKI).der())
    assert judge(message).indication is PASSED
    assert repeats.recalled(message, asked_by(policies.KFTC)[1:]) is None


def test_a_check_that_breaks_down_is_left_to_the_checks(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    one = subject(forge.der())
    assert recalled(one) is not None
    monkeypatch.setattr("verifier.checks.digest.hmac.compare_digest", None)
    assert recalled(one) is None
    assert "CMS-199" in codes(judge(one))


def test_no_check_is_both_of_the_kind_and_looked_at_again() -> None:
    assert not OF_KIND & AGAIN.keys()
    assert OF_KIND | AGAIN.keys() < set(CHECKS.values())
