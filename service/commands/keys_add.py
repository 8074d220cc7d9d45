"""`dongui keys add`: a new API key."""

from __future__ import annotations

from datetime import timedelta

import click

from service import options
from service.api_keys import days_option, name_argument, scopes_of, tell_new
from service.stores import clock, opened, store_options


@click.command(name="add")
@name_argument
@click.option("--scopes", required=True, metavar="S,S", help="Of sign, verify, evidence, files, admin.")
@click.option("--hmac", "is_hmac", is_flag=True, help="A secret that signs requests (RFC 9421) and is never sent.")
@days_option
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    name: str,
    scopes: str,
    is_hmac: bool,
    days: int,
    address: str,
    keys: str | None,
    files: str | None,
    as_json: bool,
) -> None:
    """Make an API key; it is shown this once."""
    from evidence.store.api_keys import BEARER, HMAC, add_api_key  # noqa: PLC0415 - loads SQLAlchemy

    wanted, now = scopes_of(scopes), clock()
    with opened(address, keys, files) as store, store.writing(now) as writing:
        made = add_api_key(writing, name, HMAC if is_hmac else BEARER, wanted, now + timedelta(days=days))
    tell_new(made, context.obj, as_json=as_json)
