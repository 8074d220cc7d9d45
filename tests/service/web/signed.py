"""Requests signed as a biller's program signs them (RFC 9421), and spoilt in every way."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from evidence.store.api_keys import NewKey

COVERED: Final = ("@method", "@path", "@query", "content-digest")


@dataclass
class Message:
    """What the library signs."""

    method: str
    url: str
    headers: dict[str, Any] = field(default_factory=dict)


class _Secret(HTTPSignatureKeyResolver):
    def __init__(self, secret: str) -> None:
        self.secret = secret.encode()

    def resolve_private_key(self, key_id: str) -> bytes:
        del key_id
        return self.secret

    def resolve_public_key(self, key_id: str) -> bytes:
        raise NotImplementedError(key_id)


def signature(
    key: NewKey,
    method: str,
    path: str,
    body: bytes,
    *,
    idempotency: str | None = "signed-1",
    covered: Sequence[str] = COVERED,
    created: datetime | None = None,
    nonce: str | None = "",
) -> dict[str, str]:
    """Headers of a request that is signed with a key."""
    headers: dict[str, str] = {"Content-Type": "application/json"}
    if idempotency is not None:
        headers["Idempotency-Key"] = idempotency
        covered = (*covered, "idempotency-key")
    message = Message(method, f"http://localhost{path}", headers)
    signer = HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=_Secret(key.secret))
    signer.sign(
        message,
        key_id=key.key.name,
        created=created or datetime.now(UTC),
        nonce=secrets.token_urlsafe(16) if nonce == "" else nonce,
        covered_component_ids=covered,
        body=body if "content-digest" in covered else None,
    )
    return dict(message.headers)
