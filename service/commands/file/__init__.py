"""`dongui file`: what FB files are made of and what is in one; other files made from them."""

from __future__ import annotations

import click

from service.commands.file import banks, check, codes, diff, layouts, lines, merge, r00, show


@click.group(name="file")
def command() -> None:
    """FB files: tables and codes, what is in a file, JSON lines and back, comparing, merging, splitting."""


for one in (
    layouts.command,
    codes.command,
    banks.command,
    show.show,
    show.as_json_lines,
    lines.decode,
    lines.encode,
    check.command,
    diff.command,
    merge.merge,
    merge.split,
    r00.command,
):
    command.add_command(one)
