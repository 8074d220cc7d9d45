"""A batch of which one item is refused only when it is written: the others are kept, and nothing of that one is."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import func, select

from evidence.store.errors import StoreUnavailable
from evidence.store.log import verify_log
from evidence.store.schema import CONSENT, EVIDENCE, LOG
from evidence.store.web_schema import REQUEST
from service.web.access import Scope
from service.web.api import signatures
from tests.service.desk import Desk
from tests.service.web_service import WebService, web_service


@pytest.fixture
def service(desk: Desk, tmp_path: Path, address: str) -> Iterator[WebService]:
    """Return a service on each database in turn."""
    made = web_service(desk, tmp_path, address=address)
    yield made
    made.resources.close()


def sound(service: WebService) -> bool:
    """Whether the log can be followed, and names nothing that is not there."""
    with service.store.reading() as connection:
        faults = list(verify_log(connection, service.store.keys))
        named = set(connection.execute(select(LOG.c.consent_id).where(LOG.c.consent_id.is_not(None))).scalars())
        return not faults and named == set(connection.execute(select(CONSENT.c.id)).scalars())


def count(service: WebService, table: object) -> int:
    with service.store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_two_of_one_registration_are_answered_each_for_itself(service: WebService) -> None:
    """ECDSA signs differently each time, so the second is the same consent with other evidence."""
    handles = [service.open_consent(payer)["id"] for payer in ("B-1", "B-1", "B-2", "B-1")]
    asked = {"key": "ecdsa", "items": [{"id": handle, "ref": f"r{n}"} for n, handle in enumerate(handles)]}
    headers = {"Idempotency-Key": "batch"}
    answer = service.post("/v1/consents/sign", asked, headers=headers)
    told = answer.get_json()["items"]
    assert [(one["ref"], one["status"]) for one in told] == [("r0", 200), ("r1", 409), ("r2", 200), ("r3", 409)]
    assert [one["problem"] and one["problem"]["code"] for one in told] == [None, "FB-212", None, "FB-212"]
    states = [service.get(f"/v1/consents/{handle}").get_json()["state"] for handle in handles]
    assert states == ["signed", "open", "signed", "open"]
    assert (count(service, CONSENT), count(service, EVIDENCE)) == (2, 2)
    assert sound(service)
    again = service.post("/v1/consents/sign", asked, headers=headers)
    assert (again.data, again.headers["Idempotency-Replayed"]) == (answer.data, "true")


def test_the_same_file_as_something_else_is_refused_alone(service: WebService) -> None:
    def item(content: bytes, extension: str) -> dict[str, str]:
        return {"kind": "1", "extension": extension, "content": base64.b64encode(content).decode()}

    items = [item(b"a", "jpg"), item(b"a", "gif"), item(b"b", "jpg")]
    told = service.post("/v1/evidence/batch", {"items": items}, scope=Scope.EVIDENCE).get_json()["items"]
    assert [one["status"] for one in told] == [201, 409, 201]
    assert count(service, EVIDENCE) == 2
    assert sound(service)


def test_a_fault_of_the_service_is_no_items(service: WebService, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not kept under the Idempotency-Key: the same request goes through once the fault is gone."""

    def away(*_: object) -> NoReturn:
        raise StoreUnavailable("AdminShutdown")

    handle, headers = service.open_consent()["id"], {"Idempotency-Key": "batch"}
    asked, kept = {"key": "rsa", "items": [{"id": handle}]}, count(service, REQUEST)
    for place in ("note_signed", "opened"):
        with monkeypatch.context() as patched:
            patched.setattr(signatures, place, away)
            answer = service.post("/v1/consents/sign", asked, headers=headers)
            assert (answer.status_code, answer.get_json()["code"]) == (503, "FB-203")
    assert count(service, REQUEST) == kept
    (told,) = service.post("/v1/consents/sign", asked, headers=headers).get_json()["items"]
    assert told["status"] == 200
