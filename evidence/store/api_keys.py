"""Keys of programs that may call the service: made, found, revoked."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from evidence.store.errors import ApiKeyExists, ApiKeyUnknown
from evidence.store.sealed_tables import about_api_key
from evidence.store.sealing import DELETED
from evidence.store.store import Store, Writing, time_text
from evidence.store.web_schema import API_KEY

BEARER: Final = "bearer"
HMAC: Final = "hmac"
PREFIX: Final = "dongui_"
_FORM: Final = re.compile(r"dongui_([0-9]{1,10})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class ApiKey:
    """A key, without its secret."""

    number: int
    name: str
    kind: str
    scopes: frozenset[str]
    created_at: str
    expires_at: str | None
    revoked_at: str | None


@dataclass(frozen=True)
class NewKey:
    """A key that was made; its secret is told this once.

    Attributes:
        key: that was made.
        secret: what the caller sends (`bearer`), or what it signs with (`hmac`).
    """

    key: ApiKey
    secret: str = field(repr=False)


def add_api_key(writing: Writing, name: str, kind: str, scopes: Collection[str], expires_at: datetime | None) -> NewKey:
    """Make a key. Raises: ApiKeyExists: the name is taken."""
    if writing.connection.execute(select(API_KEY.c.id).where(API_KEY.c.name == name)).first() is not None:
        raise ApiKeyExists(name)
    number, secret = writing.next_id(API_KEY), secrets.token_urlsafe(32)
    expires = None if expires_at is None else time_text(expires_at)
    key = ApiKey(number, name, kind, frozenset(scopes), writing.at, expires, None)
    is_hmac = kind == HMAC
    writing.connection.execute(
        insert(API_KEY),
        {
            "id": number,
            "name": name,
            "kind": kind,
            "scopes": " ".join(sorted(scopes)),
            "secret_hash": None if is_hmac else _hash(writing.store, secret),
            "key_id": writing.sealer.key_id if is_hmac else DELETED,
            "sealed": writing.sealer.seal(about_api_key(number), secret.encode()) if is_hmac else None,
            "created_at": writing.at,
            "expires_at": expires,
        },
    )
    writing.log.add("api_key_added", details={"key": number, "scopes": " ".join(sorted(scopes))})
    return NewKey(key, secret if is_hmac else f"{PREFIX}{number}_{secret}")


def revoke_api_key(writing: Writing, name: str) -> ApiKey:
    """Let a key open nothing any more. Raises: ApiKeyUnknown."""
    key = named_api_key(writing.connection, name)
    if key.revoked_at is None:
        writing.connection.execute(
            update(API_KEY).where(API_KEY.c.id == key.number).values(revoked_at=writing.at, secret_hash=None)
        )
        writing.log.add("api_key_revoked", details={"key": key.number})
    return key


def rotate_api_key(writing: Writing, name: str, expires_at: datetime, ends_at: datetime) -> NewKey:
    """Make a key like another, called `name.2` and so on, and let that one end.

    Raises:
        ApiKeyUnknown.
    """
    old = named_api_key(writing.connection, name)
    stem, _, number = name.rpartition(".")
    stem, count = (stem, int(number)) if stem and number.isascii() and number.isdigit() else (name, 1)
    made = add_api_key(writing, f"{stem}.{count + 1}", old.kind, old.scopes, expires_at)
    expire_api_key(writing, name, ends_at)
    return made


def expire_api_key(writing: Writing, name: str, at: datetime) -> None:
    """Let a key open nothing after a time; it never lengthens its life. Raises: ApiKeyUnknown."""
    key, until = named_api_key(writing.connection, name), time_text(at)
    if key.expires_at is None or key.expires_at > until:
        writing.connection.execute(update(API_KEY).where(API_KEY.c.id == key.number).values(expires_at=until))
        writing.log.add("api_key_expires", details={"key": key.number, "at": until})


def named_api_key(connection: Connection, name: str) -> ApiKey:
    """Raises: ApiKeyUnknown."""
    row = connection.execute(select(API_KEY).where(API_KEY.c.name == name)).one_or_none()
    if row is None:
        raise ApiKeyUnknown(name)
    return _key(row)


def list_api_keys(connection: Connection) -> list[ApiKey]:
    return [_key(row) for row in connection.execute(select(API_KEY).order_by(API_KEY.c.id))]


def bearer_of(store: Store, connection: Connection, presented: str, now: datetime) -> ApiKey | None:
    """The key whose secret this is, if it is in force. A wrong secret takes as long as a right one."""
    form = _FORM.fullmatch(presented)
    if form is None:
        return None
    row = connection.execute(_BY_NUMBER, {"number": int(form[1]), "now": time_text(now)}).one_or_none()
    kept = bytes(row.secret_hash) if row is not None and row.secret_hash is not None else bytes(32)
    is_right = hmac.compare_digest(kept, _hash(store, form[2]))
    return _key(row) if is_right and row is not None and row.kind == BEARER else None


def hmac_secret_of(store: Store, connection: Connection, name: str, now: datetime) -> tuple[ApiKey, bytes] | None:
    """A key that signs requests, and its secret, if it is in force."""
    query = select(API_KEY).where(API_KEY.c.name == name, API_KEY.c.kind == HMAC, IN_FORCE)
    row = connection.execute(query, {"now": time_text(now)}).one_or_none()
    if row is None:
        return None
    return _key(row), store.sealer.open(about_api_key(row.id), row.key_id, bytes(row.sealed))


IN_FORCE: Final = API_KEY.c.revoked_at.is_(None) & (
    API_KEY.c.expires_at.is_(None) | (API_KEY.c.expires_at > bindparam("now"))
)
"""Whether a key opens anything at the time `now`."""
_BY_NUMBER: Final = select(API_KEY).where(API_KEY.c.id == bindparam("number"), IN_FORCE)


def _hash(store: Store, secret: str) -> bytes:
    return store.keys.digest("api key", secret)


def _key(row: Row[Any]) -> ApiKey:
    scopes = frozenset(row.scopes.split())
    return ApiKey(row.id, row.name, row.kind, scopes, row.created_at, row.expires_at, row.revoked_at)
