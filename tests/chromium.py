"""Chromium for tests, where Debian's is installed (tests/tools.sh), and where their screenshots go."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, expect, sync_playwright

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or ""
SCREENSHOTS: Final = Path(__file__).parents[1] / "test-output" / "screenshots"
PATIENCE_MS: Final = 30_000
expect.set_options(timeout=PATIENCE_MS)  # a busy machine is no fault of the page
_ARGUMENTS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run it for the length of a block.

    For one module's tests and no longer: while it runs its event loop is that of the thread, and what calls
    `asyncio.run` fails.
    """
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        try:
            yield started
        finally:
            started.close()
