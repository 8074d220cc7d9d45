"""`dongui retention`: what the store need not keep any longer."""

from __future__ import annotations

import click

from service.commands import retention_delete, retention_list


@click.group(name="retention")
def command() -> None:
    """Consents that ended so long ago that they need not be kept. Nothing is deleted but by this command."""


command.add_command(retention_list.command)
command.add_command(retention_delete.command)
