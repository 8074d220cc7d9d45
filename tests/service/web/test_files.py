"""Files over HTTP: checked, sent from the queue, fetched by number, taken in; what is due."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from evidence.lifecycle.manifests import MANIFEST
from evidence.lifecycle.sending import Outbox
from evidence.store.schema import CONSENT, FILE
from service.web.access import Scope
from tests.evidence.lifecycle.institute import fb0120, fb0410
from tests.service.desk import INSTITUTION, Desk
from tests.service.running import ACCOUNT, called
from tests.service.web_service import WebService, web_service

DAY = "2026-11-23"


def signed(service: WebService, payer: str) -> str:
    """Sign a consent that is queued; its id."""
    handle: str = service.open_consent(payer)["id"]
    answer = service.post(f"/v1/consents/{handle}/sign", {"key": "rsa"})
    assert answer.status_code == 200, answer.text
    return handle


def send(service: WebService, code: str = "fb0110", key: str | None = None, **asked: object) -> TestResponse:
    headers = service.headers(Scope.FILES, idempotency=key)
    return service.client.post(f"/v1/files/{code}", json=asked, headers=headers)


def upload(service: WebService, path: str, data: bytes, key: str | None = None, **query: str) -> TestResponse:
    headers = service.headers(Scope.FILES, idempotency=key) | {"Content-Type": "application/octet-stream"}
    return service.client.post(path, data=data, headers=headers, query_string=query)


def outbox(service: WebService) -> Path:
    return Path(service.resources.settings.outbox)


def problem(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.get_json()["code"]


def manifests(answer: TestResponse) -> list[Mapping[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [item["manifest"] for item in answer.get_json()["items"]]


def audit(*payers: str, day: str = "20261109") -> bytes:
    """An FB0410 that asks for these payers' consents."""
    identity = {"institution_code": INSTITUTION, "bank_code": "004", "account_number": ACCOUNT}
    return fb0410([{**identity, "payer_number": one, "applied_on": "20261102"} for one in payers], day).getvalue()


def test_what_is_queued_goes_into_the_outbox_and_can_be_fetched_by_its_number(service: WebService) -> None:
    signed(service, "B-1")
    signed(service, "B-2")
    answer = send(service, process_date=DAY)
    (manifest,) = manifests(answer)
    number = answer.get_json()["items"][0]["number"]
    assert (manifest["code"], manifest["records"], manifest["process_date"]) == ("FB0110", 2, DAY)
    assert manifest == json.loads((outbox(service) / f"{manifest['file']}{MANIFEST}").read_text())
    told = service.get(f"/v1/files/{number}", scope=Scope.FILES)
    assert told.get_json() == {"number": number, "manifest": manifest, "notices": [], "state": "ready"}
    fetched = service.get(f"/v1/files/{number}/content", scope=Scope.FILES)
    assert fetched.data == (outbox(service) / manifest["file"]).read_bytes()
    assert (len(fetched.data), sha256(fetched.data).hexdigest()) == (manifest["bytes"], manifest["sha256"])
    assert fetched.content_type == "application/octet-stream"
    assert fetched.headers["Content-Disposition"] == f"attachment; filename={manifest['file']}"
    fetched.close()


def test_what_may_be_a_mistake_is_told(service: WebService) -> None:
    signed(service, "B-1")
    answer, again = (send(service, key="1", process_date="2020-01-04") for _ in range(2))
    told = answer.get_json()
    assert [one["code"] for one in told["notices"]] == ["FB-302", "FB-303"]  # a Saturday, and far away
    (item,) = told["items"]
    assert [one["code"] for one in item["notices"]] == ["FB-083"]
    assert all(one["message"] for one in (*told["notices"], *item["notices"]))
    assert again.get_json() == told
    shown = service.get(f"/v1/files/{item['number']}", scope=Scope.FILES).get_json()
    assert shown["notices"] == item["notices"]
    assert send(service).get_json() == {"items": [], "notices": []}


def test_nothing_queued_is_no_file(service: WebService) -> None:
    assert manifests(send(service)) == []
    assert list(outbox(service).iterdir()) == []


def test_the_same_request_makes_one_file_and_is_answered_alike(service: WebService) -> None:
    signed(service, "B-1")
    first = send(service, key="same", process_date=DAY)
    signed(service, "B-2")
    again = send(service, key="same", process_date=DAY)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json() == first.get_json()
    assert len(list(outbox(service).iterdir())) == 2  # the file and its manifest
    assert problem(send(service, key="same", process_date="2026-11-24")) == (422, "SVC-208")
    assert manifests(send(service, process_date=DAY))[0]["records"] == 1  # B-2, under another key


def test_a_request_stopped_before_the_file_was_there_is_carried_on_by_the_same_request(
    service: WebService, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed(service, "B-1")
    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "finish", _stopped)
        assert problem(send(service, key="stopped", process_date=DAY)) == (500, "SVC-224")
    assert list(outbox(service).iterdir()) == []
    (manifest,) = manifests(send(service, key="stopped", process_date=DAY))
    assert sha256((outbox(service) / manifest["file"]).read_bytes()).hexdigest() == manifest["sha256"]
    with service.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(FILE)).scalar() == 1


