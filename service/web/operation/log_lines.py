"""Log lines as JSON, one a line, on standard error. They hold codes, routes and times: no body, secret or name."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from structlog.typing import EventDict

LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_SAID: Final = 200
_CAUSES: Final = 5


def configure(level: str) -> None:
    """Let this process write such lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            _faults,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(capture=True)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(handlers=[handler], level=max(LEVELS[level], logging.WARNING), force=True)


class Lines(logging.Formatter):
    """Make the same of what libraries log: the first line of what they say, and never an exception's own words."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        said = record.getMessage().partition("\n")[0][:_SAID]
        event = {"event": said, "logger": record.name, "level": record.levelname.lower(), "time": at}
        return json.dumps(event | told(record.exc_info[1] if record.exc_info else None), ensure_ascii=False)


def logging_config() -> dict[str, Any]:
    """For the server, which sets up the log of its own messages in each process."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": f"{__name__}.Lines"}},
        "handlers": {"stderr": {"formatter": "json", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"}},
        "loggers": {"_granian": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
    }


def told(error: BaseException | None) -> dict[str, object]:
    """Of an exception, its kind and where it happened: what it says may hold values out of a consent."""
    if error is None:
        return {}
    at = [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(error.__traceback__)]
    return {"error": _kinds(error), "at": at}


def _faults(_logger: object, _method: str, event: EventDict) -> EventDict:
    event.update(told(event.pop("exc_info", None)))
    return event


def _kinds(error: BaseException | None) -> str:
    names: list[str] = []
    while error is not None and len(names) < _CAUSES:
        names.append(f"{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return " < ".join(names)
