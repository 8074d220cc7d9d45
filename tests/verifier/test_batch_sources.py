"""Where a batch gets its evidence: the same rows from whatever holds it, and a row for whatever cannot be read."""

from __future__ import annotations

import gzip
import io
import os
import re
import resource
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.batch import archives, chunks, reading
from verifier.batch.chunks import Chunk
from verifier.batch.faults import ArchiveSwells, ColumnMissing, SourceDamaged, SourceUnreadable
from verifier.batch.reading import batches, identity_of
from verifier.batch.sources import chunks_of
from verifier.batch.tables import Columns

MOST: Final = 100
FILES: Final[Mapping[str, bytes]] = {
    "a.der": b"one",
    "b/c.p7s": b"two" * 20,
    "b/d/e": b"",
    "b/large": b"x" * (MOST + 50),
    "just": b"y" * MOST,
    "한글 이름.der": b"three",
}
CUT: Final = {name: data[: MOST + 1] for name, data in FILES.items()}
Found = list[tuple[str, bytes | None]]


def found(source: Path, columns: Columns = Columns()) -> Found:  # noqa: B008 - frozen
    """All rows of a source, through the form in which references travel."""
    return [(row["id"], row["der"]) for row in rows_of(source, columns)]


def rows_of(source: Path, columns: Columns = Columns()) -> list[dict[str, Any]]:  # noqa: B008 - frozen
    parts = chunks_of(source, columns)
    assert parts is not None
    travelled = [Chunk.of_json(chunk.as_json()) for chunk in parts]
    return [row for chunk in travelled for batch in batches(chunk, MOST) for row in read(batch)]


def first(source: Path) -> Chunk:
    return next(chunks_of(source, Columns()) or iter(()))


