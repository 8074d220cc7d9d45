"""People who may use the console: their rows, and whether a name and a password belong together.

The log keeps who was let in, locked out or changed, by their number; of passwords the store has hashes alone (scrypt).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update
from werkzeug.security import check_password_hash, generate_password_hash

from evidence.store.store import Writing, time_text
from evidence.store.web_schema import CONSOLE_SESSION, CONSOLE_USER
from service.web.console.faults import PasswordNotAllowed, UserExists, UserNameNotAllowed, UserUnknown
from service.web.console.roles import Role
from service.web.resources import Resources

TRIES: Final = 5
"""Wrong passwords, one after another, after which a user is locked."""
LOCKED: Final = timedelta(minutes=15)
SHORTEST: Final = 12
LONGEST: Final = 200  # whoever asks should not choose how much there is to hash
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_HASH: Final = "scrypt:32768:8:1"  # N, r, p: 32 MB and some 60 ms a try


@dataclass(frozen=True)
class User:
    """Somebody who may use the console."""

    id: int
    name: str
    role: Role
    created_at: datetime
    locked_until: datetime | None
    disabled_at: datetime | None
    password_hash: str = field(repr=False)

    @classmethod
    def of(cls, row: Row[Any]) -> User:
        locked, disabled = _time(row.locked_until), _time(row.disabled_at)
        created = datetime.fromisoformat(row.created_at)
        return cls(row.id, row.name, Role(row.role), created, locked, disabled, row.password_hash)


def all_users(connection: Connection) -> Sequence[User]:
    return [User.of(row) for row in connection.execute(select(CONSOLE_USER).order_by(CONSOLE_USER.c.id))]


def find_user(connection: Connection, name: str) -> User:
    """Raises: UserUnknown."""
    row = connection.execute(select(CONSOLE_USER).where(CONSOLE_USER.c.name == name)).one_or_none()
    if row is None:
        raise UserUnknown(name[:32])
    return User.of(row)


def require_new_name(connection: Connection, name: str) -> None:
    """Let a name pass that a new user may have.

    Raises:
        UserNameNotAllowed.
        UserExists: also where that user is disabled; numbers in the log stay whose they were.
    """
    if not _NAME.fullmatch(name):
        raise UserNameNotAllowed
    if connection.execute(select(CONSOLE_USER.c.id).where(CONSOLE_USER.c.name == name)).first() is not None:
        raise UserExists(name)


def add_user(writing: Writing, name: str, role: Role, password: str, by: int | None = None) -> int:
    """Add somebody; return their number.

    Raises:
        UserNameNotAllowed, UserExists, PasswordNotAllowed.
    """
    require_new_name(writing.connection, name)
    hashed = _hashed(name, password)
    number = writing.next_id(CONSOLE_USER)
    values = {"id": number, "name": name, "role": role.value, "password_hash": hashed, "created_at": writing.at}
    writing.connection.execute(insert(CONSOLE_USER), values | {"failed_logins": 0})
    _log(writing, "user_added", number, by, role=role.value)
    return number


def set_role(writing: Writing, user: User, role: Role, by: int | None = None) -> None:
    """It holds from the user's next page on."""
    _update(writing, user.id, role=role.value)
    _log(writing, "user_role", user.id, by, role=role.value)


def set_password(writing: Writing, user: User, password: str, by: int | None = None) -> None:
    """It ends the user's sessions, and unlocks who was locked. Raises: PasswordNotAllowed."""
    _update(writing, user.id, password_hash=_hashed(user.name, password), failed_logins=0, locked_until=None)
    _end_sessions(writing, user.id)
    _log(writing, "user_password", user.id, by)


def set_disabled(writing: Writing, user: User, by: int | None = None, *, disabled: bool) -> None:
    """Shut somebody out, from this moment on, or let them in again."""
    _update(writing, user.id, disabled_at=writing.at if disabled else None)
    if disabled:
        _end_sessions(writing, user.id)
    _log(writing, "user_disabled" if disabled else "user_enabled", user.id, by)


def user_of_password(resources: Resources, name: str, password: str) -> User | None:
    """The user whose name and password these are; None for whatever reason there is.

    A try is counted before the password is looked at, so that many at once are no more than many after another. Names
    that nobody has cost the same time: a transaction, and a password hashed.
    """
    with resources.writing() as writing:
        row = writing.connection.execute(select(CONSOLE_USER).where(CONSOLE_USER.c.name == name)).one_or_none()
        may_try = row is not None and _counted(writing, row, writing.time)
    known = _no_ones_hash() if row is None else row.password_hash
    is_right = check_password_hash(known, password[:LONGEST])
    return User.of(row) if row is not None and may_try and is_right else None


def still_holds(connection: Connection, user: User) -> bool:
    """Whether the password by which somebody was found opens still: looking at it takes a while, and locks nothing."""
    same = (CONSOLE_USER.c.id == user.id) & (CONSOLE_USER.c.password_hash == user.password_hash)
    query = select(CONSOLE_USER.c.id).where(same, CONSOLE_USER.c.disabled_at.is_(None))
    return connection.execute(query).first() is not None


def _counted(writing: Writing, row: Row[Any], now: datetime) -> bool:
    """Count a try; whether it may be one."""
    locked_until = _time(row.locked_until)
    if row.disabled_at is not None or (locked_until is not None and now < locked_until):
        return False
    failed = (0 if locked_until is not None else row.failed_logins) + 1
    locked = time_text(now + LOCKED) if failed >= TRIES else None
    _update(writing, row.id, failed_logins=failed, locked_until=locked)
    if locked is not None:
        _log(writing, "user_locked", row.id, None)
    return True


def note_login(writing: Writing, user: User) -> None:
    """The password was right: nothing is held against the user any more."""
    _update(writing, user.id, failed_logins=0, locked_until=None)
    _log(writing, "user_logged_in", user.id, None)


def _hashed(name: str, password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST or password.lower() == name:
        raise PasswordNotAllowed(SHORTEST, LONGEST)
    return generate_password_hash(password, _HASH)


@cache
def _no_ones_hash() -> str:
    return generate_password_hash("nobody's", _HASH)


def _update(writing: Writing, number: int, **values: object) -> None:
    writing.connection.execute(update(CONSOLE_USER).where(CONSOLE_USER.c.id == number).values(**values))


def _end_sessions(writing: Writing, number: int) -> None:
    writing.connection.execute(delete(CONSOLE_SESSION).where(CONSOLE_SESSION.c.user_id == number))


def _log(writing: Writing, event: str, user: int, by: int | None, **details: str) -> None:
    who = {} if by is None or by == user else {"by": by}
    writing.log.add(event, details={"user": user, **who, **details})


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
