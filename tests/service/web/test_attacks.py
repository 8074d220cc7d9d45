"""Attempts on the API that must fail: other people's keys and tokens, requests that can be read in two ways."""

from __future__ import annotations

import gzip
import hmac
import io
import socket
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
from cryptography import x509
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from evidence.store.api_keys import revoke_api_key
from evidence.store.schema import EVIDENCE
from evidence.store.web_schema import SIGNING, SIGNING_TOKEN
from service.web import ServiceSettings, openapi
from service.web.access import Scope
from tests.service.desk import Desk
from tests.service.running import SECRETS
from tests.service.web_service import WebService, web_service

SHOP = "https://shop.example"
LATER = timedelta(hours=1)


def problem(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text
    assert not [one for one in SECRETS if one in answer.text]
    return answer.status_code, answer.get_json()["code"]


def bearer(presented: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {presented}", "Idempotency-Key": "attack", **more}


def token_for(service: WebService, handle: str) -> str:
    token: str = service.post(f"/v1/consents/{handle}/tokens", {}).get_json()["token"]
    return token


def count(service: WebService, what: Any) -> int:
    with service.store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(what)).scalar_one())


# keys and tokens


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic ZG9uZ3VpOng=",
        "Bearer dongui_1_",
        "Bearer dongui_1_%00",
        "Bearer dongui_99999999999999999999999_" + "A" * 43,
        "Bearer dongui_-1_" + "A" * 43,
        "Bearer dongui_\u0661_" + "A" * 43,
        "Bearer " + "A" * 100_000,
        "Bearer dst_" + "A" * 43,
    ],
)
def test_no_key_and_no_such_key_open_nothing(service: WebService, authorization: str | None) -> None:
    service.key(*Scope)
    headers = {"Idempotency-Key": "1"}
    if authorization is not None:
        headers["Authorization"] = authorization.encode().decode("latin-1")
    status, code = problem(service.client.post("/v1/consents", json={"text": "x"}, headers=headers))
    assert (status, code) in {(401, "SVC-200"), (401, "SVC-201")}


def test_a_key_of_another_scope_expired_or_revoked_opens_nothing(service: WebService) -> None:
    now = datetime.now(UTC)
    ended, revoked = service.key(Scope.SIGN, expires_at=now), service.key(Scope.SIGN)
    with service.store.writing(now) as writing:
        revoke_api_key(writing, revoked.key.name)
    refusals = {
        service.key(Scope.VERIFY, Scope.EVIDENCE, Scope.FILES).secret: (403, "SVC-202"),
        ended.secret: (401, "SVC-201"),
        revoked.secret: (401, "SVC-201"),
    }
    for secret, refusal in refusals.items():
        assert problem(service.client.post("/v1/consents", json={"text": "x"}, headers=bearer(secret))) == refusal
    assert count(service, SIGNING) == 0


def test_a_secret_with_the_number_of_another_key_opens_nothing(service: WebService) -> None:
    one, other = service.key(Scope.SIGN), service.key(Scope.VERIFY)
    swapped = f"dongui_{one.key.number}_{other.secret.rpartition('_')[2]}"
    assert problem(service.client.get("/v1/consents", headers=bearer(swapped))) == (401, "SVC-201")


