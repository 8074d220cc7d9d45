"""timestamp: a time-stamp beside the evidence, from an authority that is asked over HTTP; none that proves nothing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.service.desk import Desk
from tests.service.http_server import Answer, Server, whole
from tests.service.running import Ran, called, refused
from tests.verifier.test_proofs import CONFIG
from tests.verifier.time_stamps import DAY, Tsa, tsa_key_pair


@pytest.fixture
def evidence(desk: Desk, tmp_path: Path) -> Path:
    return Path(shutil.copy(desk / "rsa.der", tmp_path / "x.der"))


@pytest.fixture
def tsa(desk: Desk) -> Tsa:
    return Tsa(tsa_key_pair(desk.pki, first=desk.pki.at - DAY))


def answering(tsa: Tsa, change: Callable[[tsp.TimeStampReq], None] | None = None, **response: Any) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        assert handler.headers["Content-Type"] == "application/timestamp-query"
        request = tsp.TimeStampReq.load(body)
        if change is not None:
            change(request)
        tsa.fixed_dt = datetime.now(UTC).replace(microsecond=0)
        whole(handler, tsa.request_tsa_response(request).dump(force=True))

    return answer


def stamped(desk: Desk, evidence: Path, url: str, *options: object) -> Ran:
    return called("timestamp", evidence, "--url", url, "--trust", desk.trust, *options)


def test_a_time_stamp_that_was_fetched_proves_the_time(desk: Desk, server: Server, evidence: Path, tsa: Tsa) -> None:
    ran = stamped(desk, evidence, server.does("/tsa", answering(tsa)))
    assert (ran.code, ran.err) == (0, "")
    assert f"{evidence}.tsr" in ran.out
    late = (datetime.now(UTC) + timedelta(days=10)).isoformat()
    judged = called("verify", evidence, "--trust", desk.trust, "--timestamped", "--at", late, "--json").json
    assert (judged["indication"], judged["time_source"]) == ("TOTAL_PASSED", "time-stamp")


def test_a_time_stamp_that_is_there_is_kept(desk: Desk, server: Server, evidence: Path, tsa: Tsa) -> None:
    """None that is fetched now is earlier."""
    kept = Path(f"{evidence}.tsr")
    kept.write_bytes(b"anything")
    ran = stamped(desk, evidence, server.does("/tsa", answering(tsa)), "--json")
    assert (ran.code, ran.json["state"]) == (0, "unchanged")
    assert kept.read_bytes() == b"anything"
    assert server.asked == []


def replaying(old: bytes) -> Answer:
    return lambda handler, _: whole(handler, old)


def other_bytes(request: tsp.TimeStampReq) -> None:
    request["message_imprint"]["hashed_message"] = bytes(32)


def other_nonce(request: tsp.TimeStampReq) -> None:
    request["nonce"] = request["nonce"].native ^ 1


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("page", "SVC-040"),
        ("refusal", "SVC-040"),
        ("other bytes", "SVC-041"),
        ("other nonce", "SVC-041"),
        ("replay", "SVC-041"),
        ("payer", "SVC-042"),
        ("large", "SVC-023"),
        ("missing", "SVC-024"),
    ],
)
def test_nothing_else_is_kept(desk: Desk, server: Server, evidence: Path, tsa: Tsa, case: str, code: str) -> None:
    answers: dict[str, Answer] = {
        "page": lambda handler, _: whole(handler, b"<html>sign in</html>"),
        "refusal": lambda handler, _: whole(handler, bytes.fromhex("30053003020102")),
        "other bytes": answering(tsa, other_bytes),
        "other nonce": answering(tsa, other_nonce),
        "replay": replaying(tsa.response(evidence.read_bytes(), desk.pki.at.replace(microsecond=0))),
        "payer": answering(Tsa(desk.pki.payers["rsa"])),
        "large": lambda handler, _: whole(handler, bytes(70_000)),
        "missing": lambda handler, _: whole(handler, b"", 404),
    }
    ran = stamped(desk, evidence, server.does("/tsa", answers[case]), "--json")
    assert (ran.code, ran.json["state"]) == (1, "failed")
    assert ran.json["fault"]["code"] == code
    assert f"error {code}" in ran.err
    assert not Path(f"{evidence}.tsr").exists()


def test_only_http_is_spoken(desk: Desk, evidence: Path) -> None:
    for url in ("ftp://localhost/tsa", "file:///etc/passwd", "nothing", "http://"):
        ran = stamped(desk, evidence, url)
        assert (ran.code, "SVC-052" in ran.err) == (1, True)


def test_evidence_has_to_be_there(desk: Desk, tmp_path: Path) -> None:
    refused(stamped(desk, tmp_path / "none.der", "http://127.0.0.1:1/"), "SVC-001")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not at hand")
def test_openssl_understands_what_is_asked(
    desk: Desk, server: Server, evidence: Path, tsa: Tsa, tmp_path: Path
) -> None:
    (tmp_path / "tsa.pem").write_bytes(tsa.pair.certificate.public_bytes(Encoding.PEM))
    key = tsa.pair.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "tsa.key").write_bytes(key)
    (tmp_path / "tsa.cnf").write_text(CONFIG)
    (tmp_path / "serial").write_text("01")

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        (tmp_path / "x.tsq").write_bytes(body)
        reply = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "x.tsq", "-out", "x.tsr"]
        subprocess.run(reply, cwd=tmp_path, check=True, capture_output=True)
        whole(handler, (tmp_path / "x.tsr").read_bytes())

    assert stamped(desk, evidence, server.does("/tsa", answer)).code == 0
