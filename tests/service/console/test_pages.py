"""Every page, for every role, in both languages."""

from __future__ import annotations

import pytest

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
