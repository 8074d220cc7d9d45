"""`dongui users role`: what somebody may do on the console."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.new_passwords import role_type
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="role")
@click.argument("name", metavar="NAME")
@click.argument("role", metavar="ROLE", type=role_type)
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context, name: str, role: str, address: str, keys: str | None, files: str | None, as_json: bool
) -> None:
    """Give a user another role: viewer, operator or administrator. It holds from the user's next page on."""
    from service.web.console.roles import Role  # noqa: PLC0415 - loads Flask
    from service.web.console.users import find_user, set_role  # noqa: PLC0415

    lang: Lang = context.obj
    with opened(address, keys, files) as store, store.writing(clock()) as writing:
        user = find_user(writing.connection, name)
        set_role(writing, user, Role(role))
    tell({"user": user.id, "name": name, "role": role, "told": Role(role).told(lang)}, _LINE[lang], as_json=as_json)


_LINE: dict[Lang, str] = {"en": "✔ {name}: {told}", "ko": "✔ {name}: {told}"}
