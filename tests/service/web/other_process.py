"""Another worker of the service on the same store: sends one request, and is killed where it is told to be.

Run as `python -m tests.service.web.other_process`, with a JSON document on standard input; answers with one on standard
output.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from certs.keys import load_pkcs12
from evidence.store.keyring import Keyring
from evidence.store.store import Store
from service.vouch import TrustFolders
from service.web import Resources, ServiceSettings, create_app, idempotency
from service.web.resources import ServerKey
from signer import LocalKey
from tests.service.running import PASSWORD


def _die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def main() -> None:
    asked: dict[str, Any] = json.load(sys.stdin)
    desk = Path(asked["desk"])
    trust = TrustFolders.open([str(desk / "trust")])
    key = ServerKey(LocalKey.of(load_pkcs12((desk / "keys" / "ecdsa.p12").read_bytes(), PASSWORD)))
    resources = Resources(
        Store.open(asked["store"], Keyring.parse(asked["keys"], "keys")),
        lambda: trust,
        lambda: {"ecdsa": key},
        ServiceSettings(rate_limit=""),
    )
    app = create_app(resources)
    if asked["killed"] == "in the transaction":
        idempotency.__dict__["keep_answers"] = _die  # everything is written, and nothing of it committed
    elif asked["killed"] == "before the answer":
        idempotency.__dict__["response"] = _die  # committed, and nobody was told
    print("ready", flush=True)
    sys.stdin.close()
    with Path(asked["gate"]).open("rb"):  # a FIFO that opens for all at once
        pass
    answer = app.test_client().post(asked["path"], json=asked["json"], headers=asked["headers"])
    print(json.dumps([answer.status_code, answer.text, "Idempotency-Replayed" in answer.headers]), flush=True)


if __name__ == "__main__":
    main()
