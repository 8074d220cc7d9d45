"""The files by which workers on one store wait for each other."""

from __future__ import annotations

import errno
import fcntl
from pathlib import Path

import pytest

from evidence.store.errors import StoreUnavailable
from evidence.store.opening import engine_of
from service.lock_files import CLAIMS, TURNS, require_lock_files
from service.web.claims import Claims
from service.web.turns import Turns


@pytest.mark.parametrize("ending", [CLAIMS, TURNS])
def test_what_cannot_be_opened_is_told_beforehand_and_refused(tmp_path: Path, ending: str) -> None:
    database = tmp_path / "s.db"
    require_lock_files(str(database))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / f"s.db{ending}").mkdir()
    with pytest.raises(StoreUnavailable):
        require_lock_files(str(database))
    with pytest.raises(StoreUnavailable):
        (Claims if ending == CLAIMS else Turns)(engine_of(str(database)))


def test_a_folder_in_which_no_file_can_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        require_lock_files(str(tmp_path / "nowhere" / "s.db"))


def test_a_system_without_locks_is_no_request_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As over some network file systems: every request would be told for ever that it is being answered."""

    def refused(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    claims = Claims(engine_of(str(tmp_path / "s.db")))
    monkeypatch.setattr(fcntl, "lockf", refused)
    with pytest.raises(StoreUnavailable), claims.claim(bytes(8)):
        pytest.fail("it was not claimed")
    claims.close()
