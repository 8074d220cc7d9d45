"""Figures for Prometheus. Labels hold routes, codes and counts, and nothing about anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY: Final = CollectorRegistry()
"""Of this process; of all workers together where PROMETHEUS_MULTIPROC_DIR names their common folder."""

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_REQUESTS: Final = Counter("dongui_requests", "Requests answered", ("method", "route", "status"), registry=REGISTRY)
_DURATION: Final = Histogram(
    "dongui_request_seconds", "Time to answer, body read", ("route",), buckets=_SECONDS, registry=REGISTRY
)
_VERDICTS: Final = Counter("dongui_verdicts", "Verdicts given", ("indication",), registry=REGISTRY)
_EVENTS: Final = Counter("dongui_log_events", "Rows written to the store's log", ("event",), registry=REGISTRY)
_REPLAYS: Final = Counter("dongui_replays", "Answers given again for an Idempotency-Key", registry=REGISTRY)
_LIMITED: Final = Counter("dongui_rate_limited", "Requests refused for their number", ("route",), registry=REGISTRY)
_FAULTS: Final = Counter("dongui_unexpected_errors", "Faults of the service itself", registry=REGISTRY)
_RELOADS: Final = Counter(
    "dongui_reloads", "Trust folders and keys read again after a change", ("what", "result"), registry=REGISTRY
)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    _REQUESTS.labels(method, route, str(status)).inc()
    _DURATION.labels(route).observe(seconds)


def count_verdict(indication: str) -> None:
    _VERDICTS.labels(indication).inc()


def count_events(events: Mapping[str, int]) -> None:
    """Of one transaction that was written."""
    for event, count in events.items():
        _EVENTS.labels(event).inc(count)


def count_replay() -> None:
    _REPLAYS.inc()


def count_limited(route: str) -> None:
    _LIMITED.labels(route).inc()


def count_fault() -> None:
    _FAULTS.inc()


def count_reload(what: str, *, taken: bool) -> None:
    _RELOADS.labels(what, "taken" if taken else "refused").inc()
