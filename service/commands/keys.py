"""`dongui keys`: API keys of programs that call the service."""

from __future__ import annotations

import click

from service.commands import keys_add, keys_list, keys_revoke, keys_rotate


@click.group(name="keys")
def command() -> None:
    """API keys of programs that call the service; the store keeps hashes of them and no key itself."""


for one in (keys_add, keys_list, keys_rotate, keys_revoke):
    command.add_command(one.command)
