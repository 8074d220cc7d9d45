"""Receipts: genuine ones, altered ones, those of another store; for programs, and for payers on a page."""

from __future__ import annotations

import base64
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from service.web import ServiceSettings
from tests.service.desk import Desk
from tests.service.running import SECRETS
from tests.service.web_service import WebService, web_service


def signed(service: WebService) -> tuple[dict[str, Any], bytes, str]:
    """A receipt, the evidence and the text that it is about."""
    opened = service.open_consent()
    told = service.post(f"/v1/consents/{opened['id']}/sign", {"key": "rsa"}).get_json()
    return told["receipt"], base64.b64decode(told["evidence"]["der"]), opened["text"]


def checked(service: WebService, receipt: object, **more: object) -> TestResponse:
    return service.client.post("/v1/receipts/verify", json={"receipt": receipt, **more})


def test_a_genuine_receipt_is_told_so_to_anybody(service: WebService) -> None:
    receipt, der, text = signed(service)
    assert checked(service, receipt).get_json() == {
        "genuine": True,
        "evidence_matches": None,
        "text_matches": None,
        "received_at": receipt["received_at"],
    }
    shown = checked(service, receipt, evidence=base64.b64encode(der).decode(), text=text).get_json()
    assert (shown["evidence_matches"], shown["text_matches"]) == (True, True)
    other = checked(service, receipt, evidence="AAAA", text=text + " ").get_json()
    assert (other["genuine"], other["evidence_matches"], other["text_matches"]) == (True, False, False)


@pytest.mark.parametrize(
    "name", ["evidence_sha256", "content_sha256", "certificate_sha256", "received_at", "log_digest", "mac"]
)
def test_an_altered_receipt_is_not_genuine(service: WebService, name: str) -> None:
    receipt, _, _ = signed(service)
    value = receipt[name]
    at = 3 if name == "received_at" else 0
    receipt[name] = value[:at] + ("1" if value[at] != "1" else "2") + value[at + 1 :]
    told = checked(service, receipt).get_json()
    assert (told["genuine"], told["received_at"]) == (False, None)


@pytest.mark.parametrize("seq", [0, -1, 1, 1 << 62, 1 << 63, 1 << 70])
def test_a_receipt_of_another_row_is_not_genuine(service: WebService, seq: int) -> None:
    receipt, _, _ = signed(service)
    assert checked(service, {**receipt, "log_seq": seq}).get_json()["genuine"] is False


def test_a_receipt_of_another_store_is_not_genuine(service: WebService, desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    other = web_service(desk, folder)
    receipt, _, _ = signed(other)
    signed(service)
    assert checked(service, receipt).get_json()["genuine"] is False
    other.resources.close()


@pytest.mark.parametrize("wrong", [{}, {"version": 2}, {"mac": 1}, {"log_seq": True}, {"mac": "é"}, {"more": 1}])
def test_what_is_no_receipt_is_refused(service: WebService, wrong: dict[str, object]) -> None:
    receipt, _, _ = signed(service)
    answer = checked(service, {**receipt, **wrong} if wrong else {})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "SVC-225")


@pytest.mark.parametrize(
    ("lang", "yes", "no", "when"),
    [
        ("ko", "발급한 접수증이 맞습니다", "아니거나", "접수 일시(한국 시각): "),
        ("en", "issued", "did not", "Received (Korean time): "),
    ],
)
def test_the_page_tells_a_payer_and_shows_nothing_personal(
    service: WebService, lang: str, yes: str, no: str, when: str
) -> None:
    receipt, der, text = signed(service)
    spoken = {"Accept-Language": lang}
    empty = service.client.get("/receipt", headers=spoken)
    assert f'<html lang="{lang}">' in empty.text
    assert "script-src 'self'" in empty.headers["Content-Security-Policy"]

    def page(shown: dict[str, Any], evidence: bytes) -> str:
        files = {
            "receipt": (io.BytesIO(json.dumps(shown).encode()), "r.json"),
            "evidence": (io.BytesIO(evidence), "e.der"),
            "text": (io.BytesIO(text.encode()), "t.txt"),
        }
        answer = service.client.post("/receipt", data=files, headers=spoken)
        assert answer.status_code == 200
        assert not [one for one in SECRETS if one in answer.text]
        return answer.text

    good = page(receipt, der)
    assert yes in good
    assert good.count("✔") == 3
    nine_hours_on = datetime.fromisoformat(receipt["received_at"]).replace(tzinfo=None) + timedelta(hours=9)
    assert f"{when}{nine_hours_on:%Y-%m-%d %H:%M:%S}<" in good
    bad = page({**receipt, "mac": "0" * 64}, der + b"x")
    assert no in bad
    assert when not in bad
    assert bad.count("✘") == 2


def test_the_page_refuses_what_is_too_large_as_a_page(service: WebService) -> None:
    photo = b"x" * ((1 << 20) + 1)
    answer = service.client.post("/receipt", data=photo, content_type="multipart/form-data; boundary=b")
    assert (answer.status_code, answer.mimetype, "SVC-222" in answer.text) == (413, "text/html", True)


def test_the_page_refuses_what_is_no_receipt_and_shows_none_of_it(service: WebService) -> None:
    evil = b'{"version": "<script>alert(1)</script>"}'
    answer = service.client.post("/receipt", data={"receipt": (io.BytesIO(evil), "<b>.json")})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text


def test_requests_beyond_the_rate_are_refused_for_each_caller_alone(desk: Desk, tmp_path: Path) -> None:
    service = web_service(desk, tmp_path, ServiceSettings(rate_limit="3 per minute"))
    statuses = [service.get("/v1/keys").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = service.get("/v1/keys")
    assert answer.get_json()["code"] == "SVC-218"
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    service.keys.clear()  # another key
    assert service.get("/v1/keys").status_code == 200
    service.resources.close()
