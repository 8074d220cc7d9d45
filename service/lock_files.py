"""Files beside a store of SQLite whose locks its workers share; nothing stands in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from evidence.store.errors import StoreUnavailable

CLAIMS: Final = "-claims"
TURNS: Final = "-turns"
"""What their names end in, behind that of the database."""


def open_lock_file(database: str, ending: str) -> int:
    """Open one, and make it where it is missing.

    Raises:
        StoreUnavailable.
    """
    with lock_refusals():
        return os.open(f"{database}{ending}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def require_lock_files(database: str) -> None:
    """Return only if both can be opened or made, and make none: whoever asks may be another user than the service.

    Raises:
        StoreUnavailable.
    """
    with lock_refusals():
        for name in (f"{database}{CLAIMS}", f"{database}{TURNS}"):
            if os.path.lexists(name):
                os.close(os.open(name, os.O_RDWR | os.O_CLOEXEC))
            elif not os.access(os.path.dirname(name) or ".", os.W_OK | os.X_OK):  # noqa: PTH120 - a name as it is
                raise PermissionError(13, os.strerror(13))


@contextmanager
def lock_refusals() -> Iterator[None]:
    """Raises: StoreUnavailable, for whatever the system refuses."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(error.strerror or type(error).__name__) from error
