"""`dongui users password`: a new password for somebody."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.new_passwords import new_password, password_option
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="password")
@click.argument("name", metavar="NAME")
@password_option
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    name: str,
    password_file: str | None,
    address: str,
    keys: str | None,
    files: str | None,
    as_json: bool,
) -> None:
    """Give a user a new password. It unlocks a user who is locked, and ends the user's sessions."""
    from service.web.console.users import find_user, set_password  # noqa: PLC0415 - loads Flask

    lang: Lang = context.obj
    with opened(address, keys, files) as store:
        with store.reading() as connection:
            user = find_user(connection, name)
        password = new_password(password_file, lang)
        with store.writing(clock()) as writing:
            set_password(writing, user, password)
    tell({"user": user.id, "name": name}, _LINE[lang], as_json=as_json)


_LINE: dict[Lang, str] = {"en": "✔ {name}: new password", "ko": "✔ {name}: 비밀번호를 변경하였습니다."}
