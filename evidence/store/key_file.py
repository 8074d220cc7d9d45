"""The store's keys in a file that may change while it is in use: `dongui store rekey` adds keys and takes them away."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from evidence.outfile import ASIDE, PRIVATE, refusals, writing
from evidence.store.errors import KeyUnknown
from evidence.store.keyring import Keyring

_ASIDE: Final = "keys-"


class KeyFile:
    """Keys of a file, read again when a key is asked for that was not in it."""

    def __init__(self, path: Path, load: Callable[[], Keyring]) -> None:
        """`load` reads the file at `path`."""
        self.path, self.load = path, load
        self.ring = load()

    @property
    def current(self) -> str:
        return self.ring.current

    def sealing_key(self, key_id: str) -> bytes:
        try:
            return self.ring.sealing_key(key_id)
        except KeyUnknown:
            self.ring = self.load()
            return self.ring.sealing_key(key_id)

    def digest(self, purpose: str, text: str) -> bytes:
        return self.ring.digest(purpose, text)

    def replace(self, ring: Keyring) -> None:
        """Put other keys into the file, whole or not at all. Only while it is `locked`.

        Keys that somebody was killed over are taken away: nothing is sealed with what never came into its place.

        Raises:
            NotWritable.
        """
        with refusals(self.path):
            for left in Path(os.path.realpath(self.path)).parent.glob(f".{_ASIDE}*{ASIDE}"):
                left.unlink()
        with writing(self.path, most=PRIVATE, aside=_ASIDE) as out:
            out.write(ring.to_json().encode())
        self.ring = ring

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep everybody else from changing the file until the block ends; wait for who does so now."""
        folder = Path(os.path.realpath(self.path)).parent
        with refusals(self.path):
            handle = os.open(folder, os.O_RDONLY)
        try:
            with refusals(self.path):
                fcntl.flock(handle, fcntl.LOCK_EX)
            self.ring = self.load()
            yield
        finally:
            os.close(handle)
