"""Each request has an id, a line in the log and its place in the figures; what nobody expected becomes a problem."""

from __future__ import annotations

import re
import secrets
import time
from http import HTTPStatus
from typing import Final

import structlog
from flask import Flask, Response, g, request

from service.web.faults import ServiceFailed
from service.web.operation import metrics
from service.web.problems import answer

REQUEST_ID: Final = "X-Request-Id"
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_PROBES: Final = frozenset({"/livez", "/readyz"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log: Final = structlog.get_logger()


def register(app: Flask) -> None:
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)  # before whatever may refuse
    app.after_request(_end)
    app.register_error_handler(Exception, _unexpected)


def _begin() -> None:
    g.began = time.perf_counter()
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(12)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.began
    method = request.method if request.method in _METHODS else "other"  # it can be any word
    route = "-" if request.url_rule is None else request.url_rule.rule
    response.headers[REQUEST_ID] = g.request_id
    metrics.count_request(method, route, response.status_code, seconds)
    if response.headers.get("Idempotency-Replayed") == "true":
        metrics.count_replay()
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        metrics.count_limited(route)
    if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
        metrics.count_fault()
    refused = {"code": g.refused} if "refused" in g else {}
    say = getattr(_log, _level(route, response.status_code))
    say("request", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 2), **refused)
    return response


def _level(route: str, status: int) -> str:
    if route in _PROBES:
        return "debug" if status == HTTPStatus.OK else "info"
    return "error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "info"


def _unexpected(error: Exception) -> Response:
    _log.error("unexpected error", code=ServiceFailed.code, exc_info=error)
    return answer(ServiceFailed(), request_id=g.request_id)
