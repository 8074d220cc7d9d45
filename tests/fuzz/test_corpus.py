"""Every kept input holds every property still; and the fuzzer's own tools do what they are for."""

from __future__ import annotations

import random
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.fuzz import accepted, mutate
from tests.fuzz.pki import FOLDER, JUDGED_AT, PKI, TEXT, TRUST
from tests.fuzz.targets import TARGETS
from tests.verifier.forge import Forge
from tests.verifier.surgery import elements, replaced, tlv
from verifier import Indication, policies, verify_der

KEPT = sorted([*FOLDER.glob("corpus/*/*"), *FOLDER.glob("crashes/*/*")])


@pytest.mark.parametrize("target", TARGETS)
def test_every_kept_input_holds(target: str) -> None:
    inputs = [file for file in KEPT if file.parent.name == target]
    assert inputs
    for file in inputs:
        TARGETS[target](file.read_bytes())


def test_kept_inputs_are_of_targets_that_exist() -> None:
    assert {file.parent.name for file in KEPT} == set(TARGETS)


def message() -> bytes:
    return Forge(PKI, payer="ecdsa", content=TEXT.encode()).der()


def passes(der: bytes) -> bool:
    verdict = verify_der(der, trust=TRUST, policy=policies.KFTC, at=JUDGED_AT)
    return verdict.indication is Indication.TOTAL_PASSED


def test_a_sound_message_is_taken_for_sound() -> None:
    accepted.require_sound(message(), TRUST)


def test_what_the_key_did_not_sign_is_a_false_accept() -> None:
    """Signed by it, but not in the way that can be repeated: as good as a stranger's signature that verifies."""

    def signed_otherwise(info: Any) -> None:
        key = PKI.payers["ecdsa"].private_key
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        info["signature"] = key.sign(b"\x31" + info["signed_attrs"].dump()[1:], ec.ECDSA(hashes.SHA256()))

    der = Forge(PKI, payer="ecdsa", content=TEXT.encode(), signer_info=signed_otherwise).der()
    assert passes(der)
    with pytest.raises(accepted.FalseAccept):
        accepted.require_sound(der, TRUST)


@pytest.mark.parametrize("tag", [0x02, 0x30, 0x31, 0x04, 0xA0])
def test_an_element_more_is_a_false_accept_wherever_it_stands(tag: int) -> None:
    der = message()
    sound = 0
    for element in elements(der):
        if element.tag == tag and element.start > 0:
            changed = replaced(der, element, der[element.start : element.end] + b"\x05\x00")
            with pytest.raises(accepted.FalseAccept):
                accepted.require_sound(changed, TRUST)
            sound += 1
    assert sound


def test_a_content_that_no_key_signed_by_itself_is_a_false_accept() -> None:
    der = Forge(PKI, content="그런 적 없습니다".encode(), attributes=None).der()
    assert passes(der)
    with pytest.raises(accepted.FalseAccept):
        accepted.require_sound(der, TRUST)


def test_a_changed_message_that_is_signed_again_gets_as_far_as_its_change_lets_it() -> None:
    der = message()
    content = next(e for e in elements(der) if der[e.body : e.end] == TEXT.encode())
    other = replaced(der, content, tlv(0x04, "동의하지 않습니다".encode()))
    assert not passes(other)
    assert passes(mutate.signed_again(other, random.Random(0)))


def test_a_changed_certificate_that_is_issued_again_gets_as_far_too() -> None:
    der = message()
    certificate = PKI.payers["ecdsa"].certificate
    serial = tlv(0x02, certificate.serial_number.to_bytes(20))
    other = der.replace(serial, tlv(0x02, (certificate.serial_number ^ 1).to_bytes(20)))
    assert not passes(other)
    assert passes(mutate.signed_again(mutate.certified_again(other, random.Random(0)), random.Random(0)))


def test_every_change_is_made_of_every_message_without_breaking_down() -> None:
    pool = [file.read_bytes() for file in KEPT if file.parent.name == "message"]
    rng = random.Random(20260601)
    made = {mutate.message(rng.choice(pool), rng, pool) for _ in range(500)}
    assert len(made) > 450
    assert sum(map(passes, made)) >= 5


def test_the_kept_inputs_stay_small() -> None:
    assert sum(file.stat().st_size for file in KEPT) < 1_500_000
