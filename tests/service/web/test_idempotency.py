"""One Idempotency-Key is one thing done and one answer: side by side, after a crash, for a day."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from evidence.store.keyring import Keyring
from evidence.store.schema import CONSENT, EVIDENCE
from evidence.store.web_schema import REQUEST, SIGNING
from service.web import create_app
from service.web.access import Scope
from service.web.api import consents
from tests.service.desk import Desk
from tests.service.running import environment
from tests.service.web_service import WebService, web_service

ROOT = Path(__file__).parents[3]


@pytest.fixture
def service(desk: Desk, tmp_path: Path, address: str) -> Iterator[WebService]:
    """Return a service on each database in turn."""
    made = web_service(desk, tmp_path, address=address)
    yield made
    made.resources.close()


def count(service: WebService, what: Any) -> int:
    with service.store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(what)).scalar_one())


def opening(service: WebService, key: str, text: str = "a") -> TestResponse:
    headers = service.headers(Scope.SIGN, idempotency=key)
    client = service.client.application.test_client()  # one for each thread
    return client.post("/v1/consents", json={"text": text}, headers=headers)


def problem(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.get_json()["code"]


def test_the_same_again_is_answered_alike_and_done_once(service: WebService) -> None:
    first, again = opening(service, "k"), opening(service, "k")
    assert (again.status_code, again.data) == (first.status_code, first.data) == (201, first.data)
    assert {name: again.headers[name] for name in ("ETag", "Location")} == {
        name: first.headers[name] for name in ("ETag", "Location")
    }
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert count(service, SIGNING) == 1


def test_another_body_address_or_query_is_refused(service: WebService) -> None:
    opening(service, "k")
    headers = service.headers(Scope.SIGN, idempotency="k")
    assert problem(opening(service, "k", "b")) == (422, "SVC-208")
    assert problem(service.client.post("/v1/consents/batch", json={"text": "a"}, headers=headers)) == (422, "SVC-208")
    assert count(service, SIGNING) == 1
    headers = service.headers(Scope.FILES, idempotency="k") | {"Content-Type": "application/octet-stream"}
    first, other = (
        service.client.post(f"/v1/files/check?judge={judge}", data=b"H", headers=headers) for judge in ("true", "false")
    )
    assert (first.status_code, problem(other)) == (200, (422, "SVC-208"))


def test_the_key_of_another_caller_is_another_key(service: WebService) -> None:
    first = opening(service, "k").get_json()["id"]
    other = {**service.headers(Scope.ADMIN), "Idempotency-Key": "k"}
    second = service.client.post("/v1/consents", json={"text": "a"}, headers=other)
    assert second.status_code == 201
    assert second.get_json()["id"] != first


def test_without_a_key_nothing_is_written(service: WebService) -> None:
    headers = service.headers(Scope.SIGN)
    del headers["Idempotency-Key"]
    assert problem(service.client.post("/v1/consents", json={"text": "a"}, headers=headers)) == (400, "SVC-206")
    assert count(service, SIGNING) == 0


def test_an_error_is_not_kept(service: WebService) -> None:
    handle = service.open_consent()["id"]
    headers = service.headers(Scope.SIGN, idempotency="k")
    path = f"/v1/consents/{handle}/sign"
    assert problem(service.client.post(path, json={"key": "nobody"}, headers=headers)) == (422, "SVC-215")
    assert service.client.post(path, json={"key": "rsa"}, headers=headers).status_code == 200


def test_what_runs_still_is_told_and_not_done_twice(service: WebService, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, real = Event(), Event(), consents.created

    def slow(*arguments: Any) -> Any:
        begun.set()
        assert go_on.wait(30)
        return real(*arguments)

    service.headers(Scope.SIGN)
    monkeypatch.setattr(consents, "created", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(opening, service, "k")
        assert begun.wait(30)
        assert problem(opening(service, "k")) == (409, "SVC-209")
        go_on.set()
        assert first.result().status_code == 201
    assert opening(service, "k").headers["Idempotency-Replayed"] == "true"
    assert count(service, SIGNING) == 1


def test_many_at_once_under_one_key_do_one_thing(service: WebService) -> None:
    together, _ = Barrier(8), service.headers(Scope.SIGN)

    def one(_: int) -> TestResponse:
        together.wait(30)
        return opening(service, "k")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))
    made = {answer.data for answer in answers if answer.status_code == 201}
    refused = [problem(answer) for answer in answers if answer.status_code != 201]
    assert len(made) == 1
    assert set(refused) <= {(409, "SVC-209")}
    assert count(service, SIGNING) == 1


def test_many_at_once_under_keys_of_their_own_sign_one_consent_once(service: WebService) -> None:
    handle = service.open_consent()["id"]
    together, _ = Barrier(6), service.headers(Scope.SIGN)

    def one(number: int) -> TestResponse:
        together.wait(30)
        headers = service.headers(Scope.SIGN, idempotency=f"k{number}")
        client = service.client.application.test_client()
        return client.post(f"/v1/consents/{handle}/sign", json={"key": "ecdsa"}, headers=headers)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert (count(service, EVIDENCE), count(service, CONSENT)) == (1, 1)


def _now(after: timedelta) -> datetime:
    return datetime.now(UTC) + after


def test_an_answer_is_kept_for_a_day(service: WebService) -> None:
    first = opening(service, "k")
    for after, replayed in ((timedelta(hours=23, minutes=59), True), (timedelta(hours=24, minutes=1), False)):
        resources = replace(service.resources, clock=partial(_now, after))
        client = create_app(resources).test_client()
        answer = client.post("/v1/consents", json={"text": "a"}, headers=service.headers(Scope.SIGN, idempotency="k"))
        assert (answer.data == first.data) is replayed
        resources.claims.close()
    assert count(service, SIGNING) == 2


class Other:
    """Another process that is about to send a request."""

    def __init__(self, service: WebService, desk: Desk, gate: Path, request: Mapping[str, Any], killed: str) -> None:
        keys = service.store.keys
        assert isinstance(keys, Keyring)
        store = service.store.engine.url.render_as_string(hide_password=False)
        where = store.removeprefix("sqlite:///") if store.startswith("sqlite") else store.replace("+psycopg", "")
        asked = {"desk": str(desk.folder), "store": where, "keys": keys.to_json(), "gate": str(gate), "killed": killed}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.service.web.other_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=environment(),
            text=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({**asked, **request}))
        self.process.stdin.close()
        assert self.process.stdout.readline() == "ready\n"

    def answer(self) -> tuple[int, str, bool] | None:
        assert self.process.stdout is not None
        said = self.process.stdout.read()
        self.process.stdout.close()
        self.process.wait(60)
        return tuple(json.loads(said)) if said else None


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    path = tmp_path / "gate"
    os.mkfifo(path)
    return path


def test_two_processes_under_one_key_do_one_thing(service: WebService, desk: Desk, gate: Path) -> None:
    request = {"path": "/v1/consents", "json": {"text": "a"}, "headers": service.headers(Scope.SIGN, idempotency="k")}
    others = [Other(service, desk, gate, request, "") for _ in range(2)]
    with gate.open("wb"):
        answers = [other.answer() for other in others]
    statuses = sorted(answer[0] for answer in answers if answer)
    assert statuses in ([201, 201], [201, 409])
    assert len({answer[1] for answer in answers if answer and answer[0] == 201}) == 1
    assert (count(service, SIGNING), count(service, REQUEST)) == (1, 1)


@pytest.mark.parametrize("killed", ["in the transaction", "before the answer"])
def test_a_process_killed_on_its_way_leaves_all_or_nothing(
    service: WebService, desk: Desk, gate: Path, killed: str
) -> None:
    handle = service.open_consent()["id"]
    headers = service.headers(Scope.SIGN, idempotency="k")
    request = {"path": f"/v1/consents/{handle}/sign", "json": {"key": "ecdsa"}, "headers": headers}
    other = Other(service, desk, gate, request, killed)
    with gate.open("wb"):
        assert other.answer() is None
    assert other.process.returncode == -9
    is_done = killed == "before the answer"
    assert (count(service, EVIDENCE), count(service, CONSENT)) == (is_done, is_done)
    answer = service.client.post(request["path"], json=request["json"], headers=headers)
    assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (200, is_done)
    assert (count(service, EVIDENCE), count(service, CONSENT)) == (1, 1)
    shown = service.get(f"/v1/consents/{handle}").get_json()
    assert (shown["state"], shown["evidence"]) == ("signed", answer.get_json()["evidence"]["sha256"])
    assert shown["receipt"] == answer.get_json()["receipt"]
