"""`dongui npki`: certificates as NPKI programs keep them."""

from __future__ import annotations

import click

from service.commands import npki_export, npki_list


@click.group(name="npki")
def command() -> None:
    """Certificates in NPKI folders (signCert.der with signPri.key): which there are, and exporting one as PKCS#12."""


command.add_command(npki_list.command)
command.add_command(npki_export.command)
