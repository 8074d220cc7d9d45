"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from consent.errors import LANGS
from evidence import writing
from evidence.file_faults import NotWritable


def test_the_file_is_there_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "FB0110"
    with writing(path) as out:
        out.write(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    assert [entry.name for entry in tmp_path.iterdir()] == ["FB0110"]


def _fail_within(path: Path, error: type[BaseException]) -> None:
    with writing(path) as out:
        out.write(b"half")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_nothing_is_left_behind_by_an_error(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "FB0110"
    path.write_bytes(b"before")
    with pytest.raises(error):
        _fail_within(path, error)
    assert path.read_bytes() == b"before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["FB0110"]


def test_an_old_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "FB0110"
    path.write_bytes(b"before")
    path.chmod(0o640)
    with writing(path) as out:
        out.write(b"after")
    assert path.read_bytes() == b"after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_gets_the_permissions_of_new_files(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    with writing(tmp_path / "FB0110") as out:
        out.write(b"x")
    assert (tmp_path / "FB0110").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(
    ("before", "most", "after"), [(None, 0o640, 0o640), (0o666, 0o640, 0o640), (0o644, 0o600, 0o600)]
)
def test_a_file_has_no_permission_that_it_must_not_have(
    tmp_path: Path, before: int | None, most: int, after: int
) -> None:
    path = tmp_path / "FB0110"
    if before is not None:
        path.write_bytes(b"before")
        path.chmod(before)
    umask = os.umask(0)
    try:
        with writing(path, most=most) as out:
            out.write(b"after")
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == after


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"before")
    (tmp_path / "link").symlink_to("real")
    with writing(tmp_path / "link") as out:
        out.write(b"after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"after"


def test_what_was_written_can_be_read_back_and_moved_in(tmp_path: Path) -> None:
    with writing(tmp_path / "FB0110") as out:
        out.write(b"abc")
        out.seek(0)
        assert out.read() == b"abc"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotWritable) as caught, writing(tmp_path / "none" / "FB0110"):
        raise AssertionError
    assert caught.value.details["name"] == str(tmp_path / "none" / "FB0110")
    assert "폴더가 없습니다" in caught.value.message("ko")
    assert all(caught.value.message(lang) and caught.value.remedy(lang) for lang in LANGS)


def test_a_folder_in_the_files_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotWritable) as caught, writing(tmp_path):
        raise AssertionError
    assert "폴더입니다" in caught.value.message("ko")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotWritable), writing(tmp_path / "file" / "FB0110"):
        raise AssertionError


def test_a_full_disk_is_refused_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("evidence.outfile.os.fsync", full)
    with pytest.raises(NotWritable) as caught, writing(tmp_path / "FB0110") as out:
        out.write(b"x")
    assert caught.value.details["reason"] == os.strerror(errno.ENOSPC)
    assert "디스크에 남은 공간이 없습니다" in caught.value.message("ko")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")  # noqa: PTH110 - a device
def test_a_device_is_written_to_as_it_is() -> None:
    from pathlib import Path  # noqa: PLC0415 - only here

    with writing(Path(os.devnull)) as out:
        out.write(b"x")
    assert Path(os.devnull).is_char_device()
    with pytest.raises(NotWritable), writing(Path("/dev/full")) as out:
        out.write(b"x" * 100_000)


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="no /dev/fd on this system")  # noqa: PTH110 - a device
@pytest.mark.parametrize("name", ["/dev/fd/{}", "link"])
def test_a_pipe_of_this_process_is_written_to(tmp_path: Path, name: str) -> None:
    """As `>(gzip >x)` names it."""
    reader, writer = os.pipe()
    (tmp_path / "link").symlink_to(f"/dev/fd/{writer}")
    with writing(tmp_path / name.format(writer)) as out:
        out.write(b"whole")
    os.write(writer, b", and still open")
    os.close(writer)
    with open(reader, "rb") as end:  # noqa: PTH123 - a descriptor
        assert end.read() == b"whole, and still open"


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="no /dev/fd on this system")  # noqa: PTH110 - a device
def test_what_stands_before_an_open_descriptor_stays(tmp_path: Path) -> None:
    """As `-o /dev/fd/3 3>>file`."""
    path = tmp_path / "file"
    path.write_bytes(b"first\n")
    with path.open("ab") as opened:
        with writing(Path(f"/dev/fd/{opened.fileno()}")) as out:
            out.write(b"second\n")
        opened.write(b"third\n")
    assert path.read_bytes() == b"first\nsecond\nthird\n"
    with path.open("rb") as unfit, pytest.raises(NotWritable), writing(Path(f"/dev/fd/{unfit.fileno()}")) as out:
        out.write(b"x")


@pytest.mark.skipif(os.name != "posix", reason="named pipes of POSIX")
def test_a_named_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with writing(tmp_path / "pipe") as out:
        out.write(b"whole")
    assert os.read(reader, 100) == b"whole"
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_what_is_written_over_a_private_file_is_never_public(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.touch(mode=0o600)
    with writing(path) as out:
        out.write(b"x")
        (aside,) = [file for file in tmp_path.iterdir() if file != path]
        assert aside.stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o777 == 0o600
