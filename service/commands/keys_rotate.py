"""`dongui keys rotate`: a new API key in place of one."""

from __future__ import annotations

from datetime import timedelta

import click

from service import options
from service.api_keys import days_option, name_argument, tell_new
from service.stores import clock, opened, store_options


@click.command(name="rotate")
@name_argument
@days_option
@click.option(
    "--grace",
    type=click.IntRange(0, 720),
    default=24,
    show_default=True,
    metavar="N",
    help="Hours that the old one holds still.",
)
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    name: str,
    days: int,
    grace: int,
    address: str,
    keys: str | None,
    files: str | None,
    as_json: bool,
) -> None:
    """Make a key with the same scopes, and let the old one end.

    The new one is called NAME.2, NAME.3 and so on.
    """
    from evidence.store.api_keys import rotate_api_key  # noqa: PLC0415 - loads SQLAlchemy

    now = clock()
    with opened(address, keys, files) as store, store.writing(now) as writing:
        until, ends = now + timedelta(days=days), now + timedelta(hours=grace)
        made = rotate_api_key(writing, name, until, ends)
    tell_new(made, context.obj, as_json=as_json)
