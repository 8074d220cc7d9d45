"""`dongui fix`, `cancel` and `ledger`: what stands still, how it goes on, and what the bank's ledger says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.lifecycle.institute import fb0120, fb0410, fb0421
from tests.evidence.lifecycle.notices import made
from tests.evidence.lifecycle.test_take_in import data
from tests.service.desk import RECORD, Desk, write_lines
from tests.service.running import ACCOUNT, HOLDER_ID, Ran, called, refused
from tests.service.test_exchange import Office

KEY = {name: RECORD[name] for name in ("institution_code", "payer_number", "bank_code", "account_number")}
OTHER = {**KEY, "payer_number": "A-1030"}


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Office:
    return Office(desk, tmp_path)


def take(office: Office, code: str, content: bytes) -> Ran:
    return office.run("take-in", office.received(code, content))


def answered(office: Office, errors: dict[int, str] | None = None) -> None:
    sent = office.send("fb0110", "--json").json["file"]
    take(office, "FB0120", fb0120(office.outbox / sent, errors).getvalue())


def ended(*keys: dict[str, str]) -> bytes:
    rows = [{"cancel_channel": "1", "ledger_date": "20261105", "holder_id": "1", "cancel_type": "0", **k} for k in keys]
    return made("FB0320", rows, process_date="20261106", bank_code="004").getvalue()


def asked(*keys: dict[str, str], holder: str = HOLDER_ID) -> bytes:
    rows = [
        {
            "change_channel": "4",
            "requested_at": "20261104103000",
            "holder_id": holder,
            **{f"old_{name}": text for name, text in key.items()},
            "new_bank_code": "088",
            "new_account_number": "4711",
        }
        for key in keys
    ]
    return made("FB0211", rows, process_date="20261105").getvalue()


def values(office: Office, **texts: Any) -> Path:
    path = office.folder / "values.json"
    path.write_text(json.dumps(texts))
    return path


def test_nothing_stands_still_at_first(office: Office) -> None:
    ran = office.run("fix")
    assert (ran.code, ran.out) == (0, "✔ Nothing stands still.\n")
    assert (office.run("fix", lang="ko").out, office.run("fix", "--json").out) == ("✔ 조치할 것이 없습니다.\n", "")


def test_a_rejected_consent_with_its_reason_and_command(office: Office) -> None:
    answered(office, {2: "7109"})
    ran = office.run("fix", lang="ko")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "조치가 필요한 동의",
        "  동의 2번: 오류 회신  7109 예금주 실명번호 오류",
        f"      {office.folder}/FB0120(파일 2번)의 1번 레코드 · 항목: 예금주 실명번호",
        "      → 틀린 항목의 올바른 값을 JSON 파일에 적어 정정하십시오. 정정하면 다시 제출 대기가 됩니다.",
        f"        dongui fix amend 2 --values FILE{office.named}",
    ]
    told = office.run("fix", "--json").json
    assert (told["consent"], told["code"], told["fields"], told["remedy"]) == (2, "7109", ["holder_id"], "amend")
    for secret in (HOLDER_ID, ACCOUNT, "A-1030"):
        assert secret not in ran.out + json.dumps(told)


def test_the_file_is_the_one_that_the_code_came_with(office: Office) -> None:
    answered(office, {2: "7109"})
    row = {**OTHER, "applied_on": "20261101", "submitter_type": "3", "failure_code": "81"}
    take(office, "FB0620", made("FB0620", [row], process_date="20261106", bank_code="004").getvalue())
    (told,) = [one for one in office.run("fix", "--json").lines if one["kind"] == "consent"]
    assert (told["code"], told["name"]) == ("7109", str(office.folder / "FB0120"))


def test_what_was_signed_is_not_amended_to_something_else(office: Office) -> None:
    answered(office, {2: "7105"})
    ran = office.run("fix", "amend", 2, "--values", values(office, account_number="4711"))
    refused(ran, "FB-370")
    assert "4711" not in ran.err
    refused(office.run("fix", "amend", 2, "--values", values(office, account_number=ACCOUNT)), "FB-369")


def test_what_was_amended_is_named_as_people_call_it(office: Office) -> None:
    answered(office, {2: "7106"})
    ran = office.run("fix", "amend", 2, "--values", values(office, institution_code="1234567890"), lang="ko")
    assert (ran.code, "이용기관 코드 항목을 정정" in ran.out) == (0, True), ran


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"account_number": 4711}', '{"evidence_kind": "1"}', '{"a": "1"'])
def test_values_that_cannot_be_read(office: Office, text: str) -> None:
    (office.folder / "values.json").write_text(text)
    refused(office.run("fix", "amend", 2, "--values", office.folder / "values.json"), "SVC-140")


def test_a_rejected_consent_goes_out_again(office: Office) -> None:
    answered(office, {2: "7199"})
    assert office.run("fix", "requeue", 2).out == "✔ 1 queued for the next FB0110\n"
    refused(office.run("fix", "requeue", 2), "FB-210")
    assert "'제출 대기' 상태여서 '제출 대기 등록' 처리를" in office.run("fix", "requeue", 2, lang="ko").err
    refused(office.run("fix", "requeue", 1), "FB-386")
    assert office.send("fb0110", "--json").json["records"] == 1


def test_one_that_never_was_accepted_is_withdrawn(office: Office) -> None:
    answered(office, {2: "7199"})
    assert office.run("fix", "withdraw", 2, "--json").json == {"withdrawn": 1}
    refused(office.run("fix", "withdraw", 1), "FB-371")
    assert office.run("fix").code == 0


def test_a_remark_stays_until_it_is_ticked_off(office: Office) -> None:
    answered(office)
    ran = take(office, "FB0320", ended({**KEY, "account_number": "1"}))
    assert "Consents with the same payer number or account: 1 [FB-280]" in ran.out
    told = office.run("fix", "--json").json
    assert (told["kind"], told["code"], told["record"]) == ("remark", "FB-280", 1)
    assert told["commands"] == [f"dongui fix done {told['file']} 1{office.named}"]
    assert office.run("fix", "done", told["file"], 1).code == 0
    refused(office.run("fix", "done", told["file"], 1), "FB-374")
    refused(office.run("fix", "done", "no-such-file", 1), "FB-372")
    assert office.run("fix").code == 0


def test_a_change_is_decided_and_answered(office: Office) -> None:
    answered(office)
    take(office, "FB0211", asked(KEY, OTHER, holder="900909"))
    first, second = office.run("fix", "--json").lines
    assert (first["kind"], first["code"], first["answer"]) == ("change", "FB-296", "7306")
    assert first["commands"] == [f"dongui fix receipt {first['file']} 1 CODE{office.named}"]
    refused(office.run("fix", "receipt", first["file"], 1, "7308"), "FB-298")
    assert office.run("fix", "receipt", first["file"], 1, "0000").code == 0
    ran = office.run("fix", "receipt", office.folder / "FB0211", second["record"], "7305", lang="ko")
    assert ran.out.endswith("의 2번 레코드의 응답코드를 7305로 지정하였습니다.\n")
    sent = office.send("fb0221", "--json").json
    assert (sent["code"], sent["records"]) == ("FB0221", 2)
    refused(office.run("fix", "receipt", first["file"], 1, "7305"), "FB-299")


def test_institution_codes_by_bank(office: Office) -> None:
    assert office.run("store", "institution").out.startswith("✔ institution codes: none is set")
    assert office.run("store", "institution", "088").code == 2
    ran = office.run("store", "institution", "088", "5512345678", lang="ko")
    assert ran.out == "✔ 금융회사별 이용기관 코드: 088 5512345678\n"
    refused(office.run("store", "institution", "088", "1" * 21), "FB-010")
    assert office.run("store", "institution", "088", "", "--json").json["institutions"] == {}
    assert office.run("store", "institution", "--of", "5512345678").code == 2
    ran = office.run("store", "institution", "088", "6612345678", "--of", KEY["institution_code"], lang="ko")
    assert ran.out.splitlines() == [
        "✔ 금융회사별 이용기관 코드: -",
        "  변경 전 코드가 9912345678인 경우: 088 6612345678",
    ]


def test_a_code_that_holds_for_several_institutions_is_remarked(office: Office, desk: Desk) -> None:
    free = RECORD | {"institution_code": "7700000001", "evidence": str(desk / "free.der")}
    added = write_lines(office.folder / "more.jsonl", [free])
    assert office.run("store", "add", added, "--trust", desk.trust).code == 0
    assert "[FB-403]" in office.run("store", "institution", "088", "5512345678").err
    of_one = office.run("store", "institution", "088", "6612345678", "--of", "7700000001", "--json")
    assert (of_one.err, of_one.json["institutions_of"]) == ("", {"7700000001": {"088": "6612345678"}})


def test_cancellations_by_number_and_by_list(office: Office, desk: Desk) -> None:
    answered(office)
    assert office.run("cancel").code == 2
    assert office.run("cancel", 1).out == "✔ cancellations queued for the next FB0110: 1\n"
    assert office.run("cancel", "--hold", 1, lang="ko").out == "✔ 해지 요청 1건을 취소하였습니다.\n"
    cancelled = {name: text for name, text in RECORD.items() if name not in {"extension", "evidence"}}
    one = cancelled | {"cancelled": True, "payer_number": "A-1030", "applied_on": "2026-11-09"}
    lines = write_lines(office.folder / "cancel.jsonl", [one])
    assert office.run("cancel", "--list", lines, "--json").json == {"queued": 1}
    sent = office.send("fb0110", "--json").json
    assert sent["records"] == 1
    listed = office.folder / "FB0110"  # the same list says the same, with the store and without
    assert called("fb0110", lines, "--trust", desk.trust, "--process-date", "2026-11-09", "-o", listed).code == 0
    records = [data(path)[0].fields for path in (office.outbox / sent["file"], listed)]
    assert [record["applied_on"] for record in records] == ["20261109", "20261109"]
    refused(office.run("cancel", "--list", write_lines(office.folder / "c.jsonl", [RECORD])), "SVC-141")
    unknown = write_lines(office.folder / "d.jsonl", [cancelled | {"cancelled": True, "payer_number": "A-9"}])
    refused(office.run("cancel", 1, "--list", unknown), "SVC-142")
    assert office.run("consent", "list", "--state", "accepted", "--json").json["consent"] == 1


def test_the_holder_of_a_rejected_cancellation_is_put_right(office: Office) -> None:
    answered(office)
    office.run("cancel", 1)
    sent = office.send("fb0110", "--json").json["file"]
    take(office, "FB0120", fb0120(office.outbox / sent, {1: "7109"}).getvalue())
    told = office.run("fix", "--json").json
    assert (told["remedy"], told["commands"]) == ("amend", [f"dongui fix amend 1 --values FILE{office.named}"])
    values = office.folder / "values.json"
    values.write_text('{"bank_code": "088"}')
    refused(office.run("fix", "amend", 1, "--values", values), "FB-391")
    values.write_text('{"holder_id": "800102"}')  # the signed text has another, and no evidence goes with it
    assert office.run("fix", "amend", 1, "--values", values).code == 0
    (record,) = data(office.outbox / office.send("fb0110", "--json").json["file"])
    assert (record.fields["cancellation"], record.fields["holder_id"]) == ("Y", "800102")


def test_what_is_there_already_waits_for_the_ledger(office: Office) -> None:
    answered(office, {2: "7125"})
    told = office.run("fix", "--json").json
    assert (told["remedy"], told["commands"][0]) == (
        "await-ledger",
        f"dongui send fb0910 --outbox DIR{office.named}",
    )
    assert "requeue" not in str(told["commands"]) and "do not send it again" in told["advice"]
    assert "mend-rejected" not in office.run("due", "--json").out
    row = {"service_kind": "3", "applied_on": "20261101", "effective_on": "20261101"}
    take(office, "FB0933-before", made("FB0933", [], process_date="20261108", bank_code="004").getvalue())
    assert office.run("ledger", "--json").json["differences"] == {"FB-363": 2}
    assert office.run("fix", "--json").json["remedy"] == "ledger-lacks"
    content = made("FB0933", [KEY | row, OTHER | row], process_date="20261108", bank_code="004").getvalue()
    assert "reconciled: in the bank's ledger 2" in take(office, "FB0933", content).out
    assert (office.run("fix").code, office.run("log", "verify").code) == (0, 0)


def audited(office: Office, errors: dict[int, str]) -> None:
    """An audit of both consents, answered, and what came back."""
    take(office, "FB0410", fb0410([one | {"applied_on": "20261102"} for one in (KEY, OTHER)]).getvalue())
    sent = office.send("fb0420", "--json").json["file"]
    take(office, "FB0421", fb0421(office.outbox / sent, errors).getvalue())


def test_what_an_audit_found_wrong_is_given_better_evidence(office: Office, desk: Desk) -> None:
    answered(office)
    refused(office.run("fix", "evidence", 1, desk / "again.der", "--kind", "2", "--trust", desk.trust), "FB-398")
    audited(office, {1: "7121"})
    told = office.run("fix", "--json").json
    assert told["commands"][0] == f"dongui fix evidence 1 FILE --kind KIND --trust DIR{office.named}"
    ran = office.run("fix", "evidence", 1, desk / "again.der", "--kind", "2")
    assert (ran.code, "FB-060" in ran.err) == (1, True)
    refused(office.run("fix", "evidence", 1, desk / "rsa.der", "--kind", "2", "--trust", desk.trust), "FB-399")
    refused(office.run("fix", "evidence", 1, desk / "ecdsa.der", "--kind", "2", "--trust", desk.trust), "FB-065")
    ran = office.run("fix", "evidence", 1, desk / "again.der", "--kind", "2", "--trust", desk.trust, lang="ko")
    assert (ran.code, ran.out.startswith("✔ 동의 1번의 동의자료를 보완하였습니다. ")) == (0, True)
    sent = office.outbox / office.send("fb0420", "--json").json["file"]
    assert (desk / "again.der").read_bytes() in sent.read_bytes()
    assert (office.run("fix").code, office.run("log", "verify").code) == (0, 0)
    assert "동의자료 보완" in office.run("consent", "show", 1, lang="ko").out


def test_what_the_bank_has_not_is_ended(office: Office) -> None:
    answered(office)
    office.run("cancel", 2)
    answered(office, {1: "2042"})
    told = office.run("fix", "--json", lang="ko").json
    assert (told["remedy"], told["commands"][1]) == ("cancel-void", f"dongui cancel 2 --gone{office.named}")
    assert office.run("cancel", "--gone", "--hold", 2).code == 2
    refused(office.run("cancel", "--gone", 1), "FB-210")
    assert (
        office.run("cancel", "--gone", 2, lang="ko").out
        == "✔ 금융회사에 해지할 등록이 없는 동의 1건을 종료하였습니다.\n"
    )
    assert "해지 대상 없음으로 종료" in office.run("log", "show", lang="ko").out
    assert (office.run("fix").code, office.run("log", "verify").code) == (0, 0)


def test_an_answer_that_is_not_the_drafted_one_is_told(office: Office) -> None:
    answered(office)
    take(office, "FB0211", asked(KEY, OTHER))
    office.run("cancel", 2)
    ran = office.send("fb0221", lang="ko")
    assert (ran.code, ran.err) == (
        0,
        "  ! 2번 레코드: 접수할 때 0000으로 정한 응답코드가 7311로 바뀌었습니다. [FB-301]\n",
    )


def test_a_ledger_and_what_it_lacks(office: Office) -> None:
    assert office.run("ledger").out == "No ledger was taken in yet.\n"
    answered(office)
    row = {**KEY, "service_kind": "3", "applied_on": "20261101", "effective_on": "20261101"}
    content = made("FB0933", [row, {**row, "account_number": "4711"}], process_date="20261108", bank_code="004")
    ran = take(office, "FB0933", content.getvalue())
    assert (ran.code, "Ledger and store differ: 1 only in the ledger, 1 only here. [FB-365]" in ran.out) == (1, True)
    told = office.run("ledger", "--json").json
    assert told["differences"] == {"FB-360": 1, "FB-363": 1}
    listed = office.run("ledger")
    assert (listed.code, listed.out.splitlines()[-1]) == (1, f"    → dongui ledger {told['file']}{office.named}")
    ran = office.run("ledger", told["file"], lang="ko")
    assert ran.code == 1
    assert ran.out.splitlines()[:2] == [
        f"  {KEY['institution_code']} 004  2번 레코드: 원장에는 있으나 보관소에 동의가 없습니다. [FB-360]",
        f"  {KEY['institution_code']} 004  동의 2번(정상 접수): 보관소에는 있으나 원장에 없습니다. [FB-363]",
    ]
    assert "등록되지 않았으면 dongui fix requeue로 다시 제출 대기로 등록하십시오. [FB-363]" in ran.out
    assert [one["consent"] for one in office.run("ledger", told["file"], "--json").lines] == [None, 2]
    assert office.run("fix", "requeue", 2).out == "✔ 1 queued for the next FB0110\n"
    shown = office.run("log", "show", lang="ko").out
    assert "원장 미등록으로 제출 대기 등록" in shown
    assert office.run("log", "verify").code == 0
    refused(office.run("ledger", "FB0120"), "FB-372")


def test_what_is_due(office: Office) -> None:
    sent = office.send("fb0110", "--json").json["file"]
    take(office, "FB0120", fb0120(office.outbox / sent).getvalue())
    take(office, "FB0211", asked(KEY))
    ran = office.run("due", "--at", "2026-11-05T17:00:00+09:00", lang="ko")
    assert ran.code == 0
    assert "FB0221 출금이체 변경 접수 결과 회신" in ran.out
    assert "dongui send fb0221 --store" in ran.out
    told = office.run("due", "--at", "2026-11-05T22:00:00+09:00", "--json")
    first = told.json["items"][0]
    assert (told.code, first["severity"], first["task"]) == (1, "late", "answer-changes")
    refused(office.run("due", "--at", "yesterday"), "SVC-003")
    refused(office.run("due", "--at", "0001-01-01T00:00:00+00:00"), "SVC-003")
