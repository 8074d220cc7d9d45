"""Consents: opened as a form or as a text, read by whoever may, listed page by page, withdrawn."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from werkzeug.test import TestResponse

from consent import Charset
from consent.form import Consent, render
from service.web.access import Scope
from tests.service.desk import CONSENT, INSTITUTION, RECORD
from tests.service.web_service import WebService

TEXT = "자동이체 출금에 동의합니다."
REGISTRATION = {name: RECORD[name] for name in RECORD if name not in {"evidence_kind", "extension", "evidence"}}


def problem(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.get_json()["code"]


@pytest.mark.parametrize("charset", list(Charset))
def test_a_form_is_rendered_to_the_exact_bytes_that_are_signed(service: WebService, charset: Charset) -> None:
    answer = service.post("/v1/consents", {"consent": CONSENT, "charset": charset.value, "ref": "order-1"})
    told = answer.get_json()
    expected = render(Consent.from_json(CONSENT), charset)
    assert base64.b64decode(told["content"]) == expected.encoded
    assert (told["text"], told["content_bytes"]) == (expected.text, len(expected.encoded))
    assert told["content_sha256"] == sha256(expected.encoded).hexdigest()
    assert (told["state"], told["ref"], told["evidence"], told["receipt"]) == ("open", "order-1", None, None)
    assert answer.headers["Location"] == f"/v1/consents/{told['id']}"
    shown = service.get(answer.headers["Location"])
    assert (shown.get_json(), shown.headers["ETag"]) == (told, answer.headers["ETag"])


def test_a_text_that_the_charset_does_not_have_is_refused(service: WebService) -> None:
    answer = service.post("/v1/consents", {"text": "똠방각하", "charset": "euc-kr"})
    assert answer.status_code == 422
    assert service.post("/v1/consents", {"text": "똠방각하"}).status_code == 201


def test_a_text_is_kept_as_it_is_and_may_be_registered(service: WebService) -> None:
    told = service.post("/v1/consents", {"text": TEXT, "registration": REGISTRATION}).get_json()
    assert told["text"] == TEXT
    assert told["remaining_bytes"] > 6000


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"consent": CONSENT, "text": TEXT},
        {"text": TEXT, "institution_code": INSTITUTION},
        {"consent": CONSENT, "registration": {}},
        {"text": TEXT, "registration": {"applied_on": "2026-11-02"}},
        {"text": TEXT, "registration": {**REGISTRATION, "applied_on": "9999-12-31"}},
        {"consent": {**CONSENT, "debit_days": [32]}},
        {"consent": {name: CONSENT[name] for name in CONSENT if name != "holder_id"}},
        {"text": ""},
    ],
)
def test_what_is_neither_form_nor_text_is_refused(service: WebService, asked: dict[str, object]) -> None:
    assert problem(service.post("/v1/consents", asked))[0] == 422
    assert service.get("/v1/consents").get_json()["items"] == []


def test_a_batch_keeps_its_order_and_refs_and_refuses_item_by_item(service: WebService) -> None:
    items = [{"ref": "a", "text": "가"}, {"ref": "b", "text": ""}, {"text": "나"}, {"ref": "d", "consent": CONSENT}]
    told = service.post("/v1/consents/batch", {"items": items}).get_json()["items"]
    assert [one["ref"] for one in told] == ["a", "b", None, "d"]
    assert [one["status"] for one in told] == [201, 422, 201, 201]
    assert [one["problem"] and one["problem"]["code"] for one in told] == [None, "SVC-212", None, None]
    assert [one["result"] and one["result"]["text"] for one in told][:3] == ["가", None, "나"]


def test_lists_come_page_by_page_the_newest_first(service: WebService) -> None:
    made = [service.post("/v1/consents", {"text": f"{n}"}).get_json()["id"] for n in range(5)]
    seen, path = [], "/v1/consents?limit=2"
    for _ in range(3):
        page = service.get(path).get_json()
        seen.append([one["id"] for one in page["items"]])
        path = f"/v1/consents?limit=2&cursor={page['next']}"
    assert seen == [[made[4], made[3]], [made[2], made[1]], [made[0]]]
    assert page["next"] is None
    service.post(f"/v1/consents/{made[2]}/withdraw")
    withdrawn = service.get("/v1/consents?state=withdrawn").get_json()["items"]
    assert [one["id"] for one in withdrawn] == [made[2]]


@pytest.mark.parametrize("cursor", ["", "x", "MA", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "Mg==", "%00"])
def test_a_cursor_of_somebody_else_is_refused(service: WebService, cursor: str) -> None:
    assert problem(service.get(f"/v1/consents?cursor={cursor}")) == (400, "SVC-217")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=-1", "state=gone", "page=2"])
def test_a_list_that_cannot_be_is_refused(service: WebService, query: str) -> None:
    assert problem(service.get(f"/v1/consents?{query}")) == (422, "SVC-212")


def test_what_is_withdrawn_is_signed_no_more(service: WebService) -> None:
    handle = service.open_consent()["id"]
    assert service.post(f"/v1/consents/{handle}/withdraw").get_json()["state"] == "withdrawn"
    assert problem(service.post(f"/v1/consents/{handle}/sign", {"key": "rsa"}))[0] == 409
    assert problem(service.post(f"/v1/consents/{handle}/withdraw"))[0] == 409


def test_a_consent_that_changed_meanwhile_is_left_alone(service: WebService) -> None:
    handle = service.open_consent()["id"]
    old = service.get(f"/v1/consents/{handle}").headers["ETag"]
    path = f"/v1/consents/{handle}"
    for other in ('"99"', "", ",", 'W/"1"', '"1', f"{old} x"):  # what cannot be read is met by nothing
        assert problem(service.post(f"{path}/withdraw", headers={"If-Match": other})) == (412, "SVC-213"), other
    withdrawn = service.post(f"{path}/withdraw", headers={"If-Match": old})
    assert (withdrawn.status_code, withdrawn.headers["ETag"] != old) == (200, True)


def test_errors_speak_the_language_of_the_caller(service: WebService) -> None:
    said = {
        lang: service.post("/v1/consents", {}, headers={"Accept-Language": lang}).get_json()["detail"]
        for lang in ("ko", "en")
    }
    assert said["ko"] != said["en"]
    assert any("가" <= letter <= "힣" for letter in said["ko"])


def test_the_keys_of_the_service_are_listed_by_name(service: WebService) -> None:
    items = service.get("/v1/keys").get_json()["items"]
    assert [one["name"] for one in items] == ["ecdsa", "revoked", "rsa"]
    assert set(items[0]) == {"name", "certificate_sha256", "not_after"}
    assert problem(service.get("/v1/keys", scope=Scope.VERIFY)) == (403, "SVC-202")


def test_a_text_that_no_key_could_sign_is_not_opened(service: WebService) -> None:
    assert problem(service.post("/v1/consents", {"text": "가" * 3_400})) == (422, "CMS-038")
    assert service.post("/v1/consents", {"text": "가" * 3_000}).status_code == 201


def test_the_same_consent_with_other_evidence_is_told_without_a_line(service: WebService) -> None:
    handles = [service.open_consent()["id"] for _ in range(2)]
    first = service.post(f"/v1/consents/{handles[0]}/sign", {"key": "rsa"})
    second = service.post(f"/v1/consents/{handles[1]}/sign", {"key": "ecdsa"})
    assert (first.status_code, problem(second)) == (200, (409, "FB-212"))
    assert second.get_json()["detail"].startswith("The same consent")


def test_what_is_registered_already_is_not_opened_again(service: WebService) -> None:
    first, late = (service.open_consent()["id"] for _ in range(2))
    assert service.post(f"/v1/consents/{first}/sign", {"key": "rsa"}).status_code == 200
    asked = {"consent": CONSENT | {"payer_number": "B-1"}, "institution_code": INSTITUTION}
    assert problem(service.post("/v1/consents", asked)) == (409, "FB-212")
    items = [asked, {"text": "동의합니다."}]
    answer = service.post("/v1/consents/batch", {"items": items}).get_json()["items"]
    assert [one["status"] for one in answer] == [409, 201]
    assert problem(service.post(f"/v1/consents/{late}/sign", {"key": "ecdsa"})) == (409, "FB-212")
