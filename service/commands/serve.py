"""`dongui serve`: the API on this machine."""

from __future__ import annotations

import socket
from typing import Final

import click
from werkzeug.serving import make_server

from service import options
from service.errors import CannotListen
from service.stores import opened, store_options
from service.vouch import TrustFolders
from service.web import Resources, create_app

_HOST: Final = "127.0.0.1"


@click.command(name="serve")
@store_options
@options.trusts
@click.option("--port", type=click.IntRange(0, 65_535), default=8080, show_default=True, help="0: any free one.")
def command(address: str, keys: str | None, files: str | None, trusts: tuple[str, ...], port: int) -> None:
    """Serve the API on 127.0.0.1. For trying out: one process, this machine only."""
    trust = TrustFolders.open(trusts)
    with opened(address, keys, files) as store:
        app = create_app(Resources(store, lambda: trust))
        try:
            listening = socket.create_server((_HOST, port))
        except OSError:
            raise CannotListen(port) from None
        with listening:
            server = make_server(_HOST, port, app, threaded=True, fd=listening.fileno())
            click.echo(f"http://{_HOST}:{server.port}/docs")
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                pass  # how one stops it
            finally:
                server.server_close()
