"""Fixtures of the console's tests: a store is made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from unittest.mock import patch

import pytest

from certs.demo import DemoPki
from evidence.store.keyring import Keyring
from service.web.console import users
from tests.service.console.house import House, build, opened

HASH: Final = users._HASH


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hash the tests' passwords with less work than it takes elsewhere."""
    with patch.object(users, "_HASH", "scrypt:512:8:1"):
        yield


@pytest.fixture(scope="session")
def _built(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Keyring]:
    folder = tmp_path_factory.mktemp("console")
    return folder, build(folder, pki)


@pytest.fixture
def house(_built: tuple[Path, Keyring], pki: DemoPki, tmp_path: Path) -> Iterator[House]:
    """The console before a store of the test's own."""
    folder, keys = _built
    shutil.copy(folder / "store.db", tmp_path / "store.db")
    with opened(tmp_path, keys) as store:
        house = House(store, (pki.trust(),), folder)
        yield house
        house.resources.close()
