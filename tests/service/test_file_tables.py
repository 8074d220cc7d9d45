"""`dongui file banks` and `dongui file r00`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.service.running import called, refused

R00 = b"PAYER-1             COMPANY       02\n"
COMPATIBLE = b"01000000000 01         \r\n"


def test_banks_are_listed_with_their_days() -> None:
    assert called("file", "banks", "031", "005").out.splitlines() == [
        "005  Korea Exchange Bank            until 2015-08-31, now 081",
        "031  Daegu Bank                     until 2024-06-04",
        "031  iM Bank                        from 2024-06-05",
    ]
    assert "대구은행                       2024-06-04까지" in called("file", "banks", lang="ko").out
    listed = called("file", "banks", "031", "--at", "2024-06-05", "--json")
    assert json.loads(listed.out) == [
        {
            "code": "031",
            "ko": "iM뱅크",
            "en": "iM Bank",
            "from": "2024-06-05",
            "until": None,
            "successor": None,
        }
    ]
    assert called("file", "banks", "092", "--at", "2020-01-01").out == "No bank then.\n"
    refused(called("file", "banks", "999"), "SVC-162")


def test_banks_of_ones_own_go_first(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('bank = [{ code = "999", ko = "시험은행", en = "Test Bank", successor = "004" }]', encoding="utf-8")
    assert called("file", "banks", "999", "004", "--banks", own).out.splitlines() == [
        "004  Kookmin Bank",
        "999  Test Bank                      now 004",
    ]
    own.write_text("bank = 1", encoding="utf-8")
    refused(called("file", "banks", "--banks", own), "FB-045")
    refused(called("file", "banks", "--banks", tmp_path / "none"), "SVC-001")


@pytest.mark.parametrize(("raw", "form"), [(R00, "firm"), (COMPATIBLE, "compatible")])
def test_r00_is_cut_and_put_together_again(raw: bytes, form: str, tmp_path: Path) -> None:
    ran = called("file", "r00", "-", "--format", form, stdin=raw + b"\n" + raw)
    assert [line["line"] for line in ran.lines] == [1, 3]
    assert {line["fields"]["holder_id_type"] for line in ran.lines} == {"0"}
    again = called("file", "r00", "-", "--join", "--format", form, "-o", tmp_path / "again", stdin=ran.stdout)
    assert again.out == f"✔ {tmp_path / 'again'}: 2 lines\n"
    line = raw.rstrip() if form == "firm" else raw.rstrip(b"\r\n")
    assert (tmp_path / "again").read_bytes() == (line + b"\n") * 2


def test_r00_is_cut_out_of_longer_lines() -> None:
    ran = called("file", "r00", "-", "--at", "5", stdin=b"12345" + R00.rstrip() + b"rest\n")
    assert ran.lines[0]["fields"]["payer_number"] == "PAYER-1"
    refused(called("file", "r00", "-", "--at", "6", stdin=b"12345" + R00), "FB-048")


@pytest.mark.parametrize(
    ("stdin", "options", "code"),
    [
        (b"short\n", (), "FB-048"),
        (R00.replace(b"02", b"08"), (), "FB-016"),
        (b"{", ("--join",), "FB-070"),
        (b"[]", ("--join",), "FB-070"),
        (b'{"fields": 1}', ("--join",), "FB-071"),
        (b'{"fields": {"payer_number": 1}}', ("--join",), "FB-071"),
        (b'{"fields": {"payer_number": "1"}}', ("--join",), "FB-019"),
    ],
)
def test_what_does_not_fit_is_refused(stdin: bytes, options: tuple[str, ...], code: str) -> None:
    refused(called("file", "r00", "-", *options, stdin=stdin), code)


def test_a_position_is_for_cutting() -> None:
    for lang in ("en", "ko"):
        ran = called("file", "r00", "-", "--join", "--at", "1", lang=lang, stdin=b"")
        assert (ran.code, ran.stdout) == (2, b"")
        assert "--join" in ran.err
