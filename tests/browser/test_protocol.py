"""`signConsent` against a service that answers by script: what is signed, what is refused, what is tried again."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, Page

from certs.demo import DemoPki
from consent.text import Charset
from signer.cms import SEQUENCE, SET, element, set_of, signed_attributes
from tests.browser import key_files
from tests.browser.scripted_service import LOST, UNHEARD, Answer, Scripted
from tests.browser.serving import Site
from verifier import policies, verify_der

AT: Final = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
TEXT: Final = "자동이체 출금 동의서\n\n출금일: 매월 25일\n"
RUNNING: Final = (409, {"code": "SVC-209"})
EXPIRED: Final = (401, {"code": "SVC-201"})
_PREPARE_PAGE: Final = """async ([key, certificate, algorithm, text]) => {
  const real = window.setTimeout;
  window.setTimeout = (work, wait, ...rest) => real(work, wait / 50, ...rest);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("#consent { white-space: pre-wrap }");
  document.adoptedStyleSheets = [sheet];
  document.body.innerHTML = `<div id="consent"></div>`;
  document.body.firstChild.textContent = text;
  const dongui = await import("/static/dongui.js");
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
  const privateKey = await crypto.subtle.importKey("pkcs8", bytes(key), algorithm, false, ["sign"]);
  window.key = await dongui.webCryptoKey({ privateKey, certificate: bytes(certificate) });
  window.asked = 0;
  window.request = {
    baseUrl: "/service", consentId: "abc", token: "dst_1", text: document.querySelector("#consent"), key: window.key,
  };
  window.sign = async (changes = {}) => {
    try {
      return ["signed", await dongui.signConsent({ ...window.request, ...changes })];
    } catch (error) {
      return ["refused", error.code ?? String(error), error.text?.("ko")];
    }
  };
}"""
_ALGORITHMS: Final[dict[str, dict[str, str]]] = {
    "rsa": {"name": "RSASSA-PKCS1-v1_5", "hash": "SHA-256"},
    "ecdsa": {"name": "ECDSA", "namedCurve": "P-256"},
}


class Desk:
    """A page that shows the consent, and the service it talks to."""

    def __init__(self, page: Page, site: Site, pki: DemoPki) -> None:
        self.page, self.site, self.pki = page, site, pki
        self.service = Scripted(TEXT, AT)
        page.unroute_all()
        self.service.stand_for(page)
        page.goto(site.url("/blank"))
        page.evaluate("sessionStorage.clear()")

    def show(self, payer: str = "ecdsa", text: str = TEXT) -> None:
        self.page.goto(self.site.url("/blank"))
        pair = self.pki.payers[payer]
        key = pair.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        given = [key.hex(), key_files.certificate(pair).hex(), _ALGORITHMS[payer], text]
        self.page.evaluate(_PREPARE_PAGE, given)

    def sign(self, changes: str = "{}") -> Any:
        return self.page.evaluate(f"() => sign({changes})")

    def signed(self, changes: str = "{}") -> Any:
        said, answer = self.sign(changes)[:2]
        assert said == "signed", answer
        return answer

    def refused(self, changes: str = "{}") -> str:
        said, code = self.sign(changes)[:2]
        assert said == "refused", code
        return str(code)


@pytest.fixture(scope="module")
def stage(browser: Browser) -> Iterator[Page]:
    """Return one page for all of them, on which it is always the same second."""
    opened = browser.new_page()
    opened.clock.set_fixed_time(AT)
    yield opened
    opened.close()


@pytest.fixture
def desk(stage: Page, site: Site, pki: DemoPki) -> Desk:
    return Desk(stage, site, pki)


@pytest.mark.parametrize("payer", ["rsa", "ecdsa"])
@pytest.mark.parametrize("charset", list(Charset))
def test_the_evidence_passes(desk: Desk, payer: str, charset: Charset) -> None:
    desk.service.charset = charset
    desk.show(payer)
    evidence = base64.b64decode(desk.signed()["evidence"]["der"])
    verdict = verify_der(evidence, trust=desk.pki.trust(), policy=policies.KFTC, at=AT)
    assert verdict.indication.name == "TOTAL_PASSED"
    assert TEXT.encode("euc-kr" if charset is Charset.EUC_KR else "utf-8") in evidence
    assert desk.service.tokens == ["Bearer dst_1"] * 3


def of_text(text: str, at: datetime = AT) -> Callable[[Answer], Answer]:
    return covering(signed_attributes(text.encode(), "sha256", at, None))


def covering(to_be_signed: bytes) -> Callable[[Answer], Answer]:
    return lambda answer: {**answer, "to_be_signed": base64.b64encode(to_be_signed).decode()}


CAPABILITIES: Final = element(SEQUENCE, bytes.fromhex("06092a864886f70d01090f") + element(SET, b"\x30\x00"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (of_text(TEXT.replace("25", "26")), "covers-other-text"),
        (of_text(TEXT, AT - timedelta(days=1)), "covers-other-time"),
        (covering(signed_attributes(TEXT.encode(), "sha256", AT, b"another")), "covers-other-certificate"),
        (covering(TEXT.encode()), "covers-malformed"),
        (covering(set_of(SET, [CAPABILITIES])), "covers-malformed"),
        (lambda answer: {**answer, "to_be_signed": None}, "covers-malformed"),
        (lambda answer: {**answer, "digest": "sha512"}, "covers-other-algorithm"),
        (lambda answer: {**answer, "algorithm": "RSASSA-PSS"}, "covers-other-algorithm"),
    ],
)
def test_what_covers_anything_else_is_not_signed(desk: Desk, change: Callable[[Answer], Answer], code: str) -> None:
    desk.service.change["prepare"] = change
    desk.show()
    counting = "{ key: { ...key, sign: (bytes) => { window.asked += 1; return key.sign(bytes); } } }"
    assert desk.refused(counting) == code
    assert desk.page.evaluate("asked") == 0
    assert desk.service.steps() == ["consent", "prepare"]


def test_a_text_that_was_changed_on_the_screen_is_not_signed(desk: Desk) -> None:
    desk.show(text=TEXT.replace("25", "26"))
    assert desk.refused() == "text-differs"
    assert desk.refused('{ text: "another text" }') == "text-differs"
    assert desk.service.steps() == ["consent", "consent"]


def test_a_service_that_says_another_content_is_not_believed(desk: Desk) -> None:
    """The text of the answer is never looked at: what counts is the digest of what is on the screen."""
    other = Scripted(TEXT.replace("25", "26"), AT)
    desk.service.change["consent"] = lambda answer: {**other._consent(), "text": answer["text"]}
    desk.show()
    assert desk.refused() == "text-differs"


def test_a_text_that_changes_while_signing_is_not_sent(desk: Desk) -> None:
    desk.show()
    change = "document.querySelector('#consent').textContent += '!'"
    assert desk.refused(f"{{ key: {{ ...key, sign: (b) => {{ {change}; return key.sign(b); }} }} }}") == "text-changed"
    assert desk.service.steps() == ["consent", "prepare"]


@pytest.mark.parametrize(("step", "trouble"), [("prepare", LOST), ("complete", LOST), ("complete", UNHEARD)])
def test_a_lost_connection_is_tried_again(desk: Desk, step: str, trouble: str) -> None:
    desk.service.troubles[step] = [trouble]
    desk.show()
    desk.signed()
    keys = {(asked, key, body) for asked, key, body in desk.service.asked if asked == step}
    assert desk.service.steps().count(step) == 2
    assert len(keys) == 1
    assert len(desk.service.made) == 1


def test_after_a_long_silence_the_next_press_goes_on(desk: Desk) -> None:
    desk.service.troubles["complete"] = [UNHEARD] * 4
    desk.show()
    assert desk.refused() == "connection-lost"
    answer = desk.signed()
    assert len(desk.service.made) == 1
    assert base64.b64decode(answer["evidence"]["der"]) == desk.service.made[0]


def test_after_a_reload_the_same_evidence_comes(desk: Desk) -> None:
    """ECDSA signs otherwise each time, so the signature that was made first is the one that is sent again."""
    desk.service.troubles["complete"] = [UNHEARD] * 4
    desk.show()
    assert desk.refused() == "connection-lost"
    desk.show()
    answer = desk.signed()
    assert base64.b64decode(answer["evidence"]["der"]) == desk.service.made[0]
    assert len({(key, body) for step, key, body in desk.service.asked if step == "complete"}) == 1
    assert desk.page.evaluate("sessionStorage.length") == 0


def test_a_double_click_signs_once(desk: Desk) -> None:
    desk.show()
    one, other = desk.page.evaluate("() => Promise.all([sign(), sign()])")
    assert one == other
    assert desk.service.steps() == ["consent", "prepare", "complete"]


def test_another_certificate_is_another_attempt(desk: Desk) -> None:
    desk.service.troubles["complete"] = [LOST] * 4
    desk.show("rsa")
    assert desk.refused() == "connection-lost"
    desk.show("ecdsa")
    desk.signed()
    assert len({key for step, key, _ in desk.service.asked if step == "prepare"}) == 2


def test_the_same_certificate_with_others_beside_it_is_another_attempt(desk: Desk) -> None:
    """As a PKCS#12 file brings them, and an NPKI folder does not."""
    desk.service.troubles["complete"] = [LOST] * 4
    desk.show()
    assert desk.refused() == "connection-lost"
    desk.signed("{ key: { ...key, intermediates: [key.certificate.der] } }")
    assert len({key for step, key, _ in desk.service.asked if step == "prepare"}) == 2


