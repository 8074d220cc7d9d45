"""Every truncation, every flipped bit, every longer tail: judged without breaking down, and never passed.

Of the bits of each byte, one in turn; all with DONGUI_EVERY_BIT=1, as `make differential` has it.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from certs import TrustStore
from tests.verifier.conftest import JUDGED_AT, Judge
from tests.verifier.forge import Forge
from tests.verifier.surgery import elements, header, replaced_where, tlv
from verifier import Indication, Verdict, policies, verify_der
from verifier.search import MAX_ENCLOSED

EVERY_BIT: Final = bool(os.environ.get("DONGUI_EVERY_BIT"))
UNSIGNED_BITS: Final[dict[str, str]] = {}
"""Bits that could change without a finding: none. Versions, the digest set, algorithm parameters and the envelope of
the certificate are unsigned, and each is held to one value."""


def broke_down(verdict: Verdict) -> bool:
    return any(f.code == "CMS-199" for f in verdict.findings)


@pytest.mark.parametrize("payer", ["rsa", "ecdsa"])
def test_a_message_cut_short_anywhere_is_refused(forge: Forge, judge: Judge, payer: str) -> None:
    der = forge.but(payer=payer).der()
    for end in range(len(der)):
        verdict = judge(der[:end])
        assert verdict.indication is Indication.TOTAL_FAILED, end
        assert not broke_down(verdict), end


@pytest.mark.parametrize("payer", ["rsa", "ecdsa"])
def test_a_single_flipped_bit_is_never_passed(forge: Forge, judge: Judge, payer: str) -> None:
    der = forge.but(payer=payer).der()
    assert judge(der).indication is Indication.TOTAL_PASSED
    passed: dict[str, str] = {}
    for offset in range(len(der)):
        for bit in range(8) if EVERY_BIT else ((offset + offset // 8) % 8,):
            flipped = bytearray(der)
            flipped[offset] ^= 1 << bit
            verdict = judge(bytes(flipped))
            assert not broke_down(verdict), (offset, bit)
            if verdict.indication is Indication.TOTAL_PASSED:
                passed[f"{offset}.{bit}"] = der[max(0, offset - 4) : offset + 4].hex()
    assert passed == UNSIGNED_BITS


def test_a_damaged_copy_of_the_authority_s_certificate_is_never_passed(forge: Forge, judge: Judge) -> None:
    """It is not signed, and the trust folder has a sound one; a message with rubbish in it is not passed for that."""
    der = forge.but(payer="ecdsa", intermediates=True).der()
    copy = next(e for e in elements(der) if der[e.start : e.end] == forge.pki.intermediates[1].der)
    for offset in range(copy.start, copy.end) if EVERY_BIT else range(copy.start, copy.end, 2):
        flipped = bytearray(der)
        flipped[offset] ^= 1 << offset % 8
        verdict = judge(bytes(flipped))
        assert not broke_down(verdict), offset
        assert verdict.indication is not Indication.TOTAL_PASSED, offset


@pytest.mark.parametrize("tail", range(256))
def test_a_byte_more_at_the_end_is_refused(forge: Forge, judge: Judge, tail: int) -> None:
    verdict = judge(forge.der() + bytes([tail]))
    assert verdict.indication is Indication.TOTAL_FAILED
    assert "CMS-113" in {f.code for f in verdict.findings}


def test_block_padding_left_on_the_evidence_is_refused(forge: Forge, judge: Judge) -> None:
    assert judge(forge.der() + b" " * 300).indication is Indication.TOTAL_FAILED


@given(st.binary(max_size=400))
def test_any_bytes_at_all_are_refused(pki_trust: TrustStore, data: bytes) -> None:
    for policy in (policies.KFTC, policies.CMS):
        verdict = verify_der(data, trust=pki_trust, policy=policy, at=JUDGED_AT)
        assert verdict.indication is Indication.TOTAL_FAILED
        assert not broke_down(verdict)


@given(st.data())
def test_random_damage_is_refused(forge_der: bytes, pki_trust: TrustStore, data: st.DataObject) -> None:
    """Several bytes changed, cut or doubled at once."""
    der = bytearray(forge_der)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(der) - 1))
        match data.draw(st.sampled_from(["change", "cut", "insert"])):
            case "change":
                der[at] ^= data.draw(st.integers(1, 255))
            case "cut":
                del der[at : at + data.draw(st.integers(1, 40))]
            case _:
                der[at:at] = data.draw(st.binary(min_size=1, max_size=20))
    verdict = verify_der(bytes(der), trust=pki_trust, policy=policies.KFTC, at=JUDGED_AT)
    assert not broke_down(verdict)
    assert bytes(der) == forge_der or verdict.indication is not Indication.TOTAL_PASSED


@pytest.fixture(scope="module")
def pki_trust(trust: TrustStore) -> TrustStore:
    return trust


@pytest.fixture(scope="module")
def forge_der(forge: Forge) -> bytes:
    return forge.der()


@pytest.mark.parametrize("size", [10_241, 4 * 1024 * 1024 + 1])
def test_zeros_of_any_size_are_refused(judge: Judge, size: int) -> None:
    assert {f.code for f in judge(bytes(size)).findings} == {"CMS-102"}


def test_a_nesting_bomb_is_refused(judge: Judge) -> None:
    bomb = b""
    for _ in range(1000):
        bomb = tlv(0x30, bomb)
    assert "CMS-120" in {f.code for f in judge(bomb).findings}


def test_an_indefinite_nesting_bomb_is_refused(judge: Judge) -> None:
    assert "CMS-120" in {f.code for f in judge(b"\x30\x80" * 5000).findings}


def test_too_many_elements_are_refused(judge: Judge) -> None:
    many = header(0x30, 2 * 200_000) + b"\x05\x00" * 200_000
    assert "CMS-121" in {f.code for f in judge(many, policy=policies.CMS).findings}


@pytest.mark.parametrize(
    ("count", "code"), [(MAX_ENCLOSED, "PKI-111"), (MAX_ENCLOSED + 1, "PKI-164"), (400, "PKI-164")]
)
def test_many_certificates_of_one_name_do_not_take_forever(forge: Forge, judge: Judge, count: int, code: str) -> None:
    """Each could have issued every other, by name; where there are more than that, none of them is read."""
    authority = forge.pki.intermediates[0].der
    damaged = []
    for i in range(count):
        copy = bytearray(authority)
        copy[-1 - i % 200] ^= 1 + i // 200
        damaged.append(bytes(copy))
    der = forge.but(extra_certificates=damaged).der()
    assert judge(der, policy=policies.CMS).indication is Indication.TOTAL_PASSED  # they are not needed
    unknown = judge(der, policy=policies.CMS, trust=TrustStore.of([forge.pki.intermediates[1].der]))
    assert not broke_down(unknown)
    assert code in {finding.code for finding in unknown.findings}


def test_a_name_that_takes_long_to_compare_is_not_compared(forge: Forge, judge: Judge) -> None:
    """Unicode orders combining marks in the square of their number, in one go that nothing can interrupt."""
    begin = forge.at
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + timedelta(days=9))
    short = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    marks = tlv(0x0C, ("a" + "\u0315" * 30_000 + "\u0316" * 30_000).encode())
    endless = replaced_where(short, tlv(0x0C, b"a").__eq__, lambda _: marks)
    der = forge.but(extra_certificates=[endless]).der()
    started = time.process_time()
    verdict = judge(der, policy=policies.CMS)
    assert time.process_time() - started < 5  # it took a hundred times as long as that of any other
    assert verdict.indication is Indication.TOTAL_PASSED
