"""The database goes away while a request is looked at: the caller is told to come again, whatever was being read."""

from __future__ import annotations

from typing import NoReturn

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from evidence.store.api_keys import HMAC
from evidence.store.schema import EVIDENCE
from evidence.store.web_schema import SIGNING
from service.web.access import Scope, required, signed_requests
from tests.service.web.signed import signature
from tests.service.web_service import WebService


def _gone(*_: object, **__: object) -> NoReturn:
    raise OperationalError("SELECT", {}, Exception("server closed the connection unexpectedly: 홍길동"))


@pytest.mark.parametrize(("module", "name"), [(required, "bearer_of"), (required, "find_signing")])
def test_a_view_that_breaks_is_told_as_any_other_refusal(
    service: WebService, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    handle = service.open_consent()["id"]
    headers = service.headers(Scope.SIGN)
    monkeypatch.setattr(module, name, _gone)
    answer = service.client.get(f"/v1/consents/{handle}", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "FB-203")
    assert answer.headers["Retry-After"] == "1"
    assert "홍길동" not in answer.text


def test_whoever_signs_requests_is_told_so_too(service: WebService, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = signature(service.key(Scope.SIGN, kind=HMAC), "GET", "/v1/consents", b"")
    monkeypatch.setattr(signed_requests, "hmac_secret_of", _gone)
    answer = service.client.get("/v1/consents", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "FB-203")
    assert answer.headers["Retry-After"] == "1"


def test_what_the_service_itself_lacks_is_no_fault_of_the_request(service: WebService) -> None:
    handle = service.open_consent()["id"]
    with service.store.engine.begin() as connection:
        connection.execute(update(SIGNING).values(key_id="gone"))
    for answer in (
        service.get(f"/v1/consents/{handle}"),
        service.get("/v1/consents"),
        service.post(f"/v1/consents/{handle}/sign", {"key": "rsa"}),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (503, "FB-205")
        assert answer.headers["Retry-After"] == "1"


def test_what_is_damaged_in_the_store_is_no_fault_of_the_request(service: WebService) -> None:
    handle = service.open_consent()["id"]
    other = service.open_consent("B-2")["id"]
    sha256 = service.post(f"/v1/consents/{other}/sign", {"key": "rsa"}).get_json()["evidence"]["sha256"]
    with service.store.engine.begin() as connection:
        connection.execute(update(SIGNING).where(SIGNING.c.handle == handle).values(sealed=b"\0\x11"))
        connection.execute(update(EVIDENCE).values(sealed=b"\0\x11"))
    for path in (f"/v1/consents/{handle}", "/v1/consents"):
        answer = service.get(path)
        assert (answer.status_code, answer.get_json()["code"]) == (500, "FB-206"), path
    answer = service.get(f"/v1/evidence/{sha256}.der", scope=Scope.EVIDENCE)
    assert (answer.status_code, answer.get_json()["code"]) == (500, "FB-206")
