"""The whole OpenAPI document: no 5xx, no answer that is not in it, nothing without the right scope."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

import pytest
import schemathesis
from schemathesis.schemas import BaseSchema

from service.web.access import Scope
from tests.service.web.schema import config, faults_of, operations, scope_of
from tests.service.web_service import WebService

_keys: Final = itertools.count(1)


def schema_of(service: WebService) -> BaseSchema:
    return schemathesis.openapi.from_wsgi("/openapi.json", service.client.application, config=config())


def there(service: WebService) -> dict[str, list[str]]:
    """Values of the addresses' parameters that lead somewhere: each state of a consent, evidence, a file sent."""
    opened = [service.open_consent(f"S-{number}")["id"] for number in range(3)]
    signed = service.post(f"/v1/consents/{opened[0]}/sign", {"key": "rsa"}).get_json()
    service.post(f"/v1/consents/{opened[1]}/withdraw")
    sent = service.client.post("/v1/files/fb0110", json={}, headers=service.headers(Scope.FILES)).get_json()
    numbers = [str(item["number"]) for item in sent["items"]]
    return {"handle": opened, "sha": [signed["evidence"]["sha256"]], "number": numbers}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # schemathesis closes no answer
def test_every_answer_is_in_the_document(service: WebService) -> None:
    keys: dict[Scope | None, str] = {scope: service.key(scope).secret for scope in Scope}
    schema = schema_of(service)
    wrong = faults_of(schema, there(service), {**keys, None: keys[Scope.VERIFY]})
    assert not wrong, "\n\n".join(f"{label}: {said}" for label, said in wrong.items())
    labels = sorted(operation.label for operation in operations(schema))
    assert labels == sorted(f"{method.upper()} {path}" for path, method in _documented(service))


def _documented(service: WebService) -> Iterator[tuple[str, str]]:
    for path, methods in service.client.get("/openapi.json").get_json()["paths"].items():
        yield from ((path, method) for method in methods)


@pytest.mark.parametrize("presented", ["nothing", "wrong scope", "unknown key", "token"])
def test_nothing_guarded_opens_without_the_right_scope(service: WebService, presented: str) -> None:
    known = there(service)
    token = service.post(f"/v1/consents/{known['handle'][2]}/tokens", {}).get_json()["token"]
    guarded = 0
    for operation in operations(schema_of(service)):
        scope = scope_of(operation)
        if scope is None:
            continue
        guarded += 1
        others = [one for one in Scope if one not in {scope, Scope.ADMIN}]
        bearer = {
            "nothing": None,
            "wrong scope": service.headers(*others)["Authorization"],
            "unknown key": "Bearer dongui_1_" + "A" * 43,
            "token": f"Bearer {token}",
        }[presented]
        headers = {"Idempotency-Key": f"guard-{next(_keys)}"} | ({} if bearer is None else {"Authorization": bearer})
        path = operation.path
        for name, values in known.items():
            path = path.replace(f"{{{name}}}", values[0])
        answer = service.client.open(path, method=operation.method.upper(), json={}, headers=headers)
        expected = {"nothing": 401, "wrong scope": 403, "unknown key": 401, "token": 401}[presented]
        assert answer.status_code == expected, (operation.label, answer.text)
    assert guarded > 20
