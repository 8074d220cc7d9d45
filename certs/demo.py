"""A made-up public-key infrastructure that looks like the Korean one: for the demo, the tests and the examples.

Everything in it says that it is a demo; the identity number inside the VIDs is no possible one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certs.demo_certificates import (
    CORPORATE,
    CORPORATE_BANK,
    CORPORATE_CROSSCERT,
    FINANCIAL,
    PERSONAL_BANK,
    PERSONAL_KICA,
    PERSONAL_KTNET,
    PERSONAL_SECURITIES,
    PayerProfile,
    crl,
    intermediate_key_pair,
    payer_key_pair,
    root_key_pair,
)
from certs.demo_folder import write_demo_pki
from certs.keys import KeyPair
from certs.settings import TrustSettings
from certs.trust import TrustStore

__all__ = ["DemoAuthority", "DemoIdentity", "DemoPki", "build_demo_pki", "write_demo_pki"]

CRL_DAYS: Final = 30
ROOT_CRL_DAYS: Final = 365
RANDOM_BYTES: Final = 20


@dataclass(frozen=True)
class DemoAuthority:
    """A certification authority: its key pair and its current CRL (DER). `others` of the key pair lead to the root."""

    name: str
    key_pair: KeyPair
    crl: bytes

    @property
    def certificate(self) -> x509.Certificate:
        return self.key_pair.certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


class DemoIdentity(NamedTuple):
    """What a payer's VID was made from: an identity number that is nobody's, and R."""

    number: str
    random: bytes


@dataclass(frozen=True)
class DemoPki:
    """A root, two intermediates (RSA and P-256) and the payers under them, by name.

    Attributes:
        at: the time it was built for; CRLs are of that second.
        payers: `rsa`, `corporate` (RSA-2048), `ecdsa` (P-256), `ecdsa384`; the ones that must not pass: `revoked`,
            `expired`, `not_yet_valid`, `no_signing_usage` (all P-256); and one each of other products: `bank`
            (RSA-2048), `financial`, `corporate_bank`, `kica`, `koscom`, `ktnet`, `crosscert` (all P-256). `others` of
            each holds its issuer.
        identities: of each payer by the same names.
    """

    at: datetime
    root: DemoAuthority
    intermediates: tuple[DemoAuthority, ...]
    payers: Mapping[str, KeyPair]
    identities: Mapping[str, DemoIdentity] = field(default_factory=dict, repr=False)

    def trust(self, settings: TrustSettings | None = None) -> TrustStore:
        """Return what `write_demo_pki` writes to trust/, in memory."""
        return TrustStore.of(
            anchors=[self.root.der],
            intermediates=[authority.der for authority in self.intermediates],
            crls=[authority.crl for authority in (self.root, *self.intermediates)],
            settings=settings,
        )


_PAYERS: Final = (
    PayerProfile("rsa", 0, "rsa", "홍길동(Hong Gil Dong)0099046demo0001", "홍길동"),
    PayerProfile("ecdsa", 1, "p256", "성춘향(Seong Chun Hyang)0099046demo0002", "성춘향"),
    PayerProfile("corporate", 0, "rsa", "(주)동의데모(Dongui Demo)0099046demo0003", "(주)동의데모", policy=CORPORATE),
    PayerProfile("ecdsa384", 1, "p384", "이몽룡(Lee Mong Ryong)0099046demo0004", "이몽룡"),
    PayerProfile("revoked", 0, "p256", "변학도(Byeon Hak Do)0099046demo0005", "변학도", revoked=True),
    PayerProfile("expired", 1, "p256", "심청(Sim Cheong)0099046demo0006", "심청", first_day=-400, last_day=-35),
    PayerProfile(
        "not_yet_valid", 1, "p256", "임꺽정(Lim Kkeok Jeong)0099046demo0007", "임꺽정", first_day=30, last_day=395
    ),
    PayerProfile("no_signing_usage", 1, "p256", "장길산(Jang Gil San)0099046demo0008", "장길산", signs=False),
    PayerProfile("bank", 0, "rsa", "황진이(Hwang Jin I)0099046demo0009", "황진이", policy=PERSONAL_BANK),
    PayerProfile("financial", 1, "p256", "허균(Heo Gyun)0099046demo0010", "허균", policy=FINANCIAL),
    PayerProfile(
        "corporate_bank", 1, "p256", "동의물산(Dongui Trading)0099046demo0011", "동의물산", policy=CORPORATE_BANK
    ),
    PayerProfile("kica", 1, "p256", "박문수(Park Mun Su)0099046demo0012", "박문수", policy=PERSONAL_KICA),
    PayerProfile("koscom", 1, "p256", "김만중(Kim Man Jung)0099046demo0013", "김만중", policy=PERSONAL_SECURITIES),
    PayerProfile("ktnet", 1, "p256", "정약용(Jeong Yak Yong)0099046demo0014", "정약용", policy=PERSONAL_KTNET),
    PayerProfile(
        "crosscert", 1, "p256", "동의상사(Dongui Commerce)0099046demo0015", "동의상사", policy=CORPORATE_CROSSCERT
    ),
)


def build_demo_pki(*, at: datetime) -> DemoPki:
    """Make keys, certificates and CRLs anew, valid around `at` (aware; fractions of a second are dropped).

    The keys are fresh each time, so that no demo key is ever worth trusting.
    """
    if at.tzinfo is None:
        raise ValueError("at must be an aware datetime")
    at = at.replace(microsecond=0)
    root = root_key_pair(at)
    rsa_ca = intermediate_key_pair(root, 1, "rsa", at)
    ec_ca = intermediate_key_pair(root, 2, "p256", at)
    authorities = (rsa_ca, ec_ca)
    identities = {
        payer.name: DemoIdentity(payer.identity_number, secrets.token_bytes(RANDOM_BYTES)) for payer in _PAYERS
    }
    payers = {
        payer.name: payer_key_pair(payer, authorities[payer.issuer], at, identities[payer.name].random)
        for payer in _PAYERS
    }
    revoked: list[list[int]] = [[], [x509.random_serial_number()]]  # the second: somebody who is in no folder
    for payer in _PAYERS:
        if payer.revoked:
            revoked[payer.issuer].append(payers[payer.name].certificate.serial_number)
    return DemoPki(
        at=at,
        root=DemoAuthority("root", root, crl(root, [], at, ROOT_CRL_DAYS)),
        intermediates=tuple(
            DemoAuthority(name, pair, crl(pair, serials, at, CRL_DAYS))
            for name, pair, serials in zip(("ca-rsa", "ca-ecdsa"), authorities, revoked, strict=True)
        ),
        payers=MappingProxyType(payers),
        identities=MappingProxyType(identities),
    )
