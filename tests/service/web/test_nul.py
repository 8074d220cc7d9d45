"""A NUL, which PostgreSQL takes for no text, is refused as what is unknown: the database is never asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.web.access import Scope
from service.web.console.roles import Role
from service.web.console.users import add_user
from tests.service.console.house import PASSWORD, Browser
from tests.service.desk import Desk
from tests.service.web_service import WebService, web_service


@pytest.fixture
def service(desk: Desk, tmp_path: Path, address: str) -> Iterator[WebService]:
    """Return a service on each database in turn."""
    made = web_service(desk, tmp_path, address=address)
    yield made
    made.resources.close()


@pytest.fixture
def browser(service: WebService) -> Browser:
    with service.store.writing(datetime.now(UTC)) as writing:
        add_user(writing, "admin", Role.ADMINISTRATOR, PASSWORD)
    made = Browser(service.client)
    assert made.log_in("admin").status_code == 303
    return made


def test_no_consent_has_one_in_its_handle(service: WebService) -> None:
    handle = service.open_consent()["id"]
    token = service.post(f"/v1/consents/{handle}/tokens", {}).get_json()["token"]
    for path in ("/v1/consents/a%00b", f"/v1/consents/{handle}%00"):
        assert service.get(path).status_code == 404
        assert service.client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 404
        assert service.post(f"{path}/sign", {"key": "rsa"}).status_code == 404
    (told,) = service.post("/v1/consents/sign", {"key": "rsa", "items": [{"id": "a\0b"}]}).get_json()["items"]
    assert told["status"] == 404


def test_no_file_has_one_in_its_name(service: WebService) -> None:
    for query in ("answers=%00", "answers=a%00b", "name=%00", "answers="):
        answer = service.post(f"/v1/files/take-in?{query}", scope=Scope.FILES, data=b"H")
        assert (answer.status_code, answer.get_json()["code"]) == (422, "SVC-212")


@pytest.mark.parametrize("path", ["/consents?state=%00", "/consents?state=a%00b", "/files?before=%00", "/%00"])
def test_no_page_has_one_in_its_address(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/search", {"kind": "file", "text": "a\0b"}),
        ("/search", {"kind": "payer_number", "text": "a\0b"}),
        ("/users", {"name": "a\0b", "role": "viewer", "password": PASSWORD}),
    ],
)
def test_no_form_has_one(browser: Browser, path: str, values: dict[str, str]) -> None:
    assert browser.post(path, values).status_code == 403


def test_no_user_has_one_in_the_name(service: WebService) -> None:
    assert Browser(service.client).log_in("a\0b").status_code == 403
