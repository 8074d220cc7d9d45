"""verify: verdicts, for people and for programs, on evidence of any origin."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms

from certs.demo import build_demo_pki
from consent.errors import LANGS
from service.inputs import now
from tests.service.desk import Desk
from tests.service.running import Ran, called, nothing_changes, refused
from tests.verifier.forge import Forge
from tests.verifier.time_stamps import Tsa, tsa_key_pair
from verifier import policies

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")


def judged(desk: Desk, file: object, *options: object, stdin: bytes = b"") -> Ran:
    return called("verify", file, "--trust", desk.trust, *options, stdin=stdin)


def failures(ran: Ran) -> set[str]:
    return {finding["code"] for finding in ran.json["findings"] if finding["effect"] != "TOTAL_PASSED"}


def test_a_person_reads_the_outcome_first(desk: Desk) -> None:
    ran = judged(desk, desk / "rsa.der")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"✔ PASSED  {desk / 'rsa.der'}\n")
    korean = called("verify", desk / "rsa.der", "--trust", desk.trust, lang="ko")
    assert korean.out.startswith("✔ 적합")
    assert re.search(r"검증 기준시각 \S+\+09:00, 현재 시각\n", korean.out)
    claimed = called("verify", desk / "rsa.der", "--trust", desk.trust, "--at", "signing-time", lang="ko")
    assert "+09:00, 서명자가 기재한 시각(사실 여부 미확인)\n" in claimed.out


def test_satisfied_checks_share_a_line_unless_all_are_asked_for(desk: Desk) -> None:
    short, full = judged(desk, desk / "rsa.der").out, judged(desk, desk / "rsa.der", "-v").out
    assert "satisfied: size, encoding" in short
    assert "CMS-109" not in short
    assert "CMS-109" in full
    assert "satisfied:" not in full
    failed = judged(desk, "-", stdin=b"x").out.splitlines()
    assert sum(": could not be checked" in line for line in failed) == 1


def test_several_files_end_in_a_sum(desk: Desk) -> None:
    files = [desk / "rsa.der", desk / "revoked.der", desk / "nowhere.der"]
    assert called("verify", *files, "--trust", desk.trust).out.splitlines()[-2] == "1 of 3 passed"
    assert called("verify", *files, "--trust", desk.trust, lang="ko").out.splitlines()[-2] == "3건 중 1건 적합"


def test_how_to_learn_more_is_said_once_at_the_end_where_something_did_not_pass(desk: Desk) -> None:
    files = [desk / "rsa.der", desk / "revoked.der", desk / "revoked.der"]
    for lang in LANGS:
        out = called("verify", *files, "--trust", desk.trust, lang=lang).out
        assert out.endswith(": dongui --explain PKI-121\n")
        assert out.count("--explain") == 1
        assert "--explain" not in called("verify", desk / "rsa.der", "--trust", desk.trust, lang=lang).out
        assert "--explain" not in called("verify", *files, "--trust", desk.trust, "--json", lang=lang).out


def test_a_revocation_says_its_reason_in_korean(desk: Desk) -> None:
    ran = called("verify", desk / "revoked.der", "--trust", desk.trust, lang="ko")
    assert "key_compromise" not in ran.out
    assert re.search(r"사유: [가-힣 ]+\([a-zA-Z]+\)", ran.out)


@pytest.mark.parametrize("more", [0, 1, 2])
def test_a_file_that_was_not_read_to_its_end_has_no_hash(desk: Desk, tmp_path: Path, more: int) -> None:
    large = tmp_path / "large.der"
    large.write_bytes(bytes(policies.KFTC.max_der_bytes + more))
    known = hashlib.sha256(large.read_bytes()).hexdigest() if more < 2 else None
    assert judged(desk, large, "--json").json["sha256"] == known
    shown = judged(desk, large).out
    assert ("SHA-256 not taken" in shown) == (known is None)
    assert known is None or known in shown


def test_a_program_reads_a_line_a_file_in_their_order(desk: Desk) -> None:
    files = [desk / "rsa.der", desk / "nowhere.der", desk / "consent.txt", desk / "ecdsa.der"]
    ran = called("verify", *files, "--trust", desk.trust, "--json")
    assert ran.code == 2
    assert [line["file"] for line in ran.lines] == [str(file) for file in files]
    outcomes = [line["indication"] for line in ran.lines]
    assert outcomes == ["TOTAL_PASSED", "INDETERMINATE", "TOTAL_FAILED", "TOTAL_PASSED"]
    assert all(line.keys() == ran.lines[0].keys() for line in ran.lines)
    finding = ran.lines[1]["findings"][0]
    assert {"code", "check", "effect", "where", "reference", "message"} <= finding.keys()
    assert finding["code"] == "SVC-001"
    assert "error SVC-001" in ran.err


def test_the_worst_outcome_is_the_exit_code(desk: Desk) -> None:
    assert called("verify", desk / "rsa.der", desk / "ecdsa.der", "--trust", desk.trust).code == 0
    assert called("verify", desk / "revoked.der", desk / "rsa.der", "--trust", desk.trust).code == 1
    assert called("verify", desk / "nowhere", desk / "revoked.der", "--trust", desk.trust).code == 2


def test_evidence_comes_from_standard_input(desk: Desk) -> None:
    assert judged(desk, "-", "--json", stdin=(desk / "rsa.der").read_bytes()).json["file"] == "-"


def test_standard_input_is_there_once(desk: Desk) -> None:
    ran = called("verify", "-", "-", "--trust", desk.trust, "--json", stdin=(desk / "rsa.der").read_bytes())
    assert ran.code == 2
    assert [line["indication"] for line in ran.lines] == ["TOTAL_PASSED", "INDETERMINATE"]
    assert "error SVC-010" in ran.err


def test_the_policy_cms_asks_for_no_consent_text(desk: Desk) -> None:
    assert judged(desk, desk / "rsa.der", "--policy", "cms", "--json").json["policy"] == "cms"
    assert judged(desk, desk / "rsa.der", "--policy", "none").code == 2


def test_the_time_is_the_one_that_was_given(desk: Desk) -> None:
    claimed = judged(desk, desk / "rsa.der", "--at", "signing-time", "--json").json
    assert claimed["verified_at"] == claimed["signing_time"] == desk.pki.at.isoformat()
    korean = (desk.pki.at + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%S+09:00")
    given = judged(desk, desk / "rsa.der", "--at", korean, "--json").json
    assert given["verified_at"] == desk.pki.at.isoformat()
    late = judged(desk, desk / "rsa.der", "--at", (now() + timedelta(days=5000)).isoformat(), "--json")
    assert (late.code, late.json["indication"]) == (1, "TOTAL_FAILED")


@pytest.mark.parametrize(
    "words",
    ["", "yesterday", "2026-11-02", "2026-11-02T09:00:00", "0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-01:00"],
)
def test_a_time_that_could_mean_two_moments_or_none_is_refused(desk: Desk, words: str) -> None:
    refused(judged(desk, desk / "rsa.der", "--at", words), "SVC-003")


def damaged(desk: Desk) -> dict[str, bytes]:
    der = (desk / "rsa.der").read_bytes()
    return {
        "empty": b"",
        "not a DER": "동의서".encode(),
        "a certificate": desk.certificate("rsa").read_bytes(),
        "truncated": der[:-1],
        "half": der[: len(der) // 2],
        "with a tail": der + b" ",
        "BER": b"\x30\x80" + der[4:] + b"\0\0",
        "another text": der.replace("동의".encode(), "부의".encode(), 1),
    }


@pytest.mark.parametrize(
    "damage",
    ["empty", "not a DER", "a certificate", "truncated", "half", "with a tail", "BER", "another text"],
)
def test_what_is_damaged_does_not_pass(desk: Desk, damage: str) -> None:
    ran = judged(desk, "-", "--json", stdin=damaged(desk)[damage])
    assert ran.code == 1
    assert ran.json["indication"] == "TOTAL_FAILED"
    findings: list[dict[str, Any]] = ran.json["findings"]
    assert all(f["remedy"] for f in findings if f["effect"] == "TOTAL_FAILED")


def test_a_hundred_megabytes_of_zeros_are_refused_at_once(desk: Desk, tmp_path: Path) -> None:
    zeros = tmp_path / "zeros"
    with zeros.open("wb") as stream:
        stream.truncate(100_000_000)
    ran = judged(desk, zeros, "--json")
    assert ran.code == 1
    assert "CMS-102" in failures(ran)


def test_a_revoked_certificate_is_named(desk: Desk) -> None:
    assert "PKI-121" in failures(judged(desk, desk / "revoked.der", "--json"))


def test_an_expired_certificate_is_named(desk: Desk, tmp_path: Path) -> None:
    then = (desk.pki.at - timedelta(days=100)).isoformat()
    key = ("--key", desk.key("expired"), *desk.password)
    assert called("sign", desk / "consent.txt", *key, "--at", then, "-o", tmp_path / "old.der").code == 0
    ran = judged(desk, tmp_path / "old.der", "--json")
    assert ran.code == 1
    assert "PKI-112" in failures(ran)


def test_an_unknown_root_is_named(desk: Desk, tmp_path: Path) -> None:
    other = build_demo_pki(at=desk.pki.at)
    (tmp_path / "anchors").mkdir()
    (tmp_path / "anchors" / "root.der").write_bytes(other.root.der)
    ran = called("verify", desk / "rsa.der", "--trust", tmp_path, "--json")
    assert ran.code == 1
    assert "PKI-111" in failures(ran)


def test_trust_folders_that_cannot_be_trusted_are_refused(desk: Desk, tmp_path: Path) -> None:
    def against(trust: Path) -> Ran:
        return called("verify", desk / "rsa.der", "--trust", trust)

    refused(against(tmp_path / "nowhere"), "PKI-001")
    refused(against(desk / "rsa.der"), "PKI-011")
    refused(against(tmp_path), "PKI-002")
    for broken, code in (
        (b"[path", "PKI-007"),
        (b"\xff", "PKI-007"),
        (b"kind = [2]", "PKI-008"),
        (b"kinds = ['2']", "PKI-009"),
        (b"[revocation]\nmode = 'never'", "PKI-009"),
    ):
        shutil.copytree(desk.trust, tmp_path / "trust", dirs_exist_ok=True)
        (tmp_path / "trust" / "trust.toml").write_bytes(broken)
        refused(against(tmp_path / "trust"), code)
    (tmp_path / "trust" / "trust.toml").unlink()
    assert against(tmp_path / "trust").code == 0
    (tmp_path / "trust" / "crls" / "page.html").write_bytes(b"<html>")
    refused(against(tmp_path / "trust"), "PKI-004")


def test_a_missing_crl_is_not_a_pass(desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(desk.trust, tmp_path / "trust")
    shutil.rmtree(tmp_path / "trust" / "crls")
    ran = called("verify", desk / "rsa.der", "--trust", tmp_path / "trust", "--json")
    assert (ran.code, ran.json["indication"]) == (1, "INDETERMINATE")


def test_a_file_name_cannot_steer_the_terminal(desk: Desk, tmp_path: Path) -> None:
    name = tmp_path / "a\x1b[2J\u202eb.der"
    name.write_bytes((desk / "rsa.der").read_bytes())
    ran = judged(desk, name)
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert judged(desk, name, "--json").json["file"] == str(name)
    missing = judged(desk, tmp_path / "\x1b[2J")
    assert "\x1b" not in missing.err
    assert "\\x1b[2J" in missing.err


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX systems only")
def test_a_file_name_outside_unicode_is_no_obstacle(desk: Desk, tmp_path: Path) -> None:
    name = tmp_path / os.fsdecode(b"\xb5\xbf.der")
    name.write_bytes((desk / "rsa.der").read_bytes())
    assert judged(desk, name).code == 0
    assert judged(desk, name, "--json").json["file"] == str(name)


@needs_openssl
@pytest.mark.parametrize("payer", ["rsa", "ecdsa"])
def test_what_openssl_signs_passes(desk: Desk, tmp_path: Path, payer: str) -> None:
    key = tmp_path / "key.pem"
    password = f"pass:{(desk / 'password.txt').read_text(encoding='utf-8').splitlines()[0]}"
    store = ("openssl", "pkcs12", "-in", desk.key(payer), "-nocerts", "-nodes", "-passin", password, "-out", key)
    subprocess.run(store, check=True, capture_output=True)
    files = ("-in", desk / "consent.txt", "-out", tmp_path / "out.der")
    signer = ("-signer", desk.certificate(payer), "-inkey", key, "-md", "sha256")
    form = ("-nodetach", "-outform", "DER", "-binary")
    subprocess.run(("openssl", "cms", "-sign", *form, *signer, *files), check=True, capture_output=True)
    with nothing_changes(tmp_path):
        ran = judged(desk, tmp_path / "out.der", "--json")
    assert (ran.code, failures(ran)) == (0, set())


def test_a_receipt_proves_the_time(desk: Desk) -> None:
    received = (desk.pki.at + timedelta(minutes=1)).replace(microsecond=0).isoformat()
    late = (desk.pki.at + timedelta(days=20)).isoformat()
    said = judged(desk, desk / "rsa.der", "--at", late, "--received-at", received, "--json")
    assert (said.code, said.json["verified_at"], said.json["time_source"]) == (0, received, "receipt")
    shown = judged(desk, desk / "rsa.der", "--at", late, "--received-at", received, "--lang", "ko")
    assert "접수 시각" in shown.out
    for wrong in ("2026-11-02", "1949-12-31T23:59:59Z", "0150-01-01T00:00:00Z"):
        refused(judged(desk, desk / "rsa.der", "--received-at", wrong), "SVC-003")


def test_a_time_stamp_beside_the_evidence_proves_the_time(desk: Desk, tmp_path: Path) -> None:
    der = (desk / "rsa.der").read_bytes()
    (tmp_path / "x.der").write_bytes(der)
    missing = judged(desk, tmp_path / "x.der", "--timestamped", "--json")
    assert (missing.code, missing.json["indication"]) == (2, "INDETERMINATE")
    assert "x.der.tsr" in missing.err
    stamped_at = desk.pki.at.replace(microsecond=0)
    first = desk.pki.at - timedelta(days=1)
    (tmp_path / "x.der.tsr").write_bytes(Tsa(tsa_key_pair(desk.pki, first=first)).response(der, stamped_at))
    for more in ((), ("--timestamp-trust", desk.trust)):
        said = judged(desk, tmp_path / "x.der", "--timestamped", "--json", *more)
        assert (said.code, said.json["verified_at"], said.json["time_source"]) == (
            0,
            stamped_at.isoformat(),
            "time-stamp",
        )
    (tmp_path / "x.der.tsr").write_bytes(b"\x30\x00")
    said = judged(desk, tmp_path / "x.der", "--timestamped", "--json")
    assert (said.code, said.json["indication"]) == (1, "INDETERMINATE")


def test_a_receipt_lies_in_the_past(desk: Desk) -> None:
    refused(judged(desk, desk / "rsa.der", "--received-at", (now() + timedelta(days=1)).isoformat()), "SVC-043")


def test_trust_for_time_stamps_without_time_stamps_is_a_slip(desk: Desk) -> None:
    refused(judged(desk, desk / "rsa.der", "--timestamp-trust", desk.trust), "SVC-044")


def test_a_claim_of_the_last_second_there_is_ends_no_run(desk: Desk, tmp_path: Path) -> None:
    """Korea's clocks are in the year 10000 by then."""
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    claim = cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"generalized_time": last})]})

    def change(attributes: list[Any]) -> None:
        attributes[:] = [one for one in attributes if one["type"].native != "signing_time"] + [claim]

    (tmp_path / "x.der").write_bytes(Forge(desk.pki, attributes=change).der())
    words = ("verify", tmp_path / "x.der", desk / "rsa.der", "--trust", desk.trust, "--at", "signing-time")
    ran = called(*words, lang="ko")
    assert ran.code == 1
    assert "9999-12-31T23:59:59" in ran.out
    assert "✔ 적합" in ran.out


def test_all_times_in_korean_are_those_of_korea(desk: Desk) -> None:
    shown = called("verify", desk / "rsa.der", "--trust", desk.trust, "-v", lang="ko").out
    assert "+00:00" not in shown
    assert shown.count("+09:00") >= 4
