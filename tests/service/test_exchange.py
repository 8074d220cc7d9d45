"""`dongui send` and `take-in`: an operator's days with the store."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from unittest.mock import patch

import pytest

from tests.evidence.lifecycle.institute import fb0120, fb0410, fb0421
from tests.evidence.lifecycle.people import NOW
from tests.service.desk import RECORD, Desk, write_lines
from tests.service.running import ACCOUNT, HOLDER_ID, Ran, called, nothing_changes, refused


class Office:
    """A store with two consents queued, an outbox and an inbox."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.folder, self.outbox, self.now = folder, folder / "outbox", NOW  # which is when `send` is called
        self.outbox.mkdir()
        self.options = ("--store", folder / "s.db", "--keys", folder / "keys.json")
        self.named = "".join(f" {quote(str(word))}" for word in self.options)  # as commands to be run next have it
        assert called("store", "init", *self.options).code == 0
        of_desk = RECORD | {"evidence": str(desk / "rsa.der")}
        other = RECORD | {"payer_number": "A-1030", "evidence": str(desk / "ecdsa.der")}
        records = write_lines(folder / "records.jsonl", [of_desk, other])
        assert called("store", "add", records, *self.options, "--trust", desk.trust).code == 0

    def run(self, *words: object, lang: str = "en") -> Ran:
        with patch("service.commands.send.clock", lambda: self.now):
            return called(*words, *self.options, lang=lang)

    def send(self, code: str = "fb0110", *more: object, lang: str = "en") -> Ran:
        day = ("--process-date", "2026-11-02")
        return self.run("send", code, "--outbox", self.outbox, *day, *more, lang=lang)

    def received(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Office:
    return Office(desk, tmp_path)


def test_what_is_queued_goes_out_and_comes_back(office: Office) -> None:
    ran = office.send()
    assert ran.code == 0
    assert ran.out.startswith("✔ FB0110_20261102_000001: 2 records, ")
    sent = office.outbox / "FB0110_20261102_000001"
    assert called("file", "check", sent, "--json").json["by_code"] == {"0000": 4}
    assert office.send().out == "Nothing is waiting to be sent.\n"
    answer = office.received("FB0120", fb0120(sent, {2: "7109"}).getvalue())
    ran = office.run("take-in", answer)
    assert (ran.code, ran.out) == (1, f"✘ {answer}: FB0120, 1 records\n    accepted (format only) 1\n    rejected 1\n")
    again = office.run("take-in", answer)
    assert (again.code, again.out) == (0, f"✔ {answer}: FB0120, 1 records; taken in before, nothing changed\n")


def test_a_backup_that_was_put_back_sends_nothing_over_what_was_handed_in(office: Office) -> None:
    copy = (office.folder / "s.db").read_bytes()
    office.send()
    (office.folder / "s.db").write_bytes(copy)
    for gone in ("s.db-wal", "s.db-shm"):
        (office.folder / gone).unlink(missing_ok=True)
    with nothing_changes(office.outbox):
        refused(office.send(), "FB-389")
        refused(office.send("fb0910"), "FB-389")
    assert office.run("store", "show", "--json").json["consents"] == {"queued": 2}
    for file in office.outbox.iterdir():
        file.rename(office.folder / file.name)
    assert office.send().out.startswith("✔ FB0110_20261102_000001: 2 records, ")


def test_all_of_it_as_json(office: Office) -> None:
    sent = office.send("fb0110", "--json").json
    manifest = json.loads((office.outbox / f"{sent['file']}.manifest.json").read_text())
    assert {name: manifest[name] for name in ("file", "code", "records", "bytes", "sha256")} == {
        name: sent[name] for name in ("file", "code", "records", "bytes", "sha256")
    }
    answer = office.received("FB0120", fb0120(office.outbox / sent["file"]).getvalue())
    taken = office.run("take-in", answer, "--json").json
    assert taken == {
        "file": str(answer),
        "code": "FB0120",
        "number": 2,
        "records": 0,
        "already": False,
        "events": {"accepted": 2},
        "remarks": [],
    }


def test_consents_applied_for_after_the_process_date_are_remarked(office: Office) -> None:
    ran = office.run("send", "fb0110", "--outbox", office.outbox, "--process-date", "2026-10-30", lang="ko")
    assert (ran.code, ran.out.startswith("✔ FB0110_20261030_000001: 2건")) == (0, True)
    assert ran.err == "  ! 신청 일자가 처리기준일자보다 늦은 건이 2건 있습니다(첫 레코드 1). [FB-083]\n"


def test_programs_are_told_of_consents_applied_for_too_late(office: Office) -> None:
    day = ("--process-date", "2026-10-30", "--json")
    (told,) = office.run("send", "fb0110", "--outbox", office.outbox, *day).json["notices"]
    assert told["code"] == "FB-083"


def test_a_partly_exempt_institution_sends_a_list_for_its_r00(office: Office) -> None:
    code = RECORD["institution_code"]
    assert office.run("store", "institution", "--partly-exempt", code, "--json").json["partly_exempt"] == [code]
    assert "dongui send r00" in office.run("due", "--at", "2026-11-03T09:00+09:00").out
    assert office.send().out == "Nothing is waiting to be sent.\n"
    assert office.send("r00").out.startswith("✔ R00_20261102_000001: 2 records, ")
    lines = (office.outbox / "R00_20261102_000001").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["payer_number"] for line in lines] == ["A-1029", "A-1030"]
    shown = office.run("store", "institution", lang="ko").out
    assert f"  일부면제기관(send r00으로 송신): {code}\n" in shown
    assert office.run("store", "institution", "--submitting", code, "--json").json["partly_exempt"] == []
    refused(office.run("store", "institution", "--partly-exempt", "x" * 21), "FB-010")


