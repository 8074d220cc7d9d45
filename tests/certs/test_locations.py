"""Addresses in certificates, and the hosts and ports they stand for."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from certs.locations import Location, locations
from tests.signer.making import AT, ec_key


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("ldap://dir.example:1389/cn=x?certificateRevocationList", ("dir.example", 1389, "ldap")),
        ("ldap://dir.example/cn=x", ("dir.example", 389, "ldap")),
        ("http://ocsp.example:14203/OCSPServer", ("ocsp.example", 14203, "http")),
        ("https://crl.example/a.crl", ("crl.example", 443, "https")),
        ("ldap:///cn=x", None),
        ("http://host:99999/", None),
        ("http://[::1/", None),
        ("gopher://host/", None),
        ("", None),
    ],
)
def test_an_address_stands_for_a_host_and_a_port(url: str, endpoint: tuple[str, int, str] | None) -> None:
    assert Location("crl", url).endpoint == endpoint


def test_every_kind_of_address_is_found() -> None:
    def point(url: str) -> x509.DistributionPoint:
        return x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)

    def access(method: x509.ObjectIdentifier, url: str) -> x509.AccessDescription:
        return x509.AccessDescription(method, x509.UniformResourceIdentifier(url))

    by_name = x509.DistributionPoint([x509.DirectoryName(x509.Name([]))], None, None, None)
    key, name = ec_key(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(AT).not_valid_after(AT)
    for extension in (
        x509.CRLDistributionPoints([point("http://a/"), by_name]),
        x509.FreshestCRL([point("http://b/")]),
        x509.AuthorityInformationAccess(
            [
                access(AuthorityInformationAccessOID.OCSP, "http://c/"),
                access(AuthorityInformationAccessOID.CA_ISSUERS, "http://d/"),
                access(x509.ObjectIdentifier("1.2.3"), "http://e/"),
            ]
        ),
    ):
        builder = builder.add_extension(extension, critical=False)
    found = list(locations([builder.sign(key, hashes.SHA256())]))
    assert found == [("crl", "http://a/"), ("crl", "http://b/"), ("ocsp", "http://c/"), ("issuer", "http://d/")]
