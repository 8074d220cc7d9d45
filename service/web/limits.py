"""How many requests a caller, an address and whoever tries passwords may make."""

from __future__ import annotations

from typing import Any, Final

from apiflask import APIBlueprint, APIFlask
from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from service.web.resources import ServiceSettings

_LOGINS: Final = "30 per minute"
"""Of one address, whatever it presents: a password takes a lot of time to look at."""


class Limits:
    """By key or token where one is presented, and by address: whoever tries keys has one of those."""

    def __init__(self, app: APIFlask, settings: ServiceSettings) -> None:
        self._limiter: Limiter | None = None
        self._settings = settings
        if settings.rate_limit:
            self._limiter = Limiter(_counted_by, app=app, storage_uri=settings.rate_storage, headers_enabled=True)

    def hold(self, blueprint: APIBlueprint) -> None:
        """Limit everything of a blueprint."""
        if self._limiter is not None:
            self._limiter.limit(self._settings.address_limit, key_func=get_remote_address)(blueprint)
            self._limiter.limit(self._settings.rate_limit)(blueprint)

    def hold_logins(self, app: APIFlask, endpoint: str) -> None:
        """Limit the view that takes passwords."""
        if self._limiter is not None:
            limit: Any = self._limiter.limit(_LOGINS, key_func=get_remote_address)
            app.view_functions[endpoint] = limit(app.view_functions[endpoint])


def _counted_by() -> str:
    presented = request.headers.get("Authorization") or request.headers.get("Signature-Input")
    return f"{get_remote_address()} {presented[:40]}" if presented else get_remote_address()
