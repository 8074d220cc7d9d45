"""`dongui users add`: somebody more who may use the console."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.new_passwords import new_password, password_option, role_type
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="add")
@click.argument("name", metavar="NAME")
@click.option("--role", type=role_type, default="viewer", show_default=True, help="What the user may do.")
@password_option
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    name: str,
    role: str,
    password_file: str | None,
    address: str,
    keys: str | None,
    files: str | None,
    as_json: bool,
) -> None:
    """Add a user of the console, with a password of 12 characters or more."""
    from service.web.console.roles import Role  # noqa: PLC0415 - loads Flask
    from service.web.console.users import add_user, require_new_name  # noqa: PLC0415

    lang: Lang = context.obj
    with opened(address, keys, files) as store:
        with store.reading() as connection:
            require_new_name(connection, name)  # before a password is asked for
        password = new_password(password_file, lang)
        with store.writing(clock()) as writing:
            number = add_user(writing, name, Role(role), password)
    tell({"user": number, "name": name, "role": role, "told": Role(role).told(lang)}, _LINE[lang], as_json=as_json)


_LINE: dict[Lang, str] = {
    "en": "✔ user {user}: {name}, {told}",
    "ko": "✔ 사용자 {user}번: {name}, {told}",
}
