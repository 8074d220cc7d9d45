"""Where the process of the command `dongui` starts. What it does stands in `service.root`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Final, NoReturn

from service.deferred import defer

INTERRUPTED: Final = 130
TERMINATED: Final = 143
_COLLECT_AFTER: Final = 200_000
"""Containers made before garbage is looked for: starting up makes some 100 000, and none of them is garbage."""


def main() -> None:
    """Run one command with the process's arguments; end the process with its exit code."""
    try:
        gc.set_threshold(_COLLECT_AFTER)
        _until_begun()
        # pyhanko-certvalidator imports it for fetching, which no verdict does: a tenth of a whole call.
        defer("asyncio")
        from service.root import run  # noqa: PLC0415 - loaded where an interrupt is answered already

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    finally:
        gc.freeze()  # else the interpreter walks through everything once more before it ends: a tenth of a whole call
    sys.exit(code)


def begin() -> None:
    """Unwind when interrupted or terminated, from here on: the command is loaded, and files may be unfinished."""
    if signal.getsignal(signal.SIGINT) is end_at_once:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGTERM) is end_at_once:
        signal.signal(signal.SIGTERM, _terminated)


def _until_begun() -> None:
    """End at once when interrupted or terminated: nothing has begun.

    An exception would not do: one that comes up in a callback of the import system is dropped, and the command goes on.
    """
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
        if signal.getsignal(number) == usual:  # else whoever started us has it ignored
            signal.signal(number, end_at_once)


def end_at_once(number: int, _frame: object = None) -> NoReturn:
    """Answer a signal where nothing has begun."""
    os._exit(INTERRUPTED if number == signal.SIGINT else TERMINATED)


def _terminated(_signal: int, _frame: object) -> NoReturn:
    """Unwind, so that unfinished files are removed."""
    sys.exit(TERMINATED)