def _stopped(_outbox: Outbox, _code: str) -> None:
    raise RuntimeError


def test_an_outbox_that_cannot_be_written_to_is_told_and_loses_nothing(service: WebService) -> None:
    signed(service, "B-1")
    outbox(service).rmdir()
    assert problem(send(service, key="full", process_date=DAY)) == (503, "SVC-284")
    outbox(service).mkdir()
    assert len(manifests(send(service, key="full", process_date=DAY))) == 1


def test_files_that_the_log_does_not_know_are_not_written_over(service: WebService) -> None:
    signed(service, "B-1")
    (manifest,) = manifests(send(service, process_date=DAY))
    signed(service, "B-2")
    later = outbox(service) / f"later{MANIFEST}"
    later.write_text(json.dumps({**manifest, "log": {"seq": 999, "digest": "0" * 64}}))
    assert problem(send(service, process_date=DAY)) == (409, "FB-389")
    later.unlink()
    next_one = outbox(service) / f"FB0110_20261123_000002{MANIFEST}"
    next_one.write_text("{}")
    assert problem(send(service, process_date=DAY)) == (409, "FB-390")
    next_one.unlink()
    assert manifests(send(service, process_date=DAY))[0]["records"] == 1


def test_a_service_without_outbox_sends_nothing(desk: Desk, tmp_path: Path) -> None:
    service = web_service(desk, tmp_path)
    assert problem(send(service)) == (409, "SVC-280")
    service.resources.close()


@pytest.mark.parametrize("number", ["99", "4611686018427387904", "99999999999999999999999"])
def test_a_number_that_no_file_has_is_not_found(service: WebService, number: str) -> None:
    for path in (f"/v1/files/{number}", f"/v1/files/{number}/content"):
        assert problem(service.get(path, scope=Scope.FILES)) == (404, "SVC-281")


def test_a_file_taken_away_or_changed_is_not_given_out(service: WebService) -> None:
    signed(service, "B-1")
    answer = send(service, process_date=DAY)
    path = f"/v1/files/{answer.get_json()['items'][0]['number']}/content"
    file = outbox(service) / manifests(answer)[0]["file"]
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"!")
    assert problem(service.get(path, scope=Scope.FILES)) == (409, "SVC-283")
    file.unlink()
    assert problem(service.get(path, scope=Scope.FILES)) == (404, "SVC-282")


def test_a_day_that_is_none_is_refused(service: WebService) -> None:
    assert problem(send(service, process_date="2026-02-30")) == (422, "SVC-212")


def test_an_answer_is_taken_in_once_by_key_and_once_by_content(service: WebService) -> None:
    signed(service, "B-1")
    (manifest,) = manifests(send(service, process_date=DAY))
    result = fb0120(outbox(service) / manifest["file"], {1: "7105"}).getvalue()
    first = upload(service, "/v1/files/take-in", result, "once", name="FB0120_1")
    told = first.get_json()
    assert (told["file"], told["code"], told["already"], told["events"]) == (
        "FB0120_1",
        "FB0120",
        False,
        {"rejected": 1},
    )
    assert upload(service, "/v1/files/take-in", result, "once", name="FB0120_1").get_json() == told
    by_content = upload(service, "/v1/files/take-in", result).get_json()
    assert (by_content["already"], by_content["number"], by_content["events"]) == (True, told["number"], {})
    with service.store.reading() as connection:
        assert connection.execute(select(CONSENT.c.state)).scalars().all() == ["rejected"]


def test_a_file_of_ours_or_no_file_at_all_is_not_taken_in(service: WebService) -> None:
    signed(service, "B-1")
    (manifest,) = manifests(send(service, process_date=DAY))
    ours = (outbox(service) / manifest["file"]).read_bytes()
    for data in (ours, b"", b"PK\x03\x04", ours[:-1]):
        status, _ = problem(upload(service, "/v1/files/take-in", data))
        assert status == 422
    assert problem(upload(service, "/v1/files/take-in", ours, name="../x"))[0] == 422


def test_an_audit_is_taken_in_answered_and_fetched(service: WebService) -> None:
    signed(service, "B-1")
    assert upload(service, "/v1/files/take-in", audit("B-1", "B-9")).status_code == 200
    status, code = problem(send(service, "fb0420"))
    assert (status, code[:3]) == (422, "FB-")  # B-9 has no evidence, and nobody said that this is known
    answer = send(service, "fb0420", allow_missing=True)
    (manifest,) = manifests(answer)
    assert (manifest["code"], manifest["records"]) == ("FB0420", 2)


