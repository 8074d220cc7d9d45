"""The text on the screen: what a person can read there is what is hashed, or nothing is signed."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.modules import call
from tests.browser.serving import Site

TEXT: Final = "자동이체 출금 동의서\n\n이용기관: (주)동의데모\n출금일: 매월 25일\n"
AROUND: Final = '<div id="around"><div id="consent"></div></div>'
_READ: Final = """async ([%s]) => {
  const { textOnScreen } = await import("/static/dongui/screen.js");
%s
  try {
    return textOnScreen(element);
  } catch (error) {
    return error.code;
  } finally {
    document.adoptedStyleSheets = [];
  }
}"""
_SHOWN: Final = _READ % (
    "text, css, html, around",
    """
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`#consent { white-space: pre-wrap } ${css}`);
  document.adoptedStyleSheets = [sheet];
  document.body.innerHTML = around;
  for (const dialog of document.querySelectorAll("dialog")) dialog.showModal();
  const element = document.getElementById("consent");
  element.textContent = text;
  if (html) element.innerHTML += html;
""",
)


def shown(page: Page, text: str = TEXT, css: str = "", html: str = "", around: str = AROUND) -> Any:
    return page.evaluate(_SHOWN, [text, css, html, around])


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
        "#consent { background: linear-gradient(white, white); background-clip: text; color: rgb(9 9 9 / .3) }",
        "#consent { font-variant-caps: all-small-caps }",
        "#consent { tab-size: 0 }",
        "#around { content-visibility: hidden }",
        "html { overflow: hidden } #around { margin-top: 3000px }",
        "body { overflow: hidden } #around { margin-top: 3000px }",
        "body { height: 20px; overflow: hidden } html { overflow: auto }",
        "#around { width: 90px; height: 120px; overflow: hidden; border-radius: 50% }",
    ],
)
def test_what_style_sheets_hide_or_add_is_refused(blank: Page, css: str) -> None:
    assert shown(blank, css=css) == "text-not-shown"


@pytest.mark.parametrize(
    "css",
    [
        "#consent::first-letter { font-size: 0 }",
        "#consent::first-letter { letter-spacing: -1em }",
        "#consent::first-letter { float: left; margin-left: -99px }",
        "#consent::first-letter { opacity: 0 }",
        "#consent::first-letter { background: black }",
        "#consent::first-line { color: transparent }",
        "#consent::first-line { font-size: 1px }",
        "#consent::first-line { text-decoration: line-through }",
        "#consent { display: list-item; list-style: '9' inside }",
    ],
)
def test_a_beginning_that_is_not_like_the_rest_is_refused(blank: Page, css: str) -> None:
    """`#consent::first-letter { font-size: 0 }` leaves 100,000 of 9100,000 on the screen."""
    assert shown(blank, "9100,000원을 출금합니다.", css) == "text-not-shown"


_BOXES: Final = ["#around", "#consent"]


@pytest.mark.parametrize("box", _BOXES)
@pytest.mark.parametrize(
    "style",
    [
        "height: 0; overflow: hidden",
        "height: 30px; overflow: hidden",
        "height: 1px; overflow: clip",
        "height: 0; contain: paint",
        "height: 0; padding: 1px; overflow: auto",
        "width: 10px; height: 12px; overflow: auto",
        "position: absolute; clip: rect(0, 0, 0, 0)",
        "clip-path: inset(100%)",
        "clip-path: circle(0)",
        "mask-image: linear-gradient(transparent, transparent)",
        "filter: opacity(0)",
        "filter: contrast(0)",
        "mix-blend-mode: difference",
        "opacity: .01",
        "opacity: .3",
        "transform: scale(.001)",
        "transform: scale(.02)",
        "transform: scaleX(-1)",
        "transform: rotate(180deg)",
        "transform: rotateY(90deg)",
        "transform: translateX(-9999px)",
        "transform: perspective(1px) translateZ(-999px)",
        "scale: .02",
        "rotate: x 90deg",
        "translate: 0 -9999px",
        "zoom: .02",
        "position: absolute; left: -9999px",
        "position: relative; top: -9999px",
        "position: fixed; top: 9999px",
        "margin-left: -9999px; width: 300px",
        "letter-spacing: -1em",
        "letter-spacing: 9em",
        "word-spacing: -1em",
        "line-height: 0",
        "font-size-adjust: .01",
        "color: white",
        "color: rgb(250 250 250)",
        "color: oklch(.99 0 0)",
        "color: color-mix(in srgb, white 95%, black)",
        "color: rgb(0 0 0 / .05)",
        "color: #123; background: #123",
        "-webkit-text-fill-color: white",
        "-webkit-text-stroke: 9px white",
        "text-shadow: 0 -1.5em white",
        "text-decoration: line-through 2em red",
        "outline: 99px solid white; outline-offset: -99px",
        "writing-mode: vertical-rl",
        "-webkit-line-clamp: 1; display: -webkit-box; -webkit-box-orient: vertical",
        "-webkit-box-reflect: below -1em",
    ],
)
def test_what_hides_the_text_is_refused_on_the_text_and_around_it(blank: Page, style: str, box: str) -> None:
    """A folded part of a page does so by accident."""
    assert shown(blank, css=f"#around, #consent {{ white-space: pre-wrap }} {box} {{ {style} }}") == "text-not-shown"


COVER: Final = '<div id="cover"></div>' + AROUND
_OVER: Final = "position: absolute; z-index: 1; inset: 0; background: white"


@pytest.mark.parametrize(
    "css",
    [
        f"#cover {{ {_OVER} }}",
        f"#cover {{ {_OVER}; position: fixed }}",
        f"#cover {{ {_OVER}; pointer-events: none }}",
        f"#cover {{ {_OVER}; background: rgb(255 255 255 / .9) }}",
        f"#cover {{ {_OVER}; background: linear-gradient(white, white) }}",
        f"#cover {{ {_OVER}; background: none; backdrop-filter: blur(20px) }}",
        f"#cover {{ {_OVER}; background: none; border: 400px solid white }}",
        f"#cover {{ {_OVER}; inset: 2px auto auto 6px; width: 12px; height: 40px }}",
        f"#cover::after {{ {_OVER}; content: '' }}",
        f"#cover::before {{ {_OVER}; content: '\2588\2588\2588\2588'; color: white; background: none }}",
        f"#around::after {{ {_OVER}; content: ''; pointer-events: none }}",
        f"body::after {{ {_OVER}; content: '' }}",
        "#around { background: white } #consent { position: relative; z-index: -1 }",
        "#around { position: relative; z-index: -1 } body { background: white } html { background: white }",
        f"#cover {{ {_OVER}; background: black; z-index: -1 }}",
        "html { background: black; color-scheme: light }",
        f"body {{ height: 4000px }} #cover {{ {_OVER}; position: fixed }}",
        f"body {{ height: 4000px }} #cover {{ {_OVER}; height: 40px }}",
        f"#around {{ height: 60px; overflow: auto; position: relative }} #around::before {{ {_OVER}; content: '' }}",
    ],
)
def test_what_lies_over_the_text_or_makes_it_illegible_is_refused(blank: Page, css: str) -> None:
    assert shown(blank, css=css, around=COVER) == "text-not-shown"


@pytest.mark.parametrize("css", ["", "interactivity: inert"])
def test_what_cannot_be_used_lies_over_the_text_all_the_same(blank: Page, css: str) -> None:
    around = COVER.replace("<div", f"<div {'' if css else 'inert'}", 1)
    assert shown(blank, css=f"#cover {{ {_OVER}; {css} }}", around=around) == "text-not-shown"
    assert blank.evaluate("document.querySelectorAll('[inert]').length") == (0 if css else 1)


def test_a_text_behind_a_window_that_holds_the_page_is_refused(blank: Page) -> None:
    """Nothing of it can be scrolled or touched until the window is closed."""
    assert shown(blank, around=f"{AROUND}<dialog>비밀번호</dialog>") == "text-not-shown"


_LATER: Final = """async ([text, css]) => {
  const { textOnScreen } = await import("/static/dongui/screen.js");
  document.body.innerHTML = "<div id=around><div id=consent></div></div>";
  const element = document.getElementById("consent");
  element.textContent = text;
  const seen = (css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`#consent { white-space: pre-wrap } ${css}`);
    document.adoptedStyleSheets = [sheet];
    try { return textOnScreen(element); } catch (error) { return error.code; }
  };
  const all = [seen(""), seen(css), seen(""), seen(css)];
  const left = document.adoptedStyleSheets.length;
  document.adoptedStyleSheets = [];
  return [...all, left];
}"""


@pytest.mark.parametrize(
    "css",
    [
        "#consent::first-letter { font-size: 0 }",
        "#consent::first-line { color: transparent }",
        "#consent::before { content: '9' }",
        "#consent { color: white }",
        "#around { height: 0; overflow: hidden }",
        f"#around::after {{ {_OVER}; content: '' }}",
    ],
)
def test_what_changes_is_noticed_and_looking_leaves_nothing_behind(blank: Page, css: str) -> None:
    assert blank.evaluate(_LATER, [TEXT, css]) == [TEXT, "text-not-shown", TEXT, "text-not-shown", 1]


_IN_SHADOW: Final = _READ % (
    "text, css, slotted",
    """
  document.body.innerHTML = "<div id=host></div>";
  const host = document.getElementById("host");
  const root = host.attachShadow({ mode: slotted ? "open" : "closed" });
  root.innerHTML = "<main><slot></slot></main>";
  const element = document.createElement("div");
  element.textContent = text;
  element.style.whiteSpace = "pre-wrap";
  if (slotted) host.append(element);
  else root.querySelector("main").append(element);
  for (const at of [root, document]) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    at.adoptedStyleSheets = [sheet];
  }
