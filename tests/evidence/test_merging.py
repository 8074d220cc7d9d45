"""Several files made into one, and one into several."""

from __future__ import annotations

import io
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from consent.errors import LANGS, CodedError
from evidence import LAYOUTS, DataRecord, Header, RecordError, Trailer, check, read_file
from evidence.file_faults import AnswersOneFile, HeadersDiffer, NotWritable, PartExists, WrongFile
from evidence.merging import merge_files
from evidence.splitting import BANK, INSTITUTION, SplitPart, by_field, by_number, split_file
from tests.evidence.samples import raw_file, with_field

DIVISIBLE = sorted(set(LAYOUTS) - {"FB0120", "FB0421"})


def merged(*files: bytes) -> bytes:
    out = io.BytesIO()
    written = merge_files([(f"file {n}", read_file(io.BytesIO(raw))) for n, raw in enumerate(files, 1)], out)
    assert written.size == len(out.getvalue())
    return out.getvalue()


def divided(
    raw: bytes, folder: Path, part_of: Callable[[DataRecord], str] | None = None, header_field: str = ""
) -> dict[str, bytes]:
    parts = split_file(read_file(io.BytesIO(raw)), folder, part_of or by_number(2), header_field)
    return {part.path.name: part.path.read_bytes() for part in parts}


def data_of(raw: bytes) -> list[tuple[dict[str, str], bytes]]:
    items = read_file(io.BytesIO(raw))
    return [(item.fields | {"sequence": ""}, item.evidence) for item in items if isinstance(item, DataRecord)]


def header_of(raw: bytes) -> dict[str, str]:
    first = next(read_file(io.BytesIO(raw)))
    assert isinstance(first, Header)
    return first.fields


def pieces(code: str, count: int) -> list[bytes]:
    return [b"x" * (700 * number) if LAYOUTS[code].evidence else b"" for number in range(count)]


def in_both_languages(error: CodedError) -> None:
    assert all(error.message(lang) and error.remedy(lang) for lang in LANGS)


@pytest.mark.parametrize("code", DIVISIBLE)
def test_what_is_split_can_be_merged_again(code: str, tmp_path: Path) -> None:
    raw = raw_file(code, pieces(code, 5))
    parts = divided(raw, tmp_path)
    assert list(parts) == [f"{code}-{number:04}" for number in (1, 2, 3)]
    for part in parts.values():
        list(read_file(io.BytesIO(part)))
    assert merged(*parts.values()) == raw
    assert sorted(path.name for path in tmp_path.iterdir()) == list(parts)


@pytest.mark.parametrize("code", DIVISIBLE)
def test_a_merged_file_is_as_sound_as_its_parts(code: str) -> None:
    evidence = pieces(code, 3)[1:]
    first, last = raw_file(code, evidence), raw_file(code, evidence[:1])
    raw = merged(first, raw_file(code, []), last)
    assert set(check(io.BytesIO(raw)).by_code) <= {"0000", "7125"}  # the last file's record is in the first one too
    assert len(data_of(raw)) == 3
    assert data_of(raw) == data_of(first) + data_of(last)


def test_files_of_several_banks_name_none_in_the_header() -> None:
    one = raw_file("FB0110", [b"a"])
    other = with_field("FB0110", one, "header", "bank_code", b"088")
    assert header_of(merged(one, one))["bank_code"] == "004"
    assert header_of(merged(one, other))["bank_code"] == ""


def test_counts_are_made_anew() -> None:
    refused = {"receipt_code": "7305"}
    raw = merged(
        raw_file("FB0221", [b""]), raw_file("FB0221", [b"", b""], **refused), raw_file("FB0221", [], declared="")
    )
    end = list(read_file(io.BytesIO(raw)))[-1]
    assert isinstance(end, Trailer)
    assert [int(end.fields[name]) for name in ("total", "accepted", "rejected")] == [3, 1, 2]


@pytest.mark.parametrize(("name", "text"), [("institution_code", b"1".ljust(20)), ("process_date", b"20260602")])
def test_other_headers_are_not_merged(name: str, text: bytes) -> None:
    one = raw_file("FB0110", [b"a"])
    with pytest.raises(HeadersDiffer) as caught:
        merged(one, with_field("FB0110", one, "header", name, text))
    assert caught.value.details["file"] == "file 2"
    in_both_languages(caught.value)


