"""A browser, pages in it, and what they are served from. Without Chromium these tests are not run, and say so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.serving import Site, serving_modules
from tests.chromium import CHROMIUM, PATIENCE_MS, chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Chromium."""
    if not CHROMIUM:
        pytest.skip("chromium is not installed (tests/tools.sh installs it): nothing was tried in a browser")
    with chromium() as started:
        yield started


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


@pytest.fixture(scope="module")
def blank(browser: Browser, site: Site) -> Iterator[Page]:
    """Return an empty page that may import the modules; one for all tests that leave nothing behind on it."""
    opened = browser.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    opened.goto(site.url("/blank"))
    yield opened
    opened.close()
