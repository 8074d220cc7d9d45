"""The service over a store of its own, called as programs call it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from evidence.store.api_keys import BEARER, NewKey, add_api_key
from evidence.store.keyring import Keyring
from evidence.store.opening import create
from evidence.store.store import Store
from service.vouch import TrustFolders
from service.web import Resources, ServiceSettings, create_app
from service.web.access import Scope
from service.web.resources import ServerKey
from signer import LocalKey
from tests.service.desk import CONSENT, INSTITUTION, Desk

ALL: Final = tuple(Scope)
_numbers: Final = itertools.count(1)


@dataclass
class WebService:
    """A service and a client of it."""

    resources: Resources
    client: FlaskClient
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.resources.store

    def key(self, *scopes: Scope, kind: str = BEARER, expires_at: datetime | None = None) -> NewKey:
        now = datetime.now(UTC)
        with self.store.writing(now) as writing:
            return add_api_key(writing, f"key-{next(_numbers)}", kind, scopes, expires_at)

    def headers(self, *scopes: Scope, idempotency: str | None = None) -> dict[str, str]:
        """Of a request by a key with these scopes, with an Idempotency-Key that is new where none is given."""
        name = " ".join(scopes)
        if name not in self.keys:
            self.keys[name] = self.key(*scopes).secret
        return {
            "Authorization": f"Bearer {self.keys[name]}",
            "Idempotency-Key": idempotency or f"test-{next(_numbers)}",
        }

    def post(
        self,
        path: str,
        json: object = None,
        *,
        scope: Scope = Scope.SIGN,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        said = {**self.headers(scope), **(headers or {})}
        return self.client.post(path, json=json, headers=said, **more)

    def get(self, path: str, *, scope: Scope = Scope.SIGN, **more: Any) -> TestResponse:
        return self.client.get(path, headers=self.headers(scope), **more)

    def open_consent(self, payer: str = "B-1", **more: object) -> dict[str, Any]:
        """A consent of the form, to be registered."""
        asked = {"consent": CONSENT | {"payer_number": payer}, "institution_code": INSTITUTION, **more}
        answer = self.post("/v1/consents", asked)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.get_json()
        return told


def web_service(
    desk: Desk,
    folder: Path,
    settings: ServiceSettings | None = None,
    *,
    address: str | None = None,
    trusts: Sequence[Path] = (),
) -> WebService:
    """A new service, whose store stands in `folder`, or at `address`."""
    ring = Keyring.generate("test")
    where = address or str(folder / "service.db")
    create(where, ring, {})
    trust = TrustFolders.open([str(one) for one in trusts or (desk.trust,)])
    keys = {name: ServerKey(LocalKey.of(desk.pki.payers[name])) for name in ("rsa", "ecdsa", "revoked")}
    resources = Resources(
        Store.open(where, ring),
        lambda: trust,
        lambda: keys,
        settings or ServiceSettings(rate_limit="", origins=frozenset({"https://shop.example"})),
    )
    app = create_app(resources)
    app.testing = False  # errors are answered as they are in production
    return WebService(resources, app.test_client())