def test_a_key_is_compared_in_constant_time_whether_it_exists_or_not(
    service: WebService, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, revoked = service.key(Scope.SIGN), service.key(Scope.SIGN)
    with service.store.writing(datetime.now(UTC)) as writing:
        revoke_api_key(writing, revoked.key.name)
    compare, seen = hmac.compare_digest, []

    def watched(left: bytes, right: bytes) -> bool:
        seen.append((len(left), len(right)))
        return compare(left, right)

    monkeypatch.setattr("evidence.store.api_keys.hmac.compare_digest", watched)
    unknown, wrong = f"dongui_77_{'A' * 43}", f"dongui_{key.key.number}_{'A' * 43}"
    for presented, status in ((key.secret, 200), (wrong, 401), (unknown, 401), (revoked.secret, 401)):
        seen.clear()
        assert service.client.get("/v1/consents", headers=bearer(presented)).status_code == status
        assert (32, 32) in seen[-1:]  # after the store's own: keyed hashes of what is kept and what was sent


def test_a_token_opens_its_own_consent_and_no_other_address(service: WebService) -> None:
    mine, others = service.open_consent("B-1")["id"], service.open_consent("B-2")["id"]
    token = token_for(service, mine)
    assert service.client.get(f"/v1/consents/{mine}", headers=bearer(token)).status_code == 200
    elsewhere = [
        ("GET", f"/v1/consents/{others}"),
        ("POST", f"/v1/consents/{others}/signature/prepare"),
        ("POST", f"/v1/consents/{others}/signature/complete"),
        ("POST", f"/v1/consents/{mine}/sign"),
        ("POST", f"/v1/consents/{mine}/tokens"),
        ("POST", f"/v1/consents/{mine}/withdraw"),
        ("GET", "/v1/consents"),
        ("POST", "/v1/consents"),
        ("GET", "/v1/keys"),
        ("POST", "/v1/verify"),
        ("GET", f"/v1/evidence/{'a' * 64}"),
        ("POST", "/v1/files/fb0110"),
        ("GET", "/v1/due"),
    ]
    for method, path in elsewhere:
        answer = service.client.open(path, method=method, json={}, headers=bearer(token))
        assert problem(answer) == (401, "SVC-201"), path


def test_an_expired_token_opens_nothing(service: WebService) -> None:
    handle = service.open_consent()["id"]
    token = token_for(service, handle)
    with service.store.writing(datetime.now(UTC)) as writing:
        writing.connection.execute(SIGNING_TOKEN.update().values(expires_at="2026-01-01T00:00:00.000000Z"))
    assert problem(service.client.get(f"/v1/consents/{handle}", headers=bearer(token))) == (401, "SVC-201")


def test_a_token_of_a_revoked_key_opens_nothing(service: WebService) -> None:
    handle, key = service.open_consent()["id"], service.key(Scope.SIGN)
    made = service.client.post(f"/v1/consents/{handle}/tokens", json={}, headers=bearer(key.secret)).get_json()
    asked = f"/v1/consents/{handle}", bearer(made["token"])
    assert service.client.get(asked[0], headers=asked[1]).status_code == 200
    with service.store.writing(datetime.now(UTC)) as writing:
        revoke_api_key(writing, key.key.name)
    assert problem(service.client.get(asked[0], headers=asked[1])) == (401, "SVC-201")


# requests that can be read in two ways, or are too much


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b'{"text": "a", "text": "b"}', (400, "SVC-210")),
        (b'{"text": "a", "t\\u0065xt": "b"}', (400, "SVC-210")),
        (b'{"consent": {"purpose": "a", "purpose": "b"}}', (400, "SVC-210")),
        (b'{"text": NaN}', (400, "SVC-210")),
        (b'{"text": "\\ud800"}', (400, "SVC-210")),
        (b'{"text": "a", "\\udc00\\ud800": "b"}', (400, "SVC-210")),
        (b'{"text": "\xff"}', (400, "SVC-210")),
        (b"\xff\xfe{\x00}\x00", (400, "SVC-210")),
        (b'["text"]', (400, "SVC-210")),
        (b"", (400, "SVC-210")),
        (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", (400, "SVC-211")),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, (400, "SVC-211")),
        (b'{"ref": "' + b"]" * 200 + b'", "text": ' + b"[" * 100 + b"]" * 100 + b"}", (400, "SVC-211")),
        (b'{"ref": "\\\\", "a": "' + b'\\"]' * 200 + b'", "text": ' + b"[" * 100 + b"]" * 100 + b"}", (400, "SVC-211")),
        (b'{"text": "' + b'\\"' * 1_000_000, (400, "SVC-210")),
        (b'{"text": "x", "admin": true}', (422, "SVC-212")),
        (b'{"text": 1}', (422, "SVC-212")),
        (b'{"text": "a", "ref": "' + b"r" * 201 + b'"}', (422, "SVC-212")),
        (b'{"text": ' + b"9" * 10_000 + b"}", (400, "SVC-210")),
    ],
)
def test_json_that_is_not_one_plain_object_is_refused(
    service: WebService, body: bytes, refusal: tuple[int, str]
) -> None:
    headers = service.headers(Scope.SIGN) | {"Content-Type": "application/json"}
    assert problem(service.client.post("/v1/consents", data=body, headers=headers)) == refusal


def test_brackets_in_a_text_are_no_depth(service: WebService) -> None:
    assert service.post("/v1/consents", {"text": '[{"\\' * 100}).status_code == 201


