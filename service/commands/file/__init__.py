"""`dongui file`: FB files as tables, JSON lines and predictions, and what their codes mean."""

from __future__ import annotations

import click

from service.commands.file import banks, check, codes, layouts, lines, r00


@click.group(name="file")
def command() -> None:
    """FB files: layouts, codes, banks, decode, encode, check, r00."""


for one in (layouts.command, codes.command, banks.command, lines.decode, lines.encode, check.command, r00.command):
    command.add_command(one)
