"""`dongui keys revoke`: an API key that opens nothing any more."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.api_keys import name_argument
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="revoke")
@name_argument
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context, name: str, address: str, keys: str | None, files: str | None, as_json: bool
) -> None:
    """Let a key open nothing any more, from now on."""
    from evidence.store.api_keys import revoke_api_key  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    with opened(address, keys, files) as store, store.writing(clock()) as writing:
        revoke_api_key(writing, name)
    tell({"name": name}, _LINE[lang], as_json=as_json)


_LINE: dict[Lang, str] = {"en": "✔ {name} is revoked", "ko": "✔ {name} 키를 폐기하였습니다."}
