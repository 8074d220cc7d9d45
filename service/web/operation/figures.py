"""The page of figures, at a port of its own, in the process that watches over the workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import version
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service.errors import CannotListen
from service.list_times import ListTimes, list_times
from service.vouch import TrustFolders


class ListAges(Collector):
    """Age and remaining life of the revocation lists, as the trust folders hold them when somebody asks."""

    def __init__(self, trust: Callable[[], TrustFolders], clock: Callable[[], datetime]) -> None:
        self._trust, self._clock = trust, clock
        self._read: tuple[TrustFolders, list[ListTimes]] | None = None

    def collect(self) -> Iterator[Metric]:
        age = GaugeMetricFamily("dongui_list_age_seconds", "Since a CRL's thisUpdate", labels=("folder", "list"))
        left = GaugeMetricFamily("dongui_list_left_seconds", "Until a CRL's nextUpdate", labels=("folder", "list"))
        at = self._clock()
        for one in self._times(at):
            labels = (str(one.folder), one.place)
            age.add_metric(labels, (at - one.issued).total_seconds())
            left.add_metric(labels, (one.ends - at).total_seconds())
        about = GaugeMetricFamily("dongui_info", "The version that runs", labels=("version",))
        about.add_metric((version("dongui"),), 1)
        yield from (age, left, about)

    def _times(self, at: datetime) -> list[ListTimes]:
        trust = self._trust()
        if self._read is None or self._read[0] is not trust:
            self._read = trust, list_times(trust, at)
        return self._read[1]


def start(
    folder: str, host: str, port: int, trust: Callable[[], TrustFolders], clock: Callable[[], datetime]
) -> tuple[WSGIServer, Thread]:
    """Serve `/metrics` from a thread.

    Args:
        folder: where the workers leave their figures.
        host: address to listen on.
        port: to listen on.
        trust: the folders as they are now.
        clock: aware UTC.

    Raises:
        CannotListen: the port is taken.
    """
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    registry.register(ListAges(trust, clock))
    try:
        server, thread = start_http_server(port, host, registry)
    except (OSError, UnicodeError):  # the latter of a name that can be nobody's
        raise CannotListen(host, port) from None
    return server, thread
