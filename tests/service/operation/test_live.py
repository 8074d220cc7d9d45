"""Trust folders and keys are read again when they change, and what does not load changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from consent.errors import CodedError
from service.settings import Settings, SigningKeyFile
from service.web.operation.live import Live, Watch
from service.web.operation.material import Material
from tests.service.desk import Desk


@pytest.fixture
def material(desk: Desk, tmp_path: Path) -> Material:
    shutil.copytree(desk.trust, tmp_path / "trust")
    shutil.copy(desk.key("rsa"), tmp_path / "seal.p12")
    shutil.copy(desk / "password.txt", tmp_path / "password")
    files = SigningKeyFile(key=str(tmp_path / "seal.p12"), password_file=str(tmp_path / "password"))
    return Material.of(Settings(trust=(str(tmp_path / "trust"),), keys={"seal": files}))


def fault_of(live: Live[Any]) -> CodedError | None:
    return live.fault


def test_nothing_is_read_again_while_nothing_changes(material: Material) -> None:
    before = material.trust()
    material.refresh()
    material.refresh()
    assert material.trust() is before


def test_a_list_that_is_added_is_read_once_the_folder_lies_still(
    desk: Desk, material: Material, tmp_path: Path
) -> None:
    before = material.trust()
    extra = tmp_path / "trust" / "intermediates" / "more.pem"
    shutil.copy(desk.certificate("rsa"), extra)
    material.refresh()
    assert material.trust() is before  # perhaps somebody is still writing
    material.refresh()
    assert len(material.trust().stores[0].intermediates) == len(before.stores[0].intermediates) + 1
    assert material.trust.fault is None


def test_a_folder_that_breaks_leaves_the_old_one_in_use(material: Material, tmp_path: Path) -> None:
    before = material.trust()
    stray = tmp_path / "trust" / "crls" / "stray.crl"
    stray.write_bytes(b"nothing")
    material.refresh()
    material.refresh()
    assert material.trust() is before
    assert fault_of(material.trust) is not None
    stray.unlink()
    material.refresh()
    material.refresh()
    assert fault_of(material.trust) is None
    assert material.trust() == before


def test_a_key_that_is_replaced_is_opened(desk: Desk, material: Material, tmp_path: Path) -> None:
    before = material.keys()["seal"].key.certificate
    shutil.copy(desk.key("ecdsa"), tmp_path / "new.p12")
    (tmp_path / "new.p12").replace(tmp_path / "seal.p12")
    material.refresh()
    material.refresh()
    assert material.keys()["seal"].key.certificate != before


def test_a_key_that_does_not_open_leaves_the_old_one_in_use(material: Material, tmp_path: Path) -> None:
    before = material.keys()
    (tmp_path / "password").write_text("another", encoding="utf-8")
    material.refresh()
    material.refresh()
    assert material.keys() is before
    assert material.keys.fault is not None
    assert material.keys.fault.code == "PKI-023"


def test_what_disappears_and_comes_back_unchanged_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("1", encoding="utf-8")
    live = Live([str(file)], lambda: file.read_text(encoding="utf-8"))
    assert live() == "1"
    assert not live.refresh()
    file.write_text("22", encoding="utf-8")
    assert not live.refresh()
    assert live.refresh()
    assert live() == "22"


def test_the_watch_looks_until_it_is_stopped() -> None:
    looked = Event()
    watch = Watch(0.01, looked.set)
    assert looked.wait(10)
    watch.stop()
    looked.clear()
    assert not looked.wait(0.1)


def test_a_watch_goes_on_after_a_look_that_broke() -> None:
    looked, seen_again = [], Event()

    def look() -> None:
        looked.append(1)
        if len(looked) == 1:
            raise OSError(24, "Too many open files")
        seen_again.set()

    watch = Watch(0.01, look)
    assert seen_again.wait(20)
    watch.stop()


def test_whatever_keeps_it_from_being_read_is_told_and_leaves_the_old_one_in_use(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"")
    loads = iter([1])
    live = Live([str(tmp_path)], lambda: next(loads))
    (tmp_path / "two").write_bytes(b"")
    assert [live.refresh(), live.refresh()] == [False, True]
    fault = live.fault
    assert live() == 1
    assert fault is not None
    assert (fault.code, fault.details) == ("SVC-099", {"error": "StopIteration"})
