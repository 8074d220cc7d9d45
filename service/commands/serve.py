"""`dongui serve`: verdicts over HTTP on this machine."""

from __future__ import annotations

import socket
from typing import Final

import click
from werkzeug.serving import make_server

from service import options
from service.errors import CannotListen
from service.vouch import TrustFolders
from service.web import create_app

_HOST: Final = "127.0.0.1"


@click.command(name="serve")
@options.trusts
@click.option("--port", type=click.IntRange(0, 65_535), default=8080, show_default=True, help="0: any free one.")
def command(trusts: tuple[str, ...], port: int) -> None:
    """Judge DERs over HTTP on 127.0.0.1 (POST /v1/verify). For trying out: no authentication, this machine only."""
    app = create_app(TrustFolders.open(trusts))
    try:
        listening = socket.create_server((_HOST, port))
    except OSError:
        raise CannotListen(port) from None
    with listening:
        server = make_server(_HOST, port, app, threaded=True, fd=listening.fileno())
        click.echo(f"http://{_HOST}:{server.port}/v1/verify")
        click.echo(f"  curl --data-binary @X.der http://{_HOST}:{server.port}/v1/verify")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass  # how one stops it
        finally:
            server.server_close()
