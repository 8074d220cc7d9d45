"""schemathesis: requests made up from the OpenAPI document, right and wrong, and what must hold of every answer.

Few examples in the tests; `make schema` tries many (`DONGUI_SCHEMA_EXAMPLES`).
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from service.web.access import Scope

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
PATIENCE: Final = 60
Operation = APIOperation[Any, Any, Any, Any]
_keys: Final = itertools.count(1)


def config() -> SchemathesisConfig:
    generation = GenerationConfig(
        modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE], with_security_parameters=False
    )
    return SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))


def operations(schema: BaseSchema) -> Iterator[Operation]:
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def scope_of(operation: Operation) -> Scope | None:
    """The scope that the document asks for; None: open to anybody."""
    for scheme in operation.definition.raw.get("security", ()):
        if "apiKey" in scheme:
            return Scope(scheme["apiKey"][0])
    return None


def tried(operation: Operation, known: Mapping[str, Sequence[str]], key: str) -> None:
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
        response = case.call(headers=headers, timeout=PATIENCE)
        case.validate_response(response, checks=CHECKS, headers=headers)

    run()


def faults_of(
    schema: BaseSchema, known: Mapping[str, Sequence[str]], keys: Mapping[Scope | None, str]
) -> dict[str, str]:
    """Try every operation; what was wrong, by operation.

    Args:
        schema: of the service.
        known: values of the addresses' parameters that lead somewhere.
        keys: a secret for each scope, and for what is open to anybody.
    """
    wrong = {}
    for operation in operations(schema):
        try:
            tried(operation, known, keys[scope_of(operation)])
        except Exception as error:  # noqa: BLE001 - all operations are tried, whatever becomes of one
            wrong[operation.label] = "\n".join([str(error), *getattr(error, "__notes__", ())])
    return wrong
