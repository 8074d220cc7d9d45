"""The OpenAPI 3.1 document: what every operation has in common."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, Final, cast

from apiflask import APIFlask

from service.web.problems import MEDIA_TYPE

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,79}")
_QUERY_NAMES: Final = "dongui-query-names"
_VARIABLE: Final = re.compile("<(?:[a-z]+:)?([a-z_]+)>")
_SECURITY: Final = {
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key (`dongui keys add`). Scopes: sign, verify, evidence, files, admin.",
    },
    "messageSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "Signature",
        "description": "HTTP Message Signatures (RFC 9421), hmac-sha256, over @method, @path, @query and content-digest"
        " (and idempotency-key where it is sent), with created, nonce and keyid.",
    },
    "signingToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "A one-time token for one consent (`POST /v1/consents/{id}/tokens`), for a browser.",
    },
}
_PROBLEM: Final = {
    "type": "object",
    "description": "RFC 9457, with the code that docs/codes.md explains.",
    "required": ["type", "title", "status", "code", "detail", "remedy"],
    "properties": {
        "type": {"type": "string", "description": "urn:dongui: and the code"},
        "title": {"type": "string", "description": "The status in words"},
        "status": {"type": "integer", "description": "The status"},
        "code": {
            "type": "string",
            "pattern": "^(CMS|PKI|FB|SVC)-[0-9]{3}$",
            "description": "What went wrong; it never changes its meaning",
        },
        "detail": {"type": "string", "description": "What was wrong and where, in the language of the request"},
        "remedy": {"type": "string", "description": "What to do about it"},
    },
}
_ALWAYS: Final = (400, 404, 405, 413, 415, 422, 429, 500, 503)
_GUARDED: Final = (401, 403)
_POSTED: Final = (409, 411, 412)
_MORE: Final = {"/v1/consents/{handle}": (412,), "/v1/receipts/verify": (403,)}
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$"},
    "description": "The same key and body give the first answer again for 24 hours; another body is refused.",
}
_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag that the consent has to have still.",
}
_PARAMETERS: Final = {
    "handle": "The consent's id, as it was opened",
    "sha": "SHA-256 of the evidence, in hexadecimal",
    "number": "The file's number in the store",
    "format": "html or pdf; without it as Accept asks",
}
"""What is in an address, said once for all of them."""


def is_name(text: str) -> bool:
    """Whether this may be a field's name, and not something out of a value."""
    return _NAME.fullmatch(text) is not None


def describe(app: APIFlask) -> None:
    """Set what the document says of the whole service."""
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        AUTO_SERVERS=False,
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_TAGS=False,
        SECURITY_SCHEMES=_SECURITY,
        SYNC_LOCAL_SPEC=False,
    )
    app.description = "Signs, judges and keeps consents to automatic debit. Errors are problem documents (RFC 9457)."
    app.spec_processor(_complete)


def query_names(app: APIFlask, rule: str, method: str) -> frozenset[str]:
    """The query parameters that the document has for an operation."""
    names: dict[tuple[str, str], frozenset[str]] | None = app.extensions.get(_QUERY_NAMES)
    if names is None:  # once for each app: the document takes a while to make
        names = app.extensions[_QUERY_NAMES] = _query_names(cast("dict[str, Any]", app.spec))
    return names.get((_VARIABLE.sub(r"{\1}", rule), "get" if method == "HEAD" else method.lower()), frozenset())


def _query_names(spec: dict[str, Any]) -> dict[tuple[str, str], frozenset[str]]:
    return {
        (path, method): frozenset(one["name"] for one in operation.get("parameters", ()) if one["in"] == "query")
        for path, operations in spec["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict)
    }


def _complete(spec: dict[str, Any] | str) -> dict[str, Any] | str:
    """What each operation answers besides, and the headers that it takes."""
    if isinstance(spec, str):
        return spec  # YAML, which is not served
    spec.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    names = dict.fromkeys(_group(path) for path in spec["paths"])
    spec["tags"] = [{"name": name} for name in names]
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if method in {"get", "post", "delete"}:
                _complete_operation(operation, method, path)
    return spec


def _group(path: str) -> str:
    """`/v1/consents/{handle}`: consents."""
    return path.split("/")[2]


def _complete_operation(operation: dict[str, Any], method: str, path: str) -> None:
    responses = operation.setdefault("responses", {})
    if (body := operation.pop("x-body", None)) is not None:
        operation["requestBody"] = {"required": True, "content": body}
    if (kinds := operation.pop("x-answer", None)) is not None:
        content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
        responses["200"] = {"description": "OK", "content": content}
    statuses = [*_ALWAYS, *(_GUARDED if operation.get("security") else ()), *(_POSTED if method == "post" else ())]
    if path.startswith("/v1/evidence/"):
        statuses.append(406)
    if path.startswith("/v1/files/"):
        statuses.append(409)
    statuses.extend(_MORE.get(path, ()))
    for status in statuses:
        responses.setdefault(str(status), _problem_response(status))
    operation["responses"] = dict(sorted(responses.items()))
    operation["tags"] = [_group(path)]
    parameters = operation.setdefault("parameters", [])
    for name, schema in operation.pop("x-query", {}).items():
        parameters.append({"name": name, "in": "query", "required": False, "schema": schema})
    if method == "post" and operation.get("security"):
        parameters.append({**_KEY, "required": operation.pop("x-writes", False)})
        if "/signature/" in path or path.endswith(("/sign", "/withdraw", "/tokens")):
            parameters.append(_MATCH)
    for one in parameters:
        one.setdefault("description", _described(one["schema"]) or _PARAMETERS.get(one["name"], ""))


def _described(schema: dict[str, Any]) -> str:
    """What a parameter's schema says of it, or that of its values besides null."""
    return next((one["description"] for one in (schema, *schema.get("anyOf", ())) if "description" in one), "")


def _problem_response(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