def test_other_files_are_not_merged() -> None:
    with pytest.raises(WrongFile) as caught:
        merged(raw_file("FB0320"), raw_file("FB0620"))
    assert caught.value.__notes__ == ["file 2"]


@pytest.mark.parametrize("code", ["FB0120", "FB0421"])
def test_results_stay_with_the_file_they_answer(code: str, tmp_path: Path) -> None:
    for make in (merged, lambda raw: divided(raw, tmp_path)):
        with pytest.raises(AnswersOneFile) as caught:
            make(raw_file(code, [b""]))
        in_both_languages(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_part_for_each_bank_names_it(tmp_path: Path) -> None:
    one = raw_file("FB0110", [b"a", b"b"])
    raw = merged(one, raw_file("FB0110", [b"c"], bank_code="088"), one)
    parts = divided(raw, tmp_path, by_field(BANK), "bank_code")
    assert list(parts) == ["FB0110-004", "FB0110-088"]
    assert {name: header_of(part)["bank_code"] for name, part in parts.items()} == {
        "FB0110-004": "004",
        "FB0110-088": "088",
    }
    assert [evidence for _, evidence in data_of(parts["FB0110-004"])] == [b"a", b"b", b"a", b"b"]
    assert check(io.BytesIO(parts["FB0110-088"])).sound


def test_changes_are_split_by_the_bank_before(tmp_path: Path) -> None:
    raw = merged(raw_file("FB0211", [b""]), raw_file("FB0211", [b""], old_bank_code="027"))
    assert list(divided(raw, tmp_path, by_field(BANK), "bank_code")) == ["FB0211-004", "FB0211-027"]


@pytest.mark.parametrize(
    ("institution", "name"), [("", "FB0620-blank"), ("../x", "FB0620-..%2Fx"), ("a b", "FB0620-a%20b")]
)
def test_a_part_is_named_so_that_it_stays_in_the_folder(institution: str, name: str, tmp_path: Path) -> None:
    raw = raw_file("FB0620", [b""], institution_code=institution)
    parts = divided(raw, tmp_path / "new", by_field(INSTITUTION), "institution_code")
    assert list(parts) == [name]
    assert header_of(parts[name])["institution_code"] == institution


def test_a_header_that_names_neither_stays_as_it_is(tmp_path: Path) -> None:
    (part,) = divided(raw_file("FB0910", [b""]), tmp_path, by_field(BANK), "bank_code").values()
    assert part == raw_file("FB0910", [b""])


def test_a_file_without_records_makes_no_part(tmp_path: Path) -> None:
    assert divided(raw_file("FB0110", []), tmp_path) == {}


def test_nothing_is_written_over_and_all_of_it_or_nothing_is_made(tmp_path: Path) -> None:
    raw = raw_file("FB0110", [b"a"] * 4)
    (tmp_path / "FB0110-0002").write_bytes(b"before")
    with pytest.raises(PartExists) as caught:
        divided(raw, tmp_path)
    in_both_languages(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["FB0110-0002"]
    assert (tmp_path / "FB0110-0002").read_bytes() == b"before"


def test_parts_that_were_put_are_taken_back_when_the_next_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if target.name.endswith("2"):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(NotWritable):
        divided(raw_file("FB0110", [b"a"] * 4), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_makes_no_part(tmp_path: Path) -> None:
    with pytest.raises(RecordError):
        divided(raw_file("FB0110", [b"a"] * 4)[:-1024], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotWritable):
        divided(raw_file("FB0110", [b"a"]), tmp_path / "file")


def test_there_may_be_more_parts_than_open_files(tmp_path: Path) -> None:
    highest = max(int(one.name) for one in Path("/dev/fd").iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 20, hard))
    try:
        parts = split_file(read_file(io.BytesIO(raw_file("FB0320", [b""] * 300))), tmp_path, by_number(1))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert [part.records for part in parts] == [1] * 300
    assert parts[0] == SplitPart(tmp_path / "FB0320-0001", 1, 3 * 402)
