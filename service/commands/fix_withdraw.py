"""`dongui fix withdraw`: consents given up before they were accepted."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="withdraw")
@click.argument("numbers", metavar="N...", nargs=-1, required=True, type=options.NUMBER)
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    numbers: tuple[int, ...],
    address: str,
    keys: str | None,
    files: str | None,
    as_json: bool,
) -> None:
    """Give consents up that were never accepted: all of them, or none. What was accepted has to be cancelled."""
    from evidence.lifecycle.mending import withdraw  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    with opened(address, keys, files) as store, store.writing(clock()) as writing:
        count = withdraw(writing, numbers)
    tell({"withdrawn": count}, _LINE[lang], as_json=as_json)


_LINE: dict[Lang, str] = {"en": "✔ {withdrawn} withdrawn", "ko": "✔ {withdrawn}건을 철회하였습니다."}
