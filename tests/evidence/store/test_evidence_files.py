"""Large evidence beside the database: in a folder, and in what fsspec understands."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import fsspec
import pytest

from evidence.file_faults import NotWritable
from evidence.lifecycle.intake import take_in_consents
from evidence.store.errors import EvidenceGone, FilesUrlUnusable, SealBroken, StoreUnavailable
from evidence.store.evidence_files import EvidenceFiles
from evidence.store.keyring import Keyring
from evidence.store.opening import create
from evidence.store.pieces import read_piece
from evidence.store.store import Store
from tests.evidence.lifecycle.people import clock, payer, payers

NAME = "ab" * 32


@pytest.fixture(params=["folder", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "folder":
        yield str(tmp_path / "evidence")
        return
    yield "memory://evidence"
    fsspec.filesystem("memory").store.clear()


@pytest.fixture
def kept(url: str, tmp_path: Path) -> Iterator[Store]:
    keys = Keyring.generate("first")
    create(str(tmp_path / "s.db"), keys, {})
    store = Store.open(str(tmp_path / "s.db"), keys, url)
    list(take_in_consents(store, payers(3), clock))
    yield store
    store.close()


def test_what_was_put_comes_back_until_it_is_removed(url: str) -> None:
    files = EvidenceFiles(url)
    with pytest.raises(EvidenceGone):
        files.get(NAME)
    files.put(NAME, "key", b"sealed\nwith a line end")
    files.put(NAME, "other", b"sealed anew")
    assert files.get(NAME) == ("other", b"sealed anew")
    files.remove(NAME)
    files.remove(NAME)
    with pytest.raises(EvidenceGone):
        files.get(NAME)


def test_evidence_is_read_from_where_it_was_put(kept: Store) -> None:
    with kept.reading() as connection:
        assert [read_piece(kept, connection, number) for number in (1, 2, 3)] == [payer(n).evidence for n in (1, 2, 3)]


def test_evidence_that_was_exchanged_or_altered_is_not_given_out(kept: Store) -> None:
    assert kept.files is not None
    one, other = (payer(number) for number in (1, 2))
    with kept.reading() as connection:
        names = [sha256(each.evidence).hexdigest() for each in (one, other)]
        key, sealed = kept.files.get(names[0])
        kept.files.put(names[0], *kept.files.get(names[1]))
        with pytest.raises(SealBroken):
            read_piece(kept, connection, 1)
        kept.files.put(names[0], key, sealed[:-1] + bytes([sealed[-1] ^ 1]))
        with pytest.raises(SealBroken):
            read_piece(kept, connection, 1)
        kept.files.remove(names[0])
        with pytest.raises(EvidenceGone):
            read_piece(kept, connection, 1)


def test_files_are_sealed_and_for_their_owner_alone(tmp_path: Path) -> None:
    keys = Keyring.generate("first")
    create(str(tmp_path / "s.db"), keys, {})
    store = Store.open(str(tmp_path / "s.db"), keys, str(tmp_path / "evidence"))
    list(take_in_consents(store, payers(1), clock))
    store.close()
    (file,) = [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes().startswith(b"first\n")
    assert payer(1).evidence[:20] not in file.read_bytes()


def test_a_folder_that_refuses_leaves_nothing_half_done(tmp_path: Path) -> None:
    keys = Keyring.generate("first")
    create(str(tmp_path / "s.db"), keys, {})
    (tmp_path / "evidence").write_text("no folder")
    store = Store.open(str(tmp_path / "s.db"), keys, str(tmp_path / "evidence"))
    with pytest.raises((NotWritable, StoreUnavailable)):
        list(take_in_consents(store, payers(2), clock))
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM consent").scalar() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM log").scalar() == 0
    store.close()


@pytest.mark.parametrize("protocol", ["nosuch", "abfs"])
def test_a_place_that_nothing_here_can_reach_is_refused_by_name(protocol: str) -> None:
    with pytest.raises(FilesUrlUnusable) as refused:
        EvidenceFiles(f"{protocol}://secret@bucket/evidence")
    assert refused.value.details == {"protocol": protocol}
