"""Pages of other places that may sign here (CORS): those on the list, with a one-time token, and nobody else."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from typing import Final

from apiflask import APIFlask
from flask import Response, request

from service.web.faults import OriginRefused

_METHODS: Final = "GET, POST"
_HEADERS: Final = "Authorization, Content-Type, Idempotency-Key, If-Match, Accept-Language"
_EXPOSED: Final = "ETag, Idempotency-Replayed, Location, X-Request-Id"
_PREFIX: Final = "/v1/"


def allow_origins(app: APIFlask, origins: Collection[str]) -> None:
    """Answer what browsers ask of `/v1`; a page of any other origin is refused before anything is done."""

    @app.before_request
    def guard() -> Response | None:
        origin = request.headers.get("Origin")
        if origin is None or not request.path.startswith(_PREFIX):
            return None
        if not _allowed(origin, origins):
            raise OriginRefused
        return Response(status=HTTPStatus.NO_CONTENT) if _is_preflight() else None

    @app.after_request
    def tell(response: Response) -> Response:
        origin = request.headers.get("Origin")
        if request.path.startswith(_PREFIX):
            response.vary.add("Origin")
            if origin is not None and origin in origins:
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Access-Control-Expose-Headers"] = _EXPOSED
                if _is_preflight():
                    response.headers["Access-Control-Allow-Methods"] = _METHODS
                    response.headers["Access-Control-Allow-Headers"] = _HEADERS
                    response.headers["Access-Control-Max-Age"] = "600"
        return response


def _allowed(origin: str, origins: Collection[str]) -> bool:
    return origin in origins or origin == f"{request.scheme}://{request.host}"


def _is_preflight() -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
