"""One worker as it answers: ready or not, with an id for each request, and a problem for what nobody expected."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Flask
from prometheus_client import generate_latest
from sqlalchemy import update
from werkzeug.test import Client

from certs.demo import build_demo_pki, write_demo_pki
from evidence.store.schema import LOG_HEAD
from evidence.store.web_schema import SIGNING
from examples.demo_service import PASSWORD, DemoService, make
from service.inputs import now
from service.settings_check import checked
from service.web.operation import log_lines, worker
from service.web.operation.material import Material
from service.web.operation.metrics import REGISTRY
from tests.service.desk import Desk


@dataclass
class Worker:
    """A worker, and a client of it."""

    service: DemoService
    app: Flask
    material: Material
    client: Client

    def ready(self) -> tuple[int, dict[str, Any]]:
        answer = self.client.get("/readyz")
        return answer.status_code, json.loads(answer.text)

    def refreshed(self) -> tuple[int, dict[str, Any]]:
        """The same, after material was looked at twice, and the last answer is forgotten."""
        self.material.refresh()
        self.material.refresh()
        self.app.extensions["readiness"].forget()
        return self.ready()


Made = Callable[..., Worker]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Make a worker on a trust folder of its own."""
    monkeypatch.setattr(log_lines, "configure", lambda _: None)
    monkeypatch.setattr(worker, "Watch", lambda *_: None)  # tests look when it suits them
    opened: list[Worker] = []

    def make_one(trust: Path, **more: object) -> Worker:
        values = {"metrics_port": 0, "rate_limit": "6/minute", **more}
        service = make(tmp_path / "service", values, trust=trust)
        settings, _ = checked(str(service.settings), {}, now())
        app, material = worker.build(settings)
        opened.append(Worker(service, app, material, Client(app)))
        return opened[0]

    yield make_one
    for one in opened:
        one.app.extensions["dongui"].close()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def one(made: Made, tmp_path: Path) -> Worker:
    pki = build_demo_pki(at=datetime.now(UTC).replace(microsecond=0))
    return made(write_demo_pki(pki, tmp_path / "pki", password=PASSWORD))


def test_it_is_ready(one: Worker) -> None:
    assert one.client.get("/livez").get_json() == {"status": "ok"}
    assert one.ready() == (200, {"status": "ready", "faults": [], "remarks": []})


def codes(said: list[dict[str, str]]) -> set[tuple[str, str]]:
    assert all(one["detail"] and one["remedy"] for one in said)
    return {(one["part"], one["code"]) for one in said}


def test_a_list_that_has_ended_is_a_fault(made: Made, tmp_path: Path) -> None:
    pki = build_demo_pki(at=datetime.now(UTC).replace(microsecond=0) - timedelta(days=40))
    status, said = made(write_demo_pki(pki, tmp_path / "pki", password=PASSWORD)).ready()
    assert (status, said["status"], codes(said["faults"])) == (503, "not ready", {("lists", "SVC-250")})


def test_a_list_that_ends_soon_is_a_remark(made: Made, tmp_path: Path) -> None:
    pki = build_demo_pki(at=datetime.now(UTC).replace(microsecond=0) - timedelta(days=29, hours=12))
    status, said = made(write_demo_pki(pki, tmp_path / "pki", password=PASSWORD)).ready()
    assert (status, said["faults"], codes(said["remarks"])) == (200, [], {("lists", "SVC-251")})


def test_a_trust_folder_that_breaks_is_told_and_the_old_one_stays_in_use(one: Worker, tmp_path: Path) -> None:
    stray = tmp_path / "pki" / "trust" / "crls" / "stray.crl"
    stray.write_bytes(b"nothing")
    status, said = one.refreshed()
    assert (status, codes(said["faults"])) == (503, {("trust", "SVC-253")})
    assert "PKI-" in said["faults"][0]["detail"]
    stray.unlink()
    assert one.refreshed()[0] == 200


def test_a_key_that_breaks_is_told(one: Worker) -> None:
    password = one.service.folder / "password"
    password.write_text("another", encoding="utf-8")
    status, said = one.refreshed()
    assert (status, codes(said["faults"])) == (503, {("keys", "SVC-254")})


def test_overrides_that_go_away_are_told_and_the_days_from_before_stay(made: Made, tmp_path: Path) -> None:
    pki = build_demo_pki(at=datetime.now(UTC).replace(microsecond=0))
    overrides = tmp_path / "days.toml"
    overrides.write_text('[[add]]\nday = 2026-06-03\nreason = "지방선거일"\n', encoding="utf-8")
    one = made(write_demo_pki(pki, tmp_path / "pki", password=PASSWORD), overrides=str(overrides))
    days, _ = one.app.extensions["dongui"].calendar()
    overrides.unlink()
    status, said = one.refreshed()
    assert (status, codes(said["faults"])) == (503, {("overrides", "SVC-290")})
    key = {"Authorization": f"Bearer {one.service.api_key}"}
    assert one.client.get("/v1/due", headers=key).status_code == 200
    assert one.app.extensions["dongui"].calendar()[0] == days
    overrides.write_text("", encoding="utf-8")
    assert one.refreshed()[0] == 200
    assert one.app.extensions["dongui"].calendar()[0] != days


