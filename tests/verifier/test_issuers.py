"""Who issued what a message hangs on: the same, however it is read."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from asn1crypto import x509 as asn1_x509
from hypothesis import given
from hypothesis import strategies as st

from certs.demo import DemoPki
from consent import Charset, ConsentText
from signer import LocalKey, sign_consent
from tests.conftest import BUILT_AT
from verifier import issuers
from verifier.der import read_der
from verifier.issuers import issuer_digests, issuer_names, name_digest
from verifier.straight import Uncommon


@pytest.fixture(scope="module")
def der(pki: DemoPki) -> bytes:
    return sign_consent(ConsentText.of("동의합니다.", Charset.UTF_8), LocalKey.of(pki.payers["rsa"]), at=BUILT_AT)


@pytest.fixture(scope="module")
def with_its_authority(pki: DemoPki) -> bytes:
    payer = pki.payers["rsa"]
    text = ConsentText.of("동의합니다.", Charset.UTF_8)
    return sign_consent(text, LocalKey.of(payer), at=BUILT_AT, intermediates=payer.others)


def by_the_tree(der: bytes) -> frozenset[bytes]:
    with patch.object(issuers, "_straight", side_effect=Uncommon):
        return issuer_names(der)


def test_every_issuer_is_named(pki: DemoPki, der: bytes, with_its_authority: bytes) -> None:
    payer = pki.payers["rsa"]
    direct = {payer.certificate.issuer.public_bytes()}
    assert issuer_names(der) == by_the_tree(der) == direct
    wanted = direct | {one.issuer.public_bytes() for one in payer.others}
    assert len(wanted) == 2
    assert issuer_names(with_its_authority) == by_the_tree(with_its_authority) == wanted
    assert issuer_digests(with_its_authority) == {name_digest(name) for name in wanted}


def test_names_that_differ_in_string_types_and_case_alone_are_one() -> None:
    names = [
        asn1_x509.Name.build({"common_name": text}, use_printable=printable).dump()
        for text, printable in (("Demo CA", True), ("Demo CA", False), ("demo  CA", False))
    ]
    assert len(set(names)) == 3
    assert len({name_digest(name) for name in names}) == 1
    assert name_digest(b"nothing") != name_digest(b"else")


@pytest.mark.parametrize("broken", [b"", b"0", b"\x30\x80", bytes(100), b"\x30\x03\x02\x01\x01", b"\x30\x84" * 9])
def test_what_cannot_be_read_names_nobody(broken: bytes) -> None:
    assert issuer_digests(broken) == frozenset()


@given(data=st.data())
def test_reading_straight_through_finds_what_the_tree_has(der: bytes, data: st.DataObject) -> None:
    """In whatever is still strict DER; the rest never passes, and what it names counts for nothing."""
    at = data.draw(st.integers(0, len(der) - 1))
    changed = der[:at] + bytes([data.draw(st.integers(0, 255))]) + der[at + 1 :]
    assert all(isinstance(name, bytes) for name in issuer_names(changed))
    root, faults = read_der(changed)
    if root is not None and not faults:
        assert by_the_tree(changed) <= issuer_names(changed)
