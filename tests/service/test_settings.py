"""settings: from files, secrets, environment and options, and everything that is wrong with them at once."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from service.inputs import now
from service.settings import Settings, gathered, understood
from service.settings_check import checked
from service.settings_words import EXPECTED
from tests.service.desk import Desk
from tests.service.running import SECRETS, called

NAMED = """
store = "{store}"
store_keys = "{keys}"
trust = ["{trust}"]
metrics_port = 0

[keys.seal]
key = "{key}"
password_file = "{password}"
"""


@pytest.fixture
def file(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a settings file that is right, with a store beside it; the environment says nothing."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DONGUI_{name.upper()}", raising=False)
    store, keys = tmp_path / "store.db", tmp_path / "store.keys"
    assert called("store", "init", "--store", store, "--keys", keys).code == 0
    (tmp_path / "password").write_bytes((desk / "password.txt").read_bytes())
    (tmp_path / "rsa.p12").write_bytes(desk.key("rsa").read_bytes())
    for secret in ("password", "rsa.p12"):
        (tmp_path / secret).chmod(0o600)
    text = NAMED.format(
        store=store, keys=keys, trust=desk.trust, key=tmp_path / "rsa.p12", password=tmp_path / "password"
    )
    return written(tmp_path / "dongui.toml", text)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def found(file: Path, **given: object) -> dict[str, str]:
    """What is wrong: codes by setting."""
    return {fault.setting: fault.error.code for fault in checked(str(file), given, now())[1]}


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_settings_that_are_right_pass(file: Path, lang: str) -> None:
    ran = called("settings", "check", "--settings", file, lang=lang)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("✔")
    assert called("settings", "check", "--settings", file, "--json").json == {"passed": True, "faults": []}


def test_what_comes_later_goes_before_what_comes_earlier(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file, then secrets, then the environment, then the command line."""
    text = file.read_text(encoding="utf-8")
    written(file, 'port = 1000\nhost = "::1"\nthreads = 3\nworkers = 2\n' + text)
    (tmp_path / "secrets").mkdir()
    written(tmp_path / "secrets" / "dongui_threads", "4\n")
    written(tmp_path / "secrets" / "dongui_port", "1001")
    monkeypatch.setenv("DONGUI_SECRETS", str(tmp_path / "secrets"))
    monkeypatch.setenv("DONGUI_PORT", "1002")
    monkeypatch.setenv("DONGUI_HOST", "")  # says nothing
    settings, faults = checked(str(file), {"workers": 5}, now())
    assert not faults
    assert (settings.host, settings.threads, settings.port, settings.workers) == ("::1", 4, 1002, 5)


def test_lists_and_keys_stand_in_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONGUI_TRUST", "one, two")
    monkeypatch.setenv("DONGUI_CORS_ORIGINS", "https://shop.example,http://localhost:8081")
    monkeypatch.setenv("DONGUI_KEYS", json.dumps({"seal": {"key": "a.p12"}}))
    settings, faults = understood(gathered(None, {}))
    assert not faults
    assert settings.trust == ("one", "two")
    assert settings.cors_origins == ("https://shop.example", "http://localhost:8081")
    assert settings.keys["seal"].key == "a.p12"


def test_the_key_file_of_the_store_may_be_a_secret(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (tmp_path / "store.keys").read_text(encoding="utf-8")
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("store_keys")]
    written(file, "\n".join(lines))
    assert found(file) == {"store_keys": "SVC-243"}
    (tmp_path / "secrets").mkdir()
    written(tmp_path / "secrets" / "dongui_store_keyring", text)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "secrets"))  # as systemd sets it
    settings, faults = checked(str(file), {}, now())
    assert not faults
    assert settings.keyring_text == text.strip()
    assert json.loads(text)["index"] not in repr(settings)


