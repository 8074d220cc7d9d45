"""Where the process of the command `dongui` starts. What it does stands in `service.root`."""

from __future__ import annotations

import gc
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
        signal.signal(signal.SIGTERM, _terminated)
        # pyhanko-certvalidator imports it for fetching, which no verdict does: a tenth of a whole call.
        defer("asyncio")
        from service.root import run  # noqa: PLC0415 - loaded where an interrupt is answered already

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    finally:
        gc.freeze()  # else the interpreter walks through everything once more before it ends: a tenth of a whole call
    sys.exit(code)


def _terminated(_signal: int, _frame: object) -> NoReturn:
    """Unwind, so that unfinished files are removed."""
    sys.exit(TERMINATED)
