"""Being told to end: SIGINT and SIGTERM, heard by a thread that does nothing else.

Python answers a signal in the main thread, between two of its steps. One that comes just before that thread goes to
sleep is heard when it wakes, which may be never; an exception raised for it within a callback is dropped; and a process
that was forked has its parent's answer until it gives its own. A thread that waits for them has none of this.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from threading import Lock, Thread
from typing import Final, Self

SIGNALS: Final = frozenset({signal.SIGINT, signal.SIGTERM})


class Ending:
    """What a process does once it is told to end, from when the main thread makes this until the block ends."""

    def __init__(self, how: Callable[[int], object]) -> None:
        """Have `how` called, in a thread of its own, with the first signal that comes; others change nothing."""
        self._how, self._changing = how, Lock()
        # What nobody may end that way is not waited for.
        self._heard = {number for number in SIGNALS if signal.getsignal(number) != signal.SIG_IGN}
        signal.pthread_sigmask(signal.SIG_BLOCK, self._heard)  # also for threads that start from here on
        self._thread = Thread(target=self._wait, name="dongui-ending", daemon=True)
        self._thread.start()

    def change(self, how: Callable[[int], object]) -> None:
        """End so from now on; where that has begun already, it is waited for."""
        with self._changing:
            self._how = how

    def _wait(self) -> None:
        if self._heard:
            number = signal.sigwait(self._heard)
            with self._changing:
                self._how(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.change(lambda _: None)
        if self._heard and self._thread.is_alive() and self._thread.ident is not None:
            signal.pthread_kill(self._thread.ident, next(iter(self._heard)))
            self._thread.join()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, self._heard)
