"""The store's tables that the HTTP service needs: who may ask, what is being signed, what was answered.

What is personal or secret stands in `sealed` alone, or as a keyed hash where it has to be found again.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from evidence.store.schema import ID, METADATA

API_KEY: Final = Table(
    "api_key",
    METADATA,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),  # of its owner; stands in the log
    Column("kind", Text, nullable=False),  # "bearer": sent along; "hmac": signs requests and is never sent
    Column("scopes", Text, nullable=False),  # separated by spaces
    Column("secret_hash", LargeBinary),  # keyed hash of a bearer's secret
    Column("key_id", Text, nullable=False, index=True),
    Column("sealed", LargeBinary),  # an hmac key's secret, which both sides need
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text),
    Column("revoked_at", Text),
)
"""Keys of programs that may call the service."""

NONCE: Final = Table(
    "nonce",
    METADATA,
    Column("hash", LargeBinary, primary_key=True),  # keyed hash of API key and nonce
    Column("expires_at", Text, nullable=False, index=True),
)
"""Nonces of signed requests, for as long as a request could be sent again."""

SIGNING: Final = Table(
    "signing",
    METADATA,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("handle", Text, nullable=False, unique=True),  # the id that the outside sees; cannot be guessed
    Column("version", Integer, nullable=False),  # counts changes: the ETag
    Column("state", Text, nullable=False, index=True),  # open, prepared, signed, withdrawn
    Column("created_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False, index=True),
    Column("consent_id", ForeignKey("consent.id"), index=True),  # once signed, where it is to be registered
    Column("evidence_id", ForeignKey("evidence.id"), index=True),  # once signed
    Column("key_id", Text, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),  # JSON: text, charset, registration, the caller's ref, prepared
)
"""Consents on their way to a signature."""

SIGNING_TOKEN: Final = Table(
    "signing_token",
    METADATA,
    Column("hash", LargeBinary, primary_key=True),  # keyed hash of the token
    Column("signing_id", ForeignKey("signing.id"), nullable=False, index=True),
    Column("api_key_id", ForeignKey("api_key.id"), nullable=False),  # whoever had it made
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False, index=True),
    Column("used_at", Text),
)
"""One-time tokens by which a browser signs one consent."""

REQUEST: Final = Table(
    "request",
    METADATA,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False, unique=True),  # keyed hash of caller and Idempotency-Key
    Column("fingerprint", LargeBinary, nullable=False),  # keyed hash of method, path, query and body
    Column("created_at", Text, nullable=False, index=True),
    Column("key_id", Text, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),  # JSON: the answer
)
"""Answers that were given, by Idempotency-Key."""

CONSOLE_USER: Final = Table(
    "console_user",
    METADATA,
    Column("id", ID, primary_key=True, autoincrement=False),  # stands in the log
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),  # viewer, operator, administrator
    Column("password_hash", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("failed_logins", Integer, nullable=False),  # since the last that succeeded
    Column("locked_until", Text),
    Column("disabled_at", Text),
)
"""People who may use the console."""

CONSOLE_SESSION: Final = Table(
    "console_session",
    METADATA,
    Column("hash", LargeBinary, primary_key=True),  # keyed hash of the cookie's value
    Column("user_id", ForeignKey("console_user.id"), nullable=False, index=True),
    Column("created_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Index("ix_console_session_expires_at", "expires_at"),
)
"""Who is logged in."""
