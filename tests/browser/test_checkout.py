"""The checkout from the form to the receipt, against the real service: each kind of key, and what may go wrong."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Route, expect

from certs.npki import Scheme
from examples.checkout.dongui_api import DonguiApi
from examples.checkout.orders import Shop
from examples.checkout.pages import WORDS
from examples.checkout.shop import EXAMPLE, create_shop
from signer.cms import signed_attributes
from tests.browser import key_files
from tests.browser.checkout import PASSWORD, Checkout, checkout
from tests.chromium import SCREENSHOTS
from verifier import policies, verify_der

RECEIPT: Final = ".receipt"
PREPARE, COMPLETE, TOKEN = "**/signature/prepare", "**/signature/complete", "**/token?*"


@pytest.fixture(scope="module")
def _shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    with checkout(tmp_path_factory.mktemp("checkout")) as served:
        yield served


@pytest.fixture
def shop(_shop: Checkout) -> Checkout:
    """The shop, with a clock that is right again whatever a test before this one did to it."""
    _shop.clock.later = timedelta(0)
    return _shop


@pytest.fixture
def counter(page: Page, shop: Checkout) -> Iterator[Callable[[], int]]:
    """How much evidence there is more than before; and nothing on the page breaks a rule of its own policy."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    before = shop.evidence()
    yield lambda: shop.evidence() - before
    assert faults == []


@pytest.fixture
def consent(page: Page, shop: Checkout, counter: Callable[[], int]) -> Page:
    """The page on which a consent is to be signed."""
    typed: Any = {**EXAMPLE, "privacy_agreed": "yes", "third_party_agreed": "yes"}
    page.goto(page.request.post(shop.shop.url("/orders"), form=typed).url)
    return page


def agree(page: Page) -> None:
    for name in ("privacy_agreed", "third_party_agreed"):
        page.check(f"[name={name}]")
    page.click("button.primary")
    page.wait_for_url("**/orders/*")


def choose(page: Page, kind: str, files: dict[str, bytes] | None = None, password: str = "") -> None:
    page.check(f"[value={kind}]")
    if files is not None:
        payload: Any = [{"name": name, "mimeType": "", "buffer": data} for name, data in files.items()]
        page.set_input_files(f"#{kind}", payload)
        page.fill("#password", password)


def sign(page: Page) -> None:
    page.click("#sign")
    expect(page.locator(RECEIPT)).to_be_visible()


def refusal(page: Page) -> str:
    page.click("#sign")
    expect(page.locator("#error")).to_be_visible()
    return page.inner_text("#error p")


def downloaded(page: Page, which: str, folder: Path) -> bytes:
    with page.expect_download() as download:
        page.click(f"a[href$='{which}']")
    download.value.save_as(folder / which)
    return (folder / which).read_bytes()


def npki(shop: Checkout, payer: str, scheme: Scheme = Scheme.PBES2) -> dict[str, bytes]:
    pair = shop.pki.payers[payer]
    return {"signCert.der": key_files.certificate(pair), "signPri.key": key_files.npki(pair, scheme, PASSWORD)}


