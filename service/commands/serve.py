"""`dongui serve`: verdicts over HTTP on this machine."""

from __future__ import annotations

from pathlib import Path

import click
from werkzeug.serving import make_server

from certs import TrustStore
from service import options
from service.errors import CannotListen
from service.web import create_app


@click.command(name="serve")
@options.trust
@click.option("--port", type=click.IntRange(0, 65_535), default=8080, show_default=True, help="0: any free one.")
def command(trust: str, port: int) -> None:
    """Judge DERs over HTTP on 127.0.0.1 (POST /v1/verify). For trying out: no authentication, this machine only."""
    try:
        server = make_server("127.0.0.1", port, create_app(TrustStore.open(Path(trust))), threaded=True)
    except (OSError, SystemExit):  # werkzeug exits by itself when the port is taken
        raise CannotListen(port) from None
    click.echo(f"http://127.0.0.1:{server.server_port}/v1/verify")
    click.echo(f"  curl --data-binary @X.der http://127.0.0.1:{server.server_port}/v1/verify")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
