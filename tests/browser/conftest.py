"""A browser, pages in it, and what they are served from. Without Chromium these tests are not run, and say so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.serving import Site, serving_modules

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
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
SCREENSHOTS: Final = Path(__file__).parents[2] / "test-output" / "screenshots"
PATIENCE_MS: Final = 30_000
expect.set_options(timeout=PATIENCE_MS)  # a busy machine is no fault of the page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Chromium, one for each process of tests."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (tests/tools.sh installs it): nothing was tried in a browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1000, "height": 900}, locale="ko-KR", accept_downloads=True)
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Return where `service/web/static` is served from, under the headers that pages of the service have."""
    with serving_modules() as served:
        yield served


@pytest.fixture(scope="session")
def blank(browser: Browser, site: Site) -> Iterator[Page]:
    """Return an empty page that may import the modules; one for all tests that leave nothing behind on it."""
    opened = browser.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    opened.goto(site.url("/blank"))
    yield opened
    opened.close()
