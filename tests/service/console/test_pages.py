"""Every page, for every role, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from consent.errors import LANGS
from service.web import console
from service.web.console.page import words
from tests.service.console.house import PERSONAL, SCRIPT, House

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