def test_everything_that_is_wrong_is_told_at_once(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONGUI_WORKRES", "3")
    wrong = """
prot = 80
port = 123456
store = "{0}/none.db"
store_keys = "{0}/none.keys"
trust = ["{0}/none"]
cors_origins = ["*"]
rate_limit = "many"
outbox = "{0}/nowhere"
tls_key = "x"
[keys.seal]
key = "{0}/rsa.p12"
password_file = "{0}/dongui.toml"
[keys.typo]
kay = "x"
"""
    written(file, wrong.format(tmp_path))
    assert found(file) == {
        "DONGUI_WORKRES": "SVC-241",
        "prot": "SVC-241",
        "port": "SVC-242",
        "cors_origins.0": "SVC-242",
        "rate_limit": "SVC-242",
        "keys.typo.key": "SVC-242",
        "keys.typo.kay": "SVC-241",
        "store": "FB-200",
        "store_keys": "SVC-001",
        "trust": "PKI-001",
        "outbox": "SVC-245",
        "keys.seal": "PKI-023",
        "tls_certificate": "SVC-247",
        "keys.seal.password_file": "SVC-244",
    }
    for lang in ("en", "ko"):
        ran = called("settings", "check", "--settings", file, lang=lang)
        assert ran.code == 1
        assert ran.out.count("→") == 14
        assert "DONGUI_WORKERS" in ran.out


@pytest.mark.parametrize(
    ("line", "setting", "code"),
    [
        ('store = "none.db"', "store", "FB-200"),
        ('store = "ftp://x"', "store", "FB-208"),
        ("trust = 1", "trust", "SVC-242"),
        ("workers = 0", "workers", "SVC-242"),
        ('workers = "many"', "workers", "SVC-242"),
        ('log_level = "loud"', "log_level", "SVC-242"),
        ('cors_origins = ["https://shop.example/"]', "cors_origins.0", "SVC-242"),
        ('cors_origins = ["https://u:p@shop.example"]', "cors_origins.0", "SVC-242"),
        ('cors_origins = ["null"]', "cors_origins.0", "SVC-242"),
        ('cors_origins = ["https://Shop.example"]', "cors_origins.0", "SVC-242"),
        ('cors_origins = ["https://pay.example:443"]', "cors_origins.0", "SVC-242"),
        ('cors_origins = ["https://쇼핑.kr"]', "cors_origins.0", "SVC-242"),
        ('cors_origins = ["https://shop .example"]', "cors_origins.0", "SVC-242"),
        ('cors_origins = ["https://shop.example:99999"]', "cors_origins.0", "SVC-242"),
        ('cors_origins = ["https://*.example"]', "cors_origins.0", "SVC-242"),
        ('rate_limit = "0/minute"', "rate_limit", "SVC-242"),
        ('address_limit = ""', "address_limit", "SVC-242"),
        ('overrides = "none.toml"', "overrides", "SVC-001"),
        ('store_files = "zz://x"', "store_files", "FB-214"),
        ('outbox = "file:///tmp"', "outbox", "SVC-245"),
        ('host = ""', "host", "SVC-242"),
        ('host = "nonsense host"', "host", "SVC-293"),
        ('host = "192.0.2.1"', "host", "SVC-293"),
        ('metrics_host = "a..b"\nmetrics_port = 9464', "metrics_host", "SVC-293"),
        ("qqqqzzz = 1", "qqqqzzz", "SVC-294"),
        ("port = 9000\nmetrics_port = 9000", "metrics_port", "SVC-249"),
        ('rate_storage = "nonsense://x"', "rate_storage", "SVC-255"),
        ('rate_storage = "redis://x:port"', "rate_storage", "SVC-255"),
        ('rate_storage = "redis+cluster://127.0.0.1:1"', "rate_storage", "SVC-255"),
        ('rate_storage = "async+memory://"', "rate_storage", "SVC-255"),
        ('tls_certificate = "none.pem"\ntls_key = "none.pem"', "tls_certificate", "SVC-001"),
        ('tls_certificate = "{file}"\ntls_key = "{file}"', "tls_certificate", "SVC-248"),
    ],
)
def test_a_setting_that_is_wrong_is_named(file: Path, line: str, setting: str, code: str) -> None:
    names = {one.partition(" ")[0] for one in line.splitlines()}
    kept = [one for one in file.read_text(encoding="utf-8").splitlines() if one.partition(" ")[0] not in names]
    written(file, "\n".join([line.format(file=file), *kept]))
    assert found(file)[setting] == code


@pytest.mark.parametrize(
    "origin", ["https://shop.example", "http://127.0.0.1:8080", "https://xn--352bl9k.kr", "http://[::1]:3000"]
)
def test_origins_as_browsers_write_them_pass(file: Path, origin: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert found(written(file, f'cors_origins = ["{origin}"]\n{text}')) == {}


def test_a_store_that_is_missing_is_told_though_its_keys_are_missing_too(file: Path, tmp_path: Path) -> None:
    (tmp_path / "store.db").unlink()
    (tmp_path / "store.keys").unlink()
    assert found(file) == {"store": "FB-200", "store_keys": "SVC-001"}


def test_nothing_said_lacks_a_store_and_a_trust_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DONGUI_STORE", raising=False)
    nothing = found(written(tmp_path / "empty.toml", ""))
    assert nothing == {"store": "SVC-243", "trust": "SVC-243", "store_keys": "SVC-243"}


def test_a_certificate_that_has_ended_is_a_remark(desk: Desk, file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace(str(file.parent / "rsa.p12"), str(desk.key("expired")))
    desk_keys_are_open = {"keys.seal.key": "SVC-244"}
    assert found(written(file, text)).items() <= ({"keys.seal": "SVC-246"} | desk_keys_are_open).items()
    ran = called("settings", "check", "--settings", file, "--json")
    assert ran.code == 0
    assert all(fault["remark"] for fault in ran.json["faults"])


def test_no_value_is_shown(file: Path) -> None:
    """A secret that stands in the wrong place stays one."""
    secrets = "\n".join(f'x{number} = "{secret}"' for number, secret in enumerate(SECRETS))
    numbers = f'port = "{SECRETS[0]}"\nrate_limit = "{SECRETS[1]}"\n'
    url = f'store = "postgresql://dongui:{SECRETS[2]}@127.0.0.1:1/x?connect_timeout=1"\n'
    rest = [one for one in file.read_text(encoding="utf-8").splitlines() if not one.startswith("store =")]
    written(file, numbers + url + secrets + "\n" + "\n".join(rest))
    for as_json in ([], ["--json"]):
        ran = called("settings", "check", "--settings", file, *as_json)
        assert ran.code == 1
        assert not [secret for secret in SECRETS if secret in ran.out]


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = [", "1"), ("a = 1\nb = [\n\n", "3"), ("a = 1\nb 2\n", "2"), ("a = 1\nb = '\udcff'", "2")],
)
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, text: str, line: str) -> None:
    (tmp_path / "x.toml").write_bytes(text.encode(errors="surrogateescape"))
    ran = called("settings", "check", "--settings", tmp_path / "x.toml")
    assert (ran.code, ran.stdout) == (2, b"")
    assert f"line {line}" in ran.err


def test_settings_go_to_other_processes(file: Path) -> None:
    settings, _ = checked(str(file), {}, now())
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_every_setting_is_explained() -> None:
    assert set(EXPECTED) == set(Settings.model_fields)
    page = (Path(__file__).parents[2] / "docs" / "operation.md").read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"| `{name}` |" not in page] == []


def test_files_that_workers_could_not_share_are_told(file: Path, tmp_path: Path) -> None:
    (tmp_path / "store.db-claims").mkdir()
    assert found(file) == {"store": "FB-203"}
