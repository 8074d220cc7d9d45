"""`dongui fix list`: what stands still, why, and the command that helps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import click

from consent.errors import Lang
from service import options
from service.errors import NOT_PASSED, OK
from service.fix_view import HEADINGS, NOTHING, item_lines, more_line, stuck_items
from service.stores import opened, store_options, typed_options
from service.terminal import json_line

_SHOWN: Final = 50
"""Items of one kind that a person is shown; --json has all."""


@click.command(name="list")
@store_options
@options.json_flag
@click.pass_context
def command(context: click.Context, address: str, keys: str | None, files: str | None, as_json: bool) -> None:
    """List consents that were refused, rejected or failed, changes to be decided, audits and remarks of files.

    Each with the reason, the field, what to do, and the command that does it. Ends with 1 if there is anything.
    """
    lang: Lang = context.obj
    found = False
    with opened(address, keys, files) as store, store.reading() as connection:
        for kind, items in stuck_items(store, connection, lang, typed_options(context)):
            for line in _lines(kind, items, lang, as_json=as_json):
                found = True
                click.echo(line)
    if not (found or as_json):
        click.echo(NOTHING[lang])
    context.exit(NOT_PASSED if found else OK)


def _lines(kind: str, items: Iterator[dict[str, Any]], lang: Lang, *, as_json: bool) -> Iterator[str]:
    if as_json:
        yield from map(json_line, items)
        return
    for place, item in enumerate(islice(items, _SHOWN)):
        if not place:
            yield HEADINGS[lang][kind]
        yield from item_lines(item, lang)
    left = sum(1 for _ in items)
    if left:
        yield more_line(left, lang)
