"""How many requests a caller may make: counted by key, without the key's secret, and whether or not Redis is there."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest

from evidence.store.api_keys import HMAC
from service.web import ServiceSettings
from service.web.access import Scope
from service.web.app import create_app
from service.web.limits import _counted_by
from tests.service.desk import Desk
from tests.service.web.signed import signature
from tests.service.web_service import WebService, web_service

PATH = "/v1/keys"


@pytest.fixture
def limited(desk: Desk, tmp_path: Path) -> WebService:
    """Return a service that takes three requests of a caller."""
    return web_service(desk, tmp_path, ServiceSettings(rate_limit="3 per minute"))


def counted(service: WebService, headers: dict[str, str]) -> str:
    with service.client.application.test_request_context(PATH, headers=headers):
        return _counted_by()


def test_keys_that_sign_are_counted_each_for_itself(limited: WebService) -> None:
    one, other = limited.key(Scope.SIGN, kind=HMAC), limited.key(Scope.SIGN, kind=HMAC)

    def status(key: object, **more: str) -> int:
        headers = signature(key, "GET", PATH, b"") | more  # type: ignore[arg-type]
        return limited.client.get(PATH, headers=headers).status_code

    # another Authorization beside the signature opens nothing, and is no other caller
    assert [status(one, Authorization=f"Bearer {number}") for number in range(4)] == [200, 200, 200, 429]
    assert status(other) == 200
    limited.resources.close()


def test_all_routes_are_counted_together(limited: WebService) -> None:
    headers = limited.headers(Scope.ADMIN)
    paths = ("/v1/keys", "/v1/consents", "/v1/due", "/v1/keys")
    assert [limited.client.get(path, headers=headers).status_code for path in paths] == [200, 200, 200, 429]
    limited.resources.close()


def test_an_address_is_limited_whatever_it_asks_for_and_says_it_is(desk: Desk, tmp_path: Path) -> None:
    service = web_service(desk, tmp_path, ServiceSettings(address_limit="3 per minute"))
    headers = [service.headers(scope) for scope in (Scope.ADMIN, Scope.SIGN)]
    asked = (("/v1/keys", 0), ("/v1/consents", 1), ("/console/login", 0), ("/v1/due", 0))
    assert [service.client.get(path, headers=headers[of]).status_code for path, of in asked] == [200, 200, 200, 429]
    service.resources.close()


def test_however_bearer_is_written_the_key_is_counted(service: WebService) -> None:
    secret = service.key(Scope.SIGN).secret
    by = {counted(service, {"Authorization": f"{scheme} {secret}"}) for scheme in ("Bearer", "bearer", "bEaRer")}
    assert len(by) == 1
    assert by != {counted(service, {})}


def test_no_part_of_a_secret_is_counted_by(service: WebService) -> None:
    key = service.key(Scope.SIGN)
    by = counted(service, {"Authorization": f"Bearer {key.secret}"})
    secret = key.secret.rpartition("_")[2]
    assert not [at for at in range(len(secret) - 8) if secret[at : at + 8] in by]
    assert by != counted(service, {"Authorization": f"Bearer {key.secret[:-1]}"})


@pytest.mark.parametrize(
    "said", ["", "sig=()", "sig=();keyid=a", 'sig=();keyid="', 'sig=();keyid=""', "keyid=" * 9_999]
)
def test_who_names_no_key_is_counted_by_address(service: WebService, said: str) -> None:
    assert counted(service, {"Signature-Input": said, "Authorization": "Bearer x"}) == counted(service, {})


def test_without_its_storage_a_worker_counts_by_itself(limited: WebService, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> NoReturn:
        raise ConnectionError("redis is away")

    (limiter,) = limited.client.application.extensions["limiter"]
    for name in ("incr", "get", "get_expiry"):
        monkeypatch.setattr(limiter._storage, name, away)
    monkeypatch.setattr(limiter._storage, "check", lambda: False)
    assert [limited.get(PATH).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert limited.client.get("/console/login").status_code == 200
    limited.resources.close()


@contextmanager
def redis(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a server, with an address in the file system and none on the network."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed (tests/tools.sh installs it)")
    with TemporaryDirectory(prefix="redis") as short:  # a socket's path may not be long
        words = ["--port", "0", "--unixsocket", f"{short}/s", "--save", "", "--dir", str(tmp_path)]
        with subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL) as child:
            try:
                until = time.monotonic() + 20
                while not Path(short, "s").exists():
                    assert time.monotonic() < until
                    time.sleep(0.01)
                yield f"redis+unix://{short}/s", child
            finally:
                child.kill()


def test_with_redis_all_workers_count_together_and_none_waits_for_one_that_hangs(desk: Desk, tmp_path: Path) -> None:
    with redis(tmp_path) as (address, server):
        settings = ServiceSettings(rate_limit="3 per minute", rate_storage=address)
        one = web_service(desk, tmp_path, settings)
        other = create_app(one.resources).test_client()
        headers = one.headers(Scope.SIGN)
        assert [one.client.get(PATH, headers=headers).status_code for _ in range(2)] == [200, 200]
        assert [other.get(PATH, headers=headers).status_code for _ in range(2)] == [200, 429]
        server.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        assert other.get(PATH, headers=headers).status_code == 200  # counted by itself from here on
        assert [other.get(PATH, headers=headers).status_code for _ in range(3)] == [200, 200, 429]
        assert time.monotonic() - began < 10
        one.resources.close()


def test_headers_speak_of_limits_only_where_one_is_reached(limited: WebService) -> None:
    headers = limited.headers(Scope.SIGN)
    answers = [limited.client.get(PATH, headers=headers) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    told = [[name for name, _ in one.headers if name.startswith(("X-Rate", "Retry"))] for one in answers]
    assert told[:3] == [[]] * 3
    assert "Retry-After" in told[3]
    limited.resources.close()
