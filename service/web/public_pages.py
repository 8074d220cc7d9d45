"""Pages that anybody may see, in one frame that is the console's: where to go, a receipt, the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from apiflask import APIFlask
from flask import Response, render_template, request

from consent.errors import LANGS, Lang
from service.web.faults import NothingHere
from service.web.languages import lang

_WORDS: Final = Path(__file__).with_name("page_words.json")


@cache
def words() -> Mapping[str, Mapping[Lang, str]]:
    found: Mapping[str, Mapping[Lang, str]] = json.loads(_WORDS.read_text(encoding="utf-8"))
    return found


def page_lang() -> Lang:
    """The one that the page's address names, else the browser's."""
    asked = request.args.get("lang")
    return next((one for one in LANGS if one == asked), None) or lang()


def public_page(template: str, status: int = HTTPStatus.OK, **values: Any) -> Response:  # noqa: ANN401 - whatever it shows
    """One page, made from `templates/`."""
    spoken = page_lang()
    html = render_template(
        f"{template}.html",
        lang=spoken,
        other="en" if spoken == "ko" else "ko",
        words={key: said[spoken] for key, said in words().items()},
        here=template,
        **values,
    )
    return Response(html, status, content_type="text/html; charset=utf-8", headers={"Vary": "Accept, Accept-Language"})


def register(app: APIFlask) -> None:
    @app.get("/")
    @app.doc(hide=True)
    def start() -> Response:
        """Where to go, for somebody with a browser; for a program there is nothing here."""
        if request.accept_mimetypes.best_match(["application/json", "text/html"]) != "text/html":
            raise NothingHere
        return public_page("start")
