"""Evidence made elsewhere: taken in, shown, given out, reported on."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from evidence.lifecycle.mending import withdraw
from evidence.store.schema import CONSENT
from service.web.access import Scope
from tests.service.desk import RECORD, Desk
from tests.service.running import PAYER_NAME
from tests.service.web_service import WebService

REGISTRATION = {name: RECORD[name] for name in RECORD if name not in {"evidence_kind", "extension", "evidence"}}


def problem(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.get_json()["code"]


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def taken(service: WebService, data: bytes, **more: object) -> TestResponse:
    return service.post("/v1/evidence", {"kind": "2", "content": encoded(data), **more}, scope=Scope.EVIDENCE)


def get(service: WebService, path: str, **headers: str) -> TestResponse:
    said = service.headers(Scope.EVIDENCE) | {name.replace("_", "-"): value for name, value in headers.items()}
    return service.client.get(path, headers=said)


def states(service: WebService) -> list[str]:
    with service.store.reading() as connection:
        return list(connection.execute(select(CONSENT.c.state).order_by(CONSENT.c.id)).scalars())


def test_evidence_that_passes_is_kept_registered_and_given_out(service: WebService, desk: Desk) -> None:
    der = (desk / "rsa.der").read_bytes()
    answer = taken(service, der, registration=REGISTRATION, queue=True)
    told = answer.get_json()
    digest = sha256(der).hexdigest()
    assert (answer.status_code, told["sha256"], told["passed"]) == (201, digest, True)
    assert told["verdict"]["indication"] == "TOTAL_PASSED"
    assert states(service) == ["queued"]
    path = answer.headers["Location"]
    shown = get(service, path).get_json()
    assert (shown["sha256"], shown["size"], shown["consents"]) == (digest, len(der), [told["consent"]])
    assert [one["indication"] for one in shown["verdicts"]] == ["TOTAL_PASSED"]
    content = get(service, f"{path}.der")
    assert (content.data, content.content_type) == (der, "application/pkcs7-mime")


def test_evidence_of_a_consent_that_has_ended_is_kept_and_not_registered(service: WebService, desk: Desk) -> None:
    der = (desk / "rsa.der").read_bytes()
    first = taken(service, der, registration=REGISTRATION).get_json()
    assert (first["consent"], first["ended"]) == (1, None)
    with service.store.writing(datetime.now(UTC)) as writing:
        withdraw(writing, [1])
    again = taken(service, der, registration=REGISTRATION)
    assert (again.status_code, again.get_json()["consent"], again.get_json()["ended"]) == (201, None, 1)
    item = {"kind": "2", "content": encoded(der), "registration": REGISTRATION}
    many = service.post("/v1/evidence/batch", {"items": [item, {**item, "again": True}]}, scope=Scope.EVIDENCE)
    told = [one["result"] for one in many.get_json()["items"]]
    assert [(one["consent"], one["ended"]) for one in told] == [(None, 1), (2, None)]
    assert states(service) == ["withdrawn", "queued"]


def test_evidence_that_does_not_pass_is_kept_and_not_queued(service: WebService, desk: Desk) -> None:
    told = taken(service, (desk / "revoked.der").read_bytes()).get_json()
    assert (told["passed"], told["consent"]) == (False, None)
    assert get(service, f"/v1/evidence/{told['sha256']}").get_json()["indication"] != "TOTAL_PASSED"
    refused = taken(
        service,
        (desk / "revoked.der").read_bytes(),
        registration={**REGISTRATION, "payer_number": "A-1031"},
    )
    assert (refused.status_code, states(service)) == (201, ["refused"])


def test_evidence_is_not_registered_for_somebody_else(service: WebService, desk: Desk) -> None:
    registration = {**REGISTRATION, "payer_number": "A-1030"}
    status, _ = problem(taken(service, (desk / "rsa.der").read_bytes(), registration=registration))
    assert (status, states(service)) == (422, [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"content": ""},
        {"content": "no base64!"},
        {"content": "A"},
        {"kind": "8"},
        {"extension": "../x"},
        {"extension": "jpg"},
        {"received_at": "2999-01-01T00:00:00+00:00"},
        {"received_at": "yesterday"},
        {"received_at": "0150-01-01T00:00:00Z"},
        {"received_at": "1949-12-31T23:59:59Z"},
        {"content": encoded(bytes(10_241))},
    ],
)
def test_what_cannot_be_evidence_is_refused(service: WebService, desk: Desk, wrong: dict[str, object]) -> None:
    asked = {"kind": "2", "content": encoded((desk / "rsa.der").read_bytes()), **wrong}
    assert problem(service.post("/v1/evidence", asked, scope=Scope.EVIDENCE))[0] == 422


def test_a_batch_keeps_its_order_and_refs(service: WebService, desk: Desk) -> None:
    items = [
        {"ref": "a", "kind": "2", "content": encoded((desk / "rsa.der").read_bytes())},
        {"ref": "b", "kind": "2", "content": "!"},
        {"ref": "c", "kind": "1", "extension": "jpg", "content": encoded(b"\x89PNG")},
    ]
    told = service.post("/v1/evidence/batch", {"items": items}, scope=Scope.EVIDENCE).get_json()["items"]
    assert [(one["ref"], one["status"]) for one in told] == [("a", 201), ("b", 422), ("c", 201)]
    assert [one["result"] and one["result"]["passed"] for one in told] == [True, None, None]
    content = get(service, f"/v1/evidence/{told[2]['result']['sha256']}.der")
    assert (content.data, content.content_type) == (b"\x89PNG", "application/octet-stream")


@pytest.mark.parametrize("sha", ["0" * 64, "x" * 64, "A" * 64, "0" * 63])
def test_unknown_evidence_is_not_found(service: WebService, sha: str) -> None:
    for path in (f"/v1/evidence/{sha}", f"/v1/evidence/{sha}.der", f"/v1/evidence/{sha}/report"):
        assert problem(get(service, path)) == (404, "SVC-216")


def test_a_report_comes_as_html_or_pdf(service: WebService, desk: Desk) -> None:
    path = f"/v1/evidence/{taken(service, (desk / 'rsa.der').read_bytes()).get_json()['sha256']}/report"
    html = get(service, path, Accept_Language="ko")
    assert html.content_type.startswith("text/html")
    assert PAYER_NAME in html.text
    for pdf in (get(service, f"{path}?format=pdf"), get(service, path, Accept="application/pdf")):
        assert (pdf.content_type, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    assert problem(get(service, f"{path}?format=doc")) == (406, "SVC-227")
    assert problem(get(service, path, Accept="image/png")) == (406, "SVC-227")


def test_a_picture_has_no_report(service: WebService) -> None:
    asked = {"kind": "1", "extension": "jpg", "content": encoded(b"\x89PNG")}
    sha = service.post("/v1/evidence", asked, scope=Scope.EVIDENCE).get_json()["sha256"]
    assert problem(get(service, f"/v1/evidence/{sha}/report")) == (406, "SVC-227")


def test_a_report_judges_at_the_time_of_receipt(service: WebService, desk: Desk) -> None:
    """As the console and `dongui batch` do: certificates end after a year, and evidence is kept for many."""
    path = f"/v1/evidence/{taken(service, (desk / 'rsa.der').read_bytes()).get_json()['sha256']}/report"
    later = datetime.now(UTC) + timedelta(days=800)
    object.__setattr__(service.resources, "clock", lambda: later)
    page = get(service, path).get_data(as_text=True)
    assert f"{later:%Y-%m-%d}" in page
    assert "PKI-112" not in page


def test_a_consent_that_is_there_already_is_told_with_its_number(service: WebService, desk: Desk) -> None:
    der = (desk / "rsa.der").read_bytes()
    first = taken(service, der, registration=REGISTRATION).get_json()
    again = taken(service, der, registration=REGISTRATION).get_json()
    assert (first["consent"], again["consent"]) == (1, 1)
    assert states(service) == ["queued"]
    assert problem(taken(service, der, registration=REGISTRATION, kind="7")) == (409, "FB-253")


def test_evidence_that_passes_after_all_brings_its_consent_on(service: WebService, desk: Desk) -> None:
    der = (desk / "rsa.der").read_bytes()
    early = taken(service, der, registration=REGISTRATION, received_at="1970-01-01T00:00:00+00:00").get_json()
    assert (early["passed"], early["consent"], states(service)) == (False, 1, ["refused"])
    again = taken(service, der, registration=REGISTRATION).get_json()
    assert (again["passed"], again["consent"], states(service)) == (True, 1, ["queued"])


def test_what_is_too_much_is_told_with_its_size(service: WebService) -> None:
    refused = taken(service, bytes(20_000))
    assert problem(refused) == (422, "SVC-229")
    assert all(number in refused.get_json()["detail"] for number in ("20000", "10240"))
