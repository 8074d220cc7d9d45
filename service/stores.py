"""The store that a command works on: its address, its keys, and the folder for large evidence."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from click.core import ParameterSource

from service.inputs import STDIN, read
from service.store_faults import KeyFileMissing
from service.terminal import visible

if TYPE_CHECKING:
    from evidence.store.key_file import KeyFile
    from evidence.store.keyring import Keys
    from evidence.store.store import Store

_Command = TypeVar("_Command", bound=Callable[..., Any])
KEYRING: Final = "DONGUI_STORE_KEYRING"
LARGEST_KEY_FILE: Final = 1 << 20


address_option = click.option(
    "--store",
    "address",
    envvar="DONGUI_STORE",
    show_envvar=True,
    required=True,
    metavar="FILE|URL",
    help="The store: a file of SQLite, or the postgresql:// URL of a database.",
)
keys_option = click.option(
    "--keys",
    envvar="DONGUI_STORE_KEYS",
    show_envvar=True,
    metavar="FILE",
    help=f"Key file of the store; else the environment's {KEYRING} holds its text.",
)
files_option = click.option(
    "--files",
    envvar="DONGUI_STORE_FILES",
    show_envvar=True,
    metavar="DIR|URL",
    help="Folder or object store for evidence that is no DER; else it is kept in the database.",
)


years_option = click.option(
    "--years",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    metavar="N",
    help="Time of retention after a consent has ended.",
)


def store_options(command: _Command) -> _Command:
    """`--store`, `--keys` and `--files`, each also from the environment."""
    return address_option(keys_option(files_option(command)))


def typed_options(context: click.Context) -> str:
    """The options above as they were typed, with a space before each, for commands that are to be run next.

    What the environment says need not be said again. A password in a URL is left out.
    """
    from evidence.store.opening import shown  # noqa: PLC0415 - loads SQLAlchemy

    named = {"address": "--store", "keys": "--keys", "files": "--files"}
    values = {**context.params, "address": shown(context.params["address"])}
    typed = [name for name in named if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    return "".join(f" {named[name]} {quote(visible(values[name]))}" for name in typed)


def keyring(keys: str | None, text: str | None = None) -> Keys:
    """The keys of a file, or, where no file is named, those in `text` or the environment.

    Raises:
        InputUnreadable, KeysUnreadable.
        KeyFileMissing: there is neither.
    """
    from evidence.store.keyring import Keyring  # noqa: PLC0415 - loads SQLAlchemy

    if keys == STDIN:
        return Keyring.parse(read(STDIN, LARGEST_KEY_FILE), STDIN)
    if keys is not None:
        return key_file(keys)
    text = os.environ.get(KEYRING) if text is None else text
    if text is None:
        raise KeyFileMissing
    return Keyring.parse(text, KEYRING)


def key_file(keys: str) -> KeyFile:
    """The keys of a file. Raises as `keyring`."""
    from evidence.store.key_file import KeyFile  # noqa: PLC0415 - loads SQLAlchemy
    from evidence.store.keyring import Keyring  # noqa: PLC0415

    path = Path(keys)
    return KeyFile(path, lambda: Keyring.parse(read(path, LARGEST_KEY_FILE), keys))


@contextmanager
def opened(address: str, keys: str | None, files: str | None) -> Iterator[Store]:
    """Open the store for the length of a block. Raises as `Store.open` and `keyring`."""
    from evidence.store.store import Store  # noqa: PLC0415 - loads SQLAlchemy

    store = Store.open(address, keyring(keys), files)
    try:
        yield store
    finally:
        store.close()


def clock() -> datetime:
    """The time of what is done in the store, to the microsecond: its log stands in the order of time."""
    return datetime.now(UTC)


def today() -> date:
    """The day in Korea."""
    from evidence.calendar import KOREA  # noqa: PLC0415 - loads SQLAlchemy

    return clock().astimezone(KOREA).date()