""",
)


@pytest.mark.parametrize("slotted", [True, False])
def test_the_ground_in_a_shadow_tree_counts(blank: Page, slotted: bool) -> None:
    assert blank.evaluate(_IN_SHADOW, [TEXT, "main { background: #111; color: #eee }", slotted]) == TEXT
    dark_on_dark = blank.evaluate(_IN_SHADOW, [TEXT, "main { background: #111; color: #111 }", slotted])
    assert dark_on_dark == "text-not-shown"


@pytest.mark.parametrize("slotted", [True, False])
def test_what_hides_a_shadow_tree_or_lies_in_it_counts_too(blank: Page, slotted: bool) -> None:
    assert blank.evaluate(_IN_SHADOW, [TEXT, "", slotted]) == TEXT
    for css in (
        "#host { height: 0; overflow: hidden }",
        "main { filter: opacity(0) }",
        "main { opacity: .01 }",
        f"main::after {{ {_OVER}; content: '' }}",
        f"#host::after {{ {_OVER}; content: ''; pointer-events: none }}",
    ):
        assert blank.evaluate(_IN_SHADOW, [TEXT, css, slotted]) == "text-not-shown", css


@pytest.mark.parametrize("tag", ["textarea", "canvas", "iframe", "video", "select", "svg"])
def test_elements_that_show_something_else_than_their_text_are_refused(blank: Page, tag: str) -> None:
    changed = f"""async () => {{
      const {{ textOnScreen }} = await import("/static/dongui/screen.js");
      document.body.innerHTML = "<{tag} id=consent>9100</{tag}>";
      const element = document.getElementById("consent");
      element.style.whiteSpace = "pre-wrap";
      if ("value" in element) element.value = "100";
      try {{ return textOnScreen(element); }} catch (error) {{ return error.code; }}
    }}"""
    assert blank.evaluate(changed) == "text-not-shown"


LONG: Final = TEXT * 40
CARD: Final = "<main><section><div id=consent></div></section></main>"
_SHELL: Final = """
  body { height: 100vh; margin: 0; overflow: hidden }
  main { height: 100%; overflow: auto }
  section { margin-top: 50px; height: 300px; overflow: auto }