def test_a_key_of_the_pages_own_is_used(desk: Desk) -> None:
    desk.show()
    desk.signed('{ idempotencyKey: "order-7" }')
    assert [key for _, key, _ in desk.service.asked] == [None, "order-7.prepare", "order-7.complete"]


@pytest.mark.parametrize("trouble", [RUNNING, (503, {}), (429, {})])
def test_what_passes_is_waited_for(desk: Desk, trouble: Any) -> None:
    desk.service.troubles["complete"] = [trouble]
    desk.show()
    desk.signed()
    assert len(desk.service.made) == 1


def test_an_expired_token_is_told_and_a_new_one_goes_on(desk: Desk) -> None:
    desk.service.troubles["complete"] = [EXPIRED]
    desk.show()
    assert desk.refused() == "token-refused"
    desk.signed('{ token: "dst_2" }')
    assert desk.service.steps() == ["consent", "prepare", "complete", "complete"]
    assert desk.service.tokens[-1] == "Bearer dst_2"


def test_a_function_is_asked_for_a_new_token_once(desk: Desk) -> None:
    desk.service.troubles["consent"] = [EXPIRED]
    desk.show()
    desk.signed("{ token: () => `dst_${asked += 1}` }")
    assert desk.service.tokens == ["Bearer dst_1", *["Bearer dst_2"] * 3]
    desk.service.troubles["consent"] = [EXPIRED, EXPIRED]
    assert desk.refused("{ token: () => `dst_${asked += 1}` }") == "token-refused"


