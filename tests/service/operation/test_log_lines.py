"""Log lines are JSON, and hold no words of an exception."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import structlog

from service.web.operation.log_lines import Lines, told

SECRET = "홍길동 800101"


def failing() -> None:
    nothing: dict[str, str] = {}
    try:
        nothing[SECRET]
    except KeyError as error:
        raise ValueError(SECRET) from error


def failed() -> ValueError:
    with pytest.raises(ValueError, match=SECRET) as raised:
        failing()
    return raised.value


def line(record: logging.LogRecord) -> dict[str, Any]:
    text = Lines().format(record)
    assert SECRET not in text
    assert "\n" not in text
    found: dict[str, Any] = json.loads(text)
    return found


def test_an_exception_is_told_by_its_kind_and_place() -> None:
    error = failed()
    found = told(error)
    assert found["error"] == "builtins.ValueError < builtins.KeyError"
    assert "test_log_lines.py" in str(found["at"])
    assert SECRET not in str(found)


def test_what_a_library_logs_is_one_line() -> None:
    error = failed()
    record = logging.LogRecord(
        "x", logging.ERROR, __file__, 1, "it broke\n%s", (SECRET,), (type(error), error, error.__traceback__)
    )
    found = line(record)
    assert (found["event"], found["level"], found["logger"]) == ("it broke", "error", "x")
    assert found["error"].startswith("builtins.ValueError")


def test_ours_hold_the_same_of_an_exception(capsys: pytest.CaptureFixture[str]) -> None:
    from service.web.operation import log_lines  # noqa: PLC0415

    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        log_lines.configure("warning")
        log = structlog.get_logger()
        log.info("not told")
        log.error("it broke", exc_info=failed())
    finally:
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()
    (text,) = capsys.readouterr().err.splitlines()
    assert SECRET not in text
    found = json.loads(text)
    assert (found["event"], found["level"]) == ("it broke", "error")
    assert found["error"] == "builtins.ValueError < builtins.KeyError"
    assert found["time"].endswith("Z")
