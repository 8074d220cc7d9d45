"""What operators and administrators do: looked at, mended, decided; and what of it the log keeps."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from evidence.lifecycle.fb0410 import settle_fb0420
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.retention import delete_ended
from evidence.lifecycle.sending import Outbox
from evidence.lifecycle.states import Event
from evidence.lifecycle.take_in import take_in
from evidence.store.finding import story_of
from evidence.store.log import verify_log, verify_states
from tests.evidence.lifecycle.institute import fb0410, fb0421
from tests.evidence.lifecycle.notices import fb0211
from tests.evidence.lifecycle.test_take_in import asked
from tests.service.console.house import DAY, PASSWORD, PERSONAL, SCRIPT, House

OPERATOR = 2
"""Number of the user `operator`."""


def state_of(house: House, number: int) -> str:
    with house.store.reading() as connection:
        return str(story_of(connection, number).consent.state)


def require_sound_log(house: House) -> None:
    with house.store.reading() as connection:
        assert list(verify_log(connection, house.store.keys)) == []
        assert list(verify_states(connection)) == []


def test_personal_data_are_shown_on_a_logged_click_and_for_that_page_alone(house: House) -> None:
    browser = house.visitor("operator")
    assert not [word for word in PERSONAL if word in browser.text("/consents/1")]
    response = browser.post("/consents/1/unmask")
    assert response.status_code == 200
    assert all(word in response.text for word in PERSONAL)
    assert response.headers["Cache-Control"] == "no-store"
    (row,) = house.log("unmasked")
    assert (row.consent_id, json.loads(row.details)) == (1, {"user": OPERATOR})
    assert not [word for word in PERSONAL if word in browser.text("/consents/1")]
    require_sound_log(house)


def test_a_record_is_unmasked_likewise(house: House) -> None:
    browser = house.visitor("operator")
    masked = browser.text("/files/1/records/1?field=payer_number")
    assert "bytes 95 to 124" in masked
    assert f'<mark id="b-payer_number" title="payer number">{"•" * 30}</mark>' in masked
    shown = browser.post("/files/1/records/1/unmask").text
    assert all(word in shown for word in PERSONAL)
    (row,) = house.log("unmasked")
    details = {"user": OPERATOR, "record": 1}
    assert (row.consent_id, row.file_id, json.loads(row.details)) == (1, 1, details)


def test_the_bytes_of_a_field_are_marked_where_they_stand(house: House) -> None:
    text = house.visitor("viewer").text("/files/1/records/1?field=institution_code")
    assert '<mark id="b-institution_code" title="institution code">9912345678··········</mark>' in text
    assert "39 39 31 32 33 34 35 36 37 38 20" in text
    assert text.count("<mark") == 1


def test_viewers_neither_unmask_nor_mend(house: House) -> None:
    browser = house.visitor("viewer")
    for path in (
        *("/consents/1/unmask", "/files/1/records/1/unmask", "/fix/requeue", "/fix/consents/2/amend"),
        *("/fix/consents/2/withdraw", "/fix/files/3/1/done", "/users", "/users/1/role"),
    ):
        response = browser.post(path, {"consent": "3", "role": "administrator", "name": "mine", "password": PASSWORD})
        assert response.status_code == 403, path
        assert "SVC-262" in response.text
    assert house.log("unmasked", "user_acted", "amended", "remark_done", "user_role") == []
    assert "unmask" not in browser.text("/consents/1")


def test_operators_do_not_say_who_may_do_what(house: House) -> None:
    browser = house.visitor("operator")
    assert browser.get("/users").status_code == 403
    for path in ("/users", "/users/2/role", "/users/3/password", "/users/3/disabled"):
        values = {"role": "administrator", "name": "mine", "password": PASSWORD, "disabled": "yes"}
        assert browser.post(path, values).status_code == 403
    assert browser.get("/users").status_code == 403


def test_rejected_consents_are_queued_again(house: House) -> None:
    browser = house.visitor("operator")
    assert "SVC-276" in browser.post("/fix/requeue").text
    response = browser.post("/fix/requeue", {"consent": ["2", "3"]})
    assert response.location == "/console/fix?done=requeued"
    assert "Queued for the next FB0110" in browser.text("/fix?done=requeued")
    assert [state_of(house, number) for number in (2, 3, 4)] == ["queued", "queued", "rejected"]
    acted = [(row.consent_id, json.loads(row.details)) for row in house.log("user_acted")]
    assert acted == [(number, {"user": OPERATOR, "did": "requeued"}) for number in (2, 3)]
    require_sound_log(house)


def test_all_of_them_or_none(house: House) -> None:
    response = house.visitor("operator").post("/fix/requeue", {"consent": ["3", "1"]})
    assert response.status_code == 422
    assert "FB-386" in response.text
    assert state_of(house, 3) == "rejected"
    assert house.log("user_acted") == []


def test_values_are_amended_by_the_same_rules(house: House) -> None:
    browser = house.visitor("operator")
    for values, code in (
        ({}, "FB-369"),
        ({"holder_id": "800102"}, "FB-370"),  # the text that was signed has another
        ({"account_number": "1" * 40}, "FB-"),
        ({"applied_on": "2026-13-40"}, "FB-"),
    ):
        response = browser.post("/fix/consents/2/amend", values)
        assert response.status_code == 422
        assert code in response.text
        assert not [text for text in values.values() if text in response.text]
    assert state_of(house, 2) == "rejected"
    with house.store.writing(house.now) as writing:
        move(writing, [Move(number, Event.NOT_RECONCILED, code="81") for number in (7, 8)])
    response = browser.post("/fix/consents/8/amend", {"applied_on": "2026-05-31"})
    assert response.location == "/console/fix?done=amended"
    assert state_of(house, 8) == "queued"
    assert [json.loads(row.details) for row in house.log("amended")] == [
        {"fields": "applied_on", "applied_on": "2026-05-31"}
    ]


def test_what_the_bank_may_have_goes_out_as_another_consent(house: House) -> None:
    browser = house.visitor("operator")
    with house.store.writing(house.now) as writing:
        move(writing, [Move(7, Event.NOT_RECONCILED, code="81")])
    response = browser.post("/fix/consents/7/amend", {"account_number": "4711"})
    assert response.location == "/console/fix?done=another&consent=9"
    assert 'href="/console/consents/9"' in browser.text("/fix?done=another&consent=9")
    assert [state_of(house, number) for number in (7, 9)] == ["failed", "queued"]
    assert [row.consent_id for row in house.log("user_acted")] == [7, 9]
    require_sound_log(house)


def test_a_withdrawal_has_to_be_confirmed(house: House) -> None:
    browser = house.visitor("operator")
    assert "SVC-271" in browser.post("/fix/consents/5/withdraw").text
    assert state_of(house, 5) == "refused"
    assert browser.post("/fix/consents/5/withdraw", {"confirmed": "yes"}).status_code == 303
    assert state_of(house, 5) == "withdrawn"
    refused = browser.post("/fix/consents/1/withdraw", {"confirmed": "yes"})
    assert (refused.status_code, "FB-371" in refused.text) == (422, True)


def test_remarks_are_ticked_off_once(house: House) -> None:
    browser = house.visitor("operator")
    assert "FB-280" in browser.text("/fix")
    assert browser.post("/fix/files/3/1/done").location == "/console/fix?done=done"
    assert "FB-280" not in browser.text("/fix")
    again = browser.post("/fix/files/3/1/done")
    assert (again.status_code, "FB-374" in again.text) == (422, True)
    assert [(row.file_id, json.loads(row.details)["user"]) for row in house.log("user_acted")] == [(3, OPERATOR)]


def test_a_change_is_answered_otherwise_than_drafted(house: House) -> None:
    take_in(house.store, fb0211(8, 4711), "FB0211", house.now)
    browser = house.visitor("operator")
    text = browser.text("/fix")
    assert "FB-293" in text  # of the stranger; the other will be taken
    assert text.count("/receipt") == 1
    refused = browser.post("/fix/files/4/2/receipt", {"code": "0000"})
    assert (refused.status_code, "FB-298" in refused.text) == (422, True)
    assert browser.post("/fix/files/4/2/receipt", {"code": "7307"}).location == "/console/fix?done=decided"
    assert "FB-293" not in browser.text("/fix")
    (row,) = house.log("file_receipt")
    assert json.loads(row.details)["code"] == "7307"


def test_an_audit_that_found_errors_is_told(house: House, tmp_path: Path) -> None:
    take_in(house.store, fb0410([asked(8, "20260601")], "20260602"), "FB0410", house.now)
    outbox = Outbox(house.store, tmp_path, lambda: house.now)
    (sent,) = outbox.send("FB0420", partial(settle_fb0420, refused=[]), DAY)
    take_in(house.store, fb0421(tmp_path / sent.name, {1: "7121"}), "FB0421", house.now)
    text = house.visitor("viewer").text("/fix")
    assert "Errors in answers to audits" in text
    assert "<code>7121</code>" in text


def test_a_consent_that_was_deleted_has_a_page_all_the_same(house: House) -> None:
    with house.store.writing(house.now) as writing:
        move(writing, [Move(7, Event.CANCELLED)])
    removed = list(delete_ended(house.store, date(2027, 1, 1), lambda: house.now))
    assert removed
    text = house.visitor("operator").text("/consents/7")
    assert "deleted" in text
    assert "unmask" not in text
    assert "Its retention is over" in house.visitor("viewer").text("/files/1/records/6")


def test_a_cancellation_that_was_rejected_can_be_sent_again_or_taken_back(house: House) -> None:
    browser = house.visitor("operator")
    refused = browser.post("/fix/consents/2/hold")
    assert (refused.status_code, "FB-210" in refused.text) == (422, True)
    assert browser.post("/fix/consents/1/cancel").location == "/console/fix?done=cancelled"
    assert state_of(house, 1) == "cancel_queued"
    assert browser.post("/fix/consents/1/hold").location == "/console/fix?done=held"
    assert state_of(house, 1) == "accepted"


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("payer_number", "A-1101", [1]),
        ("account_number", "71234500987602", [2]),
        ("holder_id", "810203", [1, 2, 3, 4, 5, 6]),
        ("payer_number", "A-110", []),
        ("holder_id", "' OR 1=1 --", []),
    ],
)
def test_search_by_what_is_personal(house: House, kind: str, text: str, found: list[int]) -> None:
    response = house.visitor("viewer").post("/search", {"kind": kind, "text": text})
    assert response.status_code == 200
    assert [number for number in range(1, 9) if f'href="/console/consents/{number}"' in response.text] == found
    assert text not in response.text


def test_search_by_number_and_by_file(house: House) -> None:
    browser = house.visitor("viewer")
    assert browser.post("/search", {"kind": "number", "text": "3"}).location == "/console/consents/3"
    assert browser.post("/search", {"kind": "number", "text": "999"}).status_code == 404
    for wrong in ("", "0", "-1", "1e3", "9" * 30, "①"):
        assert "SVC-270" in browser.post("/search", {"kind": "number", "text": wrong}).text
    found = browser.post("/search", {"kind": "file", "text": "FB0120"}).text
    assert 'href="/console/files/2"' in found
    assert 'href="/console/files/1"' not in found
    assert 'href="/console/files/' not in browser.post("/search", {"kind": "file", "text": "%"}).text


def test_administrators_let_people_in_and_shut_them_out(house: House) -> None:
    browser = house.visitor("administrator")
    assert browser.post("/users", {"name": "kim", "role": "viewer", "password": PASSWORD}).status_code == 303
    assert house.visitor("kim").is_in()
    for values, code in (
        ({"name": "kim", "role": "viewer", "password": PASSWORD}, "SVC-263"),
        ({"name": SCRIPT, "role": "viewer", "password": PASSWORD}, "SVC-266"),
        ({"name": "lee", "role": "viewer", "password": "short"}, "SVC-265"),
        ({"name": "lee", "role": "root", "password": PASSWORD}, "SVC-261"),
    ):
        response = browser.post("/users", values)
        assert response.status_code == 422
        assert code in response.text
    assert browser.post("/users/4/role", {"role": "operator"}).status_code == 303
    assert house.visitor("kim").get("/fix/consents/2").status_code == 200
    assert browser.post("/users/4/disabled", {"disabled": "yes"}).status_code == 303
    assert house.visitor().log_in("kim").status_code == 403
    assert browser.post("/users/4/disabled").status_code == 303
    assert browser.post("/users/4/password", {"password": "a wholly new password"}).status_code == 303
    assert house.visitor().log_in("kim", "a wholly new password").status_code == 303
    assert "SVC-264" in browser.post("/users/77/role", {"role": "viewer"}).text
    assert "SVC-269" in browser.post("/users/3/role", {"role": "viewer"}).text
    by = [json.loads(row.details) for row in house.log("user_added", "user_role", "user_disabled")][3:]
    assert by == [
        {"user": 4, "by": 3, "role": "viewer"},
        {"user": 4, "by": 3, "role": "operator"},
        {"user": 4, "by": 3},
    ]
    require_sound_log(house)


def test_a_consent_whose_bank_has_nothing_to_cancel_is_ended_once_somebody_has_made_sure(house: House) -> None:
    with house.store.writing(house.now) as writing:
        move(
            writing, [Move(1, Event.CANCEL_QUEUED), Move(1, Event.CANCEL_SENT), Move(1, Event.CANCEL_REJECTED, "2042")]
        )
    browser = house.visitor("operator")
    assert "nothing to cancel" in browser.text("/fix")
    assert "there is nothing to cancel" in browser.text("/fix/consents/1")
    assert browser.post("/fix/consents/1/void").status_code == 422
    assert state_of(house, 1) == "cancel_rejected"
    assert browser.post("/fix/consents/1/void", {"confirmed": "yes"}).location == "/console/fix?done=void"
    assert state_of(house, 1) == "cancelled"
    assert "The consent is ended" in browser.text("/fix?done=void")
    require_sound_log(house)


def test_what_the_institute_has_already_is_not_sent_again(house: House) -> None:
    assert 'value="3"' in house.visitor("operator").text("/fix")
    with house.store.writing(house.now) as writing:
        move(writing, [Move(3, Event.QUEUED), Move(3, Event.SENT), Move(3, Event.REJECTED, "7125")])
    browser = house.visitor("operator")
    assert 'value="3"' not in browser.text("/fix")
    assert "requeue" not in browser.text("/fix/consents/3")