def test_what_the_service_refuses_is_told_in_its_words(desk: Desk) -> None:
    desk.service.troubles["prepare"] = [
        (422, {"code": "CMS-030", "detail": "만료된 인증서입니다.", "remedy": "다시 발급받으십시오."})
    ]
    desk.show()
    assert desk.sign() == ["refused", "service-refused", "만료된 인증서입니다. 다시 발급받으십시오."]
    desk.service.troubles["prepare"] = [(500, {})]
    assert desk.sign()[2] == "서명 서버가 요청을 받아들이지 않았습니다."


def test_a_certificate_that_is_not_valid_now_is_told_before_anything_is_asked(desk: Desk) -> None:
    desk.show()
    for change, code in (("notAfter", "certificate-expired"), ("notBefore", "certificate-not-yet-valid")):
        moment = f"new Date({AT.timestamp() * 1000 + (-1 if change == 'notAfter' else 1)})"
        certificate = f"{{ ...key.certificate, {change}: {moment} }}"
        assert desk.refused(f"{{ key: {{ ...key, certificate: {certificate} }} }}") == code
    assert desk.service.asked == []


def test_what_is_signed_already_is_not_signed_again(desk: Desk) -> None:
    desk.show()
    first = desk.signed()
    again = desk.signed()
    assert (again["evidence"]["sha256"], again["receipt"]) == (first["evidence"]["sha256"], first["receipt"])
    desk.show("rsa")
    assert desk.refused() == "signed-otherwise"
    assert desk.service.steps()[3:] == ["consent", "consent"]


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: {**answer, "receipt": {**answer["receipt"], "content_sha256": "0" * 64}},
        lambda answer: {**answer, "receipt": {**answer["receipt"], "evidence_sha256": "0" * 64}},
        lambda answer: {**answer, "evidence": {**answer["evidence"], "der": "MAA="}},
        lambda answer: {**answer, "receipt": None},
        lambda _: {},
    ],
)
def test_a_receipt_of_something_else_is_told(desk: Desk, change: Callable[[Answer], Answer]) -> None:
    desk.service.change["complete"] = change
    desk.show()
    assert desk.refused() == "answer-differs"


def test_a_provider_signs_what_it_is_given_and_its_failures_are_told(desk: Desk) -> None:
    desk.show()
    failing = "{ key: { ...key, sign: async () => { throw new Error('cancelled on the phone'); } } }"
    assert desk.refused(failing) == "signing-failed"
    assert desk.refused("{ key: { ...key, sign: async () => 'text' } }") == "signing-failed"
    provider = """async () => {
      const { providerKey } = await import("/static/dongui.js");
      const seen = [];
      const provider = providerKey({
        certificate: key.certificate.der,
        sign: (bytes, how) => { seen.push(how); return key.sign(bytes); },
      });
      return [await sign({ key: provider }), seen];
    }"""
    (said, _), seen = desk.page.evaluate(provider)
    assert (said, seen) == ("signed", [{"digest": "sha256", "algorithm": "ECDSA"}])
