"""The whole of it on this machine: the service over a store of its own, the shop, and keys that are valid now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from certs.demo import DemoPki, build_demo_pki, write_demo_pki
from evidence.store.api_keys import BEARER, add_api_key
from evidence.store.keyring import Keyring
from evidence.store.opening import create
from evidence.store.schema import EVIDENCE
from evidence.store.store import Store
from examples.checkout.dongui_api import DonguiApi
from examples.checkout.orders import Shop
from examples.checkout.shop import create_shop
from service.vouch import TrustFolders
from service.web import Resources, ServiceSettings, create_app
from service.web.access import Scope
from tests.browser.serving import Site, serving

PASSWORD: Final = "demo-password"


@dataclass
class ShiftedClock:
    """The service's clock, which may be ahead."""

    later: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.later


@dataclass(frozen=True)
class Checkout:
    """A shop and its service, and what they stand on."""

    pki: DemoPki
    folder: Path
    shop: Site
    service: Site
    store: Store
    clock: ShiftedClock

    def evidence(self) -> int:
        """How many pieces of evidence the store has."""
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(EVIDENCE)).scalar_one()


@contextmanager
def checkout(folder: Path) -> Iterator[Checkout]:
    """Serve a shop and its service until the block ends."""
    pki = build_demo_pki(at=datetime.now(UTC).replace(microsecond=0))
    trust = TrustFolders.open([str(write_demo_pki(pki, folder, password=PASSWORD))])
    ring = Keyring.generate("test")
    create(str(folder / "service.db"), ring, {})
    store = Store.open(str(folder / "service.db"), ring)
    with store.writing(datetime.now(UTC)) as writing:
        key = add_api_key(writing, "shop", BEARER, (Scope.SIGN, Scope.EVIDENCE), None)
    shop = Shop(DonguiApi("", key.secret), folder / "keys")
    with ExitStack() as stack:
        shop_site = stack.enter_context(serving(create_shop(shop)))
        clock = ShiftedClock()
        settings = ServiceSettings(origins=frozenset({shop_site.origin}), rate_limit="")
        resources = Resources(store, lambda: trust, settings=settings, clock=clock)
        stack.callback(resources.close)
        service = stack.enter_context(serving(create_app(resources)))
        shop.api = DonguiApi(service.origin, key.secret)
        yield Checkout(pki, folder, shop_site, service, store, clock)