def test_a_body_beyond_the_limit_is_refused_and_not_read(desk: Desk, tmp_path: Path) -> None:
    service = web_service(desk, tmp_path, ServiceSettings(body_limit=1000))
    for path, scope in (("/v1/consents", Scope.SIGN), ("/v1/verify", Scope.VERIFY), ("/v1/files/check", Scope.FILES)):
        headers = service.headers(scope) | {"Content-Type": "application/json"}
        assert problem(service.client.post(path, data=b"{" * 1001, headers=headers)) == (413, "SVC-222")
        endless = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
        answer = service.client.post(
            path, input_stream=io.BytesIO(b"{" * 5000), headers=headers, environ_overrides=endless
        )
        assert problem(answer) == (411, "SVC-292")
    service.resources.close()


def test_whoever_needs_no_key_may_send_little(service: WebService) -> None:
    for path in ("/v1/receipts/verify", "/receipt"):
        kind = "application/json" if path.startswith("/v1/") else "multipart/form-data; boundary=b"
        answer = service.client.post(path, data=b"{" * ((1 << 20) + 1), content_type=kind)
        assert answer.status_code == 413, path


def test_a_parameter_given_twice_is_refused(service: WebService) -> None:
    for path in ("/v1/consents?limit=1&limit=2", "/v1/consents?state=open&%73tate=signed"):
        assert problem(service.get(path)) == (422, "SVC-212")
    assert problem(service.get("/v1/consents?limit=1&x=2")) == (422, "SVC-212")


# names


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2fservice.db",
        "..",
        "%00",
        "a%00b",
        "A" * 10_000,
        "%F0%9F%92%A9",
        "%ff",
        "'%20OR%201=1--",
        "%0d%0aSet-Cookie:%20a=b",
        "1%2f..%2f2",
    ],
)
def test_names_lead_nowhere_but_to_what_they_name(service: WebService, name: str) -> None:
    paths = {
        f"/v1/consents/{name}": Scope.SIGN,
        f"/v1/evidence/{name}": Scope.EVIDENCE,
        f"/v1/evidence/{name}.der": Scope.EVIDENCE,
        f"/v1/evidence/{name}/report": Scope.EVIDENCE,
        f"/v1/files/{name}": Scope.FILES,
        f"/v1/files/{name}/content": Scope.FILES,
        f"/static/{name}": Scope.SIGN,
    }
    for path, scope in paths.items():
        answer = service.get(path, scope=scope)
        assert answer.status_code in {404, 308}, path
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", ["../../etc/passwd", "rsa\0", "../keys/rsa", "r" * 81, ""])
def test_a_key_of_the_service_is_a_name_and_no_path(service: WebService, name: str) -> None:
    handle = service.open_consent()["id"]
    status, _ = problem(service.post(f"/v1/consents/{handle}/sign", {"key": name}))
    assert status == 422


@pytest.mark.parametrize("key", ["a\tb", "a b", "é", "x" * 256, "", "\x7f"])
def test_an_idempotency_key_is_visible_ascii(service: WebService, key: str) -> None:
    headers = service.headers(Scope.SIGN) | {"Idempotency-Key": key}
    status, code = problem(service.client.post("/v1/consents", json={"text": "x"}, headers=headers))
    assert (status, code) == (400, "SVC-207")


def test_line_ends_get_into_no_header(service: WebService) -> None:
    """What a caller says comes back in JSON alone, where line ends are two harmless characters."""
    evil = "a\r\nSet-Cookie: dongui=1\r\n\r\n<script>"
    answer = service.post("/v1/consents", {"text": "x", "ref": evil})
    assert answer.status_code == 201
    assert answer.get_json()["ref"] == evil
    assert answer.content_type == "application/json"
    for name, value in answer.headers.items():
        assert not {"\r", "\n"} & set(value), name
    assert "Set-Cookie" not in answer.headers
    with pytest.raises(ValueError, match="newline"):  # the test's own client; servers refuse such a request too
        service.client.post("/v1/consents", json={"text": "x"}, headers={"Idempotency-Key": "a\r\nX: y"})


