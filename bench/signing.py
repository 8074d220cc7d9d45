"""What signing a consent costs beside the signature itself, on one core and in processor time."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from bench.corpus import Population, text
from bench.extent import Extent
from bench.rounds import each, interleaved
from certs.keys import KeyPair
from signer import LocalKey, sign_consent

SHARE: Final = 4  # rounds for each of those of the rest: it takes little time, and the difference is small


def measure(population: Population, extent: Extent) -> dict[str, list[float]]:
    """Microseconds a signature.

    `raw` is the key's signature over the text, and nothing else; `sign_consent` checks its own signature; `unchecked`
    is the same with that check taken out, which only a measurement may do.
    """
    pair = population.payer(0)
    key, consent, at = LocalKey.of(pair), text(0), population.at
    signing = each(lambda: sign_consent(consent, key, at=at), extent.signatures)

    def unchecked() -> float:
        with patch.object(import_module("signer.prepare"), "verify", lambda *_: None):
            return signing()

    runners = {
        "raw": each(_raw(pair, consent.encoded), extent.signatures),
        "unchecked": unchecked,
        "sign_consent": signing,
    }
    return interleaved(runners, SHARE * extent.rounds)


def _raw(pair: KeyPair, data: bytes) -> Callable[[], bytes]:
    key = pair.private_key
    if isinstance(key, RSAPrivateKey):
        return lambda: key.sign(data, PKCS1v15(), SHA256())
    return lambda: key.sign(data, ECDSA(SHA256()))
