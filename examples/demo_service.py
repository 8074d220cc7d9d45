"""All that a service needs, made up: trust folder, keys that it signs with, store, settings, and a key for callers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Final

from certs.demo import build_demo_pki, write_demo_pki
from evidence.store.api_keys import BEARER, add_api_key
from evidence.store.keyring import Keyring
from evidence.store.opening import create
from evidence.store.store import Store
from service.web.access import Scope

PASSWORD: Final = "demo-password"  # of throw-away keys
SIGNS: Final = {"rsa": "corporate", "p256": "ecdsa"}
"""Keys of the service by name, and whose of the demo they are."""


@dataclass(frozen=True)
class DemoService:
    """Everything below `folder`.

    Attributes:
        settings: file for `dongui serve --settings`.
        address: of the store.
        api_key: opens everything.
    """

    folder: Path
    settings: Path
    address: str
    api_key: str = field(repr=False)

    def store(self) -> Store:
        text = (self.folder / "store.keys").read_text(encoding="utf-8")
        return Store.open(self.address, Keyring.parse(text, "store.keys"))


def make(
    folder: Path, more: Mapping[str, object], *, address: str | None = None, trust: Path | None = None
) -> DemoService:
    """Make it all in an empty folder.

    Args:
        folder: made if it is not there.
        more: further settings, by name.
        address: of a database that is there and has no store yet; None: a file of SQLite in the folder.
        trust: of a demo PKI that is there already, beside its `keys`; None: a new one is made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if trust is None:
        trust = write_demo_pki(build_demo_pki(at=datetime.now(UTC).replace(microsecond=0)), folder, password=PASSWORD)
    address = address or str(folder / "store.db")
    keys = Keyring.generate("demo")
    _write_secret(folder / "store.keys", keys.to_json())
    _write_secret(folder / "password", PASSWORD + "\n")
    create(address, keys, {"processing": "integrated"})
    store = Store.open(address, keys)
    with store.writing(datetime.now(UTC)) as writing:
        made = add_api_key(writing, "demo", BEARER, [Scope.ADMIN.value], datetime.now(UTC) + timedelta(days=30))
    store.close()
    outbox = folder / "outbox"
    outbox.mkdir()
    named = {"store": address, "store_keys": str(folder / "store.keys"), "outbox": str(outbox), "trust": [str(trust)]}
    values = {**named, **more}
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    for name, whose in SIGNS.items():
        key = str(trust.parent / "keys" / f"{whose}.p12")
        lines += [
            "",
            f"[keys.{name}]",
            f"key = {json.dumps(key)}",
            f"password_file = {json.dumps(str(folder / 'password'))}",
        ]
    settings = folder / "dongui.toml"
    settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return DemoService(folder, settings, address, made.secret)


def _write_secret(path: Path, text: str) -> None:
    path.touch(0o600)
    path.write_text(text, encoding="utf-8")


@contextmanager
def served(
    service: DemoService, options: Sequence[str], log: IO[bytes]
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run it for the length of a block: the process, and the URL that it answers at."""
    command = [
        str(Path(sys.executable).with_name("dongui")),
        "--lang",
        "en",
        "serve",
        "--settings",
        str(service.settings),
    ]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=log) as child:
        try:
            assert child.stdout is not None
            first = child.stdout.readline().decode().split()
            if len(first) < 2:
                raise RuntimeError("the service did not start")
            yield child, first[1]
        finally:
            child.terminate()
            child.wait(60)