def test_from_the_form_to_the_receipt(page: Page, shop: Checkout, counter: Callable[[], int], tmp_path: Path) -> None:
    """What is downloaded is evidence of the very text that was shown, and passes."""
    page.goto(shop.shop.url("/"))
    shot(page, "checkout-form")
    agree(page)
    text = page.locator("#consent").evaluate("(element) => element.textContent")
    choose(page, "demo")
    shot(page, "checkout-consent")
    sign(page)
    shot(page, "checkout-receipt")
    der = downloaded(page, "consent.der", tmp_path)
    trust = shop.pki.trust()
    verdict = verify_der(der, trust=trust, policy=policies.KFTC, at=datetime.now(UTC).replace(microsecond=0))
    assert verdict.indication.name == "TOTAL_PASSED"
    assert text.encode() in der and downloaded(page, "consent.txt", tmp_path) == text.encode()
    receipt = json.loads(downloaded(page, "receipt.json", tmp_path))
    assert receipt["evidence_sha256"] == hashlib.sha256(der).hexdigest() == page.inner_text("#evidence_sha256")
    assert receipt["content_sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert counter() == 1


def test_with_a_pkcs12_file(consent: Page, shop: Checkout, counter: Callable[[], int]) -> None:
    choose(consent, "p12", {"payer.p12": (shop.folder / "keys" / "ecdsa.p12").read_bytes()}, PASSWORD)
    sign(consent)
    assert counter() == 1


@pytest.mark.parametrize(("payer", "scheme"), [("rsa", Scheme.SEED_CBC_WITH_SHA1), ("ecdsa", Scheme.PBES2)])
def test_with_a_joint_certificate(
    consent: Page, shop: Checkout, payer: str, scheme: Scheme, counter: Callable[[], int]
) -> None:
    choose(consent, "npki", npki(shop, payer, scheme), PASSWORD)
    sign(consent)
    assert counter() == 1


def test_with_a_provider(consent: Page, counter: Callable[[], int]) -> None:
    choose(consent, "provider")
    sign(consent)
    assert counter() == 1


def test_a_wrong_password_is_told_and_the_right_one_goes_on(
    consent: Page, shop: Checkout, counter: Callable[[], int]
) -> None:
    choose(consent, "npki", npki(shop, "rsa"), "wrong")
    assert refusal(consent).startswith("비밀번호가 올바르지 않습니다.")
    assert consent.evaluate("document.activeElement.id") == "error"
    shot(consent, "checkout-wrong-password")
    assert counter() == 0
    consent.fill("#password", PASSWORD)
    sign(consent)


def test_what_is_missing_is_told(consent: Page, shop: Checkout) -> None:
    assert refusal(consent) == "signCert.der와 signPri.key 두 파일을 모두 선택하십시오."
    choose(consent, "npki", npki(shop, "rsa"), "")
    assert refusal(consent) == "인증서 비밀번호를 입력하십시오."
    choose(consent, "p12")
    assert refusal(consent) == "인증서 파일을 선택하십시오."


def test_a_revoked_or_expired_certificate_signs_nothing(
    consent: Page, shop: Checkout, counter: Callable[[], int]
) -> None:
    choose(consent, "npki", npki(shop, "revoked"), PASSWORD)
    assert refusal(consent).startswith("이 인증서로 한 서명은 접수할 수 없습니다.")
    choose(consent, "npki", npki(shop, "expired"), PASSWORD)
    assert refusal(consent).startswith("유효기간이 지난 인증서입니다.")
    assert counter() == 0


def test_a_text_that_was_changed_on_the_screen_is_not_signed(consent: Page, counter: Callable[[], int]) -> None:
    choose(consent, "demo")
    consent.locator("#consent").evaluate(
        "(element) => { element.textContent = element.textContent.replace('25', '26'); }"
    )
    assert refusal(consent).startswith("화면의 동의서와 서버에 있는 동의서가 서로 달라")
    consent.reload()
    choose(consent, "demo")
    consent.locator("#consent").evaluate(
        "(element) => element.insertAdjacentHTML('beforeend', '<i hidden>그리고 더</i>')"
    )
    assert refusal(consent).startswith("동의서가 화면에 온전히 보이지 않아")
    assert counter() == 0


def test_bytes_that_cover_another_text_are_not_signed(consent: Page, counter: Callable[[], int]) -> None:
    """Whoever sits between page and service, or owns the service, gets no signature over anything else."""
    other = signed_attributes(
        "전 재산을 출금합니다.".encode(), "sha256", datetime.now(UTC).replace(microsecond=0), None
    )
    completed: list[str] = []
    consent.route(PREPARE, lambda route: altered(route, to_be_signed=key_files.base64_of(other)))
    consent.on("request", lambda asked: completed.append(asked.url) if asked.url.endswith("complete") else None)
    choose(consent, "demo")
    assert refusal(consent).startswith("서버가 보낸 서명 대상이 화면의 동의서에 대한 것이 아니어서")
    assert (completed, counter()) == ([], 0)


def altered(route: Route, **changes: str) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), **changes})


def test_an_answer_that_is_lost_between_prepare_and_complete_is_asked_for_again(
    consent: Page, counter: Callable[[], int]
) -> None:
    """The service has carried it out: it answers again as it did the first time."""
    consent.route(COMPLETE, lambda route: (route.fetch(), route.abort()), times=1)
    choose(consent, "demo")
    sign(consent)
    assert counter() == 1


def test_after_a_long_silence_the_next_press_goes_on(consent: Page, shop: Checkout, counter: Callable[[], int]) -> None:
    """The password need not be typed again."""
    consent.evaluate("() => { const real = setTimeout; window.setTimeout = (work, wait) => real(work, wait / 20); }")
    consent.route(COMPLETE, lambda route: route.abort(), times=4)
    choose(consent, "npki", npki(shop, "ecdsa"), PASSWORD)
    assert refusal(consent).startswith("서명 서버와 연결이 끊겼습니다.")
    assert consent.input_value("#password") == ""
    sign(consent)
    assert counter() == 1


def test_a_reload_after_a_lost_answer_shows_the_same_evidence(consent: Page, counter: Callable[[], int]) -> None:
    consent.route(COMPLETE, lambda route: (route.fetch(), consent.evaluate("location.reload()")), times=1)
    choose(consent, "demo")
    sign(consent)
    assert counter() == 1


def test_a_double_click_signs_once(consent: Page, counter: Callable[[], int]) -> None:
    completed: list[str] = []
    consent.on("request", lambda asked: completed.append(asked.url) if asked.url.endswith("complete") else None)
    choose(consent, "demo")
    consent.dblclick("#sign")
    expect(consent.locator(RECEIPT)).to_be_visible()
    assert len([url for url in completed if url]) == 1
    assert counter() == 1


