"""What judging is measured on: consents signed by payers of three authorities, with long revocation lists.

Everything is made anew for a run, so that no key lies about; the texts are about 1.5 KB, as consents are.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final, Literal

from cryptography.hazmat.primitives.serialization import Encoding

from certs import TrustStore
from certs.demo_certificates import PayerProfile, crl, intermediate_key_pair, payer_key_pair, root_key_pair
from certs.keys import KeyPair
from consent import Charset, ConsentText
from signer import LocalKey, sign_consent

AUTHORITIES: Final = 3
PAYERS_EACH: Final = 16
TEXT: Final = "자동이체 출금에 동의합니다. " * 38

KeyKind = Literal["rsa", "p256"]


@dataclass(frozen=True)
class Corpus:
    """Consents and what they are judged by; `signers` has the key pair of each consent, in the same order."""

    at: datetime
    ders: list[bytes]
    signers: list[KeyPair]
    trust: TrustStore
    root: KeyPair


def build(kind: KeyKind, count: int, revoked_each: int) -> Corpus:
    """`count` consents under authorities of one kind of key, which have revoked `revoked_each` certificates each."""
    at = datetime.now(UTC).replace(microsecond=0)
    root = root_key_pair(at)
    authorities = [intermediate_key_pair(root, number + 1, kind, at) for number in range(AUTHORITIES)]
    payers = [payer(number, authorities, kind, at) for number in range(PAYERS_EACH * AUTHORITIES)]
    signers = [payers[n % len(payers)] for n in range(count)]
    ders = [sign(pair, n, at) for n, pair in enumerate(signers)]
    lists = [crl(one, serial_numbers(revoked_each), at, 30) for one in authorities]
    trust = TrustStore.of(
        anchors=[der_of(root)],
        intermediates=[der_of(one) for one in authorities],
        crls=[crl(root, [], at, 365), *lists],
    )
    return Corpus(at, ders, signers, trust, root)


def payer(number: int, authorities: list[KeyPair], kind: KeyKind, at: datetime) -> KeyPair:
    issuer = number % AUTHORITIES
    profile = PayerProfile(f"payer{number}", issuer, kind, f"홍길동{number:04}", "홍길동")
    return payer_key_pair(profile, authorities[issuer], at, secrets.token_bytes(20))


def sign(pair: KeyPair, number: int, at: datetime) -> bytes:
    text = ConsentText.of(f"{number:08} {TEXT}", Charset.UTF_8)
    return sign_consent(text, LocalKey.of(pair), at=at)


def serial_numbers(count: int) -> list[int]:
    """Of nobody in the corpus, whose certificates have longer ones."""
    return list(islice(iter(lambda: secrets.randbits(60) | 1, 0), count))


def der_of(pair: KeyPair) -> bytes:
    return pair.certificate.public_bytes(Encoding.DER)
