"""Logging in and out, and one's own password."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from consent.errors import CodedError
from service.web.console.faults import LoginRefused, PasswordsDiffer, PasswordWrong
from service.web.console.guard import drop_session, for_everybody, session_value, set_session, visitor
from service.web.console.page import page, spoken, told
from service.web.console.sessions import begin, end
from service.web.console.users import LOCKED, LONGEST, SHORTEST, TRIES, set_password, user_of_password
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
        user = user_of_password(resources.store, name, password, resources.clock())
        if user is None:
            refused = LoginRefused(TRIES, int(LOCKED.total_seconds() // 60))
            return page("login", 403, ended=False, refused=told(refused))
        value = begin(resources.store, user, resources.clock(), session_value(request))
        response = redirect(url_for("console.due", lang=spoken()), 303)
        set_session(response, value)
        return response

    @pages.post("/logout")
    def logout() -> Response:
        session = visitor().session
        if session is not None:
            end(resources.store, session, resources.clock())
        response = redirect(url_for("console.login"), 303)
        drop_session(response)
        return response

    _register_password(pages, resources)


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
            if user_of_password(resources.store, session.user.name, before, resources.clock()) is None:
                raise PasswordWrong
            if request.form.get("new", "") != request.form.get("again", ""):
                raise PasswordsDiffer
            with resources.store.writing(resources.clock()) as writing:
                set_password(writing, session.user, request.form.get("new", ""))
        except CodedError as error:
            return page("password", 422, least=SHORTEST, most=LONGEST, refused=told(error))
        value = begin(resources.store, session.user, resources.clock(), session.value)
        response = redirect(url_for("console.due"), 303)
        set_session(response, value)
        return response