def read(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    plain = batch.set_column(2, "received_at", batch.column("received_at").cast(pa.int64()))
    return [dict(row) for row in plain.to_pylist()]


def folder_of(folder: Path) -> Path:
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def add(archive: tarfile.TarFile, name: str, data: bytes = b"", **about: object) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    for key, value in about.items():
        setattr(member, key, value)
    archive.addfile(member, io.BytesIO(data))


def tar_of(path: Path, mode: Literal["w", "w:gz", "w:bz2", "w:xz"] = "w") -> Path:
    with tarfile.open(path, mode) as archive:
        add(archive, "b", type=tarfile.DIRTYPE)
        for name, data in FILES.items():
            add(archive, name, data)
    return path


def zip_of(path: Path, method: int = zipfile.ZIP_DEFLATED, files: Mapping[str, bytes] = FILES) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.mkdir("b")
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def table_of(**columns: object) -> pa.Table:
    return pa.table({"id": list(FILES), "der": list(FILES.values())} | columns)


def test_a_folder_gives_all_files_below_it_in_the_order_of_their_names(tmp_path: Path) -> None:
    assert found(folder_of(tmp_path)) == sorted(CUT.items())


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_gives_its_members(tmp_path: Path, mode: Literal["w", "w:gz"]) -> None:
    """However it is compressed, and whatever it is called."""
    assert found(tar_of(tmp_path / "archive", mode)) == list(CUT.items())


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_gives_its_members(tmp_path: Path, method: int) -> None:
    assert found(zip_of(tmp_path / "archive", method)) == list(CUT.items())


def test_a_table_gives_its_rows(tmp_path: Path) -> None:
    pq.write_table(table_of(), tmp_path / "table", row_group_size=4)
    assert found(tmp_path / "table") == list(CUT.items())
    with pa.OSFile(str(tmp_path / "arrow"), "wb") as out, pa.ipc.new_file(out, table_of().schema) as file:
        file.write_table(table_of(), max_chunksize=4)
    assert found(tmp_path / "arrow") == list(CUT.items())


def test_a_table_may_have_a_name_that_is_no_text(tmp_path: Path) -> None:
    table = table_of().set_column(0, "id", pa.array([None] * len(FILES), pa.string()))
    for folder, form in (("p", "parquet"), ("a", "arrow")):
        file = tmp_path / folder / os.fsdecode(b"x\xff." + form.encode())
        file.parent.mkdir()
        if form == "parquet":
            pq.write_table(table, file.with_name("x"))
        else:
            with pa.OSFile(str(file.with_name("x")), "wb") as out, pa.ipc.new_file(out, table.schema) as written:
                written.write_table(table)
        file.with_name("x").rename(file)
        assert found(file) == [(f"#{number}", der) for number, der in enumerate(CUT.values(), 1)]
        assert found(file.parent)[0] == (f"x\\xff.{form}#1", b"one")


def test_a_folder_of_tables_is_one_table(tmp_path: Path) -> None:
    """With the marks that others leave beside them."""
    (tmp_path / "day=1").mkdir()
    pq.write_table(table_of().slice(0, 2), tmp_path / "day=1" / "0.parquet")
    pq.write_table(table_of().slice(2), tmp_path / "day=2.parquet")
    (tmp_path / "_SUCCESS").write_bytes(b"")
    assert found(tmp_path) == list(CUT.items())


def test_one_other_file_makes_it_a_folder_of_files(tmp_path: Path) -> None:
    pq.write_table(table_of(), tmp_path / "0.parquet")
    (tmp_path / "a.der").write_bytes(b"one")
    assert [name for name, _ in found(tmp_path)] == ["0.parquet", "a.der"]


def test_what_is_no_plain_file_has_a_row_without_bytes(tmp_path: Path) -> None:
    """Loops of links lead nowhere, pipes keep nobody waiting, linked folders are not entered."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "up").symlink_to(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    (tmp_path / "link").symlink_to(tmp_path / "z.der")
    (tmp_path / "z.der").write_bytes(b"one")
    os.mkfifo(tmp_path / "pipe")
    nothing = dict.fromkeys(("in/up", "loop", "nowhere", "pipe"))
    assert found(tmp_path) == sorted((nothing | {"link": b"one", "z.der": b"one"}).items())


def test_linked_folders_cost_no_other_row_its_bytes(tmp_path: Path) -> None:
    """A process can have only so many files open."""
    (tmp_path / "folder").mkdir()
    for number in range(40):
        (tmp_path / f"{number:02}").symlink_to("folder")
    (tmp_path / "z.der").write_bytes(b"one")
    highest = max(int(one.name) for one in Path("/dev/fd").iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 20, hard))
    try:
        assert found(tmp_path)[-1] == ("z.der", b"one")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_time_stamps_beside_their_evidence_are_no_evidence(tmp_path: Path) -> None:
    for name in ("a.der", "a.der.tsr", "b.tsr"):
        (tmp_path / name).write_bytes(b"one")
    assert [name for name, _ in found(tmp_path)] == ["a.der", "b.tsr"]


def test_a_name_that_is_no_text_is_one_all_the_same(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff.der")).write_bytes(b"one")
    assert found(tmp_path) == [("a\\xff.der", b"one")]


def test_a_file_that_is_gone_when_its_turn_comes_has_a_row(tmp_path: Path) -> None:
    (tmp_path / "a.der").write_bytes(b"one")
    chunk = first(tmp_path)
    (tmp_path / "a.der").unlink()
    assert [read(batch) for batch in batches(chunk, MOST)] == [[{"id": "a.der", "der": None, "received_at": None}]]


def test_members_that_are_no_files_have_rows_and_equal_names_are_told_apart(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        add(archive, "a", b"one")
        add(archive, "a", b"two")
        add(archive, "a#2", b"three")
        add(archive, "link", type=tarfile.LNKTYPE, linkname="a")
        add(archive, "symbolic", type=tarfile.SYMTYPE, linkname="a")
    rows = found(tmp_path / "x.tar")
    assert rows == [("a", b"one"), ("a#2", b"two"), ("a#2#2", b"three"), ("link", None), ("symbolic", None)]


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_tar_that_breaks_off_is_refused_wherever_it_does(tmp_path: Path, mode: Literal["w", "w:gz"]) -> None:
    """Also between two members, where it looks like one that ends."""
    whole = tar_of(tmp_path / "whole", mode).read_bytes()
    ends = range(512, 11 * 512, 256) if mode == "w" else range(200, len(whole))
    for end in ends:
        (tmp_path / "cut").write_bytes(whole[:end])
        with pytest.raises(SourceDamaged):
            found(tmp_path / "cut")


def test_a_damaged_header_in_the_middle_is_no_end(tmp_path: Path) -> None:
    data = bytearray(tar_of(tmp_path / "x").read_bytes())
    data[3 * 512 + 10] ^= 1
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(SourceDamaged):
        found(tmp_path / "x")


def test_an_archive_made_to_swell_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_TIMES", 100)
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as archive:
        add(archive, "zeros", bytes(20_000_000))
    with pytest.raises(ArchiveSwells):
        found(tmp_path / "x.tar.gz")


def test_a_header_made_to_fill_the_memory_is_refused(tmp_path: Path) -> None:
    """A PAX header says how long it is, and would be read whole."""
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 200_000_000
    with gzip.open(tmp_path / "x.tar.gz", "wb") as out:
        out.write(header.tobuf())
        out.write(bytes(200_000_000))
    with pytest.raises(SourceDamaged):
        found(tmp_path / "x.tar.gz")


def header(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE) -> bytes:
    """Of a member whose size is anything at all, as GNU tar writes large ones."""
    about = tarfile.TarInfo(name)
    about.type = kind
    plain = bytearray(about.tobuf(tarfile.GNU_FORMAT))
    plain[124:136] = (b"\xff" if size < 0 else b"\x80") + (size % 256**11).to_bytes(11)
    plain[148:156] = b" " * 8
    plain[148:156] = b"%06o\0 " % sum(plain)
    return bytes(plain)


@pytest.mark.parametrize("size", [-1, -512, -513])
def test_a_member_that_leads_back_is_damage(tmp_path: Path, size: int) -> None:
    """Else the same members would be found again and again, until the disk is full."""
    tar = tmp_path / "source"
    tar.write_bytes(header("one") + header("two", size) + bytes(1024))
    with pytest.raises(SourceDamaged):
        found(tar)


@pytest.mark.parametrize(("kind", "contents"), [(b"L", b"name".ljust(512, b"\0")), (b"x", b"")])
def test_headers_about_headers_without_end_are_damage(tmp_path: Path, kind: bytes, contents: bytes) -> None:
    tar = tmp_path / "source"
    tar.write_bytes((header("one", min(len(contents), 5), kind) + contents) * 3000 + header("two") + bytes(1024))
    with pytest.raises(SourceDamaged):
        found(tar)


def test_telling_many_equal_names_apart_takes_no_longer_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digested: list[str] = []

    def digest(name: str) -> int:
        digested.append(name)
        return hash(name)

    monkeypatch.setattr(archives, "_digest", digest)
    tar = tmp_path / "source"
    tar.write_bytes(header("one#3") + header("one") * 300 + bytes(1024))
    ids = [row["id"] for row in rows_of(tar)]
    assert ids == ["one#3", "one", "one#2", *(f"one#{number}" for number in range(4, 302))]
    assert len(digested) < 1000


def test_of_a_member_no_more_is_unpacked_than_is_looked_at(tmp_path: Path) -> None:
    zip_of(tmp_path / "x.zip", files={"bomb": bytes(50_000_000), "a": b"one"})
    assert found(tmp_path / "x.zip") == [("bomb", bytes(MOST + 1)), ("a", b"one")]


def test_zip_members_that_cannot_be_read_have_rows(tmp_path: Path) -> None:
    """Damaged, encrypted, or packed in a way of its own."""
    zip_of(tmp_path / "damaged.zip", zipfile.ZIP_STORED, {"a": b"one", "b": b"two"})
    data = (tmp_path / "damaged.zip").read_bytes().replace(b"one", b"One")
    (tmp_path / "damaged.zip").write_bytes(data)
    assert found(tmp_path / "damaged.zip") == [("a", None), ("b", b"two")]
    zip_of(tmp_path / "lzma.zip", zipfile.ZIP_LZMA, {"a": b"one"})
    assert found(tmp_path / "lzma.zip") == [("a", None)]
    encrypted = zip_of(tmp_path / "x.zip", zipfile.ZIP_STORED, {"a": b"one"}).read_bytes()
    at = encrypted.rindex(b"PK\x01\x02", 0, encrypted.rindex(b"PK\x05\x06")) + 8
    flagged = encrypted[:at] + struct.pack("<H", 1) + encrypted[at + 2 :]
    (tmp_path / "x.zip").write_bytes(flagged)
    assert found(tmp_path / "x.zip") == [("a", None)]


def test_a_zip_that_breaks_off_is_refused(tmp_path: Path) -> None:
    whole = zip_of(tmp_path / "x.zip").read_bytes()
    for end in (4, 100, len(whole) // 2, len(whole) - 30):
        (tmp_path / "x.zip").write_bytes(whole[:end])
        with pytest.raises(SourceDamaged):
            found(tmp_path / "x.zip")
    (tmp_path / "x.zip").write_bytes(whole.replace(b"PK\x01\x02", b"PK\x01\x03"))
    with pytest.raises(SourceDamaged):
        found(tmp_path / "x.zip")


def test_columns_may_have_other_names_and_types(tmp_path: Path) -> None:
    at = datetime(2026, 6, 1, 9, 0, 0, 500_000, tzinfo=UTC)
    table = pa.table(
        {
            "payer": pa.array([7, None], pa.int64()),
            "evidence": pa.array([b"one", None], pa.large_binary()),
            "came": pa.array([at, None], pa.timestamp("us", tz="Asia/Seoul")),
            "name": ["not", "read"],
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    assert rows_of(tmp_path / "x.parquet", Columns("payer", "evidence", "came")) == [
        {"id": "7", "der": b"one", "received_at": int(at.timestamp() * 1_000_000)},
        {"id": "#2", "der": None, "received_at": None},
    ]


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"id": ["a"]}, Columns()),
        ({"der": [b"a"]}, Columns()),
        ({"id": ["a"], "der": ["a"]}, Columns()),
        ({"id": [1.5], "der": [b"a"]}, Columns()),
        ({"id": ["a"], "der": [b"a"], "received_at": [datetime(2026, 1, 1)]}, Columns()),  # noqa: DTZ001 - that is it
        ({"id": ["a"], "der": [b"a"]}, Columns(received_at="came")),
    ],
)
def test_a_table_with_other_columns_is_refused(tmp_path: Path, columns: dict[str, object], named: Columns) -> None:
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    with pytest.raises(ColumnMissing) as refused:
        found(tmp_path / "x.parquet", named)
    assert re.search("text|bytes|times", refused.value.message("en"))
    assert not re.search("text|bytes|times", refused.value.message("ko"))


def test_an_id_that_is_no_text_costs_no_other_row(tmp_path: Path) -> None:
    ids = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.py_buffer(struct.pack("<3i", 0, 1, 2)), pa.py_buffer(b"a\xff")]
    )
    pq.write_table(pa.table({"id": ids, "der": [b"one", b"two"]}), tmp_path / "x.parquet")
    assert found(tmp_path / "x.parquet") == [("a", b"one"), ("\\xff", b"two")]


def test_a_damaged_table_gives_rows_without_bytes_from_there_on(tmp_path: Path) -> None:
    pq.write_table(table_of(), tmp_path / "x.parquet", compression="none", use_dictionary=False)
    chunk = first(tmp_path / "x.parquet")
    (tmp_path / "x.parquet").write_bytes(b"PAR1" + bytes(200))
    rows = [row for batch in batches(chunk, MOST) for row in read(batch)]
    assert [(row["id"], row["der"]) for row in rows] == [(f"#{n + 1}", None) for n in range(len(FILES))]
    with pytest.raises(SourceDamaged):
        found(tmp_path / "x.parquet")


def test_what_is_not_there_or_no_source_is_told(tmp_path: Path) -> None:
    for name in ("missing", "x\0y"):
        with pytest.raises(SourceUnreadable):
            chunks_of(tmp_path / name, Columns())
    for data in (b"", b"\x30\x03\x02\x01\x01", b"text" * 500):
        (tmp_path / "x").write_bytes(data)
        assert chunks_of(tmp_path / "x", Columns()) is None


def test_any_rows_in_any_order_can_be_picked_of_a_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Going back in a compressed archive or a table begins it anew."""
    pq.write_table(table_of(), tmp_path / "x.parquet")
    wanted = [list(CUT.items())[n] for n in (4, 1, 0)]
    for source in (tmp_path / "x.parquet", tar_of(tmp_path / "x.tar.gz", "w:gz")):
        chunk = first(source)
        for part in (chunk.picked([4, 1, 0]), chunk.picked([4, 1, 0, 2]).part(0, 3)):
            rows = [row for batch in batches(part, MOST) for row in read(batch)]
            assert [(row["id"], row["der"]) for row in rows] == wanted
        assert source.suffix == ".parquet" or identity_of(chunk, 1) == "b/c.p7s"


def test_going_far_in_a_compressed_archive_says_that_something_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a worker that begins in the middle would be taken for one that hangs."""
    monkeypatch.setattr(reading, "_SKIP", 512)
    told: list[str] = []

    class Told(reading.Watcher):
        def row(self, number: int) -> None:
            told.append(f"row {number}")

        def alive(self) -> None:
            told.append("alive")

    last = first(tar_of(tmp_path / "x.tar.gz", "w:gz")).picked([5])
    assert [batch.num_rows for batch in batches(last, MOST, Told())] == [1]
    assert told[0] == "row 0"
    assert told[1:] == ["alive"] * 12


def test_a_source_is_cut_into_chunks_that_change_with_it(tmp_path: Path) -> None:
    for n in range(chunks.ROWS + 1):
        (tmp_path / f"{n:05}").write_bytes(b"x")
    before = list(chunks_of(tmp_path, Columns()) or ())
    assert [len(chunk) for chunk in before] == [chunks.ROWS, 1]
    assert list(chunks_of(tmp_path, Columns()) or ()) == before
    (tmp_path / f"{chunks.ROWS:05}").write_bytes(b"xy")
    again = list(chunks_of(tmp_path, Columns()) or ())
    assert (again[0] == before[0], again[1] == before[1]) == (True, False)


@given(st.lists(st.one_of(st.text(), st.integers(), st.tuples(st.text(), st.integers())), max_size=5), st.text())
def test_a_reference_travels_as_one_line(entries: list[str | int | tuple[str | int, ...]], place: str) -> None:
    chunk = Chunk("files", place, "", tuple(entries), ("gz",))
    assert Chunk.of_json(chunk.as_json()) == chunk
    assert chunk.as_json().isascii() and "\n" not in chunk.as_json()
