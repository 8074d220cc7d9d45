"""The Flask app: what it consists of, and what holds for all of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from apiflask import APIFlask
from apiflask.exceptions import _ValidationError
from flask import Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from service.web import console, docs_page, openapi, problems, public_pages
from service.web.access.required import end_view
from service.web.api import consents, due, evidence, files, keys, receipts, signatures, verify
from service.web.cross_origin import allow_origins
from service.web.faults import FieldsWrong, LengthRequired
from service.web.json_requests import StrictRequest
from service.web.limits import Limits
from service.web.resources import Resources

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LOGIN: Final = "console.log_in"
_MODULES: Final = (consents, signatures, evidence, keys, receipts, verify, files, due)


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
    limits = Limits(app, settings)
    for blueprint in (*(module.blueprint for module in _MODULES), console.blueprint(resources)):
        limits.hold(blueprint)
        app.register_blueprint(blueprint)
    limits.hold_logins(app, LOGIN)
    public_pages.register(app)
    docs_page.register(app)
    allow_origins(app, settings.origins)
    app.before_request(_require_length)
    app.after_request(_harden)
    app.teardown_request(end_view)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies, x_port=0
        )
    return app


def _require_length() -> None:
    """The server does not say whether a body that came in chunks came whole. Raises: LengthRequired."""
    if request.method == "POST" and "Transfer-Encoding" in request.headers:
        raise LengthRequired


def _fields_wrong(error: _ValidationError) -> Response:
    """Names of fields, and what pydantic calls their faults; never their values."""
    return problems.answer(FieldsWrong(_named(error.detail)))


def _named(detail: dict[str, dict[str, list[str]]]) -> str:
    names = sorted({name for fields in detail.values() for name in fields})
    return ", ".join(name if openapi.is_name(name) else "?" for name in names[:20])


def _harden(response: Response) -> Response:
    headers = response.headers
    if request.path.startswith("/v1/"):
        headers.extend(_HEADERS)  # no view there sets one of them: to look for each would cost more than all else here
        headers["Cache-Control"] = "no-store"
    else:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", CSP)
    if request.is_secure:
        headers.add("Strict-Transport-Security", "max-age=31536000")
    return response
