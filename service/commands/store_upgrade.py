"""`dongui store upgrade`: a store of an earlier version."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.stores import address_option
from service.terminal import json_line, visible


@click.command(name="upgrade")
@address_option
@options.json_flag
@click.pass_context
def command(context: click.Context, address: str, as_json: bool) -> None:
    """Bring a store made by an earlier version to this version's tables. Back it up before."""
    from evidence.store.opening import newest, shown, upgrade  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    upgrade(address)
    made = {"store": shown(address), "tables": newest()}
    click.echo(json_line(made) if as_json else _LINE[lang].format(store=visible(made["store"]), tables=made["tables"]))


_LINE: dict[Lang, str] = {
    "en": "✔ {store}: tables of revision {tables}",
    "ko": "✔ {store}: 표 구조 버전 '{tables}'",
}
