"""The examples of docs/api.md run, and what it says of limits is so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server

from evidence.store.api_keys import HMAC
from service.web import ServiceSettings
from service.web.access import Scope
from tests.service.running import environment
from tests.service.web_service import WebService

PAGE = (Path(__file__).parents[3] / "docs/api.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.+?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def url(service: WebService) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, service.client.application, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
def test_the_examples_with_curl_run(service: WebService, url: str) -> None:
    key = service.key(Scope.SIGN, Scope.VERIFY, Scope.EVIDENCE, Scope.FILES).secret
    first, files = blocks("sh")
    ran = [
        subprocess.run(
            ["/bin/sh", "-euc", block],
            env=environment({"URL": url, "KEY": key}),
            capture_output=True,
            check=True,
            timeout=120,
            text=True,
        ).stdout
        for block in (first, files)
    ]
    assert ran[0].splitlines()[-1] == "signed"
    assert '"items"' in ran[1]


def test_the_example_in_python_runs(service: WebService, url: str) -> None:
    made = service.key(Scope.SIGN, kind=HMAC)
    (code,) = blocks("python")
    said = {"URL": url, "SECRET": made.secret, "KEY_NAME": made.key.name, "no_proxy": "127.0.0.1"}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment(said), capture_output=True, check=True, timeout=120, text=True
    )
    (only,) = service.get("/v1/consents").get_json()["items"]
    assert ran.stdout.strip() == only["id"]


def test_the_limits_are_those_of_the_page() -> None:
    settings = ServiceSettings()
    said = {
        f"{settings.body_limit >> 20} MiB",
        f"{settings.json_depth} levels",
        f"{settings.batch_limit} items",
        f"{settings.signing_minutes} minutes after",
        f"{settings.token_seconds // 60} minutes at most",
        f"{settings.rate_limit.split()[0]} a minute",
    }
    assert not [one for one in said if one not in PAGE]


def test_every_address_of_files_is_on_the_page(service: WebService) -> None:
    paths = service.client.get("/openapi.json").get_json()["paths"]
    files = [path for path in paths if path.startswith("/v1/files") or path == "/v1/due"]
    assert len(files) == 7
    assert not [path for path in files if path not in PAGE]
