"""`dongui keys list`: the API keys there are."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.stores import clock, opened, store_options
from service.terminal import json_line, padded, visible


@click.command(name="list")
@store_options
@options.json_flag
@click.pass_context
def command(context: click.Context, address: str, keys: str | None, files: str | None, as_json: bool) -> None:
    """List API keys: name, state, until when they hold or when they ended, scopes."""
    from evidence.store.api_keys import list_api_keys  # noqa: PLC0415 - loads SQLAlchemy
    from evidence.store.store import time_text  # noqa: PLC0415

    lang: Lang = context.obj
    now = time_text(clock())
    with opened(address, keys, files) as store, store.reading() as connection:
        found = list_api_keys(connection)
    for key in found:
        scopes = " ".join(sorted(key.scopes))
        state = "revoked" if key.revoked_at else "expired" if key.expires_at and key.expires_at <= now else "in_force"
        if as_json:
            times = {"created_at": key.created_at, "expires_at": key.expires_at, "revoked_at": key.revoked_at}
            told = {"name": key.name, "kind": key.kind, "scopes": scopes, "state": state, **times}
            click.echo(json_line(told))
        else:
            ends = [at for at in (key.expires_at, key.revoked_at) if at]
            until = min(ends)[:10] if ends else "-"
            click.echo(f"{padded(visible(key.name), 24)}  {padded(_STATES[lang][state], 8)}  {until}  {scopes}")
    if not as_json and not found:
        click.echo(_NONE[lang])


_STATES: dict[Lang, dict[str, str]] = {
    "en": {"in_force": "in force", "expired": "expired", "revoked": "revoked"},
    "ko": {"in_force": "유효", "expired": "만료", "revoked": "폐기"},
}
_NONE: dict[Lang, str] = {"en": "There are no API keys yet.", "ko": "API 키가 없습니다."}
