"""Signed requests (RFC 9421) hold for the very request that was signed, for five minutes, and once."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from evidence.store.api_keys import HMAC, NewKey, revoke_api_key
from service.web.access import Scope
from tests.service.web.signed import COVERED, signature
from tests.service.web_service import WebService

BODY = b'{"text": "\xea\xb0\x80"}'
PATH = "/v1/consents"


@pytest.fixture
def key(service: WebService) -> NewKey:
    return service.key(Scope.SIGN, kind=HMAC)


def send(service: WebService, headers: dict[str, str], body: bytes = BODY, path: str = PATH) -> TestResponse:
    return service.client.post(path, data=body, headers=headers)


def refused(answer: TestResponse, code: str = "SVC-203") -> None:
    assert (answer.status_code, answer.get_json()["code"]) == (401, code), answer.text
    assert answer.headers["WWW-Authenticate"]


def test_a_signed_request_is_answered(service: WebService, key: NewKey) -> None:
    assert send(service, signature(key, "POST", PATH, BODY)).status_code == 201
    got = service.client.get("/v1/consents?limit=1", headers=signature(key, "GET", "/v1/consents?limit=1", b""))
    assert len(got.get_json()["items"]) == 1


def test_the_same_request_sent_again_is_refused(service: WebService, key: NewKey) -> None:
    headers = signature(key, "POST", PATH, BODY)
    assert send(service, headers).status_code == 201
    refused(send(service, headers), "SVC-204")


def test_the_same_request_signed_again_is_answered_alike(service: WebService, key: NewKey) -> None:
    first = send(service, signature(key, "POST", PATH, BODY))
    again = send(service, signature(key, "POST", PATH, BODY))
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PATH, BODY.replace(b"text", b"test")),
        (PATH, b""),
        ("/v1/consents/batch", BODY),
        ("/v1/consents?state=open", BODY),
        ("/v1/consents?", BODY + b" "),
    ],
)
def test_another_body_path_or_query_is_refused(service: WebService, key: NewKey, path: str, body: bytes) -> None:
    refused(send(service, signature(key, "POST", PATH, BODY), body, path))


def test_another_method_is_refused(service: WebService, key: NewKey) -> None:
    refused(service.client.get(PATH, headers=signature(key, "POST", PATH, b"")))


def test_another_idempotency_key_is_refused(service: WebService, key: NewKey) -> None:
    headers = signature(key, "POST", PATH, BODY)
    refused(send(service, {**headers, "Idempotency-Key": "another"}))
    unsigned = signature(key, "POST", PATH, BODY, idempotency=None)
    refused(send(service, {**unsigned, "Idempotency-Key": "added"}))


@pytest.mark.parametrize("left_out", COVERED)
def test_what_the_signature_does_not_cover_is_refused(service: WebService, key: NewKey, left_out: str) -> None:
    covered = [one for one in COVERED if one != left_out]
    refused(send(service, signature(key, "POST", PATH, BODY, covered=covered)))


def test_a_digest_beside_the_signature_covers_nothing(service: WebService, key: NewKey) -> None:
    covered = [one for one in COVERED if one != "content-digest"]
    digest = signature(key, "POST", PATH, BODY)["Content-Digest"]
    headers = signature(key, "POST", PATH, BODY, covered=covered)
    refused(send(service, {**headers, "Content-Digest": digest}))


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(days=2), -timedelta(minutes=2)])
def test_a_request_too_old_or_from_the_future_is_refused(service: WebService, key: NewKey, age: timedelta) -> None:
    refused(send(service, signature(key, "POST", PATH, BODY, created=datetime.now(UTC) - age)))


@pytest.mark.parametrize("nonce", [None, "short", "x" * 129])
def test_a_request_without_a_sound_nonce_is_refused(service: WebService, key: NewKey, nonce: str | None) -> None:
    refused(send(service, signature(key, "POST", PATH, BODY, nonce=nonce)))


def test_another_secret_an_unknown_key_and_a_bearer_are_refused(service: WebService, key: NewKey) -> None:
    other, bearer = service.key(Scope.SIGN, kind=HMAC), service.key(Scope.SIGN)
    for name, secret in ((key.key, other.secret), (bearer.key, bearer.secret)):
        refused(send(service, signature(NewKey(name, secret), "POST", PATH, BODY)))
    headers = signature(key, "POST", PATH, BODY)
    headers["Signature-Input"] = headers["Signature-Input"].replace(key.key.name, "nobody")
    refused(send(service, headers))


class _Unread(io.BytesIO):
    """A body that nobody may read."""

    def read(self, _size: int | None = -1, /) -> bytes:
        raise AssertionError("the body was read")

    def readinto(self, _buffer: object, /) -> int:
        raise AssertionError("the body was read")


def test_of_whoever_has_no_key_no_body_is_read(service: WebService, key: NewKey) -> None:
    stranger = signature(NewKey(replace(key.key, name="nobody"), key.secret), "POST", PATH, BODY)
    forger = signature(NewKey(key.key, "forged"), "POST", PATH, BODY)
    for headers in (stranger, forger):
        refused(service.client.post(PATH, input_stream=_Unread(BODY), headers=headers))


def test_an_hmac_secret_is_no_bearer(service: WebService, key: NewKey) -> None:
    for presented in (key.secret, f"dongui_{key.key.number}_{key.secret}"):
        headers = {"Authorization": f"Bearer {presented}", "Idempotency-Key": "1"}
        refused(send(service, headers), "SVC-201")


def test_a_revoked_or_expired_key_signs_nothing(service: WebService, key: NewKey) -> None:
    with service.store.writing(datetime.now(UTC)) as writing:
        revoke_api_key(writing, key.key.name)
    expired = service.key(Scope.SIGN, kind=HMAC, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    for one in (key, expired):
        refused(send(service, signature(one, "POST", PATH, BODY)))


def test_a_signed_request_needs_the_scope_too(service: WebService) -> None:
    answer = send(service, signature(service.key(Scope.VERIFY, kind=HMAC), "POST", PATH, BODY))
    assert (answer.status_code, answer.get_json()["code"]) == (403, "SVC-202")


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("Signature", ""),
        ("Signature", "pyhms=:AAAA:"),
        ("Signature", "no dictionary at all ;;;"),
        ("Signature-Input", "pyhms=()"),
        ("Signature-Input", "\x7f"),
        ("Signature-Input", "a=(" * 2000),
        ("Content-Digest", "sha-256=:AAAA:"),
        ("Content-Digest", "md5=:AAAA:"),
    ],
)
def test_headers_that_are_no_signature_are_refused(service: WebService, key: NewKey, given: str, sent: str) -> None:
    refused(send(service, {**signature(key, "POST", PATH, BODY), given: sent}))


def test_a_signature_goes_before_a_bearer(service: WebService, key: NewKey) -> None:
    """Whoever changes a signed request cannot make up for it with a key of another scope."""
    headers = signature(key, "POST", PATH, BODY) | {"Authorization": service.headers(Scope.SIGN)["Authorization"]}
    refused(send(service, headers, BODY + b" "))
