"""`dongui keys`: keys that are made, listed without their secrets, replaced, and taken away, while the service runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.store.keyring import Keyring
from evidence.store.store import Store
from service.vouch import TrustFolders
from service.web import Resources, ServiceSettings, create_app
from tests.service.desk import Desk
from tests.service.running import called, refused


@pytest.fixture
def office(tmp_path: Path) -> tuple[str, ...]:
    store, keys = str(tmp_path / "s.db"), str(tmp_path / "s.keys")
    assert called("store", "init", "--store", store, "--keys", keys).code == 0
    return "--store", store, "--keys", keys


def test_keys_open_from_when_they_are_made_until_they_are_taken_away(
    desk: Desk, office: tuple[str, ...], tmp_path: Path
) -> None:
    made = called("keys", "add", "shop", *office, "--scopes", "sign,verify", "--json").json
    trust = TrustFolders.open([str(desk.trust)])
    store = Store.open(office[1], Keyring.parse(Path(office[3]).read_bytes(), "keys"))
    resources = Resources(store, lambda: trust, settings=ServiceSettings(rate_limit=""))
    client = create_app(resources).test_client()

    def status(secret: str, path: str = "/v1/consents") -> int:
        return client.get(path, headers={"Authorization": f"Bearer {secret}"}).status_code

    secret = made["secret"]
    assert (status(secret), status(secret, "/v1/due")) == (200, 403)
    listed = called("keys", "list", *office, "--json")
    assert secret.rpartition("_")[2] not in listed.out
    new = called("keys", "rotate", "shop", *office, "--json").json["secret"]
    assert status(new) == 200
    assert called("keys", "revoke", "shop", *office).code == 0
    assert status(secret) == 401
    assert status(new) == 200
    assert secret.encode() not in (tmp_path / "s.db").read_bytes()
    resources.close()


def test_a_key_that_is_revoked_is_listed_with_the_day_it_ended(office: tuple[str, ...]) -> None:
    called("keys", "add", "shop", *office, "--scopes", "sign")
    called("keys", "revoke", "shop", *office)
    row = called("keys", "list", *office, "--json").json
    assert row["revoked_at"] < row["expires_at"]
    assert called("keys", "list", *office).out.split()[:3] == ["shop", "revoked", row["revoked_at"][:10]]


def test_a_name_that_is_taken_and_a_scope_that_is_none_are_refused(office: tuple[str, ...]) -> None:
    assert called("keys", "add", "shop", *office, "--scopes", "sign").code == 0
    refused(called("keys", "add", "shop", *office, "--scopes", "sign"), "FB-384")
    refused(called("keys", "add", "other", *office, "--scopes", "everything"), "SVC-228")
    refused(called("keys", "revoke", "nobody", *office), "FB-385")
