"""Requests signed with a shared secret: HTTP Message Signatures (RFC 9421), hmac-sha256, Content-Digest (RFC 9530).

A signature covers method, path, query and body, says when it was made, and carries a nonce that is taken once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import Request
from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

from consent.errors import CodedError
from evidence.store.api_keys import ApiKey, hmac_secret_of
from evidence.store.signing_tokens import note_nonce
from service.web.faults import RequestSeen, SignatureRefused
from service.web.resources import Resources

MAX_AGE: Final = timedelta(minutes=5)
_SKEW: Final = timedelta(seconds=30)
_COVERED: Final = ("@method", "@path", "@query")
_NONCE_LENGTHS: Final = range(16, 129)


class _Verifier(HTTPMessageVerifier):
    max_clock_skew = _SKEW


class _Secrets(HTTPSignatureKeyResolver):
    """Finds the secret of the key that a request names, and remembers which key that was."""

    def __init__(self, resources: Resources) -> None:
        self.resources = resources
        self.found: ApiKey | None = None

    def resolve_public_key(self, key_id: str) -> bytes:
        store = self.resources.store
        with store.reading() as connection:
            found = hmac_secret_of(store, connection, key_id, self.resources.clock())
        if found is None:
            raise InvalidSignature("no such key")
        self.found, secret = found
        return secret

    def resolve_private_key(self, key_id: str) -> bytes:
        raise NotImplementedError  # nothing is signed here


def is_signed(request: Request) -> bool:
    return "Signature-Input" in request.headers


def signed_by(resources: Resources, request: Request) -> ApiKey:
    """The key that a request is signed with.

    Raises:
        SignatureRefused: the signature does not hold, is too old, or leaves something uncovered.
        RequestSeen: its nonce was seen before.
        StoreUnavailable.
    """
    resolver = _Secrets(resources)
    verifier = _Verifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=resolver)
    covered = (*_COVERED, "idempotency-key") if "Idempotency-Key" in request.headers else _COVERED
    message = _Message(request)
    try:
        signed = verifier.verify(message, max_age=MAX_AGE, require_components=covered)
        (result,) = verifier.verify_body(message, signed, request.get_data(cache=True))  # read for known keys alone
    except (InvalidSignature, ValueError) as error:
        if isinstance(error.__cause__, CodedError):  # the library takes whatever the look-up raises for a bad signature
            raise error.__cause__ from None
        raise SignatureRefused from None
    key, nonce = resolver.found, result.nonce
    if key is None or nonce is None or len(nonce) not in _NONCE_LENGTHS:
        raise SignatureRefused
    until = resources.clock() + 2 * (MAX_AGE + _SKEW)
    if not resources.committer.run(lambda writing: note_nonce(writing, key.name, nonce, until)):
        raise RequestSeen
    return key


class _Message:
    """A request as the library looks at it."""

    def __init__(self, request: Request) -> None:
        self.method = request.method
        self.headers: Any = request.headers
        raw = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or request.full_path.rstrip("?")
        self.url = f"http://{request.host}{raw}" if raw.startswith("/") else raw
