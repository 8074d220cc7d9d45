"""`dongui users list`: who may use the console."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from consent.errors import Lang
from service import options
from service.stores import clock, opened, store_options
from service.terminal import json_line, padded, visible
from service.times import told

if TYPE_CHECKING:
    from service.web.console.users import User


@click.command(name="list")
@store_options
@options.json_flag
@click.pass_context
def command(context: click.Context, address: str, keys: str | None, files: str | None, as_json: bool) -> None:
    """List the console's users: number, name, role, and whether they are locked or disabled."""
    from service.web.console.users import all_users  # noqa: PLC0415 - loads Flask

    lang: Lang = context.obj
    with opened(address, keys, files) as store, store.reading() as connection:
        users = all_users(connection)
    now = clock()
    for one in users:
        click.echo(json_line(_as_json(one, now)) if as_json else _line(one, now, lang))
    if not (users or as_json):
        click.echo(_NOBODY[lang])


def _state(one: User, now: datetime) -> str:
    if one.disabled_at is not None:
        return "disabled"
    return "locked" if one.locked_until is not None and now < one.locked_until else "active"


def _as_json(one: User, now: datetime) -> dict[str, object]:
    return {
        "user": one.id,
        "name": one.name,
        "role": one.role.value,
        "state": _state(one, now),
        "created_at": one.created_at.isoformat(),
    }


def _line(one: User, now: datetime, lang: Lang) -> str:
    state = _STATES[lang][_state(one, now)]
    return visible(
        f"{one.id:>6}  {padded(one.name, 20)}  {padded(one.role.told(lang), 14)}  {padded(state, 10)}  "
    ) + told(one.created_at.replace(microsecond=0), lang)


_STATES: dict[Lang, dict[str, str]] = {
    "en": {"active": "active", "locked": "LOCKED", "disabled": "DISABLED"},
    "ko": {"active": "사용 중", "locked": "잠김", "disabled": "사용 중지"},
}
_NOBODY: dict[Lang, str] = {
    "en": "Nobody may use the console yet; `dongui users add` lets somebody in.",
    "ko": "콘솔 사용자가 없습니다. dongui users add로 등록하십시오.",
}
