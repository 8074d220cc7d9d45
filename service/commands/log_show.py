"""`dongui log show`: rows of the log."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.inputs import moment
from service.log_lines import row_as_json, row_as_text
from service.stores import opened, store_options
from service.terminal import json_line


@click.command(name="show")
@store_options
@click.option("--consent", "consent_id", type=options.NUMBER, metavar="N", help="Only about this consent.")
@click.option("--file", "file_id", type=options.NUMBER, metavar="N", help="Only about this file.")
@click.option("--since", metavar="TIME", help="Only from this time on: now, or ISO 8601 with its offset from UTC.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    address: str,
    keys: str | None,
    files: str | None,
    consent_id: int | None,
    file_id: int | None,
    since: str | None,
    as_json: bool,
) -> None:
    """Show rows of the log, the first one first. Nothing personal stands in them."""
    from evidence.store.finding import find_log_rows  # noqa: PLC0415 - loads SQLAlchemy
    from evidence.store.store import time_text  # noqa: PLC0415

    lang: Lang = context.obj
    first = None if since is None else time_text(moment(since))
    with opened(address, keys, files) as store, store.reading() as connection:
        for row in find_log_rows(connection, consent_id=consent_id, file_id=file_id, since=first):
            click.echo(json_line(row_as_json(row)) if as_json else row_as_text(row, lang))
