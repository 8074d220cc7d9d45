"""What stands before every page of the console: whose session it is, what their role allows, that the form is ours."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Request, Response, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.web.console.faults import FormNotOurs, PageMissing, RoleTooLow
from service.web.console.roles import Role
from service.web.console.sessions import Session, form_token, is_form_token, session_of
from service.web.resources import Resources

_View = TypeVar("_View", bound=Callable[..., object])
FORM_LIMIT: Final = 64 * 1024
UPLOAD_LIMIT: Final = 8 * 1024 * 1024
"""Bytes that a page looks at while somebody waits; `dongui file check` takes any file."""
TOKEN: Final = "form_token"  # noqa: S105 - the field's name
_SESSION: Final = "dongui-console"
_VISIT: Final = "dongui-visit"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True)
class Visitor:
    """Whoever asks for a page.

    Attributes:
        session: None for those who are not logged in.
        token: what the forms of their pages carry.
    """

    session: Session | None
    token: str

    def may(self, role: Role) -> bool:
        return self.session is not None and self.session.user.role.allows(role)


def for_role(role: Role) -> Callable[[_View], _View]:
    """Say whom a view is for; without it, everybody who is logged in."""

    def mark(view: _View) -> _View:
        view.console_role = role  # type: ignore[attr-defined]
        return view

    return mark


def for_everybody(view: _View) -> _View:
    """A view for those, too, who are not logged in."""
    view.console_role = None  # type: ignore[attr-defined]
    return view


def takes_files(view: _View) -> _View:
    """A view whose form may bring a file."""
    view.console_limit = UPLOAD_LIMIT  # type: ignore[attr-defined]
    return view


def may_bring_a_file() -> bool:
    return hasattr(current_app.view_functions[request.endpoint or ""], "console_limit")


def visitor() -> Visitor:
    """Whoever asks; nobody where a request is refused before it is looked at."""
    found: Visitor = g.get("console_visitor") or Visitor(None, "")
    return found


def register(pages: Blueprint, resources: Resources) -> None:
    """Have every request of these pages looked at before its view is called."""

    @pages.before_request
    def look() -> AnyResponse | None:
        view = current_app.view_functions[request.endpoint or ""]
        role: Role | None = getattr(view, "console_role", Role.VIEWER)
        request.max_content_length = getattr(view, "console_limit", FORM_LIMIT)
        session = session_of(resources, request.cookies.get(_name(_SESSION), ""))
        value = session.value if session is not None else request.cookies.get(_name(_VISIT), "")
        if session is None and not value:
            value = g.console_new_visit = secrets.token_urlsafe(32)
        g.console_visitor = Visitor(session, form_token(resources.store.keys, value))
        if role is not None and session is None:
            return redirect(url_for("console.login", ended=int(_name(_SESSION) in request.cookies) or None), 303)
        if role is not None and session is not None and not session.user.role.allows(role):
            raise RoleTooLow(role.told("en"), role.told("ko"))
        if any("\0" in text for _, text in request.args.items(multi=True)):
            raise PageMissing  # PostgreSQL takes it for no text, and no page of ours has such an address
        if request.method == "POST" and not _is_ours(resources, value):
            raise FormNotOurs
        return None

    @pages.after_request
    def harden(response: Response) -> Response:
        response.headers.update(_HEADERS)
        visit = g.get("console_new_visit")
        if visit is not None:
            _set(response, _VISIT, visit)
        return response


def _is_ours(resources: Resources, value: str) -> bool:
    """The form carries the session's own token; a browser that says where it came from says: from here."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    if any("\0" in text for _, text in request.form.items(multi=True)):
        return False  # nobody types that, and PostgreSQL takes it for no text
    return is_form_token(resources.store.keys, value, request.form.get(TOKEN, ""))


def session_value(asked: Request) -> str:
    """The session's cookie, whether it holds or not."""
    return asked.cookies.get(_name(_SESSION), "")


def set_session(response: AnyResponse, value: str) -> None:
    """Hand the browser a session, and take back what it had before the login."""
    _set(response, _SESSION, value)
    response.delete_cookie(_name(_VISIT), secure=_is_secure(), httponly=True, samesite="Strict")


def drop_session(response: AnyResponse) -> None:
    response.delete_cookie(_name(_SESSION), secure=_is_secure(), httponly=True, samesite="Strict")


def _set(response: AnyResponse, name: str, value: str) -> None:
    """For this browser's session alone, unreadable for scripts, and never sent along from another site."""
    response.set_cookie(_name(name), value, path="/", secure=_is_secure(), httponly=True, samesite="Strict")


def _name(name: str) -> str:
    """`__Host-`: browsers take it over TLS alone, and from this very host."""
    return f"__Host-{name}" if _is_secure() else name


def _is_secure() -> bool:
    """Everywhere but on this machine itself, where people try things out without TLS."""
    return request.is_secure or not _is_loopback(request.host)


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
