"""schemathesis over the whole OpenAPI document: no 5xx, no answer that is not in it, nothing without the right scope.

Few examples here; `make schema` tries many (`DONGUI_SCHEMA_EXAMPLES`).
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from service.web.access import Scope
from tests.service.web_service import WebService

EXAMPLES: Final = int(os.environ.get("DONGUI_SCHEMA_EXAMPLES", "4"))
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
    unsupported_method,
]
Operation = APIOperation[Any, Any, Any, Any]
_keys: Final = itertools.count(1)


def operations(service: WebService) -> Iterator[Operation]:
    generation = GenerationConfig(
        modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE], with_security_parameters=False
    )
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    schema = schemathesis.openapi.from_wsgi("/openapi.json", service.client.application, config=config)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def scope_of(operation: Operation) -> Scope | None:
    """The scope that the document asks for; None: open to anybody."""
    for scheme in operation.definition.raw.get("security", ()):
        if "apiKey" in scheme:
            return Scope(scheme["apiKey"][0])
    return None


def there(service: WebService) -> dict[str, list[str]]:
    """Values of the addresses' parameters that lead somewhere: each state of a consent, evidence, a file sent."""
    opened = [service.open_consent(f"S-{number}")["id"] for number in range(3)]
    signed = service.post(f"/v1/consents/{opened[0]}/sign", {"key": "rsa"}).get_json()
    service.post(f"/v1/consents/{opened[1]}/withdraw")
    sent = service.client.post("/v1/files/fb0110", json={}, headers=service.headers(Scope.FILES)).get_json()
    numbers = [str(item["number"]) for item in sent["items"]]
    return {"handle": opened, "sha": [signed["evidence"]["sha256"]], "number": numbers}


def tried(service: WebService, operation: Operation, known: dict[str, list[str]], key: str) -> None:
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES < 50,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=data.draw(modes)))
        for name, values in known.items():
            if name in (case.path_parameters or {}) and data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(values))
        headers = {"Authorization": f"Bearer {key}"}
        if operation.method.upper() == "POST" and data.draw(st.sampled_from([True, True, False])):
            headers["Idempotency-Key"] = f"schema-{next(_keys)}"
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS, headers=headers)

    run()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # schemathesis closes no answer
def test_every_answer_is_in_the_document(service: WebService) -> None:
    known = there(service)
    keys = {scope: service.key(scope).secret for scope in Scope}
    wrong, labels = {}, []
    for operation in operations(service):
        labels.append(operation.label)
        try:
            tried(service, operation, known, keys[scope_of(operation) or Scope.VERIFY])
        except Exception as error:  # noqa: BLE001 - all operations are tried, whatever becomes of one
            wrong[operation.label] = "\n".join([str(error), *getattr(error, "__notes__", ())])
    assert not wrong, "\n\n".join(f"{label}: {said}" for label, said in wrong.items())
    assert sorted(labels) == sorted(f"{method.upper()} {path}" for path, method in _documented(service))


def _documented(service: WebService) -> Iterator[tuple[str, str]]:
    for path, methods in service.client.get("/openapi.json").get_json()["paths"].items():
        yield from ((path, method) for method in methods)


@pytest.mark.parametrize("presented", ["nothing", "wrong scope", "unknown key", "token"])
def test_nothing_guarded_opens_without_the_right_scope(service: WebService, presented: str) -> None:
    known = there(service)
    token = service.post(f"/v1/consents/{known['handle'][2]}/tokens", {}).get_json()["token"]
    guarded = 0
    for operation in operations(service):
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