def test_the_back_button_shows_the_receipt_again(consent: Page, shop: Checkout, counter: Callable[[], int]) -> None:
    """Also when the same form is sent once more: it is the same consent, and it is signed."""
    consent.goto(shop.shop.url("/"))
    agree(consent)
    choose(consent, "demo")
    sign(consent)
    shown = consent.inner_text("#evidence_sha256")
    consent.go_back()
    consent.wait_for_url(re.compile(r"/(\?.*)?$"))
    agree(consent)
    assert consent.inner_text("#evidence_sha256") == shown
    consent.go_back()
    consent.go_forward()
    assert consent.inner_text("#evidence_sha256") == shown
    assert counter() == 1


def test_a_second_window_shows_the_receipt(consent: Page, context: BrowserContext, counter: Callable[[], int]) -> None:
    second = context.new_page()
    second.goto(consent.url)
    for page in (consent, second):
        choose(page, "demo")
        sign(page)
    assert consent.inner_text("#evidence_sha256") == second.inner_text("#evidence_sha256")
    assert counter() == 1


def test_an_expired_token_is_replaced(consent: Page, shop: Checkout, counter: Callable[[], int]) -> None:
    """The token expires after `prepare`; the page gets a new one and sends the same signature."""
    tokens: list[str] = []
    consent.on(
        "request", lambda asked: tokens.append(asked.url) if asked.url.partition("?")[0].endswith("token") else None
    )

    def too_late(route: Route) -> None:
        shop.clock.later = timedelta(minutes=20)
        route.continue_()

    consent.route(COMPLETE, too_late, times=1)
    choose(consent, "demo")
    sign(consent)
    assert (len(tokens), counter()) == (2, 1)


def test_a_consent_that_is_open_no_longer_is_told(consent: Page, shop: Checkout, counter: Callable[[], int]) -> None:
    shop.clock.later = timedelta(hours=2)
    choose(consent, "demo")
    assert refusal(consent).startswith("서명할 수 있는 시간이 지났습니다. ‘납부 정보 고치기’")
    assert counter() == 0


def test_what_the_form_lacks_is_told(page: Page, shop: Checkout) -> None:
    page.goto(shop.shop.url("/"))
    page.eval_on_selector("form", "(form) => { form.noValidate = true; }")
    page.click("button.primary")
    expect(page.locator("[role=alert]")).to_contain_text("개인정보")
    assert page.input_value("#payer_name") == "홍길동"


def test_the_service_serves_the_modules_itself(page: Page, shop: Checkout) -> None:
    """For pages of its own address; the shop serves copies from its own, as scripts of others are not let in."""
    page.goto(shop.service.url("/receipt"))
    assert "signConsent" in page.evaluate("async () => Object.keys(await import('/static/dongui.js'))")


def test_an_order_of_another_cart_is_not_shown(consent: Page, shop: Checkout, context: BrowserContext) -> None:
    address = consent.url
    context.clear_cookies()
    answer = consent.request.get(address)
    assert answer.status == 404


@pytest.mark.parametrize(("lang", "width"), [("ko", 360), ("en", 1000)])
def test_everybody_can_use_it(page: Page, shop: Checkout, lang: str, width: int) -> None:
    """Axe finds nothing on any page, nothing has to be scrolled sideways, and the keyboard reaches the end."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(shop.shop.url(f"/?lang={lang}"))
    accessible(page, f"checkout-{lang}-{width}-form")
    agree(page)
    assert page.get_attribute("html", "lang") == lang
    assert refusal(page)
    accessible(page, f"checkout-{lang}-{width}-consent")
    page.focus("[value=npki]")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert page.is_checked("[value=demo]")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(RECEIPT)).to_be_visible()
    accessible(page, f"checkout-{lang}-{width}-receipt")


def accessible(page: Page, name: str) -> None:
    shot(page, name)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert [one["id"] for one in found.response["violations"]] == [], found.generate_report()


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def test_a_shop_whose_service_is_away_says_so() -> None:
    away = create_shop(Shop(DonguiApi("http://127.0.0.1:9", "key"))).test_client()
    assert away.get("/").status_code == 200
    answer = away.post("/orders?lang=en", data={**EXAMPLE, "privacy_agreed": "yes"})
    assert answer.status_code == 502
    assert "Signing up is not possible right now." in answer.text
    assert away.get("/demo-keys/rsa.p12").status_code == 404


@pytest.mark.parametrize(
    ("address", "accepted", "lang"),
    [
        ("/", "en-US,en;q=0.9", "en"),
        ("/", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("/", "fr", "ko"),
        ("/?lang=ko", "en-US", "ko"),
        ("/?lang=fr", "en", "en"),
    ],
)
def test_the_shop_speaks_the_browsers_language_unless_another_is_chosen(address: str, accepted: str, lang: str) -> None:
    shop = create_shop(Shop(DonguiApi("http://127.0.0.1:9", "key"))).test_client()
    assert f'<html lang="{lang}">' in shop.get(address, headers={"Accept-Language": accepted}).text


def test_both_languages_say_the_same_things() -> None:
    assert WORDS["ko"].keys() == WORDS["en"].keys()
