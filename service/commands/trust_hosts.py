"""`dongui trust hosts`: whom a firewall has to let through."""

from __future__ import annotations

from pathlib import Path

import click

from certs import TrustStore
from certs.keys import load_certificates
from certs.locations import locations
from service import options
from service.asking import certificates_of
from service.terminal import json_line, visible


@click.command(name="hosts")
@click.argument("folder")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@options.json_flag
def command(folder: str, files: tuple[str, ...], as_json: bool) -> None:
    """List every host and port that the authorities of a trust folder, and the signers in FILEs, publish on.

    FILEs are certificates or signed DERs. For whoever has to open a firewall; nothing is contacted.
    """
    store = TrustStore.open(Path(folder))
    certificates = [*(c for i in (*store.anchors, *store.intermediates) for c in load_certificates(i.der))]
    for file in files:
        certificates += certificates_of(file)
    uses: dict[tuple[str, int, str], set[str]] = {}
    for location in locations(certificates):
        if location.endpoint is not None:
            uses.setdefault(location.endpoint, set()).add(location.use)
    rows = [
        {"host": host, "port": port, "protocol": scheme, "uses": sorted(use)}
        for (host, port, scheme), use in sorted(uses.items())
    ]
    if as_json:
        click.echo(json_line(rows))
        return
    for (host, port, scheme), use in sorted(uses.items()):
        click.echo(f"{visible(host)}  {port}/tcp  {scheme}  {', '.join(sorted(use))}")
