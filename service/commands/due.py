"""`dongui due`: what is due, awaited or stands still, and what an omission costs."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.calendars import calendar_of, overrides_option
from service.inputs import plausible_moment
from service.stores import opened, store_options, typed_options
from service.terminal import json_line, visible
from service.wrapping import terminal_columns


@click.command(name="due")
@store_options
@overrides_option
@click.option("--at", default="now", show_default=True, metavar="TIME", help="Time to go by: now, or ISO 8601.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    address: str,
    keys: str | None,
    files: str | None,
    overrides: str | None,
    at: str,
    as_json: bool,
) -> None:
    """List what is due with the time that is left, the most urgent first, and what an omission costs.

    What others owe us is listed too. Ends with 1 when something is late. docs/calendar.md says how days are counted.
    """
    from evidence.calendar import KOREA  # noqa: PLC0415
    from evidence.due import due_items  # noqa: PLC0415 - loads SQLAlchemy, and holidays
    from evidence.due_item import exit_code  # noqa: PLC0415
    from evidence.lifecycle.facts import facts_of  # noqa: PLC0415
    from service import due_view  # noqa: PLC0415

    lang: Lang = context.obj
    now = plausible_moment(at)
    with opened(address, keys, files) as store, store.reading() as connection:
        facts = facts_of(store, connection, now.astimezone(KOREA).date())
    calendar, notices = calendar_of(overrides)
    store_named = typed_options(context)
    items = due_items(facts, calendar, now)
    if as_json:
        click.echo(json_line(due_view.as_json(items, now, lang, store=store_named)))
    else:
        view = due_view.as_view(items, now, lang, store=store_named, columns=terminal_columns())
        click.echo(view, nl=False)
    for notice in notices:
        click.echo(visible(f"  ! {notice.message(lang)} [{notice.code}]"), err=True)
    context.exit(exit_code(items))
