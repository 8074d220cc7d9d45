"""The certificates and CRLs of the demo PKI, one function a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certs.identify_data import IdentifyData, virtual_id
from certs.keys import KeyPair, PrivateKey

PERSONAL: Final = "1.2.410.200005.1.1.1"  # yessign, general use
PERSONAL_BANK: Final = "1.2.410.200005.1.1.4"  # yessign, banks, insurances and cards only
FINANCIAL: Final = "1.2.410.200005.1.1.1.10"  # yessign, financial certificate
CORPORATE: Final = "1.2.410.200005.1.1.5"  # yessign, corporations, general use
CORPORATE_BANK: Final = "1.2.410.200005.1.1.2"  # yessign, corporations, banking only
PERSONAL_KICA: Final = "1.2.410.200004.5.2.1.2"  # general use
PERSONAL_SECURITIES: Final = "1.2.410.200004.5.1.1.9"  # KOSCOM, securities only
PERSONAL_KTNET: Final = "1.2.410.200012.1.1.1"  # general use
CORPORATE_CROSSCERT: Final = "1.2.410.200004.5.4.1.2"  # general use
OF_CORPORATIONS: Final = frozenset({CORPORATE, CORPORATE_BANK, CORPORATE_CROSSCERT})
ANY_POLICY: Final = "2.5.29.32.0"
CPS: Final = "http://pki.dongui.example/cps.html"
NO_IDENTITY_NUMBER: Final = "0" * 13  # month 00, day 00: nobody's
NO_BUSINESS_NUMBER: Final = "0" * 10  # there is no tax office 000

Family = Literal["rsa", "p256", "p384"]


@dataclass(frozen=True)
class PayerProfile:
    """What to put into a payer's certificate; days are counted from the time the PKI is built for."""

    name: str
    issuer: int  # index into the intermediates
    family: Family
    common_name: str
    real_name: str
    policy: str = PERSONAL
    first_day: int = -30
    last_day: int = 335
    signs: bool = True
    revoked: bool = False

    @property
    def is_corporate(self) -> bool:
        return self.policy in OF_CORPORATIONS

    @property
    def identity_number(self) -> str:
        return NO_BUSINESS_NUMBER if self.is_corporate else NO_IDENTITY_NUMBER


def _key(family: Family) -> PrivateKey:
    if family == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1() if family == "p256" else ec.SECP384R1())


def _name(common_name: str, *units: str) -> x509.Name:
    """Return c=kr first, as NPKI certificates have it; all but the country in UTF8String (the default here)."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "kr"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Dongui Demo"),
            *(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def root_key_pair(at: datetime) -> KeyPair:
    """Self-signed and without keyUsage, as the KISA roots are."""
    key = _key("rsa")
    name = _name("Dongui Demo RootCA", "Dongui Demo Certification Authority Central")
    builder = _builder(name, name, key, at - timedelta(days=5 * 365), at + timedelta(days=15 * 365))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return KeyPair(key, builder.sign(key, hashes.SHA256()))


def intermediate_key_pair(issuer: KeyPair, number: int, family: Family, at: datetime) -> KeyPair:
    key = _key(family)
    name = _name(f"Dongui Demo CA {number}", "AccreditedCA")
    issued_by = issuer.certificate.subject
    builder = _builder(name, issued_by, key, at - timedelta(days=3 * 365), at + timedelta(days=7 * 365))
    for extension, critical in (
        (_authority_key_identifier(issuer.certificate), False),
        (_key_usage(key_cert_sign=True, crl_sign=True), True),
        (_policies(ANY_POLICY), True),
        (x509.SubjectAlternativeName([IdentifyData("동의데모인증센터").other_name()]), False),
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None), True),
        (_crl_distribution_points("ldap://dir.dongui.example:389/cn=Dongui-Demo-RootCA,o=Dongui-Demo,c=kr"), False),
    ):
        builder = builder.add_extension(extension, critical=critical)
    return KeyPair(key, builder.sign(issuer.private_key, hashes.SHA256()), (issuer.certificate,))


def payer_key_pair(payer: PayerProfile, issuer: KeyPair, at: datetime, random: bytes) -> KeyPair:
    """`random` is the R that goes into the VID, and into the key's file where that is of NPKI."""
    key = _key(payer.family)
    identity = IdentifyData(payer.real_name, virtual_id(payer.identity_number, random))
    name = _name(payer.common_name, "corporation" if payer.is_corporate else "personal", "DEMO")
    days = timedelta(days=payer.first_day), timedelta(days=payer.last_day)
    usage = (
        _key_usage(digital_signature=True, content_commitment=True)
        if payer.signs
        else _key_usage(key_encipherment=True)
    )
    builder = _builder(name, issuer.certificate.subject, key, at + days[0], at + days[1])
    for extension, critical in (
        (_authority_key_identifier(issuer.certificate), False),
        (usage, True),
        (_policies(payer.policy), True),
        (x509.SubjectAlternativeName([identity.other_name()]), False),
        (_crl_distribution_points(f"http://crl.dongui.example/ca{payer.issuer + 1}.crl"), False),
    ):
        builder = builder.add_extension(extension, critical=critical)
    return KeyPair(key, builder.sign(issuer.private_key, hashes.SHA256()), (issuer.certificate,))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, not_before: datetime, not_after: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _authority_key_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.key_identifier
    return x509.AuthorityKeyIdentifier(identifier, [x509.DirectoryName(issuer.issuer)], issuer.serial_number)


def _key_usage(**uses: bool) -> x509.KeyUsage:
    """Build a keyUsage with only the named bits set."""
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: uses.get(name, False) for name in names})


def _policies(oid: str) -> x509.CertificatePolicies:
    notice = x509.UserNotice(None, "이 인증서는 시연용이며 아무 효력이 없습니다.")
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), [CPS, notice])])


def _crl_distribution_points(uri: str) -> x509.CRLDistributionPoints:
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(uri)], None, None, None)
    return x509.CRLDistributionPoints([point])


def crl(issuer: KeyPair, serials: Sequence[int], at: datetime, days: int) -> bytes:
    """A complete CRL; the revocations are a week old."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at)
        .next_update(at + timedelta(days=days))
        .add_extension(_authority_key_identifier(issuer.certificate), critical=False)
        .add_extension(x509.CRLNumber(1), critical=False)
    )
    for serial in serials:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at - timedelta(days=7))
        entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.private_key, hashes.SHA256()).public_bytes(Encoding.DER)
