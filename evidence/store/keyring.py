"""The store's keys: what seals personal data, what makes it searchable, what vouches for the log.

A key file is JSON, for its owner alone::

    {"current": "2026-11-02", "keys": {"2026-11-02": "<32 bytes in base64>"}, "index": "<32 bytes in base64>"}

`current` seals whatever is written; the others open what was sealed before (`dongui store rekey`). `index` makes the
keyed hashes and vouches for the log; it stays the same for as long as the store lives.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from consent import strict_json
from evidence.store.errors import KeysUnreadable, KeyUnknown

KEY_BYTES: Final = 32  # AES-256, HMAC-SHA256
_NAMES: Final = {"current", "keys", "index"}


class Keys(Protocol):
    """Where the store's keys come from; a key service is one more class with these three."""

    @property
    def current(self) -> str:
        """Id of the key that seals from now on."""

    def sealing_key(self, key_id: str) -> bytes:
        """Look up 32 bytes. Raises: KeyUnknown."""

    def digest(self, purpose: str, text: str) -> bytes:
        """HMAC-SHA256 of a text under the index key, apart for each purpose."""


@dataclass(frozen=True)
class Keyring:
    """Keys held in memory."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)
    index: bytes = field(repr=False)

    @classmethod
    def generate(cls, key_id: str) -> Keyring:
        """Make new keys."""
        return cls(key_id, {key_id: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))

    @classmethod
    def parse(cls, text: bytes | str, source: str) -> Keyring:
        """Read a key file.

        Raises:
            KeysUnreadable: it is not one; `source` is how the message names it.
        """
        try:
            document = strict_json.parse(text)
            if not isinstance(document, dict) or set(document) != _NAMES or not isinstance(document["keys"], dict):
                raise KeysUnreadable(source)
            keys = {key_id: _key(value) for key_id, value in document["keys"].items()}
            ring = cls(document["current"], keys, _key(document["index"]))
        except (ValueError, TypeError, binascii.Error):
            raise KeysUnreadable(source) from None
        if ring.current not in ring.keys or not all(ring.keys):
            raise KeysUnreadable(source)
        return ring

    def to_json(self) -> str:
        """The key file's text."""
        keys = {key_id: base64.b64encode(key).decode() for key_id, key in self.keys.items()}
        document = {"current": self.current, "keys": keys, "index": base64.b64encode(self.index).decode()}
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

    def rotated(self, key_id: str) -> Keyring:
        """These keys and a new one, which seals from now on."""
        return replace(self, current=key_id, keys={**self.keys, key_id: secrets.token_bytes(KEY_BYTES)})

    def without(self, key_id: str) -> Keyring:
        """These keys without one that seals nothing any more."""
        return replace(self, keys={name: key for name, key in self.keys.items() if name != key_id})

    def sealing_key(self, key_id: str) -> bytes:
        try:
            return self.keys[key_id]
        except KeyError:
            raise KeyUnknown(key_id) from None

    def digest(self, purpose: str, text: str) -> bytes:
        return hmac.digest(self.index, f"{purpose}\0{text}".encode(), "sha256")


def _key(value: object) -> bytes:
    key = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    if len(key) != KEY_BYTES:
        raise ValueError("not 32 bytes")
    return key
