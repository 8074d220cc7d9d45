"""Every page, for every role, in both languages."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from string import Formatter

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certs.demo import DemoPki
from consent import Charset, ConsentText
from consent.errors import LANGS
from service.calendars import calendar_of
from service.web import console
from service.web.console.page import words
from tests.service.console.house import PERSONAL, SCRIPT, House, der

PAGES = (
    "/",
    "/search",
    "/consents",
    "/consents?state=rejected",
    *(f"/consents/{number}" for number in (1, 2, 5, 6, 7)),
    "/fix",
    "/files",
    "/files/1",
    "/files/2",
    "/files/1/records/1",
    "/files/1/records/1?field=payer_number",
    "/files/2/records/2",
    "/look",
    "/charts",
    "/password",
)
OPERATORS = ("/fix/consents/2", "/fix/consents/5")
ADMINISTRATORS = ("/users",)


@pytest.mark.parametrize(
    ("role", "lang"), [("viewer", "ko"), ("operator", "en"), ("administrator", "ko"), ("administrator", "en")]
)
def test_each_role_sees_its_pages_and_no_other(house: House, role: str, lang: str) -> None:
    browser = house.visitor(role, lang)
    allowed = {"viewer": (), "operator": OPERATORS, "administrator": OPERATORS + ADMINISTRATORS}[role]
    for path in (*PAGES, *allowed):
        text = browser.text(path)
        assert f'<html lang="{lang}">' in text
        assert SCRIPT not in text, path
        assert not [word for word in PERSONAL if word in text], path
    for path in set(OPERATORS + ADMINISTRATORS) - set(allowed):
        response = browser.get(path)
        assert response.status_code == 403, path
        assert "SVC-262" in response.text


def test_words_are_there_in_both_languages_and_none_is_left_over() -> None:
    folder = Path(console.__file__).parent
    pages = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.html"))
    whole = set(re.findall(r"""\bw\(["']([^"']+)["'][,)]""", pages))
    beginnings = tuple(re.findall(r"""\bw\(["']([^"']+-)["'] ~""", pages))
    assert whole <= set(words())
    assert not [key for key in words() if key not in whole and not key.startswith(beginnings)]
    for key, said in words().items():
        assert set(said) == set(LANGS), key
        named = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in said.values()]
        assert named[0] == named[1], key
        assert re.search("[가-힣]", said["ko"]), key


def test_every_time_is_koreas_in_english_too(house: House, pki: DemoPki) -> None:
    browser = house.visitor("administrator", "en")
    dropped = [
        browser.drop(content).text
        for content in (
            der(pki, ConsentText.of("동의합니다.", Charset.UTF_8), pki.payers["rsa"]),
            pki.payers["ecdsa"].certificate.public_bytes(Encoding.DER),
        )
    ]
    for text in (*map(browser.text, (*PAGES, *OPERATORS, *ADMINISTRATORS)), *dropped):
        assert not re.search(r"\(UTC\)|\+00:00", re.sub("<[^>]*>", "", text))
    assert "Judged at 2026-06-02 12:00:00 (UTC+09:00), now" in dropped[0]
    assert "days left on 2026-06-02" in dropped[1]


@pytest.mark.parametrize(("lang", "name"), [("ko", "004 (국민은행)"), ("en", "004 (Kookmin Bank)")])
def test_a_bank_is_named(house: House, lang: str, name: str) -> None:
    assert f"<dd>{name}</dd>" in house.visitor("viewer", lang).text("/consents/1")


def test_what_is_due_goes_by_the_operators_days(house: House, tmp_path: Path) -> None:
    overrides = tmp_path / "days.toml"
    overrides.write_text('[[add]]\nday = 2026-05-01\nreason = "x"\n', encoding="utf-8")  # the library knows it
    page = house.visitor("viewer")
    assert "FB-147" not in page.text("/")
    object.__setattr__(house.resources, "calendar", partial(calendar_of, str(overrides)))
    assert "FB-147" in page.text("/")


def test_a_consent_that_is_not_there_is_looked_for_on_the_console(house: House) -> None:
    for text in (browser.get("/consents/99").text for browser in (house.visitor("viewer", lang) for lang in LANGS)):
        assert "FB-211" in text
        assert 'href="/console/search">' in text.partition('role="alert"')[2]
        assert "dongui consent" not in text


@pytest.mark.parametrize("lang", LANGS)
def test_a_verdict_points_at_no_text_that_is_not_there(house: House, lang: str) -> None:
    text = house.visitor("viewer", lang).text("/consents/1").partition('class="verdict')[2]
    assert ("서명된 원문은 한 글자도 바뀌지 않았고" if lang == "ko" else "Not a character of the signed text") in text
