"""Signatures: by a key elsewhere in two halves with a one-time token, and by a key of the service in one."""

from __future__ import annotations

import base64
from hashlib import new, sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from werkzeug.test import TestResponse

from evidence.store.schema import CONSENT, EVIDENCE
from service.web.access import Scope
from service.web.resources import ServerKey
from signer import LocalKey
from tests.service.desk import Desk
from tests.service.web_service import WebService

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def problem(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.get_json()["code"]


def certificate(desk: Desk, name: str) -> dict[str, Any]:
    pair = desk.pki.payers[name]
    der = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in (pair.certificate, *pair.others)]
    return {"certificate": der[0], "intermediates": der[1:]}


def signature(desk: Desk, name: str, prepared: dict[str, Any]) -> str:
    """What the payer's browser makes of the bytes that it is given."""
    key, data = desk.pki.payers[name].private_key, base64.b64decode(prepared["to_be_signed"])
    algorithm = HASHES[prepared["digest"]]
    if isinstance(key, rsa.RSAPrivateKey):
        made = key.sign(data, padding.PKCS1v15(), algorithm)
    else:
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        made = key.sign(data, ec.ECDSA(algorithm))
    return base64.b64encode(made).decode()


def states(service: WebService) -> list[str]:
    with service.store.reading() as connection:
        return list(connection.execute(select(CONSENT.c.state).order_by(CONSENT.c.id)).scalars())


@pytest.mark.parametrize(("name", "digest"), [("rsa", "sha256"), ("rsa", "sha512"), ("ecdsa", "sha256")])
@pytest.mark.parametrize("charset", ["utf-8", "euc-kr"])
def test_a_payer_signs_with_a_token(service: WebService, desk: Desk, name: str, digest: str, charset: str) -> None:
    opened = service.open_consent(charset=charset)
    path = f"/v1/consents/{opened['id']}"
    token = service.post(f"{path}/tokens", {"expires_in": 60}).get_json()
    assert token["consent"] == opened["id"]
    browser = {"Authorization": f"Bearer {token['token']}"}
    prepared = service.client.post(
        f"{path}/signature/prepare",
        json=certificate(desk, name) | {"digest": digest},
        headers=browser | {"Idempotency-Key": "p"},
    ).get_json()
    content = base64.b64decode(opened["content"])
    assert prepared["covers"]["content_sha256"] == sha256(content).hexdigest() == opened["content_sha256"]
    assert prepared["covers"]["message_digest"] == new(digest, content).hexdigest()
    assert bytes.fromhex(prepared["covers"]["message_digest"]) in base64.b64decode(prepared["to_be_signed"])
    assert prepared["algorithm"] == ("ECDSA" if name == "ecdsa" else "RSASSA-PKCS1-v1_5")
    body, headers = {"signature": signature(desk, name, prepared)}, browser | {"Idempotency-Key": "c"}
    answer = service.client.post(f"{path}/signature/complete", json=body, headers=headers)
    told = answer.get_json()
    assert (answer.status_code, told["verdict"]["indication"]) == (200, "TOTAL_PASSED"), answer.text
    der = base64.b64decode(told["evidence"]["der"])
    assert (sha256(der).hexdigest(), told["evidence"]["kind"]) == (told["evidence"]["sha256"], "2")
    assert content in der
    assert told["receipt"]["evidence_sha256"] == told["evidence"]["sha256"]
    shown = service.get(path).get_json()
    assert (shown["state"], shown["evidence"], shown["receipt"]) == (
        "signed",
        told["evidence"]["sha256"],
        told["receipt"],
    )
    assert states(service) == ["queued"]
    # the token is used up: it hears its own answer again, and nothing else
    again = service.client.post(f"{path}/signature/complete", json=body, headers=headers)
    assert (again.data, again.headers["Idempotency-Replayed"]) == (answer.data, "true")
    other = browser | {"Idempotency-Key": "c2"}
    assert problem(service.client.post(f"{path}/signature/complete", json=body, headers=other)) == (401, "SVC-201")
    assert problem(service.client.get(path, headers=browser)) == (401, "SVC-201")


@pytest.mark.parametrize("name", ["expired", "not_yet_valid"])
def test_that_the_services_certificate_does_not_hold_is_no_fault_of_the_request(
    service: WebService, desk: Desk, name: str
) -> None:
    handle = service.open_consent()["id"]
    keys = {"seal": ServerKey(LocalKey.of(desk.pki.payers[name]))}
    object.__setattr__(service.resources, "keys", lambda: keys)
    answer = service.post(f"/v1/consents/{handle}/sign", {"key": "seal"})
    assert problem(answer) == (503, "SVC-291")
    assert "Retry-After" in answer.headers
    assert problem(service.post("/v1/consents/sign", {"key": "seal", "items": [{"id": handle}]})) == (503, "SVC-291")
    assert service.get(f"/v1/consents/{handle}").get_json()["state"] == "open"


