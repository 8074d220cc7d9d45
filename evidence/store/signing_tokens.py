"""One-time tokens by which a browser signs one consent, and nonces that were seen."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from evidence.store.api_keys import IN_FORCE
from evidence.store.store import Store, Writing, time_text
from evidence.store.web_schema import API_KEY, NONCE, SIGNING_TOKEN

PREFIX: Final = "dst_"


def add_token(writing: Writing, signing: int, api_key: int, expires_at: datetime) -> str:
    """Make a token for one consent; it is told this once."""
    token = PREFIX + secrets.token_urlsafe(32)
    writing.connection.execute(
        insert(SIGNING_TOKEN),
        {
            "hash": _hash(writing.store, token),
            "signing_id": signing,
            "api_key_id": api_key,
            "created_at": writing.at,
            "expires_at": time_text(expires_at),
        },
    )
    return token


@dataclass(frozen=True)
class Token:
    """A token that still opens something: for which consent, and whether it was used up."""

    signing: int
    is_used: bool


def find_token(store: Store, connection: Connection, token: str, now: datetime) -> Token | None:
    """Look a token up; None where it is unknown or expired, or the key that had it made is in force no more."""
    row = connection.execute(_FIND, {"token": _hash(store, token), "now": time_text(now)}).one_or_none()
    return None if row is None else Token(row.signing_id, row.used_at is not None)


def use_token(writing: Writing, token: str) -> bool:
    """Use a token up; False: it was used before, or its key is in force no more."""
    said = {"token": _hash(writing.store, token), "now": writing.at}
    return bool(writing.connection.execute(_USE, said).rowcount)


_OF_A_KEY: Final = (SIGNING_TOKEN.c.hash == bindparam("token")) & SIGNING_TOKEN.c.api_key_id.in_(
    select(API_KEY.c.id).where(IN_FORCE)
)
_FIND: Final = select(SIGNING_TOKEN).where(_OF_A_KEY, SIGNING_TOKEN.c.expires_at > bindparam("now"))
_USE: Final = update(SIGNING_TOKEN).where(_OF_A_KEY, SIGNING_TOKEN.c.used_at.is_(None)).values(used_at=bindparam("now"))


def note_nonce(writing: Writing, caller: str, nonce: str, expires_at: datetime) -> bool:
    """Keep a nonce; False: it was seen before."""
    digest = writing.keys.digest("nonce", f"{caller}\0{nonce}")
    if writing.connection.execute(select(NONCE.c.hash).where(NONCE.c.hash == digest)).first() is not None:
        return False
    writing.connection.execute(insert(NONCE), {"hash": digest, "expires_at": time_text(expires_at)})
    return True


def _hash(store: Store, token: str) -> bytes:
    return store.keys.digest("signing token", token)
