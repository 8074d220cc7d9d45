"""The text on the screen: what a person can read there is what is hashed, or nothing is signed."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from tests.browser.modules import call

TEXT: Final = "자동이체 출금 동의서\n\n이용기관: (주)동의데모\n출금일: 매월 25일\n"
_SHOWN: Final = """async ([text, css, html]) => {
  const { textOnScreen } = await import("/static/dongui/screen.js");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`#consent { white-space: pre-wrap } ${css}`);
  document.adoptedStyleSheets = [sheet];
  document.body.innerHTML = `<div id="around"><div id="consent"></div></div>`;
  const element = document.getElementById("consent");
  element.textContent = text;
  if (html) element.innerHTML += html;
  try {
    return textOnScreen(element);
  } catch (error) {
    return error.code;
  } finally {
    document.adoptedStyleSheets = [];
  }
}"""


def shown(page: Page, text: str = TEXT, css: str = "", html: str = "") -> Any:
    return page.evaluate(_SHOWN, [text, css, html])


@pytest.mark.parametrize(
    "text", [TEXT, TEXT.strip(), TEXT.replace("\n", "\r\n"), "a  b\tc\n\n\n d", "<b>글</b> &amp; \u00a0끝", "한글 한줄"]
)
def test_what_is_shown_is_what_was_given(blank: Page, text: str) -> None:
    assert shown(blank, text) == text


@pytest.mark.parametrize(
    "css",
    [
        "#consent { display: none }",
        "#around { display: none }",
        "#consent { visibility: hidden }",
        "#around { opacity: 0 }",
        "#consent { color: transparent }",
        "#consent { color: rgb(1 2 3 / 0) }",
        "#consent { font-size: 1px }",
        "#consent { white-space: normal }",
        "#consent { text-transform: uppercase } #consent::before { content: 'X' }",
        "#consent::after { content: '그리고 더' }",
        "#consent { height: 1em; overflow: hidden }",
        "#consent { width: 3em; white-space: pre; overflow: hidden }",
        "#consent { -webkit-text-security: disc }",
        "#consent { -webkit-text-fill-color: transparent }",
        "#consent { direction: rtl }",
        "#consent { unicode-bidi: bidi-override }",
        "#consent { text-indent: -999px }",
        "#consent { clip-path: inset(50%) }",
        "#consent { mask-image: linear-gradient(black, transparent) }",
        "#consent { filter: opacity(0) }",
        "#consent { transform: scale(0) }",
    ],
)
def test_what_style_sheets_hide_or_add_is_refused(blank: Page, css: str) -> None:
    assert shown(blank, css=css) == "text-not-shown"


def test_letters_that_are_drawn_as_others_are_refused(blank: Page) -> None:
    assert shown(blank, "a consent", css="#consent { text-transform: uppercase }") == "text-not-shown"


@pytest.mark.parametrize("html", ["<span hidden>그리고 더</span>", "<b>굵게</b>", "<!-- -->", "<br>"])
def test_only_text_is_taken(blank: Page, html: str) -> None:
    assert shown(blank, html=html) == "text-not-shown"


def test_an_empty_or_loose_element_is_refused(blank: Page) -> None:
    assert shown(blank, "") == "text-not-shown"
    loose = """async () => {
      const { textOnScreen } = await import("/static/dongui/screen.js");
      const element = document.createElement("pre");
      element.textContent = "text";
      try { return textOnScreen(element); } catch (error) { return error.code; }
    }"""
    assert blank.evaluate(loose) == "text-not-shown"


def held(text: str, charset: str = "utf-8") -> dict[str, str]:
    content = text.encode(charset)
    return {
        "charset": charset,
        "content": base64.b64encode(content).decode(),
        "content_sha256": hashlib.sha256(content).hexdigest(),
    }


@pytest.mark.parametrize("charset", ["utf-8", "euc-kr"])
def test_the_bytes_are_those_of_the_screen(blank: Page, charset: str) -> None:
    read = call(blank, "dongui/screen", "contentOnScreen", TEXT, held(TEXT, charset))
    assert read == ["gave", TEXT.encode(charset).hex()]


@pytest.mark.parametrize("charset", ["utf-8", "euc-kr"])
@pytest.mark.parametrize("on_screen", [TEXT.replace("25", "26"), TEXT + " ", TEXT.replace("\n", "\r\n"), "뷁" + TEXT])
def test_another_text_than_the_services_is_refused(blank: Page, on_screen: str, charset: str) -> None:
    assert call(blank, "dongui/screen", "contentOnScreen", on_screen, held(TEXT, charset)) == ["threw", "text-differs"]


def test_bytes_that_are_no_text_are_refused(blank: Page) -> None:
    consent = {**held(TEXT, "euc-kr"), "content": base64.b64encode(TEXT.encode("euc-kr") + b"\xff").decode()}
    assert call(blank, "dongui/screen", "contentOnScreen", TEXT, consent) == ["threw", "text-not-encodable"]
    half = """async () => {
      const { contentOnScreen } = await import("/static/dongui/screen.js");
      return contentOnScreen("\\ud800", { charset: "utf-8" }).catch((error) => error.code);
    }"""
    assert blank.evaluate(half) == "text-not-encodable"


def test_every_refusal_is_worded_in_both_languages(blank: Page) -> None:
    said = blank.evaluate(
        """async () => {
          const { CODES, DonguiError } = await import("/static/dongui.js");
          return CODES.map((code) => [code, new DonguiError(code).text("ko"), new DonguiError(code).text("en")]);
        }"""
    )
    assert len(said) > 25
    for code, ko, en in said:
        assert "".join(ko.split()) and any("가" <= letter <= "힣" for letter in ko), code
        assert not any("가" <= letter <= "힣" for letter in en), code
        assert ko.rstrip(").").endswith(("오", "다")), ko
