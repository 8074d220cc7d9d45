"""`dongui store`: the store of consents and their evidence."""

from __future__ import annotations

import click

from service.commands import (
    store_add,
    store_init,
    store_institution,
    store_rekey,
    store_show,
    store_sweep,
    store_upgrade,
)


@click.group(name="store")
def command() -> None:
    """The store of consents and their evidence: one database, its key file, and a folder for large evidence.

    docs/store.md says what is sealed, and how to back it up.
    """


command.add_command(store_init.command)
command.add_command(store_add.command)
command.add_command(store_show.command)
command.add_command(store_institution.command)
command.add_command(store_rekey.command)
command.add_command(store_sweep.command)
command.add_command(store_upgrade.command)
