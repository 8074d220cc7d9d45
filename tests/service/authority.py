"""A public-key infrastructure whose certificates name addresses on this machine, and whose lists are made to order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from asn1crypto import crl as asn1_crl
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from certs.keys import KeyPair, PrivateKey
from consent import Charset, ConsentText
from signer import LocalKey, sign_consent
from tests.signer.making import key_usage

DAY: Final = timedelta(days=1)
TEXT: Final = ConsentText.of("출금이체에 동의합니다.\n", Charset.UTF_8)
_ISSUES: Final = {"key_cert_sign": True, "crl_sign": True}
_SIGNS: Final = {"digital_signature": True, "content_commitment": True}


@dataclass(frozen=True)
class Addresses:
    """What a certificate says about where its status is told; each of `lists` is one distribution point."""

    lists: Sequence[Sequence[str]] = ()
    deltas: Sequence[str] = ()
    responder: str | None = None

    def extensions(self) -> list[x509.ExtensionType]:
        found: list[x509.ExtensionType] = []
        if self.lists:
            found.append(x509.CRLDistributionPoints([_point(*urls) for urls in self.lists]))
        if self.deltas:
            found.append(x509.FreshestCRL([_point(url) for url in self.deltas]))
        if self.responder:
            name = x509.UniformResourceIdentifier(self.responder)
            found.append(
                x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, name)])
            )
        return found


def _point(*urls: str) -> x509.DistributionPoint:
    return x509.DistributionPoint([x509.UniformResourceIdentifier(url) for url in urls], None, None, None)


def make(
    name: str,
    at: datetime,
    issuer: KeyPair | None = None,
    *extensions: x509.ExtensionType,
    addresses: Addresses = Addresses(),
    usage: dict[str, bool] | None = None,
    is_authority: bool = False,
) -> KeyPair:
    """A certificate around `at`; self-signed without an issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "시험"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - 100 * DAY)
        .not_valid_after(at + 100 * DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if usage is not None:
        builder = builder.add_extension(key_usage(**usage), critical=True)
    for extension in (*addresses.extensions(), *extensions):
        builder = builder.add_extension(extension, critical=False)
    return KeyPair(key, builder.sign(issuer.private_key if issuer else key, hashes.SHA256()))


@dataclass(frozen=True)
class Authority:
    """A root, one authority below it and a payer; only what `addresses` say differs from test to test."""

    at: datetime
    of_authority: Addresses = field(default_factory=Addresses)
    of_payer: Addresses = field(default_factory=Addresses)
    made: dict[str, KeyPair] = field(default_factory=dict)

    def __post_init__(self) -> None:
        root = make("Root", self.at, usage=_ISSUES, is_authority=True)
        middle = make("CA", self.at, root, addresses=self.of_authority, usage=_ISSUES, is_authority=True)
        payer = make("payer", self.at, middle, addresses=self.of_payer, usage=_SIGNS)
        nocheck, purpose = x509.OCSPNoCheck(), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
        responder = make("responder", self.at, middle, nocheck, purpose, usage={"digital_signature": True})
        self.made.update(root=root, ca=middle, payer=payer, responder=responder)

    def __getitem__(self, name: str) -> KeyPair:
        return self.made[name]

    def trust(self, folder: Path, *, mode: str = "require") -> Path:
        """Write a trust folder without any list."""
        for place, name in (("anchors", "root"), ("intermediates", "ca")):
            (folder / place).mkdir(parents=True)
            (folder / place / f"{name}.der").write_bytes(der_of(self[name].certificate))
        (folder / "trust.toml").write_text(f'[revocation]\nmode = "{mode}"\n')
        return folder

    def crl(
        self,
        name: str,
        *revoked: str,
        issued: datetime | None = None,
        days: int | None = 7,
        base: int | None = None,
        key: PrivateKey | None = None,
        more: int = 0,
        extension: x509.ExtensionType | None = None,
    ) -> bytes:
        """The list of `name`, which revokes the named certificates and `more` unknown ones.

        A `base` makes it a delta, no `days` one without an end.
        """
        issued = issued or self.at
        builder = x509.CertificateRevocationListBuilder().issuer_name(self[name].certificate.subject)
        # cryptography's builder insists on a nextUpdate.
        builder = builder.last_update(issued).next_update(issued + (days or 1) * DAY)
        for serial in [*(self[one].certificate.serial_number for one in revoked), *range(1, more + 1)]:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(self.at - DAY)
            builder = builder.add_revoked_certificate(entry.build())
        if extension is not None:
            builder = builder.add_extension(extension, critical=False)
        if base is not None:
            builder = builder.add_extension(x509.DeltaCRLIndicator(base), critical=True)
        crl = builder.sign(key or self[name].private_key, hashes.SHA256())
        return crl.public_bytes(Encoding.DER) if days else _endless(crl, self[name].private_key)

    def evidence(self) -> bytes:
        return sign_consent(TEXT, LocalKey.of(self["payer"]), at=self.at)


def _endless(crl: x509.CertificateRevocationList, key: PrivateKey) -> bytes:
    """The same list without nextUpdate, signed anew."""
    read: Any = asn1_crl.CertificateList.load(crl.public_bytes(Encoding.DER))
    tbs = read["tbs_cert_list"]
    tbs["next_update"] = None
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    read["signature"] = key.sign(tbs.dump(force=True), ec.ECDSA(hashes.SHA256()))
    return bytes(read.dump(force=True))


def der_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
