"""A command at a terminal where somebody answers what it asks."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from tests.service.running import DONGUI, environment


class Talk(NamedTuple):
    """How it ended; what was on standard output, and what the terminal showed."""

    code: int
    out: str
    shown: str


def at_terminal(*words: object, answers: Sequence[tuple[str, str]]) -> Talk:
    """Run `dongui` with the words; whenever a label appears, type its answer."""
    ours, theirs = os.openpty()
    command = [str(DONGUI), *map(str, words)]
    with subprocess.Popen(
        command, env=environment(), stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, start_new_session=True
    ) as child:
        shown, seen = b"", 0
        for label, typed in answers:
            while label.encode() not in shown[seen:]:
                shown += os.read(ours, 1000)
            seen = len(shown)
            time.sleep(0.2)  # until the echo is off
            os.write(ours, typed.encode() + b"\n")
        assert child.stdout is not None
        out = child.stdout.read().decode()
        code = child.wait(timeout=20)
    os.close(theirs)
    os.set_blocking(ours, False)
    with suppress(OSError):
        shown += os.read(ours, 10_000)
    os.close(ours)
    return Talk(code, out, shown.decode())
