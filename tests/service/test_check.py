"""file check in full: what the institute will answer, and what it does not look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service import root
from tests.service.desk import INSTITUTION, RECORD, Desk, write_lines
from tests.service.running import ACCOUNT, Ran, called, nothing_changes, refused

PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)


def packed(desk: Desk, folder: Path, *changes: dict[str, Any]) -> Path:
    """An FB0110 of records that pass, however wrong their contents are."""
    records = write_lines(
        folder / "list.jsonl", [RECORD | {"evidence": str(desk / "rsa.der")} | one for one in changes]
    )
    date = ("--process-date", "2026-11-02")
    assert called("fb0110", records, "-o", folder / "FB0110", "--trust", desk.trust, *date).code == 0
    return folder / "FB0110"


def found(ran: Ran) -> list[tuple[int, str, str]]:
    return [
        (outcome["record"], finding["code"], finding["severity"])
        for outcome in ran.json["outcomes"]
        for finding in outcome["findings"]
    ]


def test_a_good_file_is_good_in_every_respect(desk: Desk, tmp_path: Path) -> None:
    ran = called("file", "check", packed(desk, tmp_path, {}), "--trust", desk.trust, "--json")
    assert ran.code == 0
    assert (ran.json["sound"], ran.json["by_code"], ran.json["findings"]) == (True, {"0000": 3}, {})


def test_a_record_with_another_account_than_its_form_is_found(desk: Desk, tmp_path: Path) -> None:
    file = packed(desk, tmp_path, {})
    raw = file.read_bytes()  # `fb0110` itself would refuse it
    changed = raw.replace(ACCOUNT.ljust(20).encode(), b"999".ljust(20), 1)
    file.write_bytes(changed)
    ran = called("file", "check", file, "--json")
    assert ran.code == 1
    assert (ran.json["rejected"], ran.json["sound"]) == (0, False)
    assert found(ran) == [(1, "FB-108", "fault")]
    (outcome,) = ran.json["outcomes"]
    assert "account_number" in outcome["findings"][0]["message"]
    assert outcome["response_code"] == "0000"
    assert ACCOUNT not in ran.out + called("file", "check", file).out


def test_ders_inside_are_judged_by_the_folder_that_vouches(desk: Desk, tmp_path: Path) -> None:
    file = packed(desk, tmp_path, {})
    raw = file.read_bytes()
    at = raw.rindex("신청일".encode(), 0, 6000) if "신청일".encode() in raw else 1024 + 400 + 900
    file.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
    assert "FB-061" not in {code for _, code, _ in found(called("file", "check", file, "--json"))}
    ran = called("file", "check", file, "--trust", desk.trust, "--json")
    assert ran.code == 1
    assert (1, "FB-061", "fault") in found(ran)


def test_renamed_pictures_are_found_and_unknown_ones_are_warned_of(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(PNG)
    (tmp_path / "b.mp3").write_bytes(b"\xff\xf3\x40\xc4" + bytes(99))
    file = packed(
        desk,
        tmp_path,
        {"evidence_kind": "1", "extension": "pdf", "evidence": "a.pdf"},
        {"evidence_kind": "4", "extension": "mp3", "evidence": "b.mp3", "payer_number": "B"},
    )
    ran = called("file", "check", file, "--json")
    assert (ran.code, ran.json["by_code"]) == (1, {"0000": 4})
    assert found(ran) == [(1, "FB-105", "fault"), (2, "FB-106", "warning")]
    korean = called("file", "check", file, lang="ko").out
    assert "통합기관이 점검하지 않는" in korean
    assert "png" in korean


def test_what_is_called_a_der_and_is_none_is_found_without_a_trust_folder(desk: Desk, tmp_path: Path) -> None:
    file = packed(desk, tmp_path, {})
    raw = bytearray(file.read_bytes())
    raw[1024 + 400] ^= 1
    file.write_bytes(raw)
    ran = called("file", "check", file, "--json")
    assert (ran.code, ran.json["rejected"]) == (1, 0)
    assert found(ran) == [(1, "FB-107", "fault")]


def test_repeats_are_found_within_the_file_and_against_a_list(desk: Desk, tmp_path: Path) -> None:
    file = packed(desk, tmp_path, {})
    identity = {key: RECORD[key] for key in ("institution_code", "payer_number", "bank_code", "account_number")}
    known = write_lines(tmp_path / "known.jsonl", [identity])
    assert called("file", "check", file, "--accepted", known, "--json").json["by_code"] == {"0000": 2, "7125": 1}
    cancelled = write_lines(tmp_path / "known.jsonl", [identity, identity | {"cancelled": True}])
    assert called("file", "check", file, "--accepted", cancelled).code == 0


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"institution_code": 1}', " " * 20_000])
def test_a_bad_list_is_refused(desk: Desk, tmp_path: Path, line: str) -> None:
    (tmp_path / "known.jsonl").write_text(line + "\n", encoding="utf-8")
    ran = called("file", "check", desk / "FB0410", "--accepted", tmp_path / "known.jsonl")
    assert ran.code == 2
    assert "known.jsonl" in ran.err


def test_an_answer_is_compared_with_what_was_asked(desk: Desk, tmp_path: Path) -> None:
    answer = tmp_path / "FB0420"
    assert called("fb0420", desk / "FB0410", "--records", desk / "records.jsonl", "-o", answer).code == 0
    ran = called("file", "check", answer, "--request", desk / "FB0410", "--json")
    assert ran.json["rejected"] == 0
    assert found(ran) == []
    one = write_lines(tmp_path / "records.jsonl", [RECORD | {"evidence": str(desk / "rsa.der")}])
    other = tmp_path / "asked"
    plan = scenario(tmp_path, consents=CONSENTS, business_number="1", FB0410=[{"consent": "one"}])
    assert called("institute", plan, "-o", other).code == 0
    assert called("fb0420", other / "FB0410", "--records", one, "-o", answer).code == 0
    assert called("file", "check", answer, "--request", desk / "FB0410", "--json").json["by_code"]["7126"] == 1
    assert called("institute", plan, answer, "-o", other, "--json").code == 0


def test_a_request_has_to_be_one(desk: Desk, tmp_path: Path) -> None:
    refused(called("file", "check", desk / "FB0410", "--request", packed(desk, tmp_path, {})), "FB-043")


def scenario(folder: Path, **parts: object) -> Path:
    path = folder / "scenario.json"
    path.write_text(json.dumps({"day": "2026-11-03"} | parts), encoding="utf-8")
    return path


CONSENTS = {
    "one": {
        "institution_code": INSTITUTION,
        "payer_number": "A-1029",
        "bank_code": "004",
        "account_number": ACCOUNT,
        "holder_id": "810203",
        "applied_on": "2026-11-02",
    }
}


def test_the_institute_answers_what_was_sent(desk: Desk, tmp_path: Path) -> None:
    file = packed(desk, tmp_path, {}, {"payer_number": "A-1030", "evidence": str(desk / "ecdsa.der")})
    plan = scenario(tmp_path, responses={"FB0120": {"A-1030": "7109"}})
    ran = called("institute", plan, file, "-o", tmp_path / "in", "--json")
    assert ran.code == 0
    (made,) = json.loads(ran.out)
    assert (made["code"], made["records"], made["by_code"]) == ("FB0120", 2, {"0000": 1, "7109": 1})
    assert called("file", "check", tmp_path / "in" / "FB0120").code == 0
    assert "예행연습용" in called("institute", plan, file, "-o", tmp_path / "in", lang="ko").err


def test_the_institute_makes_what_the_scenario_lists(tmp_path: Path) -> None:
    plan = scenario(
        tmp_path,
        institution_code=INSTITUTION,
        business_number="1234567890",
        consents=CONSENTS,
        FB0410=[{"consent": "one"}],
        FB0211=[{"consent": "one", "new_bank_code": "088", "new_account_number": "2"}],
        FB0320=[{"consent": "one", "cancel_type": "N"}],
        FB0620=[{"consent": "one", "failure_code": "81", "extra": "X1"}],
        FB0933=[{"consent": "one", "changed_on": "2026-11-03"}],
    )
    ran = called("institute", plan, "-o", tmp_path / "in")
    assert (ran.code, ran.out.count("✔")) == (0, 5)
    for code in ("FB0410", "FB0211", "FB0320", "FB0620", "FB0933"):
        assert called("file", "check", tmp_path / "in" / code).code == 0
    (failure,) = [line for line in called("file", "decode", tmp_path / "in" / "FB0620").lines if line["part"] == "data"]
    assert failure["fields"]["extra_id"] == "20261102X1"


def test_the_institute_takes_what_was_sent_from_a_pipe(desk: Desk, tmp_path: Path) -> None:
    file, plan = packed(desk, tmp_path, {}), scenario(tmp_path)
    ran = called("institute", plan, "-", "-o", tmp_path / "piped", "--json", stdin=file.read_bytes())
    assert (ran.code, [made["code"] for made in json.loads(ran.out)]) == (0, ["FB0120"])
    assert called("institute", plan, file, "-o", tmp_path / "read").code == 0
    assert (tmp_path / "piped" / "FB0120").read_bytes() == (tmp_path / "read" / "FB0120").read_bytes()


@pytest.mark.parametrize("words", [("-", "-"), ("scenario.json",), ("nowhere",)])
def test_the_institute_writes_nothing_when_what_was_sent_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    scenario(tmp_path, consents=CONSENTS, business_number="1", FB0410=[{"consent": "one"}])
    with nothing_changes(tmp_path):
        assert called("institute", "scenario.json", *words, "-o", "in").code == 2


def test_a_folder_that_cannot_be_made_is_named(desk: Desk, tmp_path: Path) -> None:
    file, plan = packed(desk, tmp_path, {}), scenario(tmp_path)
    (tmp_path / "x").mkdir()
    listing = scenario(tmp_path / "x", consents=CONSENTS, business_number="1", FB0410=[{"consent": "one"}])
    for folder in (file, file / "below"):
        refused(called("institute", plan, file, "-o", folder), "FB-044")
        refused(called("institute", listing, "-o", folder), "FB-044")


def test_nothing_that_is_read_is_written_over(desk: Desk, tmp_path: Path) -> None:
    file = packed(desk, tmp_path, {})
    plan = scenario(tmp_path)
    refused(called("institute", plan, file, file, "-o", tmp_path), "SVC-011")
    refused(called("institute", plan, desk / "FB0410", "-o", tmp_path), "FB-043")


def test_the_commands_page_says_that_it_is_a_rehearsal() -> None:
    assert root.COMMANDS["institute"].startswith("REHEARSAL")
