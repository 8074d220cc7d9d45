"""`dongui consent`: consents in the store."""

from __future__ import annotations

import click

from service.commands import consent_list, consent_show


@click.group(name="consent")
def command() -> None:
    """Consents in the store: which there are, and the story of one."""


command.add_command(consent_list.command)
command.add_command(consent_show.command)
