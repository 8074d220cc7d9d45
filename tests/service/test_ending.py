"""Ending: signals are heard by whatever the main thread does, until the block ends."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.service.running import environment

NOT_HEARD = """
import os, signal, sys, time
from service.ending import Ending

class Going:
    def __del__(self):  # an exception that comes up here is dropped
        os.kill(os.getpid(), signal.{number})
        time.sleep(0.3)

with Ending(lambda number: os._exit(number)):
    Going()
    sys.exit(99)
"""
AFTERWARDS = """
import os, signal, threading
from service.ending import Ending

told = []
with Ending(told.append) as ending:
    ending.change(lambda number: told.append(-number))
assert threading.active_count() == 1
try:
    os.kill(os.getpid(), signal.SIGINT)
except KeyboardInterrupt:
    print(told)
"""
IGNORED = """
import os, signal
from service.ending import Ending

signal.signal(signal.SIGINT, signal.SIG_IGN)
with Ending(lambda number: os._exit(number)):
    os.kill(os.getpid(), signal.SIGINT)
print("goes on")
"""


def ran(code: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", code]
    return subprocess.run(words, env=environment(), capture_output=True, text=True, check=False, timeout=20)


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 2), ("SIGTERM", 15)])
def test_what_python_would_drop_is_heard(number: str, code: int) -> None:
    assert ran(NOT_HEARD.format(number=number)).returncode == code


def test_afterwards_signals_are_what_they_were() -> None:
    assert ran(AFTERWARDS).stdout == "[]\n"


def test_what_is_ignored_stays_so() -> None:
    assert ran(IGNORED).stdout == "goes on\n"