def test_an_audit_from_request_to_result(office: Office) -> None:
    office.send()
    asked = {name: str(RECORD[name]) for name in ("institution_code", "bank_code", "payer_number", "account_number")}
    unknown = asked | {"payer_number": "A-9999"}
    rows: list[Mapping[str, str]] = [one | {"applied_on": "20261102"} for one in (asked, unknown)]
    request = office.received("FB0410", fb0410(rows).getvalue())
    assert office.run("take-in", request).code == 0
    refused(office.send("fb0420"), "FB-230")
    other = office.received("other", fb0410([asked | {"applied_on": "20261102"}], day="20261110").getvalue())
    assert office.run("take-in", other).code == 0
    ran = office.send("fb0420", lang="ko")  # what can be answered is
    assert (ran.code, ran.out.startswith("✔ FB0420_20261110_000004: 1건")) == (1, True)
    assert "오류 FB-230: " in ran.err and "보낼 것이 없습니다" not in ran.out
    ran = office.send("fb0420", "--allow-missing")
    assert ran.out.startswith("✔ FB0420_20261109_000005: 2 records")
    result = office.received("FB0421", fb0421(office.outbox / "FB0420_20261109_000005", {1: "7121"}).getvalue())
    ran = office.run("take-in", result)
    assert ran.code == 1
    assert "Record 1 was found wrong: the whole answer to the audit has to be sent again. [FB-231]" in ran.out
    again = "FB0420_20261109_000007"
    assert again in office.send("fb0420", "--allow-missing").out
    result = office.received("again", fb0421(office.outbox / again, sound="N").getvalue())
    ran = office.run("take-in", result, lang="ko")
    assert (ran.code, ran.out.startswith("✘ ")) == (1, True)
    assert "(파일 정상 여부 'N', 보낸 2건 중 2건 회신)" in ran.out and "[FB-233]" in ran.out
    told = [one for one in office.run("fix", "--json").lines if one["kind"] == "audit"]
    assert [(one["code"], one["record"], one["name"]) for one in told] == [("FB-233", 0, str(result))]
    assert f"  {request}에 대한 회신 파일  FB-233 사후점검 회신 파일 전체가" in office.run("fix", lang="ko").out


def test_one_audit_is_answered_and_another_closed(office: Office) -> None:
    asked = {name: str(RECORD[name]) for name in ("institution_code", "bank_code", "payer_number", "account_number")}
    requests = [
        office.received(name, fb0410([asked | {"applied_on": "20261102"}], day=day).getvalue())
        for name, day in (("one", "20261109"), ("other", "20261110"))
    ]
    assert office.run("take-in", *requests).code == 0
    assert office.send("fb0110", "--only", requests[0]).code == 2
    refused(office.send("fb0420", "--only", "no-such-file"), "FB-372")
    assert office.send("fb0420", "--only", requests[1], "--json").json["file"].startswith("FB0420_20261110_")
    refused(office.send("fb0420", "--only", requests[1]), "FB-400")
    late = ("due", "--at", "2026-12-20T12:00:00+09:00")
    assert str(requests[0]) in office.run(*late).out
    ran = office.run("fix", "close", requests[0], lang="ko")
    assert ran.out.endswith("의 처리를 종료하였습니다. 이 요청에는 더 이상 FB0420으로 회신하지 않습니다.\n")
    refused(office.run("fix", "close", requests[0]), "FB-400")
    assert str(requests[0]) not in office.run(*late).out
    assert office.send("fb0420").out == "Nothing is waiting to be sent.\n"
    assert "파일 처리 종료(다른 경로로 회신)" in office.run("log", "show", lang="ko").out
    assert office.run("log", "verify", "--manifests", office.outbox).code == 0


def test_a_file_that_does_not_agree_changes_nothing_and_the_next_is_taken(office: Office) -> None:
    office.send()
    sent = office.outbox / "FB0110_20261102_000001"
    wrong = office.received("wrong", fb0120(sent, process_date="20261103").getvalue())
    right = office.received("right", fb0120(sent).getvalue())
    ran = office.run("take-in", wrong, right, "--json")
    assert ran.code == 2
    first, second = (json.loads(line) for line in ran.out.splitlines())
    assert (first["file"], first["refused"]["code"]) == (str(wrong), "FB-221")
    assert second["events"] == {"accepted": 2}
    assert f"{wrong}: " in ran.err


