"""A field that was loaded may still not be one that can be read: it is said so, wherever the field is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certs import TrustStore
from certs.demo import DemoPki
from certs.errors import IdentifyDataMalformed
from certs.identify_data import IdentifyData
from certs.locations import locations
from service.inspection import Reader, describe
from service.root import dongui
from signer.admission import is_for_signing
from signer.errors import CertificateUnreadable
from tests.conftest import BUILT_AT
from tests.verifier.surgery import elements, replaced, tlv

UTF8_STRING, BIT_STRING = 0x0C, 0x03
READER = Reader(BUILT_AT, "en", "en")
OF_SUBJECT = 3  # the issuer has three texts before


def with_bits_for_text(der: bytes, nth: int) -> bytes:
    """With its nth text, counted from the front, as a BIT STRING: a form that a name allows for one attribute only."""
    texts = [element for element in elements(der) if element.tag == UTF8_STRING]
    return replaced(der, texts[nth], tlv(BIT_STRING, b"\0bits"))


def with_bits_for_a_name_of_an_extension(der: bytes) -> bytes:
    """In the directoryName of an authorityKeyIdentifier, which stands inside an OCTET STRING."""
    identifier = bytes.fromhex("0603551d23")
    for element in elements(der):
        if element.children and der[element.body :].startswith(identifier):
            octets = element.children[-1]
            inner = with_bits_for_text(der[octets.body : octets.end], 0)
            return replaced(der, octets, tlv(0x04, inner))
    raise ValueError("there is none")


@pytest.fixture(scope="module")
def payer(pki: DemoPki) -> bytes:
    return pki.payers["rsa"].certificate.public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def extension_illegible(payer: bytes) -> x509.Certificate:
    certificate = x509.load_der_x509_certificate(with_bits_for_a_name_of_an_extension(payer))
    with pytest.raises(TypeError):
        _ = certificate.extensions
    return certificate


def test_it_is_shown_as_one_that_cannot_be_read(payer: bytes) -> None:
    for der in (
        with_bits_for_text(payer, 0),
        with_bits_for_text(payer, OF_SUBJECT),
        with_bits_for_a_name_of_an_extension(payer),
    ):
        found = describe(der, READER)
        assert found is not None
        assert [row.value for row in found[1]] == ["cannot be read"]


def test_it_has_no_addresses(extension_illegible: x509.Certificate) -> None:
    assert list(locations([extension_illegible])) == []


def test_it_has_no_identify_data(extension_illegible: x509.Certificate) -> None:
    with pytest.raises(IdentifyDataMalformed):
        IdentifyData.of(extension_illegible)


def test_it_signs_nothing(extension_illegible: x509.Certificate) -> None:
    with pytest.raises(CertificateUnreadable):
        is_for_signing(extension_illegible)


def test_a_trust_folder_with_one_can_be_shown(pki: DemoPki, payer: bytes, tmp_path: Path) -> None:
    for folder, name, data in (
        ("anchors", "root.der", pki.root.der),
        ("intermediates", "x.der", with_bits_for_text(payer, OF_SUBJECT)),
        ("crls", "x.crl", with_bits_for_text(pki.root.crl, 0)),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(data)
    assert len(TrustStore.open(tmp_path).intermediates) == 1
    ran = CliRunner().invoke(dongui, ["trust", "show", str(tmp_path), "--at", pki.at.isoformat()], obj="en")
    assert ran.exit_code == 1, ran.output
    assert "intermediates/x.der  a certificate that cannot be read" in ran.output
    assert "CRL of ?" in ran.output
