"""Users of the console, for administrators: the same functions as `dongui users` has."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from consent.errors import CodedError
from evidence.store.store import Writing
from service.web.console.faults import FormNotOurs, OwnAccount, UserUnknown
from service.web.console.guard import for_role, visitor
from service.web.console.page import NUMBER, page, spoken, told, when
from service.web.console.roles import Role
from service.web.console.users import (
    LONGEST,
    SHORTEST,
    User,
    add_user,
    all_users,
    set_disabled,
    set_password,
    set_role,
)
from service.web.resources import Resources


def register(pages: Blueprint, resources: Resources) -> None:
    @pages.get("/users")
    @for_role(Role.ADMINISTRATOR)
    def users() -> Response:
        return _list(resources)

    @pages.post("/users")
    @for_role(Role.ADMINISTRATOR)
    def users_add() -> Response:
        name, password = request.form.get("name", "").strip().lower(), request.form.get("password", "")
        return _act(resources, lambda writing, by: add_user(writing, name, _role(), password, by))

    @pages.post(f"/users/<{NUMBER}:number>/role")
    @for_role(Role.ADMINISTRATOR)
    def users_role(number: int) -> Response:
        return _act(resources, lambda writing, by: set_role(writing, _other(writing, number, by), _role(), by))

    @pages.post(f"/users/<{NUMBER}:number>/password")
    @for_role(Role.ADMINISTRATOR)
    def users_password(number: int) -> Response:
        password = request.form.get("password", "")
        return _act(resources, lambda writing, by: set_password(writing, _other(writing, number, by), password, by))

    @pages.post(f"/users/<{NUMBER}:number>/disabled")
    @for_role(Role.ADMINISTRATOR)
    def users_disabled(number: int) -> Response:
        disabled = request.form.get("disabled") == "yes"
        return _act(
            resources, lambda writing, by: set_disabled(writing, _other(writing, number, by), by, disabled=disabled)
        )


def _act(resources: Resources, act: Callable[[Writing, int], object]) -> Response:
    session = visitor().session
    assert session is not None  # noqa: S101 - the guard lets nobody else through
    try:
        with resources.writing() as writing:
            act(writing, session.user.id)
    except CodedError as error:
        return _list(resources, error)
    return redirect(url_for("console.users"), 303)


def _role() -> Role:
    wanted = request.form.get("role", "")
    if wanted not in set(Role):
        raise FormNotOurs
    return Role(wanted)


def _other(writing: Writing, number: int, by: int) -> User:
    """Somebody else than the administrator who asks. Raises: OwnAccount, UserUnknown."""
    if number == by:
        raise OwnAccount
    found = next((one for one in all_users(writing.connection) if one.id == number), None)
    if found is None:
        raise UserUnknown(str(number))
    return found


def _list(resources: Resources, error: CodedError | None = None) -> Response:
    lang, now = spoken(), resources.clock()
    with resources.store.reading() as connection:
        rows = [
            {
                "id": one.id,
                "name": one.name,
                "role": one.role.value,
                "role_told": one.role.told(lang),
                "created_at": when(one.created_at),
                "is_locked": one.locked_until is not None and one.locked_until > now,
                "is_disabled": one.disabled_at is not None,
            }
            for one in all_users(connection)
        ]
    roles = [(role.value, role.told(lang)) for role in Role]
    refused = None if error is None else told(error)
    return page(
        "users", 200 if error is None else 422, rows=rows, roles=roles, least=SHORTEST, most=LONGEST, refused=refused
    )