def test_a_fault_of_the_service_is_told_with_its_code(one: Worker) -> None:
    key = {"Authorization": f"Bearer {one.service.api_key}", "Idempotency-Key": "1"}
    handle = one.client.post("/v1/consents", headers=key, json={"text": "동의합니다."}).get_json()["id"]
    store, before = one.app.extensions["dongui"].store, figures()
    with store.engine.begin() as connection:
        connection.execute(update(SIGNING).values(sealed=b"-"))
    with structlog.testing.capture_logs() as lines:
        assert one.client.get(f"/v1/consents/{handle}", headers=key).status_code == 500
    assert [(line["log_level"], line["code"]) for line in lines] == [("error", "FB-206")]
    counted = "dongui_unexpected_errors_total"
    assert figures()[counted] == before[counted] + 1


def test_a_log_that_was_forged_is_told(one: Worker) -> None:
    store = one.service.store()
    with store.engine.begin() as connection:
        connection.execute(update(LOG_HEAD).values(seq=LOG_HEAD.c.seq + 1))
    store.close()
    status, said = one.refreshed()
    assert (status, codes(said["faults"])) == (503, {("store", "FB-375")})


def test_readiness_is_looked_after_once_a_second_at_most(one: Worker) -> None:
    assert one.ready()[0] == 200
    (one.service.folder / "password").write_text("another", encoding="utf-8")
    one.material.refresh()
    one.material.refresh()
    assert one.ready()[0] == 200
    assert one.refreshed()[0] == 503


@pytest.mark.parametrize("given", ["abcdefgh", "0123-4567_89.ab", "x" * 64])
def test_a_request_keeps_its_id(one: Worker, given: str) -> None:
    assert one.client.get("/livez", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "with space", 'a"quote"b', "한글한글한글한글".encode().decode("latin-1")]
)
def test_an_id_that_is_not_well_formed_is_replaced(one: Worker, given: str) -> None:
    made = one.client.get("/nothing", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert made != given
    assert len(made) == 24


def test_what_nobody_expected_is_a_problem_with_its_request_id(one: Worker) -> None:
    secret = "홍길동 800101"

    def broken() -> str:
        raise LookupError(secret)

    one.app.add_url_rule("/broken", "broken", broken)
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = one.client.get("/broken", headers={"X-Request-Id": "abcdefgh"})
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    problem = json.loads(answer.text)
    assert (problem["code"], problem["request_id"]) == ("SVC-224", "abcdefgh")
    assert secret not in answer.text
    told, request = lines
    assert (told["code"], told["request_id"], request["status"]) == ("SVC-224", "abcdefgh", 500)
    assert log_lines.told(told["exc_info"])["error"] == "builtins.LookupError"


def test_log_lines_and_figures_hold_routes_and_nothing_that_was_asked(one: Worker) -> None:
    key = {"Authorization": f"Bearer {one.service.api_key}"}
    with structlog.testing.capture_logs() as lines:
        one.client.get("/v1/consents/the-secret-id", headers=key)
        one.client.get("/v1/consents/the-secret-id?payer=%ED%99%8D", headers=key)
        one.client.open("/nowhere/the-secret-id", method="SECRET", headers=key)
    told = [(line["route"], line["status"]) for line in lines]
    assert told == [("/v1/consents/<handle>", 404), ("/v1/consents/<handle>", 422), ("-", 404)]
    page = generate_latest(REGISTRY).decode()
    assert 'dongui_requests_total{method="GET",route="/v1/consents/<handle>",status="404"}' in page
    assert 'method="other",route="-"' in page
    for secret in ("the-secret-id", "SECRET", "payer", one.service.api_key):
        assert secret not in page
        assert secret not in str(lines)


def test_verdicts_refusals_and_events_are_counted(desk: Desk, one: Worker) -> None:
    key = {"Authorization": f"Bearer {one.service.api_key}", "Idempotency-Key": "1"}
    before = figures()
    for _ in range(2):
        one.client.post("/v1/consents", headers=key, json={"text": "동의합니다."})
    one.client.post("/v1/verify", headers=key | {"Idempotency-Key": "2"}, data=(desk / "rsa.der").read_bytes())
    assert [one.client.get("/v1/keys", headers=key).status_code for _ in range(4)][-1] == 429
    after = figures()
    assert after["dongui_replays_total"] == before.get("dongui_replays_total", 0) + 1
    assert after['dongui_rate_limited_total{route="/v1/keys"}'] == 1
    assert [name for name in after if name.startswith('dongui_verdicts_total{indication="')]


def figures() -> dict[str, float]:
    lines = generate_latest(REGISTRY).decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def test_the_demo_has_an_outbox(one: Worker) -> None:
    key = {"Authorization": f"Bearer {one.service.api_key}", "Idempotency-Key": "1"}
    assert one.client.post("/v1/files/fb0110", headers=key, json={}).get_json() == {"items": [], "notices": []}


def test_new_lists_are_judged_by_without_a_restart(one: Worker, tmp_path: Path) -> None:
    before = one.app.extensions["dongui"].trust()
    more = tmp_path / "pki" / "trust" / "intermediates" / "more.pem"
    shutil.copy(next((tmp_path / "pki" / "keys").glob("rsa.crt.pem")), more)
    one.refreshed()
    assert one.app.extensions["dongui"].trust() != before


def test_the_document_of_the_api_is_there_and_names_no_probe(one: Worker) -> None:
    answer = one.client.get("/openapi.json")
    assert answer.status_code == 200
    paths = json.loads(answer.text)["paths"]
    assert "/v1/consents/{handle}/sign" in paths
    assert not [path for path in paths if not path.startswith("/v1/")]
    assert one.client.get("/docs").status_code == 200
