"""Running the service: granian's workers, and the process that watches over them (ADR 0047)."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Final, NoReturn

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer as Server

from service.ending import Ending
from service.errors import CannotListen
from service.main import end_at_once
from service.settings import Settings

FIGURES_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
_BACKLOG: Final = 2048


def serve(settings: Settings, ending: Ending, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; requests that are being answered then are finished first.

    Args:
        settings: checked.
        ending: of this process.
        announce: called with the service's URL once it answers.

    Raises:
        CannotListen: a port is taken.
    """
    settings = settings.model_copy(update={"port": free_port(settings.host, settings.port)})
    folder = tempfile.mkdtemp(prefix="dongui-figures-")
    ending.change(partial(_leave, folder))
    os.environ[FIGURES_VARIABLE] = folder  # before anything is loaded that counts
    try:
        from service.web.operation import log_lines, worker  # noqa: PLC0415 - once, here, and not in each worker

        log_lines.configure(settings.log_level)
        if settings.metrics_port:
            _start_figures(settings, folder)
        server = _server(settings, log_lines.logging_config())
        server.on_startup(lambda: _announce_when_it_answers(settings, announce))
        ending.change(server.signal_handler_interrupt)
        server.serve(target_loader=partial(worker.load, settings, os.getpid()), wrap_loader=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _leave(folder: str, number: int) -> NoReturn:
    shutil.rmtree(folder, ignore_errors=True)
    end_at_once(number)


def _server(settings: Settings, messages: dict[str, Any]) -> Server:
    has_tls = settings.tls_certificate and settings.tls_key
    return Server(
        "dongui",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.connections,
        backlog=_BACKLOG,
        backpressure=settings.connections,
        http=HTTPModes.http1,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=settings.header_seconds * 1000),
        log_level=LogLevels.error,
        log_dictconfig=messages,
        respawn_failed_workers=True,
        workers_kill_timeout=settings.stop_seconds,
        ssl_cert=Path(str(settings.tls_certificate)) if has_tls else None,
        ssl_key=Path(str(settings.tls_key)) if has_tls else None,
        ssl_protocol_min=SSLProtocols.tls12,
    )


def _start_figures(settings: Settings, folder: str) -> None:
    from service.stores import clock  # noqa: PLC0415 - after the variable is set
    from service.vouch import TrustFolders  # noqa: PLC0415
    from service.web.operation import figures  # noqa: PLC0415
    from service.web.operation.live import Live, Watch  # noqa: PLC0415

    trust = Live(settings.trust, lambda: TrustFolders.open(settings.trust))
    figures.start(folder, settings.metrics_host, settings.metrics_port, trust, clock)
    Watch(settings.reload_seconds, trust.refresh)


def free_port(host: str, port: int) -> int:
    """The port, if nobody listens there; any free one for 0. The workers share it, so the server would not notice.

    Raises:
        CannotListen: it is taken, or may not be used.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.create_server((host, port), family=family) as listening:
            return int(listening.getsockname()[1])
    except (OSError, UnicodeError):  # the latter of a name that can be nobody's
        raise CannotListen(host, port) from None


def _announce_when_it_answers(settings: Settings, announce: Callable[[str], None]) -> None:
    Thread(target=_wait_and_announce, args=(settings, announce), daemon=True).start()


def _wait_and_announce(settings: Settings, announce: Callable[[str], None]) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    while True:
        try:
            socket.create_connection((host, settings.port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            break
    scheme = "https" if settings.tls_certificate and settings.tls_key else "http"
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    announce(f"{scheme}://{shown}:{settings.port}")
