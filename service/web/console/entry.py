"""Logging in and out, and one's own password."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from consent.errors import CodedError
from service.web.console.faults import LoginRefused, PasswordsDiffer, PasswordWrong
from service.web.console.guard import drop_session, for_everybody, session_value, set_session, visitor
from service.web.console.page import page, spoken, told
from service.web.console.sessions import begin, end
from service.web.console.users import (
    LOCKED,
    LONGEST,
    SHORTEST,
    TRIES,
    User,
    set_password,
    still_holds,
    user_of_password,
)
from service.web.resources import Resources


def register(pages: Blueprint, resources: Resources) -> None:
    @pages.get("/login")
    @for_everybody
    def login() -> Response:
        if visitor().session is not None:
            return redirect(url_for("console.due"), 303)
        return page("login", ended="ended" in request.args)

    @pages.post("/login")
    @for_everybody
    def log_in() -> Response:
        name, password = request.form.get("name", "").strip().lower(), request.form.get("password", "")
        user = user_of_password(resources, name, password)
        value = None if user is None else _begun(resources, user)
        if value is None:
            refused = LoginRefused(TRIES, int(LOCKED.total_seconds() // 60))
            return page("login", 403, ended=False, refused=told(refused))
        response = redirect(url_for("console.due", lang=spoken()), 303)
        set_session(response, value)
        return response

    @pages.post("/logout")
    def logout() -> Response:
        session = visitor().session
        if session is not None:
            end(resources, session)
        response = redirect(url_for("console.login"), 303)
        drop_session(response)
        return response

    _register_password(pages, resources)


def _begun(resources: Resources, user: User) -> str | None:
    """The value of a new session; None where the password was changed, or the user disabled, just now."""
    with resources.writing() as writing:
        return begin(writing, user, session_value(request)) if still_holds(writing.connection, user) else None


def _register_password(pages: Blueprint, resources: Resources) -> None:
    @pages.get("/password")
    def password() -> Response:
        return page("password", least=SHORTEST, most=LONGEST)

    @pages.post("/password")
    def change_password() -> Response:
        session = visitor().session
        assert session is not None  # noqa: S101 - the guard lets nobody else through
        try:
            before = request.form.get("before", "")
            user = user_of_password(resources, session.user.name, before)
            if user is None:
                raise PasswordWrong
            if request.form.get("new", "") != request.form.get("again", ""):
                raise PasswordsDiffer
            with resources.writing() as writing:
                if not still_holds(writing.connection, user):
                    raise PasswordWrong
                set_password(writing, user, request.form.get("new", ""))
                value = begin(writing, user, session.value)
        except CodedError as error:
            return page("password", 422, least=SHORTEST, most=LONGEST, refused=told(error))
        response = redirect(url_for("console.due"), 303)
        set_session(response, value)
        return response