"""
_STICKY: Final = """
  header, footer { position: sticky; top: 0; bottom: 0; background: Canvas; height: 60px; z-index: 1 }
"""
_FIXED: Final = "footer { position: fixed; bottom: 0; left: 0; right: 0; background: Canvas; height: 90px }"
_SHADOW: Final = """
  main { position: relative }
  section { height: 200px; overflow: auto }
  main::after {
    content: ''; height: 40px; position: absolute; bottom: 0; left: 0; right: 0; pointer-events: none;
    background: linear-gradient(transparent, white);
  }
"""
_CENTRED: Final = """
  body { overflow: hidden }
  main { position: fixed; inset: 0; background: rgb(0 0 0 / .6) }
  section {
    position: fixed; top: 50%; left: 50%; transform: translate(-50%, -50%); width: 80%; max-height: 80%;
    background: Canvas; overflow: auto; padding: 1em;
  }
"""
_FADED_IN: Final = """
  @keyframes in {
    from { opacity: 0; transform: translateY(9px) scale(.9); filter: blur(3px) }
    to { opacity: 1; transform: none; filter: blur(0) }
  }
  main { animation: in 1ms -1s both }
  * { transition: all .5s }
"""
_CLOSED: Final = f"""
  #cover {{ {_OVER}; position: fixed; opacity: 0; pointer-events: none }}
  #cover + div::before {{ {_OVER}; content: ''; visibility: hidden }}
"""
_PAPER: Final = """
  section {
    position: relative; border-radius: 20px; overflow: hidden; background: #fff; color: #222; padding: 20px;
    box-shadow: 0 1px 9px #999; will-change: transform;
  }
  section::before { content: ''; position: absolute; inset: 0 0 auto; height: 4px; background: green }