def test_a_signature_by_another_key_or_of_other_bytes_is_refused(service: WebService, desk: Desk) -> None:
    handle = service.open_consent()["id"]
    path = f"/v1/consents/{handle}/signature"
    prepared = service.post(f"{path}/prepare", certificate(desk, "rsa")).get_json()
    other_bytes = base64.b64encode(b"1" + base64.b64decode(prepared["to_be_signed"])).decode()
    for wrong in (
        signature(desk, "revoked", prepared),
        signature(desk, "rsa", {**prepared, "to_be_signed": other_bytes}),
        "AAAA",
    ):
        assert problem(service.post(f"{path}/complete", {"signature": wrong}))[0] == 422
    assert service.get(f"/v1/consents/{handle}").get_json()["state"] == "prepared"
    assert states(service) == []
    assert service.post(f"{path}/complete", {"signature": signature(desk, "rsa", prepared)}).status_code == 200


def test_only_the_last_preparation_can_be_completed(service: WebService, desk: Desk) -> None:
    path = f"/v1/consents/{service.open_consent()['id']}/signature"
    assert problem(service.post(f"{path}/complete", {"signature": "AAAA"})) == (409, "SVC-226")
    first = service.post(f"{path}/prepare", certificate(desk, "rsa")).get_json()
    service.post(f"{path}/prepare", certificate(desk, "ecdsa"))
    assert problem(service.post(f"{path}/complete", {"signature": signature(desk, "rsa", first)}))[0] == 422


@pytest.mark.parametrize("wrong", ["", "AAAA", "not base64", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_no_certificate_is_refused(service: WebService, wrong: str) -> None:
    path = f"/v1/consents/{service.open_consent()['id']}/signature/prepare"
    assert problem(service.post(path, {"certificate": wrong})) == (422, "SVC-212")


def test_a_revoked_certificate_signs_nothing(service: WebService) -> None:
    handle = service.open_consent()["id"]
    answer = service.post(f"/v1/consents/{handle}/sign", {"key": "revoked"})
    assert problem(answer) == (422, "SVC-214")
    assert "PKI-" in answer.get_json()["detail"]
    with service.store.reading() as connection:
        assert connection.execute(select(EVIDENCE.c.id)).all() == []


def test_the_service_signs_with_its_own_key(service: WebService) -> None:
    handle = service.open_consent(queue=False)["id"]
    told = service.post(f"/v1/consents/{handle}/sign", {"key": "ecdsa"}).get_json()
    assert (told["evidence"]["kind"], told["verdict"]["indication"]) == ("7", "TOTAL_PASSED")
    assert states(service) == ["verified"]  # and waits until somebody queues it


def test_many_are_signed_in_order_and_refused_one_by_one(service: WebService) -> None:
    handles = [service.open_consent(f"B-{n}")["id"] for n in range(3)]
    service.post(f"/v1/consents/{handles[1]}/withdraw")
    items = [{"id": one, "ref": f"r{n}"} for n, one in enumerate([*handles, "unknown"])]
    told = service.post("/v1/consents/sign", {"key": "rsa", "items": items}).get_json()["items"]
    assert [(one["ref"], one["status"]) for one in told] == [("r0", 200), ("r1", 409), ("r2", 200), ("r3", 404)]
    assert [one["result"] and one["result"]["id"] for one in told] == [handles[0], None, handles[2], None]
    assert states(service) == ["queued", "queued"]
    twice = {"key": "rsa", "items": [{"id": handles[0]}, {"id": handles[0]}]}
    assert problem(service.post("/v1/consents/sign", twice)) == (422, "SVC-212")


def test_a_consent_that_changed_is_not_signed_under_its_old_etag(service: WebService, desk: Desk) -> None:
    path = f"/v1/consents/{service.open_consent()['id']}"
    old = service.get(path).headers["ETag"]
    service.post(f"{path}/signature/prepare", certificate(desk, "rsa"))
    assert problem(service.post(f"{path}/sign", {"key": "rsa"}, headers={"If-Match": old})) == (412, "SVC-213")


def test_the_same_consent_twice_with_other_evidence_is_refused(service: WebService) -> None:
    first, second = service.open_consent()["id"], service.open_consent()["id"]
    assert service.post(f"/v1/consents/{first}/sign", {"key": "rsa"}).status_code == 200
    assert problem(service.post(f"/v1/consents/{second}/sign", {"key": "ecdsa"}))[0] == 409
    assert service.get(f"/v1/consents/{second}", scope=Scope.SIGN).get_json()["state"] == "open"
