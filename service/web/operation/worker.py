"""One worker: everything it needs, opened in its own process."""

from __future__ import annotations

import gc
import os
import signal
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Final

from apiflask import APIFlask

from consent.errors import CodedError
from evidence.store.answers import sweep
from service.calendars import no_overrides
from service.ending import SIGNALS, Ending
from service.settings import Settings
from service.stores import clock, keyring
from service.web.app import create_app
from service.web.operation import health, log_lines, requests
from service.web.operation.live import Watch
from service.web.operation.material import Material
from service.web.operation.places import Application, InPlaces, Places
from service.web.resources import Resources, ServiceSettings

SWEEP_SECONDS: Final = 600
PARENT_SECONDS: Final = 1


def load(settings: Settings, parent: int) -> Application:
    """The application, and what looks after it, in a process whose parent has this number.

    Raises:
        CodedError: of whatever does not open.
    """
    for number in SIGNALS:  # not what the parent does
        signal.signal(number, signal.SIG_DFL)
    Ending(_end)
    log_lines.configure(settings.log_level)
    app, material = build(settings)
    Watch(settings.reload_seconds, material.refresh)
    Watch(PARENT_SECONDS, partial(_end_without, parent))
    Watch(SWEEP_SECONDS, partial(_sweep, app.extensions["dongui"]))
    gc.collect()
    gc.freeze()  # what is there now stays: no use in looking through it again and again
    return InPlaces(app, app.extensions["dongui"].places)


def _end(number: int) -> None:
    """Finish what is being answered. The server has to be told just once: at the third time it stands still."""
    answer = signal.getsignal(number)
    if callable(answer):
        answer(number, None)
    else:
        os._exit(0)  # it does not serve yet


def _end_without(parent: int) -> None:
    """Finish and end once the process that watches over workers is gone: nobody else would ever end this one."""
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _sweep(resources: Resources) -> None:
    """Take away what is past its time; where the store cannot be reached, the next time will do."""
    with suppress(CodedError):
        resources.committer.run(sweep)


def build(settings: Settings) -> tuple[APIFlask, Material]:
    """Open everything. Raises: as `load`."""
    from evidence.store.store import Store  # noqa: PLC0415 - loads SQLAlchemy

    material = Material.of(settings)
    store = Store.open(str(settings.store), keyring(settings.store_keys, settings.keyring_text), settings.store_files)
    resources = Resources(
        store,
        material.trust,
        material.keys,
        of_service(settings),
        clock,
        Places(settings.threads),
        calendar=material.calendar or no_overrides,
    )
    app = create_app(resources)
    requests.register(app)
    readiness = health.Readiness(resources, material, timedelta(hours=settings.crl_warning_hours))
    health.register(app, readiness)
    return app, material


def of_service(settings: Settings) -> ServiceSettings:
    """What the application itself has to know."""
    return ServiceSettings(
        origins=frozenset(settings.cors_origins),
        body_limit=settings.body_limit,
        batch_limit=settings.batch_limit,
        signing_minutes=settings.signing_minutes,
        token_seconds=settings.token_seconds,
        rate_limit=settings.rate_limit,
        address_limit=settings.address_limit,
        rate_storage=settings.rate_storage,
        outbox=settings.outbox,
        proxies=settings.proxies,
    )
