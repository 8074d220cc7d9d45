"""NPKI folders: found wherever one begins to look, in order, whatever else lies there."""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certs.demo import DemoPki, write_demo_pki
from certs.demo_certificates import PayerProfile, payer_key_pair
from certs.npki import Holding, State, find


@pytest.fixture(scope="module")
def demo(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("npki")
    write_demo_pki(pki, folder, password="1")
    return folder


def test_every_pair_is_found_from_wherever_one_looks(pki: DemoPki, demo: Path) -> None:
    whole = find([demo], at=pki.at)
    assert len(whole) == 6
    for root in (demo / "NPKI", demo / "NPKI" / "..", demo):
        assert [one.holder for one in find([root], at=pki.at)] == [one.holder for one in whole]
    issuer = demo / "NPKI" / "DonguiDemoCA1"
    for root in (issuer, issuer / "USER"):
        assert len(find([root], at=pki.at)) == 3
    holder = whole[0].folder
    assert [one.folder for one in find([holder], at=pki.at)] == [holder]


def test_one_that_is_below_two_roots_is_listed_once(pki: DemoPki, demo: Path) -> None:
    assert len(find([demo, demo / "NPKI", demo], at=pki.at)) == 6
    assert len(find([demo, demo / "usb"], at=pki.at)) == 7


def test_states_and_order(pki: DemoPki, demo: Path) -> None:
    states = [one.state(pki.at) for one in find([demo], at=pki.at)]
    assert states == [State.VALID] * 4 + [State.EXPIRED, State.KEY_MISSING]
    before = pki.at - timedelta(days=40)
    assert {one.state(before) for one in find([demo], at=before) if one.key_file is not None} == {
        State.VALID,
        State.NOT_YET_VALID,
    }


def test_the_newest_comes_first(pki: DemoPki, tmp_path: Path) -> None:
    for number, first_day in enumerate((-200, -10, -100)):
        profile = PayerProfile("x", 1, "p256", f"홍길동 {number}", "홍길동", first_day=first_day)
        pair = payer_key_pair(profile, pki.intermediates[1].key_pair, pki.at, b"R")
        folder = tmp_path / "yessign" / "USER" / str(number)
        folder.mkdir(parents=True)
        (folder / "signCert.der").write_bytes(pair.certificate.public_bytes(Encoding.DER))
        (folder / "signPri.key").write_bytes(b"")
    assert [one.holder for one in find([tmp_path], at=pki.at)] == ["홍길동 1", "홍길동 2", "홍길동 0"]


@pytest.mark.parametrize(
    ("issuer", "name", "count"),
    [
        (None, "길동", 1),
        (None, "HONG gil", 1),
        ("ca 1", None, 3),
        ("donguidemoca2", None, 3),
        ("Dongui Demo", None, 6),
        ("ca 2", "길동", 0),
        ("KICA", None, 0),
        ("", "", 6),
    ],
)
def test_issuer_and_name_narrow_it_down(
    pki: DemoPki, demo: Path, issuer: str | None, name: str | None, count: int
) -> None:
    assert len(find([demo], at=pki.at, issuer=issuer, name=name)) == count


def test_what_cannot_be_read_is_listed_last_and_stops_nothing(pki: DemoPki, demo: Path, tmp_path: Path) -> None:
    shutil.copytree(demo / "NPKI", tmp_path / "NPKI")
    for name, data in (("cut", pki.root.der[:-1]), ("empty", b""), ("zeros", bytes(100_000))):
        folder = tmp_path / "NPKI" / "yessign" / "USER" / name
        folder.mkdir(parents=True)
        (folder / "signCert.der").write_bytes(data)
    (tmp_path / "NPKI" / "a file").write_bytes(b"x")
    (tmp_path / "NPKI" / "yessign" / "USER" / "a folder" / "signCert.der").mkdir(parents=True)
    found = find([tmp_path], at=pki.at)
    assert [one.state(pki.at) for one in found][6:] == [State.UNREADABLE] * 4
    assert {one.holder + one.issuer + one.organization for one in found[6:]} == {""}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_of_that_name_is_not_waited_for(pki: DemoPki, tmp_path: Path) -> None:
    """Opened, it would wait for somebody to write, for ever."""
    folder = tmp_path / "NPKI" / "yessign" / "USER" / "pipe"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "signCert.der")
    found: list[Holding] = []
    looking = threading.Thread(target=lambda: found.extend(find([tmp_path], at=pki.at)), daemon=True)
    looking.start()
    looking.join(10)
    assert [one.state(pki.at) for one in found] == [State.UNREADABLE]


def test_a_folder_that_is_not_there_has_nothing(pki: DemoPki, tmp_path: Path) -> None:
    assert find([tmp_path / "nowhere", tmp_path], at=pki.at) == []


def test_nothing_personal_is_in_the_repr(pki: DemoPki, demo: Path) -> None:
    for one in find([demo], at=pki.at):
        assert "cn=" not in repr(one)
        assert one.holder not in repr(replace(one, key_file=None))
