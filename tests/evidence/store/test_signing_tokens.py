"""One-time tokens open something only while the key that had them made does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from evidence.lifecycle.drafts import Draft
from evidence.lifecycle.signings import open_signing
from evidence.store.api_keys import BEARER, add_api_key, expire_api_key, revoke_api_key
from evidence.store.signing_tokens import Token, add_token, find_token, use_token
from evidence.store.store import Store
from tests.evidence.lifecycle.people import NOW

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def token(store: Store) -> str:
    with store.writing(NOW) as writing:
        key = add_api_key(writing, "shop", BEARER, {"sign"}, None).key.number
        ends_at = NOW + timedelta(minutes=10)
        return add_token(writing, open_signing(writing, "handle", Draft("text", "utf-8"), ends_at).number, key, ends_at)


def found(store: Store, token: str) -> Token | None:
    with store.reading() as connection:
        return find_token(store, connection, token, LATER)


def test_a_token_is_used_once(store: Store, token: str) -> None:
    assert found(store, token) == Token(1, is_used=False)
    with store.writing(LATER) as writing:
        assert [use_token(writing, token), use_token(writing, token)] == [True, False]
    assert found(store, token) == Token(1, is_used=True)
    assert found(store, token + "x") is None


@pytest.mark.parametrize("ends", ["revoked", "expired"])
def test_a_token_ends_with_its_key(store: Store, token: str, ends: str) -> None:
    with store.writing(LATER) as writing:
        if ends == "revoked":
            revoke_api_key(writing, "shop")
        else:
            expire_api_key(writing, "shop", LATER)
        assert not use_token(writing, token)  # found just before, and used too late
    assert found(store, token) is None


def test_a_token_lives_while_its_key_is_yet_to_end(store: Store, token: str) -> None:
    with store.writing(LATER) as writing:
        expire_api_key(writing, "shop", LATER + timedelta(seconds=1))
        assert use_token(writing, token)
    assert found(store, token) == Token(1, is_used=True)
