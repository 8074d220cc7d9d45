"""Pages: which language they speak, what all of them show, and what they say where something is refused."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, g, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import IntegerConverter

from consent.errors import LANGS, CodedError, Lang
from consent.wording import wording
from evidence.calendar import KOREA
from evidence.store.numbers import LARGEST
from service.errors import InternalFault
from service.log_lines import words_of
from service.terminal import visible
from service.times import with_times_told
from service.web.console.faults import (
    FormNotOurs,
    FormTooLarge,
    LoginRefused,
    PageMissing,
    RoleTooLow,
    UploadTooLarge,
)
from service.web.console.guard import TOKEN, UPLOAD_LIMIT, may_bring_a_file, visitor
from service.web.console.roles import Role
from service.web.faults import TooManyRequests
from service.web.languages import lang as accepted_language
from service.web.problems import status_of

NUMBER: Final = "number"
"""A number in a page's address (`Number`)."""
HOURS: Final[Lang] = "ko"
"""Whose the times of every page are, whatever its language: those of Korea."""
_COOKIE: Final = "dongui-lang"
_YEAR: Final = 365 * 24 * 3600
_STATUS: Final[dict[type[CodedError], HTTPStatus]] = {
    FormNotOurs: HTTPStatus.FORBIDDEN,
    InternalFault: HTTPStatus.INTERNAL_SERVER_ERROR,
    LoginRefused: HTTPStatus.FORBIDDEN,
    PageMissing: HTTPStatus.NOT_FOUND,
    RoleTooLow: HTTPStatus.FORBIDDEN,
    UploadTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FormTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
_NAVIGATION: Final = (
    ("due", Role.VIEWER),
    ("search", Role.VIEWER),
    ("fix", Role.VIEWER),
    ("files", Role.VIEWER),
    ("look", Role.VIEWER),
    ("charts", Role.VIEWER),
    ("users", Role.ADMINISTRATOR),
)


class Number(IntegerConverter):
    """One that a database can take.

    Of any other there is no page, and the console says so: where `min` and `max` refuse one, no further rule is tried.
    """

    regex = "[1-9][0-9]{0,17}"


def number_in(text: str) -> int | None:
    """A number that somebody typed, if a database can take it."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    return number if 0 < number <= LARGEST else None


@cache
def words() -> Mapping[str, Mapping[Lang, str]]:
    found: Mapping[str, Mapping[Lang, str]] = json.loads(
        Path(__file__).with_name("words.json").read_text(encoding="utf-8")
    )
    return found


def spoken() -> Lang:
    """The language that was chosen, in this page's address or before; else what the browser asks for."""
    if "console_lang" not in g:
        chosen = request.args.get("lang") or request.cookies.get(_COOKIE)
        g.console_lang = chosen if chosen in LANGS else accepted_language()
    found: Lang = g.console_lang
    return found


def say(key: str, **details: object) -> str:
    text = words()[key][spoken()]
    return text.format(**details) if details else text


def when(at: datetime | str) -> str:
    """A moment in Korea, to the second; a text is as the store writes times."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{moment.astimezone(KOREA):%Y-%m-%d %H:%M:%S}"


def log_told(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows of the log as a list on a page."""
    return [
        {"seq": row.seq, "at": when(row.at), "what": visible(" · ".join(words_of(row, spoken())).replace(" · →", " →"))}
        for row in rows
    ]


def page(template: str, status: int = HTTPStatus.OK, **values: Any) -> Response:  # noqa: ANN401 - whatever it shows
    """One page, made from `templates/console/`."""
    html = render_template(f"console/{template}.html", **_common(), **values)
    return Response(html, status, content_type="text/html; charset=utf-8")


def _common() -> dict[str, Any]:
    lang, who = spoken(), visitor()
    shown = [(name, url_for(f"console.{name}")) for name, role in _NAVIGATION if who.may(role)]
    return {
        "lang": lang,
        "other_lang": "en" if lang == "ko" else "ko",
        "other_url": _in_the_other(lang),
        "w": say,
        "visible": visible,
        "user": None if who.session is None else who.session.user,
        "is_operator": who.may(Role.OPERATOR),
        "navigation": shown,
        "here": (request.endpoint or "").removeprefix("console."),
        "form_token": Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN, who.token),
        "megabytes": UPLOAD_LIMIT // (1024 * 1024),
    }


def _in_the_other(lang: Lang) -> str:
    """This page in the other language; what a form brought about is not done again for that."""
    other = "en" if lang == "ko" else "ko"
    if request.method == "POST" or request.endpoint is None:
        return url_for("console.due", lang=other)
    # `url_for` takes these two kinds of names for its own: where to lead, and what kind of address to make.
    taken: dict[str, Any] = {
        name: text for name, text in request.args.items() if name != "endpoint" and not name.startswith("_")
    }
    return url_for(request.endpoint, **{**taken, **(request.view_args or {}), "lang": other})


def register(pages: Blueprint) -> None:
    """Remember the language; say what is wrong on a page, and nothing of what is inside."""

    @pages.after_request
    def remember(response: Response) -> Response:
        if request.args.get("lang") in LANGS:
            response.set_cookie(_COOKIE, spoken(), max_age=_YEAR, path="/", httponly=True, samesite="Lax")
        return response

    @pages.get("/<path:_anything>")
    def missing(_anything: str) -> Response:
        raise PageMissing

    @pages.errorhandler(CodedError)
    def coded(error: CodedError) -> Response:
        return refusal(error)

    @pages.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if isinstance(error, RequestEntityTooLarge):
            limit = request.max_content_length or UPLOAD_LIMIT
            return refusal(UploadTooLarge(limit) if may_bring_a_file() else FormTooLarge(limit))
        response = refusal(TooManyRequests() if error.code == HTTPStatus.TOO_MANY_REQUESTS else PageMissing())
        response.status_code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
        return response

    @pages.errorhandler(Exception)
    def inner(error: Exception) -> Response:
        last = traceback.extract_tb(error.__traceback__)[-1]  # the words of an error may hold what is personal
        logging.getLogger(__name__).error("%s at %s:%s", type(error).__name__, last.name, last.lineno)
        return refusal(InternalFault(type(error).__name__))


def refusal(error: CodedError) -> Response:
    """A page that says what was refused and what to do."""
    g.refused = error.code
    return page("refused", _status(error), refused=told(error))


def told(error: CodedError) -> dict[str, str]:
    """What an error says: message, remedy and code."""
    lang = spoken()
    details = with_times_told(error.details, HOURS)
    message = wording(error.code).message(lang, details)
    return {"message": visible(message), "remedy": visible(error.remedy(lang)), "code": error.code}


def _status(error: CodedError) -> HTTPStatus:
    return _STATUS.get(type(error)) or status_of(error)
