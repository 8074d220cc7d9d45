"""How many requests a caller, an address and whoever tries passwords may make."""

from __future__ import annotations

import re
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from apiflask import APIBlueprint, APIFlask
from flask import Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from service.web.access.signed_requests import is_signed
from service.web.resources import ServiceSettings

_LOGINS: Final = "30 per minute"
"""Of one address, whatever it presents: a password takes a lot of time to look at."""
_REDIS: Final[dict[str, str | int]] = {"socket_timeout": 1, "socket_connect_timeout": 1}
"""Seconds: a Redis that answers no more holds nobody up for longer."""
_ALL: Final = "all"
"""What requests are counted under, whichever address they ask for."""
_KEY_ID: Final = re.compile(r';[ ]*keyid="([^"\\]{1,128})"')


class Limits:
    """By key or token where one is presented, and by address: whoever tries keys has one of those."""

    def __init__(self, app: APIFlask, settings: ServiceSettings) -> None:
        self._limiter: Limiter | None = None
        self._settings = settings
        if settings.rate_limit:
            app.after_request(_only_where_refused)  # before the limiter's own: what is said first runs last
            self._limiter = Limiter(
                _counted_by,
                app=app,
                storage_uri=settings.rate_storage,
                storage_options=_REDIS if settings.rate_storage.startswith("redis") else {},
                in_memory_fallback_enabled=True,  # with the storage away each worker counts by itself
                headers_enabled=True,
            )

    def hold(self, blueprint: APIBlueprint) -> None:
        """Limit everything of a blueprint, and count it together with all others."""
        if self._limiter is not None:
            settings = self._settings
            self._limiter.shared_limit(settings.address_limit, _ALL, key_func=get_remote_address)(blueprint)
            self._limiter.shared_limit(settings.rate_limit, _ALL)(blueprint)

    def hold_logins(self, app: APIFlask, endpoint: str) -> None:
        """Limit the view that takes passwords."""
        if self._limiter is not None:
            limit: Any = self._limiter.limit(_LOGINS, key_func=get_remote_address)
            app.view_functions[endpoint] = limit(app.view_functions[endpoint])


def _only_where_refused(response: Response) -> Response:
    """Several limits hold at once, and headers tell of one: who goes by them would not see the other."""
    if response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
        for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"):
            response.headers.pop(name, None)
        if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers.pop("Retry-After", None)
    return response


def _counted_by() -> str:
    """The address, and a digest of what is presented: no part of a secret goes to where requests are counted."""
    address, presented = get_remote_address(), request.headers.get("Authorization", "").partition(" ")[2]
    if is_signed(request):  # and then whatever else is presented opens nothing
        key = _KEY_ID.search(request.headers["Signature-Input"])
        presented = key[1] if key else ""
    return f"{address} {sha256(presented.encode()).hexdigest()[:32]}" if presented else address
