"""serve: the verdicts of the command line over HTTP, refusals as problem documents, and a quiet end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient

from service.web import ServiceSettings
from service.web.access import Scope
from tests.service.desk import Desk
from tests.service.running import DONGUI, called, environment, refused
from tests.service.web_service import WebService, web_service
from verifier import policies

posix = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
KOREAN = {"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.5"}


@pytest.fixture
def service(desk: Desk, tmp_path: Path) -> WebService:
    return web_service(desk, tmp_path)


@pytest.fixture
def client(service: WebService) -> FlaskClient:
    service.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key(Scope.VERIFY).secret}"
    return service.client


@pytest.fixture
def office(tmp_path: Path) -> tuple[str, ...]:
    """Options of a new store."""
    store, keys = str(tmp_path / "s.db"), str(tmp_path / "s.keys")
    assert called("store", "init", "--store", store, "--keys", keys).code == 0
    return "--store", store, "--keys", keys


@pytest.fixture
def server(desk: Desk, office: tuple[str, ...]) -> Iterator[tuple[subprocess.Popen[bytes], HTTPConnection]]:
    """Start the server on a free port; stop it if the test did not."""
    command = [str(DONGUI), "serve", *office, "--trust", str(desk.trust), "--port", "0", "--metrics-port", "0"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        url = urlsplit(child.stdout.readline().decode().split()[1])
        assert url.port is not None
        connection = HTTPConnection("127.0.0.1", url.port, timeout=20)
        yield child, connection
        connection.close()
        if child.poll() is None:
            child.terminate()


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 0)])
def test_it_serves_and_ends_quietly(
    server: tuple[subprocess.Popen[bytes], HTTPConnection], number: int, code: int
) -> None:
    child, connection = server
    connection.request("POST", "/v1/verify", b"x")
    assert connection.getresponse().status == 401
    connection.close()
    child.send_signal(number)
    _, said = child.communicate(timeout=20)
    assert child.returncode == code
    assert b"Traceback" not in said


def test_the_verdict_is_that_of_the_command_line(desk: Desk, client: FlaskClient) -> None:
    at = (desk.pki.at + timedelta(hours=1)).isoformat()
    for file in ("rsa.der", "revoked.der", "consent.txt"):
        data = (desk / file).read_bytes()
        expected = called("verify", "-", "--trust", desk.trust, "--at", at, "--json", stdin=data).json
        assert client.post(f"/v1/verify?at={quote(at)}", data=data).get_json() == expected


def test_a_port_that_is_taken_is_told(desk: Desk, office: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused(called("serve", *office, "--trust", desk.trust, "--port", taken.getsockname()[1]), "SVC-009")


def test_a_trust_folder_that_is_none_is_told(desk: Desk, office: tuple[str, ...]) -> None:
    refused(called("serve", *office, "--trust", desk / "nowhere", "--port", 0), "PKI-001")


def test_the_language_is_that_of_the_request(desk: Desk, client: FlaskClient) -> None:
    body = (desk / "rsa.der").read_bytes()
    in_korean = client.post("/v1/verify", data=body, headers=KOREAN).get_data(as_text=True)
    assert "바이트" in in_korean
    assert "bytes" in client.post("/v1/verify", data=body).get_data(as_text=True)


@pytest.mark.parametrize(
    ("accepted", "korean"),
    [
        ("ko", True),
        ("ko-KR", True),
        ("KO-kr", True),
        ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", True),
        ("en;q=0.5, ko;q=0.6", True),
        ("fr, ko;q=0.1", True),
        ("ko, en", True),
        ("en, ko", False),
        ("en-GB;q=0.4, ko-KP;q=0.5", True),
        ("*", False),
        ("*;q=0.1, ko", True),
        ("en-US,en;q=0.9,ko;q=0.8", False),
        ("ko;q=0.5, en", False),
        ("ko;q=0, en;q=0.1", False),
        ("ko;q=0", False),
        ("fr, de;q=0.5", False),
        ("kok", False),
        ("", False),
        ("ko;q=many", False),
        (",;=q", False),
    ],
)
def test_the_language_is_the_one_that_the_request_prefers(client: FlaskClient, accepted: str, korean: bool) -> None:
    answer = client.post("/v1/verify?policy=none", data=b"x", headers={"Accept-Language": accepted})
    assert ("정책" in answer.get_json()["detail"]) == korean


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/verify?at=yesterday", 422, "SVC-003"),
        ("/v1/verify?at=2026-11-02T09:00:00", 422, "SVC-003"),
        ("/v1/verify?policy=none", 422, "SVC-012"),
        ("/v1/verify?policy=", 422, "SVC-012"),
    ],
)
@pytest.mark.parametrize("headers", [{}, KOREAN])
def test_a_refusal_is_a_problem_document_with_its_code(
    client: FlaskClient, path: str, status: int, code: str, headers: dict[str, str]
) -> None:
    answer = client.post(path, data=b"x", headers=headers)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    problem = answer.get_json()
    assert problem["type"] == f"urn:dongui:{code}"
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]
    assert problem["remedy"]


def test_a_body_that_is_too_large_is_a_problem_document(desk: Desk, tmp_path: Path) -> None:
    service = web_service(desk, tmp_path, ServiceSettings(body_limit=1000))
    answer = service.client.post("/v1/verify", data=bytes(1001), headers=service.headers(Scope.VERIFY))
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
    assert answer.get_json()["code"] == "SVC-222"


def test_a_body_just_over_the_measure_of_a_policy_is_judged(client: FlaskClient) -> None:
    answer = client.post("/v1/verify?policy=cms", data=bytes(policies.CMS.max_der_bytes + 1))
    assert answer.get_json()["findings"][0]["code"] == "CMS-102"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/verify", 405), ("POST", "/v2", 404)])
def test_what_is_not_there_is_a_problem_document(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json()["status"] == status


def test_nothing_at_all_is_judged_and_does_not_pass(client: FlaskClient) -> None:
    assert client.post("/v1/verify").get_json()["indication"] == "TOTAL_FAILED"
