"""`dongui log`: the store's log."""

from __future__ import annotations

import click

from service.commands import log_show, log_verify


@click.group(name="log")
def command() -> None:
    """The store's log: everything that ever happened in it, each row holding the digest of the one before."""


command.add_command(log_verify.command)
command.add_command(log_show.command)
