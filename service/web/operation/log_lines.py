"""Log lines as JSON, one a line, on standard error. They hold codes, routes and times: no body, secret or name."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor

LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_MODULE: Final = __name__


def configure(level: str) -> None:
    """Let this process write such lines."""
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *_SHARED, _faults, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers = [handler := logging.StreamHandler(sys.stderr)]
    handler.setFormatter(formatter())
    root.setLevel(max(LEVELS[level], logging.WARNING))  # what libraries have to say


def formatter() -> logging.Formatter:
    """Make the same of what libraries log."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _faults,
            structlog.processors.JSONRenderer(),
        ],
        foreign_pre_chain=_SHARED,
        keep_exc_info=True,
    )


def logging_config(level: str) -> dict[str, Any]:
    """For the server, which sets up the log of its own messages in each process."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": f"{_MODULE}.formatter"}},
        "handlers": {"stderr": {"formatter": "json", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"}},
        "loggers": {"_granian": {"handlers": ["stderr"], "level": level.upper(), "propagate": False}},
    }


def _faults(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Tell of an exception its kind and where it happened: what it says may hold values out of a consent."""
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found if isinstance(found, BaseException) else None
    if found is True:
        error = sys.exc_info()[1]
    if error is not None:
        event["error"] = _kinds(error)
        event["at"] = [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(error.__traceback__)]
    return event


def _kinds(error: BaseException | None) -> str:
    names: list[str] = []
    while error is not None and len(names) < 5:
        names.append(f"{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return " < ".join(names)


_SHARED: Final[list[Processor]] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]
