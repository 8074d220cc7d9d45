"""`dongui store`, `consent` and `log`: a store from its making to what is told of it."""

from __future__ import annotations

import errno
import json
import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import create_engine, text

from tests.service.desk import RECORD, Desk, write_lines
from tests.service.running import ACCOUNT, HOLDER_ID, Ran, called, nothing_changes, refused


class Kept(NamedTuple):
    """A store, and how commands are told of it."""

    folder: Path
    desk: Desk

    @property
    def options(self) -> tuple[object, ...]:
        return ("--store", self.folder / "s.db", "--keys", self.folder / "keys.json", "--files", self.folder / "ev")

    def run(self, *words: object, lang: str = "en") -> Ran:
        return called(*words, *self.options, lang=lang)

    def add(self, *records: dict[str, Any], more: tuple[object, ...] = ()) -> Ran:
        lines = write_lines(self.desk.folder.parent / f"{self.folder.name}.jsonl", [self.of_desk(r) for r in records])
        return self.run("store", "add", lines, "--trust", self.desk.trust, "--json", *more)

    def of_desk(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"evidence": str(self.desk / record["evidence"])} if "evidence" in record else record


@pytest.fixture
def kept(desk: Desk, tmp_path: Path) -> Kept:
    made = Kept(tmp_path, desk)
    assert called("store", "init", *made.options[:4]).code == 0
    return made


OTHER = RECORD | {"payer_number": "A-1030", "evidence": "ecdsa.der"}
REVOKED = RECORD | {"payer_number": "A-1031", "evidence": "revoked.der"}


def test_a_new_store_has_a_key_file_for_its_owner_alone(desk: Desk, tmp_path: Path) -> None:
    words = ("store", "init", "--store", tmp_path / "s.db", "--keys", tmp_path / "k.json")
    ran = called(*words, "--processing", "per-bank")
    assert ran.code == 0
    assert "Back up the key file now, apart from the database." in ran.out
    assert stat.S_IMODE((tmp_path / "k.json").stat().st_mode) == 0o600
    with nothing_changes(tmp_path):
        refused(called(*words), "FB-201")
    shown = called("store", "show", "--store", tmp_path / "s.db", "--keys", tmp_path / "k.json", "--json").json
    assert (shown["processing"], shown["consents"], shown["log"]["seq"]) == ("per-bank", {}, 0)


def test_a_key_file_that_a_refused_store_was_given_goes_away_again(kept: Kept, tmp_path: Path) -> None:
    refused(called("store", "init", "--store", tmp_path / "s.db", "--keys", tmp_path / "new.json"), "FB-201")
    assert not (tmp_path / "new.json").exists()
    refused(called("store", "init", "--store", tmp_path / "t.db"), "SVC-120")
    refused(called("store", "init", "--store", tmp_path / "t.db", "--keys", tmp_path / "no" / "k"), "FB-044")


def test_a_key_file_that_cannot_be_written_whole_is_not_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    words = ("store", "init", "--store", tmp_path / "s.db", "--keys", tmp_path / "k.json")
    with monkeypatch.context() as patched, nothing_changes(tmp_path):
        patched.setattr("service.commands.store_init.os.fsync", full)
        refused(called(*words), "FB-044")
    assert called(*words).code == 0


