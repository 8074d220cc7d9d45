"""schemathesis against a service that runs: what the server, the places and the workers add changes no answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import schemathesis

from evidence.store.api_keys import BEARER, add_api_key
from examples.demo_service import DemoService, make
from service.serving import free_port
from service.web.access import Scope
from tests.service.operation.test_serving import Running, running
from tests.service.web.schema import config, faults_of


def keys_of(service: DemoService) -> dict[Scope | None, str]:
    store = service.store()
    with store.writing(datetime.now(UTC)) as writing:
        keys: dict[Scope | None, str] = {
            scope: add_api_key(writing, scope.value, BEARER, [scope], None).secret for scope in Scope
        }
    store.close()
    return {**keys, None: keys[Scope.VERIFY]}


def there(one: Running) -> dict[str, list[str]]:
    """Consents that are open, signed and withdrawn, and evidence."""
    text = json.dumps({"text": "출금이체에 동의합니다."}).encode()
    opened = [json.loads(one.asked("/v1/consents", text, f"open-{n}")[1])["id"] for n in range(3)]
    signed = json.loads(one.asked(f"/v1/consents/{opened[0]}/sign", b'{"key": "rsa"}', "sign")[1])
    one.asked(f"/v1/consents/{opened[1]}/withdraw", b"", "withdraw")
    return {"handle": opened, "sha": [signed["evidence"]["sha256"]], "number": ["1"]}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # schemathesis closes no answer
def test_every_answer_of_a_service_that_runs_is_in_the_document(tmp_path: Path) -> None:
    ports = {"port": 0, "metrics_port": free_port("127.0.0.1", 0)}
    service = make(tmp_path / "service", {**ports, "rate_limit": "", "workers": 2})
    keys = keys_of(service)
    with running(service) as one:
        schema = schemathesis.openapi.from_url(f"{one.url}/openapi.json", config=config())
        wrong = faults_of(schema, there(one), keys)
        assert one.child.poll() is None
    assert not wrong, "\n\n".join(f"{label}: {said}" for label, said in wrong.items())
