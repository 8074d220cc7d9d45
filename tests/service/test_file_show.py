"""`dongui file show`, `json`, `diff`, `merge` and `split`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from consent.errors import LANGS
from evidence import LAYOUTS
from tests.evidence.samples import raw_file, with_field
from tests.service.running import called, nothing_changes, refused

PERSONAL = ("900101", "PAYER-0001", "00000000000001", "00000000000002", "20260527AB")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """One sound file of every kind, named by its code."""
    for code, layout in LAYOUTS.items():
        (tmp_path / code).write_bytes(raw_file(code, [b"der"] if layout.evidence else [b""]))
    return tmp_path


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", sorted(LAYOUTS))
def test_every_file_is_shown_and_nothing_personal_with_it(code: str, lang: str, files: Path) -> None:
    for words in (("show",), ("show", "--json"), ("json",)):
        ran = called("file", words[0], files / code, *words[1:], lang=lang)
        assert ran.code == 0
        assert not any(text in ran.out for text in PERSONAL)
        assert ("***" in ran.out) == (code != "FB0910")
    assert called("file", "show", files / code, "--json").out == called("file", "json", files / code, "--json").out
    unmasked = called("file", "show", files / code, "--unmask", lang=lang).out
    assert ("PAYER-0001" in unmasked) == (code != "FB0910")
    assert "***" not in unmasked


def test_a_person_reads_names_meanings_days_and_counts(files: Path) -> None:
    korean = called("file", "show", files / "FB0222", lang="ko").out
    assert korean.startswith("FB0222 출금이체 변경 처리 결과\nHeader부\n")
    flat = " ".join(korean.split())
    for line in (
        "출금이체변경 신청일시 2026-05-31 23:59:59",
        "출금이체변경 접수구분 4 (통합관리시스템)",
        "변경 전 금융회사코드 004 (국민은행)",
        "신규처리 응답코드 1206 (출금 이체 신규 등록 불가: 법적 제한",
        "해지처리 일자 2026-06-03",
        "총 건 수 1",
    ):
        assert line in flat, line
    assert "신규처리 일자" not in korean  # it is blank
    english = called("file", "show", files / "FB0620").out
    assert "  failure code          81 (the key does not match: from the bank's side;" in english
    assert "  submitter type        3 (submitting)" in english


def test_evidence_is_told_by_size_and_digest(files: Path) -> None:
    digest = hashlib.sha256(b"der").hexdigest()
    record = called("file", "json", files / "FB0110").lines[1]
    assert record["evidence"] == {"bytes": 3, "sha256": digest}
    assert f"3바이트, SHA-256 {digest}" in called("file", "show", files / "FB0110", lang="ko").out


def test_lines_are_for_programs(files: Path) -> None:
    header, record, trailer = called("file", "json", files / "FB0320").lines
    assert [one["part"] for one in (header, record, trailer)] == ["header", "data", "trailer"]
    fields = {one["name"]: one for one in record["fields"]}
    assert fields["cancel_type"] == {
        "name": "cancel_type",
        "ko": "해지 구분",
        "value": "N",
        "masked": False,
        "means_ko": "증빙자료 부재",
        "means_en": "there is no evidence",
    }
    assert (fields["payer_number"]["value"], fields["payer_number"]["masked"]) == ("***", True)
    assert "filler" not in fields
    assert (record["file"], record["record"], record["offset"]) == ("FB0320", 1, 402)


def test_one_record_can_be_picked(tmp_path: Path) -> None:
    (tmp_path / "FB").write_bytes(raw_file("FB0320", [b""] * 5))
    lines = called("file", "json", tmp_path / "FB", "--record", "4").lines
    assert [(one["part"], one.get("record")) for one in lines] == [("header", None), ("data", 4)]
    ran = called("file", "show", tmp_path / "FB", "--record", "6")
    assert ran.code == 2
    assert "SVC-161" in ran.err


def test_faults_are_shown_where_they_are(tmp_path: Path) -> None:
    raw = with_field("FB0320", raw_file("FB0320", [b""] * 3), "data", "cancel_type", b"X", at=804)
    (tmp_path / "FB").write_bytes(raw)
    ran = called("file", "show", tmp_path / "FB", lang="ko")
    assert ran.code == 1
    assert "[FB-016]" in ran.out
    assert "Data부 3" in ran.out
    lines = called("file", "json", tmp_path / "FB").lines
    assert [one.get("fault", {}).get("code") for one in lines] == [None, None, "FB-016", None, None]
    only = called("file", "json", tmp_path / "FB", "--record", "2")
    assert only.code == 1
    assert only.lines[1]["fault"]["field"] == "cancel_type"
    refused_at_once = called("file", "show", "-", stdin=b"nothing")
    assert refused_at_once.code == 1
    assert "FB-031" in refused_at_once.out


@pytest.mark.parametrize(
    ("code", "day", "en", "ko"),
    [
        ("005", "20150831", "Korea Exchange Bank", "외환은행"),
        ("005", "20260601", "Korea Exchange Bank, until 2015-08-31, now 081", "외환은행, 2015-08-31까지, 승계 081"),
        ("031", "20260601", "iM Bank", "iM뱅크"),
        ("092", "20200101", "Toss Bank, from 2021-10-05", "토스뱅크, 2021-10-05부터"),
        ("031", "20240604", "Daegu Bank", "대구은행"),
        ("999", "20260601", "not in the table of codes", "코드표에 없음"),
    ],
)
def test_a_bank_is_named_as_on_the_files_day(code: str, day: str, en: str, ko: str, tmp_path: Path) -> None:
    raw = with_field("FB0933", raw_file("FB0933", [b""], bank_code=code), "header", "process_date", day.encode())
    (tmp_path / "FB").write_bytes(raw)
    record = called("file", "json", tmp_path / "FB").lines[1]
    (bank,) = [one for one in record["fields"] if one["name"] == "bank_code"]
    assert (bank["means_en"], bank["means_ko"]) == (en, ko)


def test_banks_of_ones_own_are_named(files: Path) -> None:
    (files / "own.toml").write_text('bank = [{ code = "004", ko = "시험", en = "Test" }]', encoding="utf-8")
    assert "004 (Test)" in called("file", "show", files / "FB0933", "--banks", files / "own.toml").out


def test_two_files_are_compared(files: Path) -> None:
    other = files / "other"
    other.write_bytes(raw_file("FB0320", [b"", b""], cancel_type="9", payer_number="PAYER-0001"))
    ran = called("file", "diff", files / "FB0320", other, lang="ko")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "~ Header부",
        "    Data부 Record 수: 1 → 2",
        "~ Data부 1(두 번째 파일에서는 1)",
        "    해지 구분: N → 9",
        "+ Data부 2: 두 번째 파일에만 있음",
        "~ Trailer부",
        "    총 건수: 1 → 2",
        "✘ 바뀐 레코드 1건, 첫 번째 파일에만 0건, 두 번째 파일에만 1건",
    ]
    lines = called("file", "diff", files / "FB0320", "-", "--json", stdin=other.read_bytes()).lines
    assert [line.get("kind") for line in lines] == ["header", "changed", "added", "trailer", None]
    assert lines[-1] == {"different": True, "header": 1, "changed": 1, "removed": 0, "added": 1, "trailer": 1}
    same = called("file", "diff", other, other)
    assert (same.code, same.out) == (0, "✔ no difference\n")


def test_what_changed_in_personal_fields_is_masked(files: Path) -> None:
    other = files / "other"
    other.write_bytes(raw_file("FB0110", [b"derder"], holder_id="910101"))
    masked = called("file", "diff", files / "FB0110", other).out
    assert "    holder id: *** → ***" in masked
    assert "3 → 6 bytes, SHA-256" in masked
    assert "900101 → 910101" in called("file", "diff", files / "FB0110", other, "--unmask").out
    assert called("file", "diff", files / "FB0110", other, "--json").lines[0]["evidence"]["bytes_after"] == 6


def test_what_cannot_be_compared_is_refused_by_name(files: Path) -> None:
    refused(called("file", "diff", files / "FB0320", files / "FB0620"), "FB-043")
    (files / "cut").write_bytes((files / "FB0320").read_bytes()[:-1])
    ran = called("file", "diff", files / "FB0320", files / "cut")
    refused(ran, "FB-034")
    assert str(files / "cut") in ran.err
    refused(called("file", "diff", "-", "-", stdin=b""), "SVC-010")


def test_files_are_split_and_merged_again(tmp_path: Path) -> None:
    source, folder = tmp_path / "FB0110", tmp_path / "parts"
    source.write_bytes(raw_file("FB0110", [b"a" * 700, b"b", b"c"]))
    ran = called("file", "split", source, "--records", "2", "-o", folder)
    assert ran.out.splitlines() == [
        f"✔ {folder / 'FB0110-0001'}: 2 records, 5,120 bytes",
        f"✔ {folder / 'FB0110-0002'}: 1 records, 3,072 bytes",
    ]
    again = called("file", "merge", folder / "FB0110-0001", folder / "FB0110-0002", "-o", tmp_path / "again", "--json")
    assert (again.json["files"], again.json["records"], again.json["bytes"]) == (2, 3, 6144)
    assert (tmp_path / "again").read_bytes() == source.read_bytes()
    by_bank = called("file", "split", source, "--by", "bank", "-o", folder, "--json").json["files"]
    assert by_bank == [{"file": str(folder / "FB0110-004"), "records": 3, "bytes": 6144}]
    by_institution = called("file", "split", "-", "--by", "institution", "-o", folder, stdin=source.read_bytes())
    assert "FB0110-9912345678" in by_institution.out


def test_what_cannot_be_split_or_merged_changes_nothing(files: Path) -> None:
    with nothing_changes(files):
        refused(called("file", "split", files / "FB0120", "--by", "bank", "-o", files), "FB-049")
        refused(called("file", "merge", files / "FB0421", "-o", files / "FB0421"), "SVC-011")
        refused(called("file", "merge", files / "FB0110", files / "FB0420", "-o", files / "new"), "FB-043")
        for options in ((), ("--by", "bank", "--records", "2")):
            ran = called("file", "split", files / "FB0110", "-o", files / "parts", *options)
            assert (ran.code, ran.stdout) == (2, b"")


def test_json_is_one_object_a_line(files: Path) -> None:
    for line in called("file", "json", files / "FB0421").out.splitlines():
        assert isinstance(json.loads(line), dict)
