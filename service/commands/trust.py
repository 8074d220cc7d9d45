"""`dongui trust`: what is in a trust folder, whom it needs to reach, and fetching what it lacks."""

from __future__ import annotations

import click

from service.commands import trust_fetch, trust_hosts, trust_show


@click.group(name="trust")
def command() -> None:
    """Trust folders: what is in one, which hosts its authorities publish on, fetching lists and responses."""


command.add_command(trust_show.command)
command.add_command(trust_hosts.command)
command.add_command(trust_fetch.command)