# pages of others


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://shop.example.evil.example", SHOP + ":444"])
def test_a_page_of_a_foreign_origin_gets_nothing(service: WebService, origin: str) -> None:
    handle = service.open_consent()["id"]
    headers = bearer(token_for(service, handle), Origin=origin)
    asking = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    path = f"/v1/consents/{handle}/signature/prepare"
    for answer in (
        service.client.options(path, headers=asking),
        service.client.get(f"/v1/consents/{handle}", headers=headers),
        service.client.post(path, json={}, headers=headers),
    ):
        assert problem(answer) == (403, "SVC-205")
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]


def test_the_shop_on_the_list_may_sign_and_send_no_cookies(service: WebService) -> None:
    handle = service.open_consent()["id"]
    asking = {
        "Origin": SHOP,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = service.client.options(f"/v1/consents/{handle}/signature/prepare", headers=asking)
    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Origin"]) == (204, SHOP)
    answer = service.client.get(f"/v1/consents/{handle}", headers=bearer(token_for(service, handle), Origin=SHOP))
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, SHOP)
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


# uploads that are more than they seem, and addresses that want to be fetched


def _zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("FB0120", data)
    return out.getvalue()


@pytest.mark.parametrize("packed", [gzip.compress, _zipped])
def test_what_is_packed_is_not_unpacked(service: WebService, packed: Callable[[bytes], bytes]) -> None:
    bomb = packed(bytes(64 << 20))
    assert len(bomb) < 100_000
    encoded = {"Content-Encoding": "gzip"}
    headers = service.headers(Scope.FILES) | encoded
    assert service.client.post("/v1/files/check", data=bomb, headers=headers).get_json()["file"] is None
    headers = service.headers(Scope.FILES) | encoded
    assert problem(service.client.post("/v1/files/take-in", data=bomb, headers=headers))[0] == 422
    headers = service.headers(Scope.VERIFY) | encoded
    verdict = service.client.post("/v1/verify", data=bomb, headers=headers).get_json()
    assert verdict["indication"] == "TOTAL_FAILED"
    headers = service.headers(Scope.SIGN) | encoded | {"Content-Type": "application/json"}
    json_bomb = gzip.compress(b'{"text": "' + b"a" * (64 << 20) + b'"}')
    assert problem(service.client.post("/v1/consents", data=json_bomb, headers=headers)) == (400, "SVC-210")


def test_a_verdict_fetches_nothing(service: WebService, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    der = (desk / "rsa.der").read_bytes()
    certificate = desk.pki.payers["rsa"].certificate
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    names = next(iter(points)).full_name or []
    assert names[0].value.startswith(("http", "ldap"))

    def forbidden(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a connection")

    for attribute in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, attribute, forbidden)
    verdict = service.client.post("/v1/verify", data=der, headers=service.headers(Scope.VERIFY)).get_json()
    assert verdict["indication"] == "TOTAL_PASSED"
    handle = service.open_consent()["id"]
    assert service.post(f"/v1/consents/{handle}/sign", {"key": "revoked"}).get_json()["code"] == "SVC-214"
    assert count(service, EVIDENCE) == 0


def test_what_a_proxy_says_of_port_and_path_is_not_believed(desk: Desk, tmp_path: Path) -> None:
    service = web_service(desk, tmp_path, ServiceSettings(rate_limit="", proxies=1))
    said = {"Host": "pay.example", "Port": "666", "Prefix": "/elsewhere", "Proto": "https", "For": "203.0.113.9"}
    answer = service.client.get("/console", headers={f"X-Forwarded-{name}": value for name, value in said.items()})
    assert answer.headers["Location"] == "https://pay.example/console/"
    service.resources.close()


@pytest.mark.parametrize(
    "path", ["/v1/consents?dryrun=true", "/v1/keys?x=1", "/v1/due?at=now&AT=now", "/v1/consents/batch?kind=2"]
)
def test_a_parameter_that_nobody_knows_is_refused_and_nothing_done(service: WebService, path: str) -> None:
    is_read = "due" in path or "keys" in path
    answer = service.get(path, scope=Scope.ADMIN) if is_read else service.post(path, {"text": "동의합니다."})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "SVC-212")
    assert service.get("/v1/consents").get_json()["items"] == []


def test_the_document_is_made_once_to_know_its_parameters(service: WebService, monkeypatch: pytest.MonkeyPatch) -> None:
    assert service.get("/v1/consents?limit=5").status_code == 200

    def again(_: object) -> NoReturn:
        pytest.fail("the document was made once more")

    monkeypatch.setattr(openapi, "_query_names", again)
    assert service.get("/v1/consents?limit=6").status_code == 200