def test_a_file_from_a_pipe(office: Office) -> None:
    office.send()
    content = fb0120(office.outbox / "FB0110_20261102_000001").getvalue()
    ran = called("take-in", "-", *office.options, lang="en", stdin=content)
    assert (ran.code, ran.out) == (0, "✔ -: FB0120, 0 records\n    accepted (format only) 2\n")


def test_a_file_from_a_pipe_that_has_a_name(office: Office) -> None:
    """As `<(gpg --decrypt FB0120.gpg)`."""
    office.send()
    office.received("FB0120", fb0120(office.outbox / "FB0110_20261102_000001").getvalue())
    os.mkfifo(office.folder / "pipe")
    with subprocess.Popen(["/bin/sh", "-c", "cat FB0120 >pipe"], cwd=office.folder):
        ran = office.run("take-in", office.folder / "pipe", "--json")
    assert (ran.code, ran.json["events"]) == (0, {"accepted": 2})


def test_an_outbox_that_is_not_there(office: Office) -> None:
    refused(office.run("send", "fb0110", "--outbox", office.folder / "no", "--process-date", "2026-11-02"), "FB-044")
    ran = office.send(lang="ko")
    assert ran.out.startswith("✔ FB0110_20261102_000001: 2건")
    assert ran.out.endswith(" (이전 실행에서 시작한 파일)\n")


def test_without_a_date_it_is_a_business_day(office: Office) -> None:
    office.now = datetime(2026, 11, 7, 3, tzinfo=UTC)  # a Saturday
    ran = office.run("send", "FB0110", "--outbox", office.outbox, "--json")
    assert (ran.json["file"], ran.err) == ("FB0110_20261109_000001", "")


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-05T13:59:59+09:00", "20261105"),
        ("2026-11-05T14:00:00+09:00", "20261106"),
        ("2026-11-06T14:00:00+09:00", "20261109"),
    ],
)
def test_ledgers_are_asked_for_on_a_day_on_which_it_can_be_done_still(office: Office, now: str, day: str) -> None:
    sent = office.send("fb0110", "--json").json["file"]
    office.run("take-in", office.received("FB0120", fb0120(office.outbox / sent).getvalue()))
    office.now = datetime.fromisoformat(now)
    ran = office.run("send", "fb0910", "--outbox", office.outbox, "--json")
    assert ran.json["file"].startswith(f"FB0910_{day}_")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-03", ""),
        ("2026-11-07", "! The process date 2026-11-07 is no business day of banks. [FB-302]\n"),
        ("2026-12-02", ""),
        ("2026-12-03", "! The process date 2026-12-03 is 31 days from today. [FB-303]\n"),
        ("2025-11-03", "! The process date 2025-11-03 is 364 days from today. [FB-303]\n"),
    ],
)
def test_a_process_date_that_may_be_a_slip_is_remarked_and_taken(office: Office, day: str, said: str) -> None:
    ran = office.run("send", "fb0110", "--outbox", office.outbox, "--process-date", day)
    assert (ran.code, ran.out.startswith("✔ FB0110_")) == (0, True)
    assert ran.err.startswith(said) and ("FB-30" in ran.err) == bool(said)


def test_ledgers_that_cannot_be_asked_for_on_that_day_any_more_are_remarked(office: Office) -> None:
    sent = office.send("fb0110", "--json").json["file"]
    office.run("take-in", office.received("FB0120", fb0120(office.outbox / sent).getvalue()))
    office.now = datetime.fromisoformat("2026-11-05T14:00:00+09:00")
    words = ("send", "fb0910", "--outbox", office.outbox, "--process-date", "2026-11-05")
    ran = office.run(*words)
    assert (ran.code, ran.out.startswith("✔ FB0910_20261105_")) == (0, True)
    assert (
        ran.err == "! An FB0910 for 2026-11-05 had to be sent by 14:00 of that day: now 2026-11-06 can be. [FB-402]\n"
    )
    office.now = datetime.fromisoformat("2026-11-05T13:59:00+09:00")
    assert office.run(*words).err == ""


def test_nothing_personal_is_said(office: Office) -> None:
    office.send()
    said = [office.send().out, office.run("consent", "show", "1").out, office.run("log", "show").out]
    manifest = (office.outbox / "FB0110_20261102_000001.manifest.json").read_text()
    for text in (*said, manifest):
        assert ACCOUNT not in text
        assert HOLDER_ID not in text
        assert "A-1029" not in text


def test_other_files_are_refused(office: Office, desk: Desk) -> None:
    office.send()
    with nothing_changes(office.outbox):
        refused(office.run("take-in", office.outbox / "FB0110_20261102_000001"), "FB-220")
        refused(office.run("take-in", desk / "rsa.der"), "FB-031")
        missing = office.run("take-in", office.folder / "no")
        refused(missing, "SVC-001")
        assert missing.err.count(str(office.folder / "no")) == 1
