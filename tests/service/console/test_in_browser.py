"""The console in a real browser: an operator's way through it, by hand and by keyboard, and whether all can use it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from certs.demo import DemoPki
from consent import Charset, ConsentText
from tests.chromium import CHROMIUM, SCREENSHOTS, chromium
from tests.service.console.house import PASSWORD, PERSONAL, House, der

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no chromium here: the console is NOT tested in a browser"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # the driver's own pipes
]
PAGES: Final = {
    "login": "/login",
    "due": "/",
    "search": "/search",
    "consents": "/consents",
    "story": "/consents/1",
    "story-failed": "/consents/5",
    "fix": "/fix",
    "mend": "/fix/consents/2",
    "files": "/files",
    "file": "/files/1",
    "record": "/files/1/records/1?field=payer_number",
    "look": "/look",
    "charts": "/charts",
    "users": "/users",
    "password": "/password",
}

NARROW: Final = ("login", "due", "consents", "story", "fix", "mend", "files", "file", "record", "charts", "users")
"""Of them, those that are also looked at on a narrow, dark screen."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """Where the console of this test is served."""
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/console"
    server.shutdown()
    thread.join()
    server.server_close()


class Desk:
    """Somebody at the console, whose browser must have nothing to complain about."""

    def __init__(
        self, browser: Browser, address: str, lang: str = "en", width: int = 1280, scheme: str = "light"
    ) -> None:
        self.address = address
        size = {"width": width, "height": 860}
        locale = "ko-KR" if lang == "ko" else "en-US"
        self.context = browser.new_context(locale=locale, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        self.complaints: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:  # what was refused is told as such
            self.complaints.append(text)

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def log_in(self, name: str) -> Page:
        page = self.go("/login")
        expect(page.locator("#name")).to_be_focused()  # given with the first frame, which may come after the load
        page.keyboard.type(name)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/console/(\?lang=..)?$"))
        return page

    def done(self) -> None:
        self.context.close()
        assert self.complaints == []


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Desk]:
    found = Desk(browser, address)
    yield found
    found.done()


def axe(page: Page) -> list[str]:
    """What axe-core has against the page as it stands."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(("lang", "width", "scheme"), [("ko", 1280, "light"), ("en", 390, "dark")])
def test_everybody_can_use_every_page(browser: Browser, address: str, lang: str, width: int, scheme: str) -> None:
    desk = Desk(browser, address, lang, width, scheme)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    found = {}
    for name, path in PAGES.items():
        if lang == "en" and name not in NARROW:
            continue
        page = desk.go(path)
        page.screenshot(path=str(SCREENSHOTS / f"console-{name}-{lang}-{width}.png"), full_page=True)
        found[name] = axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
        cut = "[...document.querySelectorAll('.scroll, .card')].some(one => one.scrollWidth > one.clientWidth)"
        assert not page.evaluate(cut), f"{name}: something sticks out of its frame"
        if name == "login":
            desk.log_in("administrator")
    assert {name: against for name, against in found.items() if against} == {}
    desk.done()


@pytest.mark.parametrize(("lang", "width", "scheme"), [("ko", 1280, "light"), ("en", 390, "dark")])
def test_everybody_can_use_the_pages_for_everybody(
    browser: Browser, address: str, lang: str, width: int, scheme: str
) -> None:
    desk = Desk(browser, address.removesuffix("/console"), lang, width, scheme)
    for name, path in {"start": "/", "receipt": "/receipt", "docs": "/docs"}.items():
        page = desk.go(path)
        page.screenshot(path=str(SCREENSHOTS / f"{name}-{lang}-{width}.png"), full_page=True)
        assert axe(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
        page.locator(".who a").click()
        expect(page.locator("html")).to_have_attribute("lang", "en" if lang == "ko" else "ko")
    desk.done()


def test_what_is_due_counts_down(desk: Desk, house: House) -> None:
    house.now -= timedelta(minutes=5)
    page = desk.log_in("viewer")
    left = page.locator("time.countdown").first
    expect(left).to_have_text("2 d 12 h left")
    house.now += timedelta(minutes=20)
    page.reload()
    expect(left).to_have_text("2 d 11 h left")


def test_a_consents_story_and_its_personal_data(desk: Desk, house: House) -> None:
    page = desk.log_in("operator")
    page.get_by_role("link", name="Search").click()
    page.get_by_label("Search for").fill("1")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Consent 1")
    assert not [word for word in PERSONAL if word in page.content()]
    page.get_by_role("button", name="Show personal data").click()
    expect(page.get_by_role("status")).to_contain_text("Personal data are shown")
    assert all(word in page.content() for word in PERSONAL)
    page.reload()  # sends the form once more: the browser asks, and the log has it twice
    assert len(house.log("unmasked")) == 2


def test_a_file_is_dropped_anywhere(desk: Desk, pki: DemoPki) -> None:
    content = der(pki, ConsentText.of("동의합니다.", Charset.UTF_8), pki.payers["rsa"])
    page = desk.log_in("viewer")
    transfer = page.evaluate_handle(
        """(bytes) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "a.der"));
            return transfer;
        }""",
        list(content),
    )
    page.dispatch_event("main", "dragover", {"dataTransfer": transfer})
    expect(page.locator("body")).to_have_class("dropping")
    page.dispatch_event("main", "drop", {"dataTransfer": transfer})
    expect(page.get_by_role("heading", level=1)).to_have_text("a.der")
    expect(page.locator(".verdict")).to_contain_text("PASSED")
    assert axe(page) == []


def test_an_fb_file_is_chosen_and_a_fields_bytes_are_marked(desk: Desk, house: House) -> None:
    page = desk.log_in("viewer")
    page = desk.go("/look")
    page.get_by_label("File to look at").set_input_files(str(next(house.folder.glob("outbox/FB0110_*_000001"))))
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("Record 1 ", exact=False).first.click()
    page.locator("details[open] .fields").get_by_role("link", name="institution code").first.click()
    marked = page.locator("span:target")
    expect(marked).to_have_text("9912345678··········")
    assert axe(page) == []


def test_a_rejected_consent_is_amended_and_another_queued_again(desk: Desk) -> None:
    page = desk.log_in("operator")
    page.get_by_role("link", name="Go and mend it").click()
    page.get_by_role("link", name="Mend consent 2").click()
    page.get_by_label("holder id", exact=True).fill("800102")
    page.get_by_role("button", name="Amend and queue again").click()
    expect(page.get_by_role("alert")).to_contain_text("FB-370")
    page = desk.go("/fix")
    page.get_by_role("checkbox", name="Choose consent 3").check()
    page.get_by_role("button", name="Queue the chosen again").click()
    expect(page.get_by_role("status")).to_contain_text("Queued for the next FB0110")
    assert page.get_by_role("checkbox", name="Choose consent 3").count() == 0
    desk.go("/consents/3")
    expect(page.get_by_role("heading", level=1)).to_contain_text("queued")


def test_all_of_it_works_without_scripts(browser: Browser, address: str, house: House) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ko-KR")
    page = context.new_page()
    page.goto(f"{address}/login")
    page.get_by_label("사용자 ID").fill("operator")
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    expect(page.locator("time.countdown").first).to_have_text("2일 12시간 남음")
    page.goto(f"{address}/look")
    page.get_by_label("확인할 파일").set_input_files(str(next(house.folder.glob("outbox/FB0110_*_000001"))))
    page.get_by_role("button", name="파일 확인").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("FB0110_")
    context.close()
