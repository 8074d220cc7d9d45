"""Sealing what is personal: AES-256-GCM (NIST SP 800-38D), bound to the row it stands in.

A sealed value is a random nonce of 12 bytes, then ciphertext and tag. What it is about (`consent:17`) is authenticated
with it, so that a value put into another row does not open.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evidence.store.errors import SealBroken
from evidence.store.keyring import Keys

NONCE: Final = 12  # bytes
DELETED: Final = ""  # the key id of rows whose content was deleted
_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def about_consent(consent_id: int) -> str:
    """What the sealed texts of a consent are bound to."""
    return f"consent:{consent_id}"


def about_record(file_id: int, number: int) -> str:
    """What the sealed texts of a file's record are bound to."""
    return f"file:{file_id}:{number}"


def about_evidence(sha256: bytes) -> str:
    """What sealed evidence is bound to."""
    return f"evidence:{sha256.hex()}"


class Sealer:
    """Seals under one key, at first the current one, and opens under the key that a value was sealed with."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.key_id = keys.current
        self._ciphers: dict[str, AESGCM] = {}

    def use(self, key_id: str) -> None:
        """Seal under this key from now on. Raises: KeyUnknown."""
        self._cipher(key_id)
        self.key_id = key_id

    def seal(self, about: str, content: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher(self.key_id).encrypt(nonce, content, about.encode())

    def open(self, about: str, key_id: str, sealed: bytes) -> bytes:
        """Open a value.

        Raises:
            KeyUnknown: its key is not at hand.
            SealBroken: it is not what was sealed for this row.
        """
        try:
            return self._cipher(key_id).decrypt(sealed[:NONCE], sealed[NONCE:], about.encode())
        except (InvalidTag, ValueError):
            raise SealBroken(about) from None

    def seal_texts(self, about: str, texts: Mapping[str, str]) -> bytes:
        return self.seal(about, _json(dict(texts)).encode())

    def open_texts(self, about: str, key_id: str, sealed: bytes) -> dict[str, str]:
        texts: dict[str, str] = json.loads(self.open(about, key_id, sealed))
        return texts

    def _cipher(self, key_id: str) -> AESGCM:
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            cipher = self._ciphers[key_id] = AESGCM(self.keys.sealing_key(key_id))
        return cipher
