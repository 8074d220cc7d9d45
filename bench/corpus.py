"""What everything is measured on: consents signed by payers of three authorities, with long revocation lists.

Everything is made anew for a run, so that no key lies about; the texts are about 1.5 KB, as consents are.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from asn1crypto import core
from asn1crypto import crl as asn1_crl
from cryptography.hazmat.primitives.serialization import Encoding

from certs import TrustStore
from certs.demo_certificates import PayerProfile, crl, intermediate_key_pair, payer_key_pair, root_key_pair
from certs.keys import KeyPair
from certs.settings import Revocation, TrustSettings
from consent import Charset, ConsentText
from signer import LocalKey, sign_consent
from signer.algorithms import sign as signature_over
from signer.cms import SEQUENCE, element

AUTHORITIES: Final = 3
PAYERS_EACH: Final = 16
TEXT: Final = "자동이체 출금에 동의합니다. " * 38
SERIAL_BYTES: Final = 8  # of revoked certificates; those of the corpus have 20

KeyKind = Literal["rsa", "p256"]


@dataclass(frozen=True)
class Population:
    """Who signs, and what that is judged by."""

    at: datetime
    root: KeyPair
    authorities: list[KeyPair]
    payers: list[KeyPair]
    trust: TrustStore

    def payer(self, number: int) -> KeyPair:
        return self.payers[number % len(self.payers)]

    def consent(self, number: int) -> bytes:
        """A DER; each number has a text of its own."""
        return sign_consent(text(number), LocalKey.of(self.payer(number)), at=self.at)

    @property
    def trust_without_lists(self) -> TrustStore:
        """The same authorities, with nothing known and nothing asked about revocation."""
        trust = self.trust
        return TrustStore(trust.anchors, trust.intermediates, settings=TrustSettings(revocation=Revocation.NONE))

    def write_trust(self, folder: Path) -> Path:
        """As a trust folder."""
        for name, items, suffix in (
            ("anchors", self.trust.anchors, "der"),
            ("intermediates", self.trust.intermediates, "der"),
            ("crls", self.trust.crls, "crl"),
        ):
            (folder / name).mkdir(parents=True)
            for number, item in enumerate(items):
                (folder / name / f"{number}.{suffix}").write_bytes(item.der)
        return folder


def populate(kind: KeyKind, revoked_each: int, payers_each: int = PAYERS_EACH) -> Population:
    """Payers under authorities of one kind of key, which have revoked `revoked_each` certificates each."""
    at = datetime.now(UTC).replace(microsecond=0)
    root = root_key_pair(at)
    authorities = [intermediate_key_pair(root, number + 1, kind, at) for number in range(AUTHORITIES)]
    payers = [_payer(number, authorities, kind, at) for number in range(payers_each * AUTHORITIES)]
    trust = TrustStore.of(
        anchors=[der_of(root)],
        intermediates=[der_of(one) for one in authorities],
        crls=[crl(root, [], at, 365), *(long_list(one, revoked_each, at) for one in authorities)],
    )
    return Population(at, root, authorities, payers, trust)


def _payer(number: int, authorities: list[KeyPair], kind: KeyKind, at: datetime) -> KeyPair:
    issuer = number % AUTHORITIES
    profile = PayerProfile(f"payer{number}", issuer, kind, f"홍길동{number:04}", "홍길동")
    return payer_key_pair(profile, authorities[issuer], at, secrets.token_bytes(20))


def text(number: int) -> ConsentText:
    return ConsentText.of(f"{number:08} {TEXT}", Charset.UTF_8)


def long_list(issuer: KeyPair, count: int, at: datetime) -> bytes:
    """A CRL of so many entries, of nobody in the corpus; the builder of `cryptography` takes minutes for one as long.

    That makes a list of a single entry, which is repeated with other serial numbers before all is signed anew.
    """
    first, *others = _serial_numbers(count)
    made = asn1_crl.CertificateList.load(crl(issuer, [int.from_bytes(first, "big")], at, 30))
    tbs = made["tbs_cert_list"]
    entry: bytes = tbs["revoked_certificates"].contents
    assert entry.count(first) == 1
    fields = {name: tbs[name].dump() for name, *_ in tbs._fields}
    fields["revoked_certificates"] = element(
        SEQUENCE, b"".join([entry, *(entry.replace(first, one) for one in others)])
    )
    signed = element(SEQUENCE, b"".join(fields.values()))
    signature = core.OctetBitString(signature_over(issuer.private_key, signed, "sha256"))
    return element(SEQUENCE, signed + made["signature_algorithm"].dump() + signature.dump())


def _serial_numbers(count: int) -> list[bytes]:
    """Different ones, each a positive INTEGER of `SERIAL_BYTES`."""
    found: set[bytes] = set()
    while len(found) < count:
        found.add(b"\x5a" + secrets.token_bytes(SERIAL_BYTES - 1))
    return list(found)


def der_of(pair: KeyPair) -> bytes:
    return pair.certificate.public_bytes(Encoding.DER)
