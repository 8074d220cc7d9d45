"""`dongui file`: FB files as tables, JSON lines and predictions, and what their codes mean."""

from __future__ import annotations

import click

from service.commands.file import check, codes, layouts, lines


@click.group(name="file")
def command() -> None:
    """FB files: layouts, codes, decode, encode, check."""


for one in (layouts.command, codes.command, lines.decode, lines.encode, check.command):
    command.add_command(one)
