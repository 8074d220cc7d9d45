"""fb0110, fb0420 and file: evidence packed, answered, checked, and taken apart and put together again."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certs.demo_certificates import crl
from evidence.layouts import LAYOUTS
from tests.service.desk import CONSENT, RECORD, Desk, write_lines
from tests.service.running import Ran, called, nothing_changes, refused

DATES = ("--process-date", "2026-11-02")
BLOCK = 1024


def packed(desk: Desk, records: object, out: object, *options: object) -> Ran:
    return called("fb0110", records, "-o", out, "--trust", desk.trust, *DATES, *options)


def answered(desk: Desk, request: object, out: object, *options: object, records: object = None) -> Ran:
    return called("fb0420", request, "--records", records or desk / "records.jsonl", "-o", out, *options)


def comes_back(file: Path, folder: Path) -> bool:
    assert called("file", "decode", file, "-o", folder / "lines").code == 0
    assert called("file", "encode", folder / "lines", "-o", folder / "again").code == 0
    from_pipe = called("file", "encode", "-", stdin=called("file", "decode", "-", stdin=file.read_bytes()).stdout)
    return (folder / "again").read_bytes() == from_pipe.stdout == file.read_bytes()


def test_the_whole_way_of_a_consent(desk: Desk, tmp_path: Path) -> None:
    """Rendered, signed, judged, packed, taken apart and put together, asked for and handed in."""
    text, der, fb0110, fb0420 = (tmp_path / name for name in ("text", "one.der", "FB0110", "FB0420"))
    assert called("render", desk / "consent.json", "--charset", "euc-kr", "-o", text).code == 0
    charsets = ("--text-charset", "euc-kr", "--charset", "euc-kr")
    assert called("sign", text, "--key", desk.key("ecdsa"), *desk.password, *charsets, "-o", der).code == 0
    assert called("verify", der, "--trust", desk.trust).code == 0
    records = write_lines(tmp_path / "records.jsonl", [RECORD | {"evidence": "one.der"}])
    made = packed(desk, records, fb0110, "--json").json
    assert (made["records"], made["registrations"], made["cancellations"]) == (1, 1, 0)
    assert made["sha256"] == hashlib.sha256(fb0110.read_bytes()).hexdigest()
    assert made["bytes"] == fb0110.stat().st_size
    assert called("file", "check", fb0110, "--json").json["by_code"] == {"0000": 3}
    assert comes_back(fb0110, tmp_path)
    answer = answered(desk, desk / "FB0410", fb0420, "--trust", desk.trust, "--json", records=records).json
    assert (answer["found"], answer["missing"]) == (1, [2, 3])
    assert comes_back(fb0420, tmp_path)
    data = [line for line in called("file", "decode", fb0420).lines if line["part"] == "data"]
    assert [line["fields"]["evidence_present"] for line in data] == ["Y", "N", "N"]
    assert der.read_bytes() in fb0420.read_bytes()


def test_what_was_made_is_told_to_a_person(desk: Desk, tmp_path: Path) -> None:
    ran = packed(desk, desk / "records.jsonl", tmp_path / "FB0110")
    assert ran.code == 0
    assert "2 registrations" in ran.out
    korean = called("fb0420", desk / "FB0410", "--records", desk / "records.jsonl", "-o", tmp_path / "B", lang="ko")
    assert "보유 2건, 미보유 1건" in korean.out
    assert "FB-081" in korean.err


def test_files_go_to_standard_output_and_what_is_said_does_not(desk: Desk) -> None:
    ran = packed(desk, desk / "records.jsonl", "-", "--json")
    assert ran.stdout.startswith(b"HFB0110")
    assert json.loads(ran.err)["records"] == 2
    answer = called(
        *("fb0420", "-", "--records", desk / "records.jsonl", "-o", "-"), stdin=(desk / "FB0410").read_bytes()
    )
    assert answer.stdout.startswith(b"HFB0420")
    assert called("file", "check", "-", "--json", stdin=answer.stdout).json["rejected"] == 0


def test_a_list_comes_from_standard_input_and_its_paths_from_here(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.folder)
    arguments = ("fb0110", "-", "-o", tmp_path / "FB0110", "--trust", desk.trust, *DATES)
    assert called(*arguments, stdin=(desk / "records.jsonl").read_bytes()).code == 0
    named_like_stdin = (json.dumps(RECORD | {"evidence": "-"}) + "\n").encode()
    refused(called(*arguments, stdin=named_like_stdin), "SVC-001")
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["/bin/sh", "-c", 'cat records.jsonl >"$1"', "sh", tmp_path / "pipe"]):
        assert called("fb0110", tmp_path / "pipe", *arguments[2:]).code == 0


def cancelled() -> dict[str, Any]:
    return {key: value for key, value in RECORD.items() if key not in {"extension", "evidence"}} | {"cancelled": True}


def test_a_cancellation_carries_no_evidence(desk: Desk, tmp_path: Path) -> None:
    records = write_lines(tmp_path / "records.jsonl", [cancelled()])
    made = packed(desk, records, tmp_path / "FB0110", "--json").json
    assert (made["registrations"], made["cancellations"], made["bytes"]) == (0, 1, 3 * BLOCK)


def test_layouts_name_every_field(desk: Desk) -> None:
    rows: list[dict[str, Any]] = json.loads(called("file", "layouts", "--json").out)
    assert {"file", "part", "no", "name", "ko", "mode", "width", "const"} == rows[0].keys()
    assert {row["file"] for row in rows} == set(LAYOUTS)
    text = called("file", "layouts").out
    assert "FB0110 data" in text
    assert "납부자 번호" in text


@pytest.mark.parametrize("payer", ["revoked"])
def test_evidence_that_does_not_pass_refuses_the_whole_file(desk: Desk, tmp_path: Path, payer: str) -> None:
    der = desk / f"{payer}.der"
    records = write_lines(tmp_path / "records.jsonl", [RECORD | {"evidence": str(der)}])
    (tmp_path / "FB0110").write_bytes(b"of yesterday")
    with nothing_changes(tmp_path):
        refused(packed(desk, records, tmp_path / "FB0110"), "FB-061", exit_code=1)
        judging = ("--trust", desk.trust, "--at", "now")
        refused(answered(desk, desk / "FB0410", tmp_path / "FB0420", *judging, records=records), "FB-061", exit_code=1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"payer_number": "1" * 31}, "FB-010"),
        ({"payer_number": "가나다"}, "FB-012"),
        ({"payer_number": "\ud800"}, "FB-012"),
        ({"bank_code": "4"}, "FB-022"),
        ({"holder_id_type": "9"}, "FB-016"),
        ({"bank_code": 4}, "SVC-015"),
        ({"applied_on": "2026-13-01"}, "SVC-015"),
        ({"applied_on": None}, "SVC-015"),
        ({"received_at": "2026-11-02"}, "SVC-015"),
        ({"received_at": 20261102}, "SVC-015"),
        ({"received_at": "0150-01-01T00:00:00Z"}, "SVC-015"),
        ({"received_at": "2200-01-01T00:00:00Z"}, "SVC-015"),
        ({"acount_number": "1"}, "SVC-014"),
        ({"cancelled": True}, "SVC-014"),
        ({"cancelled": "no"}, "SVC-015"),
        ({"evidence": "nowhere.der"}, "SVC-001"),
        ({"evidence": "trust"}, "SVC-001"),
        ({"evidence": "\ud800"}, "SVC-001"),
        ({"evidence": "x" * 1000}, "SVC-001"),
        ({"evidence": "a\0b"}, "SVC-015"),
        ({"evidence": "consent.txt"}, "FB-061"),
    ],
)
def test_a_record_that_cannot_be_right_refuses_the_whole_file(
    desk: Desk, tmp_path: Path, change: dict[str, object], code: str
) -> None:
    record = RECORD | {"evidence": str(desk / "rsa.der")} | change
    if change.get("evidence") in {"trust", "consent.txt"}:
        record["evidence"] = str(desk / str(change["evidence"]))
    first = RECORD | {"evidence": str(desk / "ecdsa.der"), "payer_number": "A-1030"}
    records = write_lines(tmp_path / "records.jsonl", [first, record])
    (tmp_path / "FB0110").write_bytes(b"of yesterday")
    with nothing_changes(tmp_path):
        ran = packed(desk, records, tmp_path / "FB0110")
    refused(ran, code, exit_code=1 if code == "FB-061" else 2)
    assert code == "SVC-001" or (str(records) in ran.err and re.search(r"[Ll]ine 2\b", ran.err))
    assert "byte " not in ran.err


@pytest.mark.parametrize("line", [b"{", b"[]", b"\xff", b"[" * 10_000, b'{"a":1,"a":1}', b" " * 20_000 + b"{}", b"1"])
def test_a_line_that_is_no_record_is_refused(desk: Desk, tmp_path: Path, line: bytes) -> None:
    (tmp_path / "records.jsonl").write_bytes(b"\n" + line + b"\n")
    with nothing_changes(tmp_path):
        refused(packed(desk, tmp_path / "records.jsonl", tmp_path / "FB0110"), "SVC-006")


def test_two_records_of_one_consent_leave_no_answer(desk: Desk, tmp_path: Path) -> None:
    record = RECORD | {"evidence": str(desk / "rsa.der")}
    records = write_lines(tmp_path / "records.jsonl", [record, record])
    with nothing_changes(tmp_path):
        refused(answered(desk, desk / "FB0410", tmp_path / "FB0420", records=records), "SVC-007")
        refused(packed(desk, records, tmp_path / "FB0110"), "SVC-007")


def test_a_consent_may_be_registered_and_cancelled_in_one_list(desk: Desk, tmp_path: Path) -> None:
    record = RECORD | {"evidence": str(desk / "rsa.der")}
    records = write_lines(tmp_path / "records.jsonl", [cancelled(), record])
    assert packed(desk, records, tmp_path / "FB0110").code == 0


def test_a_line_that_lacks_a_key_says_which(desk: Desk, tmp_path: Path) -> None:
    records = write_lines(tmp_path / "records.jsonl", [{k: v for k, v in RECORD.items() if k != "applied_on"}])
    ran = packed(desk, records, tmp_path / "FB0110")
    refused(ran, "SVC-014")
    assert "applied_on" in ran.err


def test_an_empty_list_is_remarked(desk: Desk, tmp_path: Path) -> None:
    records = write_lines(tmp_path / "records.jsonl", [])
    ran = packed(desk, records, tmp_path / "FB0110")
    assert (ran.code, "FB-082" in ran.err) == (0, True)


@pytest.mark.parametrize(("day", "remarked"), [("2026-11-01", True), ("20261102", False)])
def test_a_consent_applied_for_after_the_process_date_is_remarked(
    desk: Desk, tmp_path: Path, day: str, remarked: bool
) -> None:
    ran = called(
        *("fb0110", desk / "records.jsonl", "-o", tmp_path / "FB0110", "--trust", desk.trust, "--process-date", day)
    )
    assert (ran.code, "FB-083" in ran.err) == (0, remarked)


def test_evidence_that_did_not_pass_says_why_in_words(desk: Desk, tmp_path: Path) -> None:
    records = write_lines(tmp_path / "records.jsonl", [RECORD | {"evidence": str(desk / "revoked.der")}])
    words = ("fb0110", records, "-o", tmp_path / "FB0110", "--trust", desk.trust, *DATES)
    ran = called(*words, lang="ko")
    refused(ran, "FB-061", exit_code=1)
    for part in ("레코드 D1(1번째 줄)", "부적합(TOTAL_FAILED)", "폐지되었습니다", "PKI-121"):
        assert part in ran.err


def test_what_is_written_to_a_file_is_told_in_one_line(desk: Desk, tmp_path: Path) -> None:
    for words in (("decode", desk / "FB0410"), ("encode", tmp_path / "decode")):
        ran = called("file", *words, "-o", tmp_path / words[0])
        assert (ran.out.count("\n"), ran.out.startswith(f"✔ {tmp_path / words[0]}: "), ran.err) == (1, True, "")


@pytest.fixture
def fb0110(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    out = tmp_path_factory.mktemp("made") / "FB0110"
    assert packed(desk, desk / "records.jsonl", out).code == 0
    return out.read_bytes()


def damages(raw: bytes) -> dict[str, tuple[bytes, str]]:
    """FB0110 with one thing wrong, and the code of what is wrong."""
    data = LAYOUTS["FB0110"].data
    account, filler = (BLOCK + data.offsets[name] for name in ("account_number", "filler_1"))
    return {
        "empty": (b"", "FB-030"),
        "zeros": (bytes(len(raw)), "FB-031"),
        "a DER": (raw[BLOCK + data.total :], "FB-031"),
        "a file without layout": (b"HFB0920" + raw[7:], "FB-032"),
        "trailer count": (raw[: -BLOCK + 7] + b"0000000009" + raw[-BLOCK + 17 :], "FB-037"),
        "cut in a record": (raw[: BLOCK + 500], "FB-034"),
        "cut in the header": (raw[:500], "FB-034"),
        "without trailer": (raw[:-BLOCK], "FB-039"),
        "something behind": (raw + b"\n", "FB-038"),
        "Hangul in AN": (raw[:account] + "가나".encode("euc-kr") + raw[account + 4 :], "FB-012"),
        "no sequence": (raw[: BLOCK + 1] + b"0000000002" + raw[BLOCK + 11 :], "FB-036"),
        "filler used": (raw[:filler] + b"x" + raw[filler + 1 :], "FB-015"),
    }


DAMAGES = (
    *("empty", "zeros", "a DER", "a file without layout", "trailer count", "cut in a record", "cut in the header"),
    *("without trailer", "something behind", "Hangul in AN", "no sequence", "filler used"),
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused_with_its_code(fb0110: bytes, tmp_path: Path, damage: str) -> None:
    raw, code = damages(fb0110)[damage]
    (tmp_path / "FB0110").write_bytes(raw)
    with nothing_changes(tmp_path):
        refused(called("file", "decode", tmp_path / "FB0110", "-o", tmp_path / "lines"), code)
        checked = called("file", "check", tmp_path / "FB0110", "--json")
    assert checked.code == 1
    assert not checked.json["sound"]
    faults = [fault for outcome in checked.json["outcomes"] for fault in outcome["faults"]]
    assert code in {fault["code"] for fault in faults}
    assert all(fault["message"] and fault["remedy"] for fault in faults)
    person = called("file", "check", tmp_path / "FB0110", lang="ko")
    assert (person.code, person.out[0]) == (1, "✘")
    assert f"[{code}]" in person.out
    assert "?:" not in person.out
    assert ("Header부와 Trailer부를 포함" in person.out) == (checked.json["file"] is not None)
    assert not [secret for secret in (CONSENT["account_number"], CONSENT["holder_id"]) if secret in person.out]


def test_an_audit_request_that_is_another_file_is_refused(desk: Desk, fb0110: bytes, tmp_path: Path) -> None:
    ran = called(*("fb0420", "-", "--records", desk / "records.jsonl", "-o", tmp_path / "FB0420"), stdin=fb0110)
    refused(ran, "FB-043")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "change", "code"),
    [
        (0, {"part": "data"}, "FB-072"),
        (1, {"evidence": "%"}, "FB-073"),
        (1, {"sequence": 7}, "FB-071"),
        (1, {"part": "header"}, "FB-071"),
        (1, {"more": 1}, "FB-071"),
        (3, {"part": "trailer", "fields": {"total": "0000000009"}}, "FB-037"),
    ],
)
def test_lines_that_make_no_file_are_refused(
    fb0110: bytes, tmp_path: Path, line: int, change: dict[str, object], code: str
) -> None:
    lines = called("file", "decode", "-", stdin=fb0110).lines
    lines[line] = lines[line] | change
    write_lines(tmp_path / "lines", lines)
    with nothing_changes(tmp_path):
        refused(called("file", "encode", tmp_path / "lines", "-o", tmp_path / "FB0110"), code)


@pytest.mark.parametrize(
    ("field", "text", "code"), [("account_number", "1" * 21, "FB-010"), ("account_number", "가", "FB-012")]
)
def test_a_field_that_does_not_fit_is_refused_and_not_shown(
    fb0110: bytes, tmp_path: Path, field: str, text: str, code: str
) -> None:
    lines = called("file", "decode", "-", stdin=fb0110).lines
    lines[1]["fields"][field] = text
    write_lines(tmp_path / "lines", lines)
    ran = called("file", "encode", tmp_path / "lines", "-o", tmp_path / "FB0110")
    refused(ran, code)
    assert text not in ran.err


@pytest.mark.parametrize("lines", [b"", b"\n\n", b"x", b"\xff\n", b"0" * 5000, b"[" * 100_000])
def test_what_are_no_lines_is_refused(tmp_path: Path, lines: bytes) -> None:
    ran = called("file", "encode", "-", "-o", tmp_path / "FB0110", stdin=lines)
    assert ran.code == 2
    assert "error FB-07" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("file", "decode"), ("file", "check"), ("file", "encode")])
def test_a_hundred_megabytes_of_zeros_are_refused(tmp_path: Path, command: tuple[str, str]) -> None:
    with (tmp_path / "zeros").open("wb") as stream:
        stream.truncate(100_000_000)
    ran = called(*command, tmp_path / "zeros")
    assert ran.code == (1 if "check" in command else 2)


def test_evidence_whose_certificate_was_revoked_since_needs_the_record_of_its_receipt(
    desk: Desk, tmp_path: Path
) -> None:
    """An audit comes years later; what the signer wrote does not prove that he signed before the revocation."""
    trust = tmp_path / "trust"
    shutil.copytree(desk.trust, trust)
    authority = desk.pki.intermediates[0].key_pair
    serial = desk.pki.payers["rsa"].certificate.serial_number
    revoked_at = desk.pki.at + timedelta(days=2)  # the demo's lists date revocations a week back
    (trust / "crls" / "newer.crl").write_bytes(crl(authority, [serial], revoked_at + timedelta(days=7), 30))
    (tmp_path / "one.der").write_bytes((desk / "rsa.der").read_bytes())
    record = RECORD | {"evidence": "one.der"}
    for more, code in (
        ({}, 1),
        ({"received_at": (desk.pki.at + timedelta(hours=1)).isoformat()}, 0),
        ({"received_at": (desk.pki.at + timedelta(days=3)).isoformat()}, 1),
    ):
        records = write_lines(tmp_path / "records.jsonl", [record | more])
        ran = answered(desk, desk / "FB0410", tmp_path / "FB0420", "--trust", trust, records=records)
        assert ran.code == code, more
        assert code == 0 or "FB-061" in ran.err


def test_a_cancellation_has_no_receipt(desk: Desk, tmp_path: Path) -> None:
    texts = {k: v for k, v in RECORD.items() if k not in {"evidence", "extension"}}
    line = texts | {"cancelled": True, "received_at": "2026-11-02T09:00:00+09:00"}
    refused(packed(desk, write_lines(tmp_path / "records.jsonl", [line]), tmp_path / "FB0110"), "SVC-014")
