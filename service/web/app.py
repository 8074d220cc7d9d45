"""The Flask app: what it consists of, and what holds for all of it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from apiflask import APIFlask
from apiflask.exceptions import _ValidationError
from flask import Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix

from service.web import console, openapi, problems
from service.web.access.required import end_view
from service.web.api import consents, due, evidence, files, keys, receipts, signatures, verify
from service.web.cross_origin import allow_origins
from service.web.faults import FieldsWrong
from service.web.json_requests import StrictRequest
from service.web.resources import Resources

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LOGIN: Final = "console.log_in"
_LOGINS: Final = "30 per minute"
"""Of one address, whatever it presents: a password takes a lot of time to look at."""
_BLUEPRINTS: Final = (consents, signatures, evidence, keys, receipts, verify, files, due)


def create_app(resources: Resources) -> APIFlask:
    """The service over these resources; each process makes its own."""
    app = APIFlask(
        __name__, title="Dongui", version="1", spec_path="/openapi.json", docs_path=None, static_folder="static"
    )
    app.request_class = StrictRequest
    app.json_errors = False
    settings = resources.settings
    app.config.update(
        MAX_CONTENT_LENGTH=settings.body_limit,
        MAX_FORM_MEMORY_SIZE=settings.body_limit,
        JSON_DEPTH=settings.json_depth,
        VALIDATION_ERROR_STATUS_CODE=HTTPStatus.UNPROCESSABLE_ENTITY,
    )
    app.extensions["dongui"] = resources
    problems.register(app)
    app.register_error_handler(_ValidationError, _fields_wrong)
    openapi.describe(app)
    limit, limit_logins = _limiters(app, resources)
    for module in _BLUEPRINTS:
        limit(module.blueprint)
        app.register_blueprint(module.blueprint)
    pages = console.blueprint(resources)
    limit(pages)
    app.register_blueprint(pages)
    app.view_functions[LOGIN] = limit_logins(app.view_functions[LOGIN])
    openapi.register(app)
    allow_origins(app, settings.origins)
    app.before_request(_refuse_doubles)
    app.after_request(_harden)
    app.teardown_request(end_view)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *[settings.proxies] * 4)  # type: ignore[method-assign]
    return app


def _refuse_doubles() -> None:
    """Which of two values of a parameter counts is not ours to guess."""
    doubles = [name for name, values in request.args.lists() if len(values) > 1]
    if doubles and request.path.startswith("/v1/"):
        raise FieldsWrong(", ".join(name if openapi.is_name(name) else "?" for name in doubles[:20]))


def _fields_wrong(error: _ValidationError) -> Response:
    """Names of fields, and what pydantic calls their faults; never their values."""
    return problems.answer(FieldsWrong(_named(error.detail)))


def _named(detail: dict[str, dict[str, list[str]]]) -> str:
    names = sorted({name for fields in detail.values() for name in fields})
    return ", ".join(name if openapi.is_name(name) else "?" for name in names[:20])


def _limiters(app: APIFlask, resources: Resources) -> tuple[Callable[..., object], Callable[..., Any]]:
    """Count requests by key or token where one is presented, and by address: whoever tries keys has one of those.

    Returns: what limits a blueprint, and what limits the view that takes passwords.
    """
    settings = resources.settings
    if not settings.rate_limit:
        return (lambda blueprint: blueprint), (lambda view: view)
    limiter = Limiter(_counted_by, app=app, storage_uri=settings.rate_storage, headers_enabled=True)
    by_address = limiter.limit(settings.address_limit, key_func=get_remote_address)
    by_caller = limiter.limit(settings.rate_limit)
    logins = limiter.limit(_LOGINS, key_func=get_remote_address)
    return (lambda blueprint: (by_address(blueprint), by_caller(blueprint))), logins


def _counted_by() -> str:
    presented = request.headers.get("Authorization") or request.headers.get("Signature-Input")
    return f"{get_remote_address()} {presented[:40]}" if presented else get_remote_address()


def _harden(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/v1/"):
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
