"""Serves the modules of `service/web/static` and an empty page, as strictly as the service does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, send_from_directory
from werkzeug.serving import WSGIRequestHandler, make_server

STATIC: Final = Path(__file__).parents[2] / "service" / "web" / "static"
CSP: Final = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'"


@dataclass(frozen=True)
class Site:
    """Something that is served on this machine."""

    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"{self.origin}{path}"


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object, **__: object) -> None:
        return


@contextmanager
def serving(app: Any, port: int = 0) -> Iterator[Site]:
    """Serve a WSGI app in a thread of this process."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Site(server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serving_modules() -> Iterator[Site]:
    app = Flask(__name__, static_folder=None)

    @app.get("/blank")
    def blank() -> str:
        return "<!doctype html><html lang=ko><title>-</title><link rel=icon href=data:,><body></body></html>"

    @app.get("/static/<path:name>")
    def static(name: str) -> Response:
        return send_from_directory(STATIC, name)

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CSP
        return response

    with serving(app) as site:
        yield site