"""
_TIGHT: Final = "#consent { font: 300 11px/1 sans-serif; letter-spacing: -.05em; word-spacing: -.03em }"
_ON_PICTURE: Final = "body { background: linear-gradient(navy, black) } #consent { color: white }"
_FOLDED: Final = "main { height: 0; overflow: hidden } dialog::backdrop { background: black }"
HONEST: Final[dict[str, tuple[str, str]]] = {
    "a scrolling box": ("#around { height: 200px; overflow: auto; border: 1px solid }", AROUND),
    "a text that scrolls": ("#consent { height: 200px; overflow-y: scroll; padding: 1em }", AROUND),
    "long lines that scroll": ("#consent { white-space: pre; width: 90px; overflow-x: auto }", AROUND),
    "scrolling within scrolling": (_SHELL, CARD),
    "a long page": ("main { margin: 2000px 0 }", CARD),
    "bars that stay": (_STICKY, f"<header>이름</header>{CARD}<footer>서명</footer>"),
    "a fixed bar": (_FIXED, f"{CARD}<footer>서명</footer>"),
    "a shadow at the end of a scrolling box": (_SHADOW, CARD),
    "a dialog": ("", "<main>결제</main><dialog><h1>동의</h1><div id=consent></div></dialog>"),
    "a dialog in a folded part": (_FOLDED, "<main><dialog><div id=consent></div></dialog></main>"),
    "a centred window": (_CENTRED, CARD),
    "details": ("", "<details open><summary>동의서</summary><div id=consent></div></details>"),
    "a page that has faded in": (_FADED_IN, CARD),
    "a window that is closed": (_CLOSED, COVER),
    "a darkened page": (f"#cover {{ {_OVER}; position: fixed; background: rgb(0 0 0 / .4) }}", COVER),
    "a card": (_PAPER, CARD),
    "a background that is a picture": (_ON_PICTURE, CARD),
    "light on dark": ("section { background: oklch(.25 .05 250) } #consent { color: #ddd }", CARD),
    "dark mode": (":root { color-scheme: dark }", CARD),
    "pale": ("#consent { color: #999 }", CARD),
    "tight": (_TIGHT, CARD),
    "lines as high as letters": ("#consent { line-height: 1; overflow-y: auto }", CARD),
    "columns and flex": ("main { display: flex; gap: 1em } #consent { columns: 2; flex: 1; min-width: 0 }", CARD),
    "floats": ("section { display: flow-root } #consent { float: left; max-width: 60% }", CARD),
    "inline": ("#consent { display: inline }", CARD),
    "a zoomed page": ("html { zoom: 1.7 } section { height: 200px; overflow: auto }", CARD),
    "a page made small": ("html { zoom: .6 } body { overflow-x: hidden }", CARD),
    "a zoomed part": ("section { zoom: 1.5; height: 200px; overflow: auto }", CARD),
    "busy": ("", "<main inert><div id=consent></div></main>"),
    "no clicks": ("#consent { pointer-events: none; user-select: none }", CARD),
    "blanks that hang over": ("main { width: 95px; overflow: hidden }", CARD),
}


@pytest.mark.parametrize("text", [TEXT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("page", HONEST)
def test_honest_pages_are_taken(blank: Page, page: str, width: int, text: str) -> None:
    css, around = HONEST[page]
    blank.set_viewport_size({"width": width, "height": 600})
    assert shown(blank, text, css, around=around) == text


@pytest.mark.parametrize("page", ["a card", "a centred window", "a scrolling box", "bars that stay", "dark mode"])
@pytest.mark.parametrize(
    "how",
    [
        {"device_scale_factor": 3, "viewport": {"width": 360, "height": 640}, "is_mobile": True, "has_touch": True},
        {"device_scale_factor": 1.25, "viewport": {"width": 1024, "height": 500}},
        {"device_scale_factor": 5, "viewport": {"width": 256, "height": 144}},
        {"device_scale_factor": 0.5, "viewport": {"width": 2560, "height": 1440}},
        {"color_scheme": "dark", "reduced_motion": "reduce"},
        {"forced_colors": "active"},
    ],
    ids=["phone", "zoomed in a little", "zoomed in a lot", "zoomed out", "dark", "high contrast"],
)
def test_honest_pages_are_taken_on_every_device(browser: Browser, site: Site, how: dict[str, Any], page: str) -> None:
    """A browser's zoom is fewer CSS pixels in the window, and more of the screen for each."""
    css, around = HONEST[page]
    opened = browser.new_page(**how)
    opened.goto(site.url("/blank"))
    try:
        for text in (TEXT, LONG):
            assert shown(opened, text, f":root {{ color-scheme: light dark }} {css}", around=around) == text
    finally:
        opened.close()


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
