"""Errors as problem documents (RFC 9457), with the same codes as findings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from apiflask import APIFlask
from flask import Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from consent.errors import CodedError, Lang
from evidence.lifecycle.errors import (
    ManifestDiffers,
    OutboxAhead,
    SigningChanged,
    SigningClosed,
    SigningExpired,
    SigningUnknown,
)
from evidence.store.errors import (
    ConsentExists,
    ConsentUnknown,
    EvidenceGone,
    EvidenceOfAnotherKind,
    KeyUnknown,
    LogNotVouched,
    SealBroken,
    StoreUnavailable,
)
from evidence.store.opening import refusals
from service.web.faults import (
    BodyTooLarge,
    Fault,
    MediaTypeWrong,
    MethodWrong,
    NothingHere,
    RequestMalformed,
    ServiceFailed,
    TooManyRequests,
)
from service.web.languages import lang

MEDIA_TYPE: Final = "application/problem+json"
_STATUS: Final[Mapping[type[CodedError], HTTPStatus]] = MappingProxyType(
    {
        ConsentExists: HTTPStatus.CONFLICT,
        ConsentUnknown: HTTPStatus.NOT_FOUND,
        EvidenceGone: HTTPStatus.INTERNAL_SERVER_ERROR,  # asking again will not help
        EvidenceOfAnotherKind: HTTPStatus.CONFLICT,
        KeyUnknown: HTTPStatus.SERVICE_UNAVAILABLE,
        LogNotVouched: HTTPStatus.SERVICE_UNAVAILABLE,
        ManifestDiffers: HTTPStatus.CONFLICT,
        OutboxAhead: HTTPStatus.CONFLICT,
        SealBroken: HTTPStatus.INTERNAL_SERVER_ERROR,
        SigningChanged: HTTPStatus.CONFLICT,
        SigningClosed: HTTPStatus.CONFLICT,
        SigningExpired: HTTPStatus.CONFLICT,
        SigningUnknown: HTTPStatus.NOT_FOUND,
        StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    }
)


def status_of(error: CodedError) -> HTTPStatus:
    """The status that an error is answered with; what a value is refused for is 422."""
    if isinstance(error, Fault):
        return error.status
    for kind in type(error).__mro__:
        if kind in _STATUS:
            return _STATUS[kind]
    return HTTPStatus.UNPROCESSABLE_ENTITY


def problem(error: CodedError, **more: object) -> dict[str, Any]:
    """The document."""
    return document(error, status_of(error), lang(), **more)


def document(error: CodedError, status: HTTPStatus, spoken: Lang, **more: object) -> dict[str, Any]:
    return {
        "type": f"urn:dongui:{error.code}",
        "title": status.phrase,
        "status": status.value,
        "code": error.code,
        "detail": error.message(spoken),
        "remedy": error.remedy(spoken),
        **more,
    }


def answer(error: CodedError, **more: object) -> Response:
    """The whole answer."""
    body = problem(error, **more)
    g.refused = error.code
    response = Response(json.dumps(body, ensure_ascii=False), body["status"], content_type=MEDIA_TYPE)
    if body["status"] == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if body["status"] == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "1"
    return response


def register(app: APIFlask) -> None:
    """Let every error of the app be answered so."""
    app.register_error_handler(CodedError, answer)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(HTTPException, _http)


def _database(error: SQLAlchemyError) -> Response:
    """A view of the store breaks outside the block that opened it."""
    try:
        with refusals():
            raise error
    except StoreUnavailable as refused:
        return answer(refused)


def _http(error: HTTPException) -> Response:
    found = error.get_response()
    response = answer(_fault(error))
    for name in ("Allow", "Retry-After"):
        if name in found.headers:
            response.headers[name] = found.headers[name]
    return response


def _fault(error: HTTPException) -> Fault:
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return BodyTooLarge(request.max_content_length or int(current_app.config["MAX_CONTENT_LENGTH"]))
    if code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        return MediaTypeWrong("application/json")
    kind = _FAULTS.get(code)
    if kind is not None:
        return kind()
    return ServiceFailed() if code >= HTTPStatus.INTERNAL_SERVER_ERROR else RequestMalformed()


_FAULTS: Final[Mapping[int, type[Fault]]] = MappingProxyType(
    {
        HTTPStatus.NOT_FOUND: NothingHere,
        HTTPStatus.METHOD_NOT_ALLOWED: MethodWrong,
        HTTPStatus.TOO_MANY_REQUESTS: TooManyRequests,
    }
)