def test_keys_that_are_there_are_used(desk: Desk, kept: Kept, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = called("store", "init", "--store", tmp_path / "t.db", "--keys", tmp_path / "keys.json", "--json").json
    assert made["keys_made"] is False
    monkeypatch.setenv("DONGUI_STORE_KEYRING", (tmp_path / "keys.json").read_text())
    assert called("store", "init", "--store", tmp_path / "u.db").code == 0
    assert called("store", "show", "--store", tmp_path / "u.db").code == 0
    monkeypatch.delenv("DONGUI_STORE_KEYRING")
    unnamed = called("store", "show", "--store", tmp_path / "u.db", lang="ko")
    refused(unnamed, "SVC-128")
    assert "--keys나 환경 변수 DONGUI_STORE_KEYS로" in unnamed.err
    monkeypatch.setenv("DONGUI_STORE_KEYRING", "{}")
    refused(called("store", "show", "--store", tmp_path / "u.db"), "FB-204")


def test_an_empty_list_is_remarked(kept: Kept) -> None:
    lines = write_lines(kept.folder / "none.jsonl", [])
    ran = kept.run("store", "add", lines, "--trust", kept.desk.trust, lang="ko")
    assert (ran.code, ran.err) == (0, "  ! 목록에 동의가 없습니다.\n")
    assert "바이트" in (shown := kept.run("store", "show", lang="ko").out)
    assert " 바이트" not in shown


def test_a_list_is_taken_in_once(kept: Kept) -> None:
    first = kept.add(RECORD, OTHER)
    assert (first.code, first.json["added"], first.json["known"]) == (0, 2, 0)
    again = kept.add(RECORD, OTHER)
    assert (again.code, again.json["added"], again.json["known"]) == (0, 0, 2)
    shown = kept.run("store", "show", "--json").json
    assert shown["consents"] == {"queued": 2}
    assert shown["evidence"]["database"]["pieces"] == 2
    assert list(shown["keys"]["rows"].values()) == [4]
    assert "queued: 2" in kept.run("store", "show").out
    assert "제출 대기: 2" in kept.run("store", "show", lang="ko").out


def test_what_has_ended_is_told_and_registered_only_if_asked_for(kept: Kept) -> None:
    kept.add(RECORD, OTHER)
    assert kept.run("fix", "withdraw", 1).code == 0
    again = kept.add(RECORD, OTHER)
    assert (again.code, again.json["added"], again.json["known"]) == (0, 0, 1)
    assert again.json["ended"] == [{"line": 1, "consent": 1, "state": "withdrawn"}]
    lines = kept.desk.folder.parent / f"{kept.folder.name}.jsonl"
    told = kept.run("store", "add", lines, "--trust", kept.desk.trust)
    assert told.code == 0
    assert "! Line 1 of the list: Consent 1 has ended (withdrawn) with this same evidence" in told.out
    assert told.out.endswith("1 known already; 1 have ended and stay so\n")
    assert "--again" in told.err
    korean = kept.run("store", "add", lines, "--trust", kept.desk.trust, lang="ko")
    assert korean.out.endswith(", 이미 끝나 등록하지 않음 1건\n")
    assert kept.add(RECORD, OTHER, more=("--again",)).json["added"] == 1
    assert kept.run("store", "show", "--json").json["consents"] == {"queued": 2, "withdrawn": 1}


def test_what_does_not_pass_is_kept_and_named(kept: Kept) -> None:
    ran = kept.add(RECORD, REVOKED)
    assert ran.code == 1
    (one,) = ran.json["refused"]
    assert (one["line"], one["consent"]) == (2, 2)
    assert "PKI-121" in one["codes"]
    assert kept.run("store", "show", "--json").json["consents"] == {"queued": 1, "refused": 1}
    assert [row["consent"] for row in kept.run("consent", "list", "--state", "refused", "--json").lines] == [2]


def test_what_is_held_waits(kept: Kept) -> None:
    kept.add(RECORD, more=("--hold",))
    assert kept.run("store", "show", "--json").json["consents"] == {"verified": 1}


def test_a_list_that_cannot_be_taken_says_where(kept: Kept) -> None:
    cancelled = {key: value for key, value in RECORD.items() if key not in {"extension", "evidence"}}
    refused(kept.add(OTHER, cancelled | {"cancelled": True}), "SVC-121")
    refused(kept.add(OTHER, RECORD | {"account_number": "12ㄱ"}), "FB-012")
    refused(kept.add(RECORD | {"bank_code": "4"}), "FB-022")
    assert kept.run("store", "show", "--json").json["consents"] == {}
    kept.add(RECORD)
    refused(kept.add(RECORD | {"evidence": "again.der"}), "FB-212")


def test_consents_are_found_by_what_is_sealed(kept: Kept, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept.add(RECORD, OTHER)
    (tmp_path / "value").write_text("A-1030\n")
    found = kept.run("consent", "list", "--by", "payer-number", "--value-file", tmp_path / "value", "--json").lines
    assert [(one["consent"], one["payer_number"]) for one in found] == [(2, "***")]
    monkeypatch.setenv("DONGUI_SEARCH", ACCOUNT)
    both = kept.run("consent", "list", "--by", "account-number")
    assert len(both.out.splitlines()) == 2
    assert ACCOUNT not in both.out
    monkeypatch.setenv("DONGUI_SEARCH", "999999")
    assert kept.run("consent", "list", "--by", "holder-id").out == ""
    monkeypatch.delenv("DONGUI_SEARCH")
    refused(kept.run("consent", "list", "--by", "holder-id"), "SVC-123")
    assert kept.run("consent", "list", "--value-file", "x").code == 2


def test_the_story_of_a_consent_is_masked_and_unmasking_is_kept_in_the_log(kept: Kept) -> None:
    kept.add(RECORD)
    masked = kept.run("consent", "show", 1)
    for secret in (HOLDER_ID, ACCOUNT, RECORD["payer_number"]):
        assert secret not in masked.out
        assert secret not in json.dumps(kept.run("consent", "show", 1, "--json").json)
    assert "unmasked" not in masked.out
    story = kept.run("consent", "show", 1, "--unmask", "--json").json
    assert (story["holder_id"], story["account_number"]) == (HOLDER_ID, ACCOUNT)
    assert [row["event"] for row in story["log"]] == ["signed", "passed", "queued", "unmasked"]
    assert story["verdicts"][0]["indication"] == "TOTAL_PASSED"
    kept.run("consent", "list", "--unmask")
    assert [row["event"] for row in kept.run("log", "show", "--json").lines][-2:] == ["unmasked", "unmasked"]
    assert "개인정보 열람" in kept.run("consent", "show", 1, lang="ko").out
    refused(kept.run("consent", "show", 2), "FB-211")


def test_evidence_comes_out_as_it_went_in(kept: Kept, tmp_path: Path) -> None:
    kept.add(RECORD)
    assert kept.run("consent", "show", 1, "--evidence", tmp_path / "out.der").code == 0
    der = (kept.desk / "rsa.der").read_bytes()
    assert (tmp_path / "out.der").read_bytes() == der
    assert stat.S_IMODE((tmp_path / "out.der").stat().st_mode) == 0o600
    assert kept.run("consent", "show", 1, "--evidence", "-").stdout == der
    story = kept.run("consent", "show", 1, "--json").json
    assert story["evidence"]["sha256"] == sha256(der).hexdigest()
    assert [row["event"] for row in story["log"]][-2:] == ["evidence_exported", "evidence_exported"]


def test_the_log_is_shown_and_verified(kept: Kept) -> None:
    kept.add(RECORD, OTHER)
    lines = kept.run("log", "show", "--json").lines
    assert [line["seq"] for line in lines] == list(range(1, 7))
    assert {line["consent"] for line in kept.run("log", "show", "--consent", 2, "--json").lines} == {2}
    assert kept.run("log", "show", "--file", 1).out == ""
    assert kept.run("log", "show", "--since", "2099-01-01T00:00:00Z").out == ""
    assert len(kept.run("log", "show", "--since", "2026-01-01T00:00:00Z").out.splitlines()) == 6
    verified = kept.run("log", "verify", "--json")
    assert (verified.code, verified.json["seq"], verified.json["faults"]) == (0, 6, [])
    assert verified.json["digest"] == lines[-1]["digest"]


def test_a_log_that_was_altered_is_told(kept: Kept) -> None:
    kept.add(RECORD, OTHER)
    engine = create_engine(f"sqlite:///{kept.folder / 's.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE log SET event = 'withdrawn' WHERE seq = 3"))
        connection.execute(text("UPDATE consent SET state = 'reconciled' WHERE id = 2"))
    engine.dispose()
    ran = kept.run("log", "verify", "--json")
    assert ran.code == 1
    assert [(one["code"], one["number"]) for one in ran.json["faults"]] == [("FB-240", 3), ("FB-244", 2)]
    korean = kept.run("log", "verify", lang="ko")
    assert (korean.code, "기록 3번이 처음 기록한 것과 다릅니다. [FB-240]" in korean.out) == (1, True)


def test_the_log_is_compared_with_manifests(kept: Kept, tmp_path: Path) -> None:
    kept.add(RECORD)
    rows = kept.run("log", "show", "--json").lines
    folder = tmp_path / "outbox" / "2026"
    folder.mkdir(parents=True)
    manifest = folder / "one.json"
    manifest.write_text(json.dumps({"log": {"seq": 2, "digest": rows[1]["digest"]}}))
    (folder / "other.json").write_text('{"anything": 1}')
    ran = kept.run("log", "verify", "--manifests", tmp_path / "outbox", "--json")
    assert (ran.code, ran.json["noted"]) == (0, 1)
    (folder / "two.json").write_text(json.dumps({"log": {"seq": 2, "digest": rows[0]["digest"]}}))
    ran = kept.run("log", "verify", "--manifests", tmp_path / "outbox", "--json")
    assert (ran.code, [one["code"] for one in ran.json["faults"]]) == (1, ["FB-243"])
    for broken in ('{"log": {"seq": 2}}', '{"log": 1}', "{", '{"log": {"seq": "2", "digest": "%s"}}' % ("0" * 64)):
        manifest.write_text(broken)
        refused(kept.run("log", "verify", "--manifests", tmp_path / "outbox"), "SVC-122")
    refused(kept.run("log", "verify", "--manifests", tmp_path / "ev"), "SVC-124")


def test_upgrading_a_store_of_this_version_changes_nothing(kept: Kept) -> None:
    kept.add(RECORD)
    ran = called("store", "upgrade", "--store", kept.folder / "s.db", "--json")
    assert (ran.code, ran.json["tables"]) == (0, "0002")
    assert kept.run("log", "verify").code == 0
    refused(called("store", "upgrade", "--store", kept.folder / "none.db"), "FB-200")


def test_evidence_files_without_a_row_are_swept(kept: Kept, tmp_path: Path) -> None:
    """The folder of a store whose database is lost, beside a new one with the same keys."""
    (tmp_path / "form.jpg").write_bytes(bytes.fromhex("ffd8ffe000104a46494600010100000100010000"))
    paper = RECORD | {"evidence_kind": "1", "extension": "jpg", "evidence": str(tmp_path / "form.jpg")}
    lines = write_lines(tmp_path / "paper.jsonl", [paper])
    assert kept.run("store", "add", lines, "--trust", kept.desk.trust).code == 0
    assert kept.run("store", "sweep").out == "✔ Every evidence file of the store has its row.\n"
    anew = ("--store", tmp_path / "new.db", *kept.options[2:])
    assert called("store", "init", *anew[:4]).code == 0
    ran = called("store", "sweep", *anew, lang="ko")
    assert (ran.code, ran.out) == (
        1,
        "보관소에 없는 동의자료 파일이 1건 있습니다. 삭제하려면 --yes를 지정하십시오.\n",
    )
    assert called("store", "sweep", *anew, "--yes", "--json").json == {"files": 1, "removed": True}
    assert not [path for path in (tmp_path / "ev").rglob("*") if path.is_file()]
