"""Files, passwords and times as the command line is given them."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, TextIO, cast

import click

from consent.errors import Lang
from service.errors import (
    InputTooLarge,
    InputUnreadable,
    ReceiptInTheFuture,
    StandardInputTwice,
    TimeNotUnderstood,
)
from verifier.subject import SIGNING_TIME, At

STDIN: Final = "-"
NOW: Final = "now"
_CLOCKS_APART: Final = timedelta(minutes=5)
SMALL: Final = 1024 * 1024
"""Bytes of a text, key, certificate or JSON file that is read whole."""

PASSWORD_VARIABLE: Final = "DONGUI_KEY_PASSWORD"  # noqa: S105 - the variable's name
NEW_PASSWORD_VARIABLE: Final = "DONGUI_NEW_PASSWORD"  # noqa: S105 - as above
IDENTITY_VARIABLE: Final = "DONGUI_IDN"
PLAUSIBLE_YEARS: Final = range(1950, 2200)


@contextmanager
def reading(file: str | Path) -> Iterator[BinaryIO]:
    """The file's bytes, or those of standard input for `-` (a `Path` is always a file).

    Raises:
        InputUnreadable: it is missing, a folder, or may not be read; from the stream too, when reading fails later.
        StandardInputTwice: this command has read standard input already.
    """
    name = str(file)
    if file == STDIN:
        yield cast(BinaryIO, _Input(_standard_input(), name))
        return
    with _refusals(name):
        stream = Path(file).open("rb")  # noqa: SIM115 - closed below; only opening it is guarded
    with stream:
        yield cast(BinaryIO, _Input(stream, name))


def is_file(file: str) -> bool:
    """Whether it can be opened and read again, as standard input and pipes (`/dev/fd/63`) cannot."""
    return file != STDIN and os.path.isfile(file)  # noqa: PTH113 - which a name that is too long does not break


class _Input:
    """A stream whose failures come out as `InputUnreadable`, with the file's name."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.stream, self.file = stream, file

    def read(self, size: int = -1) -> bytes:
        with _refusals(self.file):
            return self.stream.read(size)

    def readline(self, size: int = -1) -> bytes:
        with _refusals(self.file):
            return self.stream.readline(size)

    def seek(self, offset: int) -> int:
        with _refusals(self.file):
            return self.stream.seek(offset)


@contextmanager
def _refusals(file: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        number = error.errno or 0
        raise InputUnreadable(file, error.strerror or type(error).__name__, number) from None
    except ValueError as error:  # a name that cannot be one
        raise InputUnreadable(file, type(error).__name__) from None


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise InputUnreadable(STDIN, os.strerror(errno.EBADF), errno.EBADF)
    context = click.get_current_context(silent=True)
    if context is not None and context.meta.setdefault(__name__, []):
        raise StandardInputTwice
    if context is not None:
        context.meta[__name__].append(STDIN)
    return sys.stdin.buffer


def read(file: str | Path, limit: int = SMALL) -> bytes:
    """The whole file.

    Raises:
        InputUnreadable: as `reading`.
        InputTooLarge: it has more than `limit` bytes.
    """
    data, is_whole = read_up_to(file, limit)
    if not is_whole:
        raise InputTooLarge(str(file), limit)
    return data


def read_up_to(file: str | Path, limit: int) -> tuple[bytes, bool]:
    """The file's first `limit` bytes, and whether they are all of it."""
    with reading(file) as stream:
        data = stream.read(limit + 1)
    return data[:limit], len(data) <= limit


def password(file: str | None) -> str | None:
    """The key's password, as `secret` finds it."""
    return secret(file, PASSWORD_VARIABLE)


def secret(file: str | None, variable: str) -> str | None:
    """The first line of `file`, else the environment's variable, else None.

    It is never an argument: other users of the machine can see those.
    """
    if file is not None:
        return read(file).decode("utf-8-sig", errors="surrogateescape").split("\n", 1)[0].rstrip("\r")
    return os.environ.get(variable)


def password_from_terminal(lang: Lang) -> str | None:
    """As `typed_unseen`."""
    return typed_unseen("인증서 비밀번호" if lang == "ko" else "Password of the key")


def typed_unseen(label: str, *, again: str | None = None) -> str | None:
    """What somebody types unseen; None where nobody sits at a terminal, or for nothing typed.

    Args:
        label: what is asked for.
        again: to ask for it twice, until both are the same.
    """
    if not (_is_terminal(sys.stdin) and _is_terminal(sys.stderr)):
        return None
    confirmed: bool | str = False if again is None else again
    typed = click.prompt(
        label, hide_input=True, default="", show_default=False, err=True, confirmation_prompt=confirmed
    )
    return str(typed) or None


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def now() -> datetime:
    """The clock, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def moment(words: str, *more: str) -> datetime:
    """`now`, or an ISO 8601 time with its offset from UTC; `more` are words that the caller knows besides.

    Raises:
        TimeNotUnderstood: anything else; a time without an offset could mean two moments.
    """
    if words == NOW:
        return now()
    at = time_with_offset(words)
    if at is None:
        raise TimeNotUnderstood(words, NOW, *more)
    return at


def plausible_moment(words: str) -> datetime:
    """As `moment`, in a year that somebody may mean: another is a slip, and not every part could reckon with it."""
    at = moment(words)
    if at.year not in PLAUSIBLE_YEARS:
        raise TimeNotUnderstood(words, NOW)
    return at


def time_with_offset(words: str) -> datetime | None:
    """An ISO 8601 time with its offset, in UTC; None for anything else."""
    try:
        at = datetime.fromisoformat(words)
        return None if at.utcoffset() is None else at.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def judging_time(words: str) -> At:
    """`signing-time`, or as `moment`."""
    return SIGNING_TIME if words == SIGNING_TIME else moment(words, SIGNING_TIME)


def receipt_time(words: str) -> datetime:
    """As `plausible_moment`.

    Raises:
        ReceiptInTheFuture: nobody has received it yet.
    """
    if moment(words) > now() + _CLOCKS_APART:
        raise ReceiptInTheFuture(words)
    return plausible_moment(words)


def signing_moment(words: str) -> datetime:
    """As `moment`, in whole seconds: a signing-time has no fraction (RFC 5652 §11.3)."""
    return moment(words).replace(microsecond=0)
