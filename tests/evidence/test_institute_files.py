"""What the institute sends of its own accord, and scenarios."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from consent.errors import CodedError
from evidence import DataRecord, Header, RecordError, Trailer, check, read_file
from evidence.identity import Identity
from evidence.institute import (
    Asked,
    Change,
    Ended,
    Entry,
    Failure,
    Head,
    Scenario,
    answer_fb0221,
    make_fb0211,
    make_fb0320,
    make_fb0410,
    make_fb0620,
    make_fb0933,
)
from evidence.institute.scenario import ScenarioKeyWrong, ScenarioNotJson, ScenarioValueWrong
from tests.evidence.samples import raw_file

ONE = Identity("9912345678", "P1", "004", "123")
HEAD = Head(institution_code="9912345678", day=date(2026, 6, 5), van_id="VAN")
DAY = date(2026, 6, 1)


def made(make: Callable[[io.BytesIO], object]) -> tuple[dict[str, str], list[dict[str, str]], dict[str, str]]:
    """Header, records and trailer of a file that has to be sound."""
    out = io.BytesIO()
    make(out)
    assert check(io.BytesIO(out.getvalue())).sound
    items = list(read_file(io.BytesIO(out.getvalue())))
    (header,) = (item.fields for item in items if isinstance(item, Header))
    (trailer,) = (item.fields for item in items if isinstance(item, Trailer))
    return header, [item.fields for item in items if isinstance(item, DataRecord)], trailer


def test_an_audit_asks_for_consents() -> None:
    asked = Asked(identity=ONE, business_number="1234567890", applied_on=DAY)
    header, (record,), trailer = made(lambda out: make_fb0410(out, HEAD, [asked]))
    assert (header["process_date"], header["van_id"], trailer["total"]) == ("20260605", "VAN", "0000000001")
    assert (record["payer_number"], record["applied_on"], record["request_type"]) == ("P1", "20260601", "1")


def test_a_payer_changes_the_account() -> None:
    at = datetime(2026, 6, 4, 9, 30, 1)  # noqa: DTZ001 - the clock in Korea
    change = Change(identity=ONE, holder_id="900101", new_bank_code="088", new_account_number="9", requested_at=at)
    _, (record,), _ = made(lambda out: make_fb0211(out, HEAD, [change]))
    assert (record["old_account_number"], record["new_account_number"]) == ("123", "9")
    assert record["requested_at"] == "20260604093001"


def test_a_consent_ends_at_the_bank() -> None:
    ended = Ended(identity=ONE, holder_id="900101", ledger_date=DAY, cancel_type="2")
    _, (record,), _ = made(lambda out: make_fb0320(out, HEAD, [ended]))
    assert (record["ledger_date"], record["cancel_type"], record["cancel_channel"]) == ("20260601", "2", "1")


@pytest.mark.parametrize("code", ["81", "82", "84", "92"])
def test_extra_ids_begin_with_the_day_of_application(code: str) -> None:
    failure = Failure(identity=ONE, applied_on=DAY, failure_code=code, extra="-77")
    _, (record,), _ = made(lambda out: make_fb0620(out, HEAD, [failure]))
    assert (record["extra_id"], record["failure_code"]) == ("20260601-77", code)


def test_the_ledger_lists_consents() -> None:
    entries = [Entry(identity=ONE, applied_on=DAY, effective_on=DAY)]
    entries.append(Entry(identity=ONE, applied_on=DAY, effective_on=DAY, changed_on=HEAD.day))
    _, (first, second), _ = made(lambda out: make_fb0933(out, HEAD, entries))
    assert (first["changed_on"], second["changed_on"], first["service_kind"]) == ("", "20260605", "3")


def test_what_does_not_fit_is_refused_whole() -> None:
    out = io.BytesIO()
    with pytest.raises(RecordError):
        make_fb0320(out, HEAD, [Ended(identity=ONE, holder_id="", ledger_date=DAY)])
    assert out.getvalue() == b""


def test_changes_that_were_taken_are_done_and_others_are_not() -> None:
    sent = raw_file("FB0221", [b""] * 2)
    codes = {1: ("0000", "1201")}

    def answer(out: io.BytesIO) -> None:
        answer_fb0221(io.BytesIO(sent), out, day=HEAD.day, processed=lambda n, _: codes.get(n, ("2401", "0000")))

    header, (first, second), trailer = made(answer)
    assert header["process_date"] == "20260605"
    assert (first["cancel_code"], first["cancelled_on"]) == ("0000", "20260605")
    assert (first["register_code"], first["registered_on"]) == ("1201", "")
    assert (second["cancel_code"], second["cancelled_on"]) == ("2401", "20260605")
    assert {trailer[name].lstrip("0") for name in ("total", "cancel_accepted")} == {"2"}
    assert {trailer[name].lstrip("0") for name in ("register_accepted", "register_rejected")} == {"1"}

    refused = raw_file("FB0221", [b""], receipt_code="7308")
    _, (record,), trailer = made(lambda out: answer_fb0221(io.BytesIO(refused), out, day=HEAD.day))
    assert (record["receipt_code"], record["cancel_code"], record["registered_on"]) == ("7308", "", "")
    assert trailer["cancel_rejected"].lstrip("0") == "1"


def test_fb0222_answers_fb0221_alone() -> None:
    with pytest.raises(RecordError):
        answer_fb0221(io.BytesIO(raw_file("FB0211")), io.BytesIO(), day=HEAD.day)


CONSENT = {
    "institution_code": "9912345678",
    "payer_number": "P1",
    "bank_code": "004",
    "account_number": "123",
    "holder_id": "900101",
    "applied_on": "2026-06-01",
}
WHOLE: dict[str, Any] = {"day": "2026-06-05", "business_number": "1234567890", "consents": {"a": CONSENT}}


def parsed(**parts: object) -> Scenario:
    return Scenario.parse(json.dumps(WHOLE | parts).encode(), "plan.json")


def make_all(parts: dict[str, object]) -> None:
    plan = parsed(**parts)
    for code in plan.files:
        plan.make(code, io.BytesIO())


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff"])
def test_a_scenario_is_one_object(raw: bytes) -> None:
    with pytest.raises(ScenarioNotJson):
        Scenario.parse(raw, "plan.json")


@pytest.mark.parametrize(
    "parts",
    [
        {"unknown": 1},
        {"consents": {"a": {}}},
        {"consents": {"a": CONSENT | {"more": "x"}}},
        {"responses": {"FB0110": {}}},
        {"FB0410": [{}]},
        {"FB0620": [{"consent": "a"}]},
        {"FB0320": [{"consent": "a", "cancel": "1"}]},
    ],
)
def test_keys_of_a_scenario_are_those_that_it_may_have(parts: dict[str, object]) -> None:
    with pytest.raises(ScenarioKeyWrong):
        make_all(parts)


@pytest.mark.parametrize(
    "parts",
    [
        {"day": "5 June"},
        {"day": 5},
        {"bank_code": 4},
        {"consents": []},
        {"consents": {"a": "b"}},
        {"FB0410": {}},
        {"FB0410": ["a"]},
        {"FB0410": [{"consent": "b"}]},
        {"FB0410": [{"consent": 1}]},
        {"FB0410": [{"consent": "a"}], "consents": {"a": CONSENT | {"applied_on": "x"}}},
        {"FB0211": [{"consent": "a", "new_bank_code": "1", "new_account_number": "1", "requested_at": "x"}]},
        {
            "FB0211": [
                {"consent": "a", "new_bank_code": "1", "new_account_number": "1", "requested_at": "2026-06-01T00Z"}
            ]
        },
        {"responses": {"FB0120": {"P1": "9"}}},
        {"responses": {"FB0120": {"P1": ["0000", "0000"]}}},
        {"responses": {"FB0222": {"P1": "0000"}}},
        {"responses": {"FB0421": []}},
    ],
)
def test_values_of_a_scenario_have_their_form_and_are_not_repeated(parts: dict[str, object]) -> None:
    with pytest.raises((ScenarioValueWrong, RecordError)) as caught:
        make_all(parts)
    assert isinstance(caught.value, CodedError)
    assert "P1" not in caught.value.message("ko")


def test_a_scenario_forces_codes_by_payer_number() -> None:
    plan = parsed(responses={"FB0120": {"P1": "7109"}, "FB0222": {"P1": ["1201", "0000"]}})
    assert plan.forced("FB0120")(1, {"payer_number": "P1"}) == "7109"
    assert plan.forced("FB0120")(1, {"payer_number": "P2"}) is None
    assert plan.forced("FB0421")(1, {"payer_number": "P1"}) is None
    assert plan.processed(1, {"old_payer_number": "P1"}) == ("1201", "0000")
    assert plan.processed(1, {"old_payer_number": "P2"}) == ("0000", "0000")


def test_times_of_a_scenario_are_those_of_korea() -> None:
    at = {"consent": "a", "new_bank_code": "088", "new_account_number": "9"}
    plan = parsed(FB0211=[at, at | {"requested_at": "2026-06-04T23:59:59"}])
    _, (first, second), _ = made(lambda out: plan.make("FB0211", out))
    assert (first["requested_at"], second["requested_at"]) == ("20260605100000", "20260604235959")
