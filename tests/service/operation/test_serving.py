"""The service as processes: it finishes what runs, comes back after a worker dies, and counts over all workers."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import psutil
import pytest

from certs.demo import build_demo_pki, write_demo_pki
from examples.demo_service import PASSWORD, DemoService, make
from service.serving import free_port
from tests.service.desk import Desk
from tests.service.running import DONGUI, environment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
ROOT: Final = Path(__file__).parents[3]
BODY: Final = b'{"text": "' + "동의합니다.".encode() + b'"}'


class Running:
    """A service that runs."""

    def __init__(self, child: subprocess.Popen[bytes], url: str, service: DemoService, lines: list[str]) -> None:
        self.child, self.url, self.service, self.lines = child, url, service, lines
        self.port = int(url.rpartition(":")[2])

    def asked(self, path: str, body: bytes | None = None, key: str = "") -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self.service.api_key}", "Content-Type": "application/json"}
        asking = urllib.request.Request(self.url + path, body, headers | ({"Idempotency-Key": key} if key else {}))
        unverified = ssl._create_unverified_context() if self.url.startswith("https") else None
        with urllib.request.urlopen(asking, timeout=30, context=unverified) as answer:
            return answer.status, answer.read()

    def workers(self) -> list[int]:
        return [one.pid for one in psutil.Process(self.child.pid).children()]

    def ended(self) -> tuple[int, str]:
        self.child.wait(40)
        return self.child.returncode, (self.service.folder / "log").read_text(encoding="utf-8")


@contextmanager
def running(service: DemoService, lang: str = "en", *options: str) -> Iterator[Running]:
    """Run it. What it logs goes to a file: a pipe that nobody reads fills up, and it would stand still for ever."""
    command = [str(DONGUI), "--lang", lang, "serve", "--settings", str(service.settings), *options]
    log = service.folder / "log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=errors) as child,
    ):
        assert child.stdout is not None
        first = child.stdout.readline().decode()
        lines = [first, *(child.stdout.readline().decode() for _ in range(5 if first else 0))]
        assert first, log.read_text(encoding="utf-8")
        try:
            yield Running(child, first.split()[1], service, lines)
        finally:
            if child.poll() is None:
                workers = psutil.Process(child.pid).children()  # afterwards they are nobody's
                child.kill()
                for worker in workers:
                    with suppress(psutil.NoSuchProcess):
                        worker.kill()


@pytest.fixture
def service(desk: Desk, tmp_path: Path) -> DemoService:
    del desk
    more = {"port": 0, "metrics_port": free_port("127.0.0.1", 0), "workers": 2, "reload_seconds": 1}
    return make(tmp_path / "service", more)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_it_says_where_it_is_and_what_runs_is_finished_after_sigterm(service: DemoService, lang: str) -> None:
    with running(service, lang) as one:
        said = "".join(one.lines)
        assert all(f"{one.url}{path}" in said for path in ("/console", "/docs", "/readyz"))
        assert "/metrics" in said
        assert one.asked("/readyz")[0] == 200
        connection = HTTPConnection("127.0.0.1", one.port, timeout=60)
        connection.request("GET", "/livez")
        assert connection.getresponse().read()  # a worker has taken the connection
        body = connection.sock
        head = f"POST /v1/consents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.api_key}\r\n"
        head += f"Idempotency-Key: 1\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
        body.sendall(head.encode() + BODY[:5])
        time.sleep(0.5)
        one.child.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        body.sendall(BODY[5:])  # of a request that had begun
        assert body.recv(100).startswith(b"HTTP/1.1 201 ")
        body.close()
        code, log = one.ended()
        assert code == 0
        assert "Traceback" not in log
        for line in log.splitlines():
            if line.startswith("{"):
                assert json.loads(line)["time"]


def test_however_often_it_is_told_to_end_what_runs_is_finished(service: DemoService) -> None:
    """As by somebody who presses Ctrl+C again and again, which reaches the workers too."""
    with running(service) as one:
        connection = socket.create_connection(("127.0.0.1", one.port), timeout=20)
        head = f"POST /v1/consents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.api_key}\r\n"
        head += f"Idempotency-Key: 1\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
        connection.sendall(head.encode() + BODY[:5])
        time.sleep(0.5)
        for _ in range(4):
            for pid in (one.child.pid, *one.workers()):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT)
            time.sleep(0.2)
        connection.sendall(BODY[5:])
        assert connection.recv(100).startswith(b"HTTP/1.1 201 ")
        connection.close()
        assert one.ended()[0] == 0


def test_a_body_without_its_length_is_refused_whether_or_not_it_is_cut_off(service: DemoService) -> None:
    with running(service) as one:
        for rest in (b"", BODY[5:] + b"\r\n0\r\n\r\n"):
            head = f"POST /v1/consents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.api_key}\r\n"
            head += "Idempotency-Key: 1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            with socket.create_connection(("127.0.0.1", one.port), timeout=20) as connection:
                connection.sendall(head.encode() + f"{len(BODY):x}\r\n".encode() + BODY[:5] + rest)
                assert connection.recv(100).startswith(b"HTTP/1.1 411 ")
        assert one.asked("/v1/consents", BODY, "1")[0] == 201


def test_a_worker_that_dies_is_replaced_and_figures_are_of_all_workers(service: DemoService) -> None:
    with running(service) as one:
        metrics = json.loads(f'"{one.lines[4].split()[1]}"')
        counted = [one.asked("/v1/consents", BODY, str(number))[0] for number in range(20)]
        assert counted == [201] * 20
        before = set(one.workers())
        os.kill(min(before), signal.SIGKILL)
        deadline = time.monotonic() + 20
        while len(set(one.workers()) - before) < 1:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        answers: list[int] = []
        while len(answers) < 10:
            try:
                answers.append(one.asked("/v1/consents", BODY, f"after {len(answers)}".replace(" ", "-"))[0])
            except OSError:  # was waiting for the worker that died
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert answers == [201] * 10
        with urllib.request.urlopen(metrics, timeout=20) as page:
            figures = page.read().decode()
        assert 'dongui_requests_total{method="POST",route="/v1/consents",status="201"} 30.0' in figures
        assert 'dongui_list_left_seconds{folder="1",list="crls/root.crl"}' in figures


def test_workers_end_with_the_process_that_watches_over_them(service: DemoService) -> None:
    with running(service) as one:
        workers = psutil.Process(one.child.pid).children()
        one.child.kill()
        assert len(workers) == 2
        assert not psutil.wait_procs(workers, 20)[1]


def test_keys_that_are_replaced_are_used_by_every_worker(service: DemoService) -> None:
    with running(service) as one:
        before = one.asked("/v1/keys")[1]
        keys = service.folder / "keys"
        (keys / "kica.p12").replace(keys / "corporate.p12")
        deadline = time.monotonic() + 20
        while {one.asked("/v1/keys")[1] == before for _ in range(20)} != {False}:
            assert time.monotonic() < deadline
            time.sleep(0.5)


def test_it_does_tls_itself(service: DemoService) -> None:
    if subprocess.run(["openssl", "version"], capture_output=True, check=False).returncode:
        pytest.skip("the openssl command is not installed")
    key, certificate = service.folder / "tls.key", service.folder / "tls.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "2", "-subj", "/CN=localhost", "-keyout"]
    subprocess.run(["openssl", *words, str(key), "-out", str(certificate)], check=True, capture_output=True)
    text = f'tls_key = "{key}"\ntls_certificate = "{certificate}"\n' + service.settings.read_text(encoding="utf-8")
    service.settings.write_text(text, encoding="utf-8")
    with running(service) as one:
        assert one.url.startswith("https://")
        assert one.asked("/livez")[0] == 200


def test_slow_clients_hold_up_nobody(service: DemoService) -> None:
    text = "threads = 2\nheader_seconds = 1\n" + service.settings.read_text(encoding="utf-8")
    service.settings.write_text(text, encoding="utf-8")
    with running(service) as one:
        slow = [socket.create_connection(("127.0.0.1", one.port)) for _ in range(40)]
        for number, connection in enumerate(slow):
            connection.sendall(b"POST /v1/consents HTTP/1.1\r\nHost: x\r\n")
            if number % 2:
                connection.sendall(b"Content-Length: 1000\r\n\r\nx")
        with ThreadPoolExecutor(4) as pool:
            codes = list(pool.map(lambda number: one.asked("/v1/consents", BODY, f"n-{number}")[0], range(20)))
        assert codes == [201] * 20
        slow[0].settimeout(10)
        assert slow[0].recv(100)[:12] in {b"", b"HTTP/1.1 408"}  # its header took too long
        for connection in slow:
            connection.close()


def test_the_demo_shows_its_pages_and_ends_all_that_it_started(tmp_path: Path) -> None:
    """`make serve`, told to end as a system does that shuts down."""
    write_demo_pki(build_demo_pki(at=datetime.now(UTC).replace(microsecond=0)), tmp_path, password=PASSWORD)
    code = "import sys; from pathlib import Path; from examples import serve; serve.PORT = serve.SHOP_PORT = 0; "
    command = [sys.executable, "-c", code + "sys.exit(serve.main(Path(sys.argv[1])))", str(tmp_path)]
    env = environment() | {"LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        try:
            said = [child.stdout.readline().decode().split() for _ in range(7)]
            addresses = {words[0]: words[1] for words in said if len(words) > 1 and words[1].startswith("http")}
            started = psutil.Process(child.pid).children(recursive=True)
            assert addresses.keys() == {"checkout", "console", "API"}
            for address in addresses.values():
                with urllib.request.urlopen(address, timeout=30) as page:
                    assert page.status == 200
        finally:
            child.terminate()
        assert child.wait(60) == 0
    assert psutil.wait_procs(started, 20)[1] == []