def test_an_audit_that_cannot_be_answered_is_named_beside_those_that_can(service: WebService) -> None:
    signed(service, "B-1")
    for payers, day in ((("B-1",), "20261109"), (("B-1", "B-9"), "20261110")):
        assert upload(service, "/v1/files/take-in", audit(*payers, day=day)).status_code == 200
    answer = send(service, "fb0420")
    (manifest,) = manifests(answer)
    assert manifest["records"] == 1
    (left,) = answer.get_json()["refused"]
    assert (left["code"], left["status"], left["process_date"]) == ("FB-230", 422, "2026-11-10")
    assert problem(send(service, "fb0420")) == (422, "FB-230")
    assert send(service, "fb0420", allow_missing=True).get_json()["refused"] == []


def test_what_is_due_is_told_as_the_command_tells_it(service: WebService) -> None:
    upload(service, "/v1/files/take-in", audit("B-1"))
    told = service.get("/v1/due?at=2026-11-10T09:00:00%2B09:00", scope=Scope.FILES).get_json()
    assert told["at"] == "2026-11-10T09:00:00+09:00"
    assert (told["items"][0]["task"], told["items"][0]["file"]) == ("answer-audit", "FB0420")
    assert told["items"][0]["command"] == "dongui send fb0420 --outbox DIR"
    assert service.get("/v1/due", scope=Scope.FILES).status_code == 200
    assert problem(service.get("/v1/due?at=tomorrow", scope=Scope.FILES))[0] == 422


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00%2B00:00", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"])
def test_what_is_due_at_the_ends_of_time_is_no_fault_of_the_service(service: WebService, at: str) -> None:
    signed(service, "B-1")
    upload(service, "/v1/files/take-in", audit("B-1"))
    assert service.get(f"/v1/due?at={at}", scope=Scope.FILES).status_code in {200, 422}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_process_date_at_the_ends_of_time_is_refused(service: WebService, day: str) -> None:
    signed(service, "B-1")
    assert problem(send(service, process_date=day)) == (422, "FB-140")


@pytest.mark.parametrize("day", ["00010101", "99991231"])
def test_a_file_dated_at_the_ends_of_time_is_not_taken_in(service: WebService, day: str) -> None:
    """Nobody could count a deadline from it, and the list of what is due would end there."""
    assert problem(upload(service, "/v1/files/take-in", audit("B-1", day=day))) == (422, "FB-140")
    assert service.get("/v1/due", scope=Scope.FILES).status_code == 200


def test_a_file_is_checked_as_the_command_checks_it(service: WebService, desk: Desk, tmp_path: Path) -> None:
    signed(service, "B-1")
    (manifest,) = manifests(send(service, process_date=DAY))
    file = outbox(service) / manifest["file"]
    command = called("file", "check", file, "--trust", desk.trust, "--json")
    answer = upload(service, "/v1/files/check", file.read_bytes())
    assert answer.get_json() == json.loads(command.out)
    assert answer.get_json()["sound"] is True
    bad = upload(service, "/v1/files/check", file.read_bytes()[:2000]).get_json()
    assert (bad["sound"], bad["complete"]) == (False, False)
    assert upload(service, "/v1/files/check", b"PK\x03\x04").get_json()["file"] is None


def test_evidence_that_does_not_pass_is_found_only_where_it_is_judged(service: WebService, desk: Desk) -> None:
    signed(service, "B-1")
    (manifest,) = manifests(send(service, process_date=DAY))
    data = bytearray((outbox(service) / manifest["file"]).read_bytes())
    data[data.rindex(b"\x04\x82\x01\x00") + 9] ^= 1  # in the signature, the last thing in the DER
    judged = upload(service, "/v1/files/check", bytes(data)).get_json()
    unjudged = upload(service, "/v1/files/check", bytes(data), judge="false").get_json()
    assert (judged["sound"], unjudged["sound"], unjudged["findings"]) == (False, True, {})
    assert judged["findings"]


def test_an_answer_to_an_audit_is_checked_beside_its_request(service: WebService) -> None:
    signed(service, "B-1")
    signed(service, "B-2")
    upload(service, "/v1/files/take-in", audit("B-1", "B-2"))
    (manifest,) = manifests(send(service, "fb0420"))
    data = (outbox(service) / manifest["file"]).read_bytes()

    def form(**more: bytes) -> TestResponse:
        sent = {name: (io.BytesIO(one), name) for name, one in more.items()}
        return service.client.post("/v1/files/check", data=sent, headers=service.headers(Scope.FILES))

    assert form(file=data, request=audit("B-1", "B-2")).get_json()["by_code"] == {"0000": 4}
    assert form(file=data, request=audit("B-1")).get_json()["by_code"] == {"0000": 3, "7126": 1}
    assert problem(form(request=data)) == (422, "SVC-212")
    assert problem(form(file=data, other=data)) == (422, "SVC-212")


def test_an_upload_leaves_nothing_behind(service: WebService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    headers = service.headers(Scope.FILES)
    del headers["Idempotency-Key"]  # so that the body goes through the temporary file
    answer = service.client.post("/v1/files/check", data=b"0" * (3 << 20), headers=headers)
    assert answer.get_json()["sound"] is False
    assert list(aside.iterdir()) == []
