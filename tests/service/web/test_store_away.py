"""The database goes away while a request is looked at: the caller is told to come again, whatever was being read."""

from __future__ import annotations

from typing import NoReturn

import pytest
from sqlalchemy.exc import OperationalError

from service.web.access import Scope, required
from service.web.api import consents
from tests.service.web_service import WebService


def _gone(*_: object, **__: object) -> NoReturn:
    raise OperationalError("SELECT", {}, Exception("server closed the connection unexpectedly: 홍길동"))


@pytest.mark.parametrize(("module", "name"), [(required, "bearer_of"), (consents, "find_signing")])
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
