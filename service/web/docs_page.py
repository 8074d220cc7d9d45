"""The OpenAPI document as a page without any outside host: its operations in groups, as plain data in one language.

The document speaks English; `docs_words.json` has the names of groups and, by the document's own words, the Korean.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from apiflask import APIFlask
from flask import Response

from consent.errors import Lang
from service.web.public_pages import page_lang, public_page

_WORDS: Final = Path(__file__).with_name("docs_words.json")
_DEEPEST: Final = 4
"""Objects within objects whose fields have rows of their own."""
_OK: Final = 300
Schema = Mapping[str, Any]


@cache
def docs_words() -> dict[str, Any]:
    """Groups and operations in their order on the page, phrases of statuses, and what the document says."""
    found: dict[str, Any] = json.loads(_WORDS.read_text(encoding="utf-8"))
    return found


def register(app: APIFlask) -> None:
    """`/docs`."""

    @app.get("/docs")
    @app.doc(hide=True)
    def docs() -> Response:
        return public_page("docs", **_Page(app.spec, page_lang()).page())


class _Page:
    def __init__(self, spec: Mapping[str, Any] | str, lang: Lang) -> None:
        assert not isinstance(spec, str)  # noqa: S101 - YAML, which is not served
        self.spec, self.lang = spec, lang
        self.schemas: Mapping[str, Schema] = spec["components"]["schemas"]

    def page(self) -> dict[str, Any]:
        order = list(docs_words()["operations"])
        told = [
            self.operation(method, path, operation)
            for path, operations in self.spec["paths"].items()
            for method, operation in operations.items()
        ]
        told.sort(key=lambda one: order.index(one["id"]))
        return {
            "groups": [
                {"id": name, "name": said[self.lang], "operations": [one for one in told if one["group"] == name]}
                for name, said in docs_words()["groups"].items()
            ],
            "schemes": {
                name: self.said(one["description"]) for name, one in self.spec["components"]["securitySchemes"].items()
            },
            "problem": list(self.rows(self.schemas["Problem"])),
        }

    def said(self, text: str) -> str:
        """What the document says, in the page's language: most of it is English, names of records are Korean."""
        return str(docs_words()["meanings"].get(text, {}).get(self.lang, text))

    def operation(self, method: str, path: str, operation: Mapping[str, Any]) -> dict[str, Any]:
        name = operation["operationId"]
        responses = {int(status): response for status, response in operation["responses"].items()}
        return {
            "id": name,
            "group": operation["tags"][0],
            "method": method.upper(),
            "path": path,
            "summary": docs_words()["operations"][name] if self.lang == "ko" else operation["summary"],
            "access": list(self.access(operation.get("security", ()))),
            "parameters": [self.parameter(one) for one in operation["parameters"]],
            "takes": self.bodies(operation.get("requestBody", {})),
            "answers": [
                {"status": status, "phrase": self.phrase(status), "bodies": self.bodies(response)}
                for status, response in responses.items()
                if status < _OK
            ],
            "faults": [{"status": one, "phrase": self.phrase(one)} for one in responses if one >= _OK],
        }

    @staticmethod
    def access(security: Any) -> Iterator[dict[str, str]]:  # noqa: ANN401 - as the document has it
        for one in security:
            yield from ({"scheme": scheme, "scopes": ", ".join(scopes)} for scheme, scopes in one.items())

    def phrase(self, status: int) -> str:
        return str(docs_words()["statuses"][str(status)]) if self.lang == "ko" else HTTPStatus(status).phrase

    def parameter(self, one: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "name": one["name"],
            "place": one["in"],
            "is_required": bool(one.get("required")),
            "type": self.kind(one["schema"]),
            "default": _default(one["schema"]),
            "meaning": self.said(one["description"]),
        }

    def bodies(self, within: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {"type": media_type, "rows": list(self.rows(body.get("schema", {})))}
            for media_type, body in within.get("content", {}).items()
        ]

    def rows(self, schema: Schema, before: str = "", depth: int = 0) -> Iterator[dict[str, Any]]:
        """Fields of an object, each with those of the object in it behind it: `items[].id`."""
        schema = self.resolved(schema)
        for name, field in schema.get("properties", {}).items():
            inner, marks = self.inner(field)
            path = f"{before}{name}{marks}"
            yield {
                "name": path,
                "is_required": name in schema.get("required", ()),
                "type": self.kind(field),
                "default": _default(field),
                "meaning": self.said(field.get("description") or inner.get("description") or ""),
            }
            if depth < _DEEPEST:
                yield from self.rows(inner, f"{path}.", depth + 1)

    def resolved(self, schema: Schema) -> Schema:
        reference: str = schema.get("$ref", "")
        return self.schemas[reference.rpartition("/")[2]] if reference else schema

    def inner(self, schema: Schema) -> tuple[Schema, str]:
        """What a field holds, where it may be null too or is a list; and "[]" for each list on the way."""
        for one in schema.get("anyOf", ()):
            if one.get("type") != "null":
                return self.inner(one)
        if schema.get("type") == "array":
            found, marks = self.inner(schema.get("items", {}))
            return found, f"[]{marks}"
        if "$ref" in schema:  # its own description is that of the whole object
            return {name: value for name, value in self.resolved(schema).items() if name != "description"}, ""
        return schema, ""

    def kind(self, schema: Schema) -> str:
        schema = self.resolved(schema)
        if "anyOf" in schema:
            return " | ".join(self.kind(one) for one in schema["anyOf"])
        values = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
        if values:
            return " | ".join(json.dumps(one) for one in values)
        if schema.get("type") == "array":
            return f"{self.kind(schema.get('items', {}))}[]"
        return str(schema.get("type", "object"))


def _default(schema: Schema) -> str:
    default = schema.get("default")
    return "" if default in (None, "", []) else json.dumps(default)
