"""Who is logged in: a random value in a cookie, of which the store has a keyed hash."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update

from evidence.store.keyring import Keys
from evidence.store.store import Writing, time_text
from evidence.store.web_schema import CONSOLE_SESSION, CONSOLE_USER
from service.web.console.users import User, note_login
from service.web.resources import Resources

IDLE: Final = timedelta(minutes=30)
LASTS: Final = timedelta(hours=10)
"""A working day; who works longer logs in once more."""
_NOTED: Final = timedelta(minutes=1)
"""How old the time of a session's last page may get, so that not every page writes."""


@dataclass(frozen=True)
class Session:
    """A session that holds, and whose it is."""

    value: str
    user: User


def begin(writing: Writing, user: User, before: str) -> str:
    """Let somebody in, in the transaction that found that their password `still_holds`, or set it.

    Args:
        writing: that transaction.
        user: who it is.
        before: the cookie's value so far, if any: that session ends.

    Returns: the value for the cookie, always a new one.
    """
    value = secrets.token_urlsafe(32)
    note_login(writing, user)
    ended = CONSOLE_SESSION.c.expires_at <= writing.at
    ended |= CONSOLE_SESSION.c.seen_at <= time_text(writing.time - IDLE)
    ended |= CONSOLE_SESSION.c.hash == _hash(writing.keys, before)
    writing.connection.execute(delete(CONSOLE_SESSION).where(ended))
    row = {"hash": _hash(writing.keys, value), "user_id": user.id, "created_at": writing.at}
    times = {"seen_at": writing.at, "expires_at": time_text(writing.time + LASTS)}
    writing.connection.execute(insert(CONSOLE_SESSION), row | times)
    return value


def session_of(resources: Resources, value: str) -> Session | None:
    """The session of a cookie's value; None where it has ended, or never was."""
    if not value:
        return None
    store, now = resources.store, resources.clock()
    hashed = _hash(store.keys, value)
    columns = (CONSOLE_SESSION.c.seen_at, CONSOLE_SESSION.c.expires_at)
    query = select(CONSOLE_USER, *columns).join(CONSOLE_SESSION, CONSOLE_SESSION.c.user_id == CONSOLE_USER.c.id)
    with store.reading() as connection:
        row = connection.execute(query.where(CONSOLE_SESSION.c.hash == hashed)).one_or_none()
    if row is None or row.disabled_at is not None:
        return None
    seen, expires = datetime.fromisoformat(row.seen_at), datetime.fromisoformat(row.expires_at)
    if now >= expires or now - seen >= IDLE:
        return None
    if now - seen > _NOTED:
        with resources.writing() as writing:
            seen_now = update(CONSOLE_SESSION).where(CONSOLE_SESSION.c.hash == hashed).values(seen_at=writing.at)
            writing.connection.execute(seen_now)
    return Session(value, User.of(row))


def end(resources: Resources, session: Session) -> None:
    """Log somebody out: the cookie's value is worth nothing from here on, wherever it went."""
    with resources.writing() as writing:
        writing.connection.execute(
            delete(CONSOLE_SESSION).where(CONSOLE_SESSION.c.hash == _hash(writing.keys, session.value))
        )
        writing.log.add("user_logged_out", details={"user": session.user.id})


def form_token(keys: Keys, value: str) -> str:
    """What every form carries: it follows from the cookie's value, which no other page can read."""
    return keys.digest("console form", value).hex()


def is_form_token(keys: Keys, value: str, token: str) -> bool:
    return bool(value) and hmac.compare_digest(form_token(keys, value).encode(), token.encode())


def _hash(keys: Keys, value: str) -> bytes:
    return keys.digest("console session", value)
