"""Fixed keys, certificates and lists that the kept inputs were made with: a new set would make all of them worthless.

Made once by `certs.demo.build_demo_pki`. The private keys stand here so that the fuzzer can sign what it has changed,
and so that whatever passes can be asked whether its key ever signed it. They are worth no trust anywhere.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certs.demo import DemoAuthority, DemoPki
from certs.keys import KeyPair, load_certificates, load_private_key

FOLDER: Final = Path(__file__).parent
JUDGED_AT: Final = datetime(2026, 6, 2, tzinfo=UTC)
TEXT: Final = "출금이체 동의\n본인은 자동납부에 동의합니다.\n"
TEXTS_SIGNED_DIRECTLY: Final = (TEXT.encode(), TEXT.encode("euc-kr"), b"plain ascii")
"""The only contents that any of the keys ever signs without signed attributes."""

_PAYERS: Final = (
    *("rsa", "ecdsa", "corporate", "ecdsa384"),
    *("revoked", "expired", "not_yet_valid", "no_signing_usage"),
)


def _pair(name: str) -> KeyPair:
    data = (FOLDER / "pki" / f"{name}.pem").read_bytes()
    certificate, *others = load_certificates(data)
    return KeyPair(load_private_key(data, None), certificate, tuple(others))


def _authority(name: str) -> DemoAuthority:
    return DemoAuthority(name, _pair(name), (FOLDER / "pki" / f"{name}.crl").read_bytes())


PKI: Final = DemoPki(
    at=datetime(2026, 6, 1, tzinfo=UTC),
    root=_authority("root"),
    intermediates=(_authority("ca-rsa"), _authority("ca-ecdsa")),
    payers=MappingProxyType({name: _pair(name) for name in _PAYERS}),
)
TRUST: Final = PKI.trust()
AUTHORITIES: Final = (PKI.root, *PKI.intermediates)


def public_key_of(pair: KeyPair) -> bytes:
    """SubjectPublicKeyInfo, as it stands in every certificate of the key."""
    return pair.certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def name_of(data: bytes) -> str:
    """The file that keeps an input."""
    return hashlib.sha256(data).hexdigest()[:20]
