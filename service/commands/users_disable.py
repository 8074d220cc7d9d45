"""`dongui users disable`: somebody who may no longer use the console."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="disable")
@click.argument("name", metavar="NAME")
@click.option("--undo", is_flag=True, help="Let the user in again.")
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context, name: str, undo: bool, address: str, keys: str | None, files: str | None, as_json: bool
) -> None:
    """Shut a user out of the console, from this moment on. Users are never deleted: the log names them by number."""
    from service.web.console.users import find_user, set_disabled  # noqa: PLC0415 - loads Flask

    lang: Lang = context.obj
    with opened(address, keys, files) as store, store.writing(clock()) as writing:
        user = find_user(writing.connection, name)
        set_disabled(writing, user, disabled=not undo)
    tell({"user": user.id, "name": name, "disabled": not undo}, _LINE[lang][undo], as_json=as_json)


_LINE: dict[Lang, dict[bool, str]] = {
    "en": {False: "✔ {name} is shut out", True: "✔ {name} may log in again"},
    "ko": {False: "✔ {name}: 사용을 중지하였습니다.", True: "✔ {name}: 사용을 재개하였습니다."},
}
