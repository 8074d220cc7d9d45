"""One-time tokens by which a browser signs one consent, and nonces that were seen."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from evidence.store.store import Store, Writing, time_text
from evidence.store.web_schema import NONCE, SIGNING_TOKEN

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
    """A token that was made here and is not past its time: for which consent, and whether it was used up."""

    signing: int
    is_used: bool


def find_token(store: Store, connection: Connection, token: str, now: datetime) -> Token | None:
    """Look a token up; None where it is unknown or expired."""
    row = connection.execute(select(SIGNING_TOKEN).where(SIGNING_TOKEN.c.hash == _hash(store, token))).one_or_none()
    return None if row is None or time_text(now) >= row.expires_at else Token(row.signing_id, row.used_at is not None)


def use_token(writing: Writing, token: str) -> bool:
    """Use a token up; False: it was used before."""
    mine = SIGNING_TOKEN.c.hash == _hash(writing.store, token)
    statement = update(SIGNING_TOKEN).where(mine, SIGNING_TOKEN.c.used_at.is_(None)).values(used_at=writing.at)
    return bool(writing.connection.execute(statement).rowcount)


def note_nonce(writing: Writing, caller: str, nonce: str, expires_at: datetime) -> bool:
    """Keep a nonce; False: it was seen before."""
    digest = writing.keys.digest("nonce", f"{caller}\0{nonce}")
    if writing.connection.execute(select(NONCE.c.hash).where(NONCE.c.hash == digest)).first() is not None:
        return False
    writing.connection.execute(insert(NONCE), {"hash": digest, "expires_at": time_text(expires_at)})
    return True


def _hash(store: Store, token: str) -> bytes:
    return store.keys.digest("signing token", token)
