"""What the console needs of whoever serves it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from evidence.store.store import Store
from service.vouch import TrustFolders


class Needs(Protocol):
    """The part of `service.web.resources.Resources` that is used here."""

    @property
    def store(self) -> Store:
        """Open."""

    def trust(self) -> TrustFolders:
        """The trust folders as they are now."""

    def clock(self) -> datetime:
        """The time, aware."""
