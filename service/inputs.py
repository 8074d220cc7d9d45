"""Files, passwords and times as the command line is given them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

import click

from service.errors import InputTooLarge, InputUnreadable, TimeNotUnderstood
from verifier.subject import SIGNING_TIME, At

STDIN: Final = "-"
SMALL: Final = 1024 * 1024
"""Bytes of a text, key, certificate or JSON file that is read whole."""

PASSWORD_VARIABLE: Final = "DONGUI_KEY_PASSWORD"  # noqa: S105 - the variable's name


@contextmanager
def reading(file: str) -> Iterator[BinaryIO]:
    """The file's bytes, or those of standard input for `-`.

    Raises:
        InputUnreadable: it is missing, a folder, or may not be read.
    """
    if file == STDIN:
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 - closed below; only opening it is guarded
    except (OSError, ValueError) as error:
        raise InputUnreadable(file, _reason(error)) from None
    with stream:
        yield stream


def read(file: str, limit: int = SMALL) -> bytes:
    """The whole file.

    Raises:
        InputUnreadable: as `reading`.
        InputTooLarge: it has more than `limit` bytes.
    """
    data = read_up_to(file, limit + 1)
    if len(data) > limit:
        raise InputTooLarge(file, limit)
    return data


def read_up_to(file: str, limit: int) -> bytes:
    """The file's first `limit` bytes, which may be all of it."""
    with reading(file) as stream:
        try:
            return stream.read(limit)
        except OSError as error:
            raise InputUnreadable(file, _reason(error)) from None


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def password(file: str | None) -> str | None:
    """The key's password: the first line of `file`, else the environment's, else asked for at a terminal, else None.

    It is never an argument: other users of the machine can see those.
    """
    if file is not None:
        return read(file).decode("utf-8", errors="surrogateescape").split("\n", 1)[0].rstrip("\r")
    if PASSWORD_VARIABLE in os.environ:
        return os.environ[PASSWORD_VARIABLE]
    if sys.stdin.isatty() and sys.stderr.isatty():
        return (
            str(click.prompt("비밀번호 (password)", hide_input=True, default="", show_default=False, err=True)) or None
        )
    return None


def now() -> datetime:
    """The clock, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def moment(words: str) -> datetime:
    """`now`, or an ISO 8601 time with its offset from UTC.

    Raises:
        TimeNotUnderstood: anything else; a time without an offset could mean two moments.
    """
    if words == "now":
        return now()
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        raise TimeNotUnderstood(words) from None
    if at.utcoffset() is None:
        raise TimeNotUnderstood(words)
    try:
        return at.astimezone(UTC)
    except (OverflowError, ValueError):
        raise TimeNotUnderstood(words) from None


def judging_time(words: str) -> At:
    """`signing-time`, or as `moment`."""
    return SIGNING_TIME if words == SIGNING_TIME else moment(words)


def signing_moment(words: str) -> datetime:
    """As `moment`, in whole seconds: a signing-time has no fraction (RFC 5652 §11.3)."""
    return moment(words).replace(microsecond=0)
