"""Evidence files that no row tells of: those that are ours go, all others stay."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import fsspec
import pytest

from evidence.lifecycle.intake import take_in_consents
from evidence.store.errors import ConsentExists
from evidence.store.keyring import Keyring
from evidence.store.log import verify_log
from evidence.store.opening import create
from evidence.store.pieces import read_piece
from evidence.store.store import Store
from evidence.store.sweeping import orphans, sweep
from tests.evidence.lifecycle.people import NOW, clock, payer, payers


@pytest.fixture(params=["folder", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "folder":
        yield str(tmp_path / "evidence")
        return
    yield "memory://swept"
    fsspec.filesystem("memory").store.clear()


def made(folder: Path, url: str | None) -> Store:
    """A store of its own keys, with the evidence of two consents."""
    folder.mkdir()
    keys = Keyring.generate("first")
    create(str(folder / "s.db"), keys, {})
    store = Store.open(str(folder / "s.db"), keys, url)
    list(take_in_consents(store, payers(2), clock))
    return store


def left_over(store: Store) -> list[str]:
    with store.reading() as connection:
        return sorted(orphans(store, connection))


def refused_intake(store: Store) -> str:
    """A part that is refused as a whole; the evidence of its first consent was written already."""
    part = [payer(8), payer(9)]
    object.__setattr__(part[1], "payer_number", payer(1).payer_number)
    object.__setattr__(part[1], "account_number", payer(1).account_number)
    name = sha256(part[0].evidence).hexdigest()
    with store.writing(NOW) as writing:  # as where the transaction ends behind the writing of the file
        assert store.files is not None
        store.files.put(name, writing.sealer.key_id, writing.sealer.seal(f"evidence:{name}", part[0].evidence))
    with pytest.raises(ConsentExists):
        list(take_in_consents(store, part, clock))
    return name


def test_what_a_refused_intake_left_is_swept_and_nothing_else(tmp_path: Path, url: str) -> None:
    store = made(tmp_path / "one", url)
    assert left_over(store) == []
    name = refused_intake(store)
    assert left_over(store) == [name]
    assert (sweep(store, NOW), sweep(store, NOW)) == (1, 0)
    assert left_over(store) == []
    with store.reading() as connection:
        assert [read_piece(store, connection, number) for number in (1, 2)] == [payer(n).evidence for n in (1, 2)]
        assert list(verify_log(connection, store.keys)) == []
    store.close()


def test_what_the_keys_do_not_open_is_somebody_elses_and_stays(tmp_path: Path, url: str) -> None:
    store, other = made(tmp_path / "one", url), made(tmp_path / "other", url)
    assert other.files is not None
    name = sha256(b"theirs").hexdigest()
    other.files.put(name, other.sealer.key_id, other.sealer.seal(f"evidence:{name}", b"theirs"))
    assert (left_over(store), left_over(other)) == ([], [name])
    assert sweep(store, NOW) == 0
    store.close()
    other.close()


def test_other_files_in_the_folder_are_passed_over(tmp_path: Path) -> None:
    store = made(tmp_path / "one", str(tmp_path / "evidence"))
    (tmp_path / "evidence" / "README").write_text("kept by hand")
    (tmp_path / "evidence" / ("ab" * 32)).write_text("not where it should be")
    assert store.files is not None
    assert len(list(store.files.names())) == 2
    assert sweep(store, NOW) == 0
    store.close()


def test_a_store_without_a_folder_has_none(tmp_path: Path) -> None:
    store = made(tmp_path / "one", None)
    assert (left_over(store), sweep(store, NOW)) == ([], 0)
    store.close()
