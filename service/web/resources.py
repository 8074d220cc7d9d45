"""What the service works with: its store, its trust folders, its keys, its clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from cryptography.x509 import Certificate

from evidence.store.store import Store, Writing
from service.calendars import Days, no_overrides
from service.stores import clock as wall_clock
from service.vouch import TrustFolders
from service.web.claims import Claims
from service.web.committing import Committer
from service.web.operation.places import Places
from signer import LocalKey

MIB: Final = 1 << 20
PLACES: Final = 4


@dataclass(frozen=True)
class ServerKey:
    """A key that the service itself signs with, and the certificates that it encloses."""

    key: LocalKey
    intermediates: tuple[Certificate, ...] = ()


@dataclass(frozen=True)
class ServiceSettings:
    """What the operator may set.

    Attributes:
        origins: of pages in other places that may sign with a one-time token (CORS), as `https://shop.example`.
        body_limit: bytes of one request.
        json_depth: how deep a request's JSON may nest.
        batch_limit: items of one batch.
        signing_minutes: how long a consent may be signed after it was opened.
        token_seconds: the longest life of a one-time token.
        rate_limit: requests of one caller, as Flask-Limiter writes it; "" for none at all.
        address_limit: requests of one address, whoever they say they are.
        rate_storage: where they are counted; "memory://" counts in each worker by itself.
        outbox: folder that files are put into; "" where the service hands none in.
        proxies: how many proxies stand before the service whose X-Forwarded-* headers hold.
    """

    origins: frozenset[str] = frozenset()
    body_limit: int = 16 * MIB
    json_depth: int = 16
    batch_limit: int = 500
    signing_minutes: int = 60
    token_seconds: int = 900
    rate_limit: str = "6000 per minute"
    address_limit: str = "30000 per minute"
    rate_storage: str = "memory://"
    outbox: str = ""
    proxies: int = 0


def _no_keys() -> Mapping[str, ServerKey]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Resources:
    """One set for each process.

    Attributes:
        store: open.
        trust: the trust folders as they are now.
        keys: the keys that the service signs with as they are now, by name.
        settings: of the operator.
        clock: aware UTC.
        places: how many requests are worked on at once.
        committer: through which everything is written.
        claims: which requests are being answered.
        calendar: of banks, with the operator's days as they are now, and notices of those that change nothing.
    """

    store: Store
    trust: Callable[[], TrustFolders]
    keys: Callable[[], Mapping[str, ServerKey]] = _no_keys
    settings: ServiceSettings = field(default_factory=ServiceSettings)
    clock: Callable[[], datetime] = wall_clock
    places: Places = field(default_factory=lambda: Places(PLACES))
    committer: Committer = field(init=False)
    claims: Claims = field(init=False)
    calendar: Callable[[], Days] = no_overrides

    def __post_init__(self) -> None:
        object.__setattr__(self, "committer", Committer(self.store, self.clock, self.places))
        object.__setattr__(self, "claims", Claims(self.store.engine))

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """As `Store.writing`, now; whoever waits for the store has no place meanwhile."""
        with self.places.left(), self.store.writing(self.clock()) as writing:
            yield writing

    def close(self) -> None:
        self.claims.close()
        self.committer.turns.close()
        self.store.close()
