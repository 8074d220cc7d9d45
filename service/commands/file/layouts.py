"""`dongui file layouts`: the tables of the specification."""

from __future__ import annotations

import click

from evidence.layouts import layout_rows
from service import options
from service.terminal import json_line


@click.command(name="layouts")
@options.json_flag
def command(as_json: bool) -> None:
    """Every field of every file, in the specification's order. Width 0: as long as the record says."""
    rows = layout_rows()
    if as_json:
        click.echo(json_line(rows))
        return
    last = None
    for row in rows:
        if (row["file"], row["part"]) != last:
            last = (row["file"], row["part"])
            click.echo(f"\n{row['file']} {row['part']}")
        const = "" if row["const"] is None else f" = {row['const']!r}"
        click.echo(f"  {row['no']:>2}  {row['mode']:<6} {row['width']:>5}  {row['name']} ({row['ko']}){const}")
