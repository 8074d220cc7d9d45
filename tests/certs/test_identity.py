"""Whose certificate it is: the VID against an identity number and R."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from certs.demo import DemoPki
from certs.errors import (
    IdentityNumberMalformed,
    RandomMissing,
    VirtualIdAlgorithmUnknown,
    VirtualIdMissing,
)
from certs.identify_data import IdentifyData, VirtualId, virtual_id
from certs.identity import holder_is, normalised

KEY: Final = ec.generate_private_key(ec.SECP256R1())
RANDOM: Final = bytes(range(20))


def certificate(pki: DemoPki, vid: VirtualId | None) -> x509.Certificate:
    name = x509.Name([])
    builder = x509.CertificateBuilder(name, name, KEY.public_key(), 1, pki.at, pki.at + timedelta(days=1))
    names = x509.SubjectAlternativeName([IdentifyData("가", vid).other_name()])
    return builder.add_extension(names, critical=False).sign(KEY, hashes.SHA256())


@pytest.mark.parametrize("payer", ["rsa", "corporate", "bank", "financial", "corporate_bank", "crosscert", "kica"])
def test_each_payer_of_the_demo_is_the_holder_of_its_number_and_no_other(pki: DemoPki, payer: str) -> None:
    own, (number, random) = pki.payers[payer].certificate, pki.identities[payer]
    assert holder_is(own, number, random)
    other = number[:-1] + "1"
    assert not holder_is(own, other, random)
    assert not holder_is(own, number, pki.identities["expired"].random)
    assert not holder_is(own, "0" * (23 - len(number)), random)


def test_hyphens_and_spaces_around_do_not_matter(pki: DemoPki) -> None:
    own, random = pki.payers["rsa"].certificate, pki.identities["rsa"].random
    assert holder_is(own, " 000000-0000000\n", random)
    assert holder_is(pki.payers["corporate"].certificate, "000-00-00000", pki.identities["corporate"].random)


@given(st.from_regex(r"[0-9]{6}-?[0-9]{7}|[0-9]{3}-?[0-9]{2}-?[0-9]{5}", fullmatch=True).filter(str.isascii))
def test_a_number_is_its_digits(number: str) -> None:
    assert normalised(number) == number.replace("-", "")


@pytest.mark.parametrize(
    "number",
    [
        "",
        "-",
        "1",
        "880101-123456",
        "8801011-234567",
        "12-345-67890",
        "1234567890123 4",
        "８８０１０１１２３４５６７",
        "0" * 11,
        "é",
    ],
)
def test_what_no_number_looks_like_is_refused_and_not_repeated(pki: DemoPki, number: str) -> None:
    with pytest.raises(IdentityNumberMalformed) as refused:
        holder_is(pki.payers["rsa"].certificate, number, RANDOM)
    said = refused.value.message("ko") + refused.value.message("en") + str(refused.value) + repr(refused.value)
    assert len(number) < 2 or number not in said


@pytest.mark.parametrize(
    "oid", ["1.3.14.3.2.26", "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"]
)
def test_the_hash_is_the_one_that_the_vid_names(pki: DemoPki, oid: str) -> None:
    algorithm = x509.ObjectIdentifier(oid)
    made = virtual_id("8801011234567", RANDOM, hash_algorithm=algorithm)
    assert made.hash_algorithm == algorithm
    assert holder_is(certificate(pki, made), "880101-1234567", RANDOM)
    cut = VirtualId(algorithm, made.value[:-1])
    assert not holder_is(certificate(pki, cut), "880101-1234567", RANDOM)
    assert not holder_is(certificate(pki, VirtualId(algorithm, b"")), "880101-1234567", RANDOM)


def test_an_unknown_hash_is_refused(pki: DemoPki) -> None:
    odd = VirtualId(x509.ObjectIdentifier("1.2.840.113549.2.5"), bytes(16))
    with pytest.raises(VirtualIdAlgorithmUnknown) as refused:
        holder_is(certificate(pki, odd), "880101-1234567", RANDOM)
    assert "1.2.840.113549.2.5" in refused.value.message("en")


def test_without_a_vid_or_r_nothing_is_said(pki: DemoPki) -> None:
    for one in (pki.root.certificate, pki.intermediates[0].certificate, certificate(pki, None)):
        with pytest.raises(VirtualIdMissing):
            holder_is(one, "880101-1234567", RANDOM)
    for random in (None, b""):
        with pytest.raises(RandomMissing):
            holder_is(pki.payers["rsa"].certificate, "880101-1234567", random)


def test_the_comparison_takes_the_same_time_wherever_it_ends(pki: DemoPki, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the function that promises it: what is compared is whole, and nothing else decides."""
    compared: list[tuple[int, int]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    number, random = pki.identities["rsa"]
    assert not holder_is(pki.payers["rsa"].certificate, number, random)
    assert compared == [(32, 32)]
