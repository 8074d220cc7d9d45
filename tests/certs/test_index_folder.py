"""Indexes that are kept save time and nothing else: damaged, foreign or missing ones change no list and no verdict."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certs import TrustStore, index_folder
from certs.errors import NotRevocationList
from certs.index_folder import NAME, IndexFolder, read_index, written_index
from certs.list_index import ListIndex
from tests.fuzz.pki import JUDGED_AT, PKI
from tests.verifier.forge import Forge
from tests.verifier.lists import long_list
from verifier import Indication, policies, verify_der

ISSUER = PKI.intermediates[0].key_pair
REVOKED = PKI.payers["rsa"].certificate.serial_number
NUMBERS = [*(3**n for n in range(2, 60)), *range(1_000_000, 1_002_500), REVOKED]
LIST = long_list(ISSUER, NUMBERS)
OTHER = long_list(ISSUER, NUMBERS[:-1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    trust = tmp_path / "trust"
    for name in ("anchors", "intermediates", "crls"):
        (trust / name).mkdir(parents=True)
    (trust / "anchors" / "root.der").write_bytes(PKI.root.der)
    (trust / "intermediates" / "ca.der").write_bytes(PKI.intermediates[0].der)
    (trust / "crls" / "root.crl").write_bytes(PKI.root.crl)
    (trust / "crls" / "ca.crl").write_bytes(LIST)
    return trust


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """The long lists that are read through."""
    read: list[bytes] = []
    of = ListIndex.of

    def counted(der: bytes) -> ListIndex:
        if len(der) >= index_folder.LEAST_BYTES:
            read.append(der)
        return of(der)

    with monkeypatch.context() as patched:
        patched.setattr(ListIndex, "of", counted)
        yield read


def kept(folder: Path) -> list[Path]:
    return sorted((folder / NAME).iterdir())


def indexed(store: TrustStore, der: bytes = LIST) -> list[int]:
    (item,) = [item for item in store.crls if item.der == der]
    assert item.index is not None
    assert all(number in item.index for number in NUMBERS[:-1])
    assert item.index.excerpt(item.index) == der
    return list(item.index)


def said_of_the_revoked(store: TrustStore) -> set[str]:
    codes: set[str] = set()
    for _ in range(3):
        verdict = verify_der(Forge(PKI).der(), trust=store, policy=policies.KFTC, at=JUDGED_AT)
        assert verdict.indication is Indication.TOTAL_FAILED
        codes |= {finding.code for finding in verdict.findings}
    return codes


def test_a_long_list_is_read_through_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with counting(monkeypatch) as read:
        first = TrustStore.open(folder)
        (file,) = kept(folder)
        assert read == [LIST]
        again = TrustStore.open(folder)
        assert read == [LIST]
    assert file.name == f"{sha256(LIST).hexdigest()}.crl-index"
    assert first == again
    assert indexed(first) == indexed(again) == NUMBERS
    assert "PKI-121" in said_of_the_revoked(first) & said_of_the_revoked(again)


def test_short_lists_are_not_worth_a_file(folder: Path) -> None:
    (folder / "crls" / "ca.crl").write_bytes(long_list(ISSUER, NUMBERS[-100:]))
    assert "PKI-121" in said_of_the_revoked(TrustStore.open(folder))
    assert not (folder / NAME).exists()


def test_lists_in_pem_have_one_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = (x509.load_der_x509_crl(der) for der in (LIST, OTHER))
    (folder / "crls" / "ca.crl").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in loaded))
    with counting(monkeypatch) as read:
        assert indexed(TrustStore.open(folder)) == indexed(TrustStore.open(folder)) == NUMBERS
    assert read == [LIST, OTHER]


def damaged(whole: bytes) -> Iterator[bytes]:
    chance = random.Random(7)
    yield from (b"", whole[:1], whole[:-1], whole[1:], whole + b"\0", whole * 2, b"\0" * len(whole), LIST)
    places = [*range(160), *range(len(whole) - 40, len(whole)), *(chance.randrange(len(whole)) for _ in range(200))]
    for place in places:
        yield whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :]
        yield whole[:place]
    for _ in range(40):
        start, end = sorted(chance.randrange(len(whole)) for _ in range(2))
        yield whole[:start] + bytes(end - start) + whole[end:]
        yield whole[:start] + whole[end:]


def test_a_damaged_index_counts_for_nothing(folder: Path) -> None:
    TrustStore.open(folder)
    (file,) = kept(folder)
    whole, digest = file.read_bytes(), sha256(LIST).digest()
    assert read_index(whole, LIST, digest) is not None
    tried = [data for data in damaged(whole) if data != whole]
    assert len(tried) > 700
    assert all(read_index(data, LIST, digest) is None for data in tried)
    for data in random.Random(8).sample(tried, 12):
        file.write_bytes(data)
        store = TrustStore.open(folder)
        assert indexed(store) == NUMBERS
        assert "PKI-121" in said_of_the_revoked(store)
        assert file.read_bytes() == whole  # made anew


def test_an_index_of_another_list_counts_for_nothing(folder: Path) -> None:
    """Of one that revokes the same, but for one certificate, and of one by other code."""
    TrustStore.open(folder)
    (file,) = kept(folder)
    whole = file.read_bytes()
    other = b"".join(written_index(ListIndex.of(OTHER), sha256(OTHER).digest()))
    first_line = whole.partition(b"\n")[0]
    body = whole[:-32].replace(first_line, first_line.replace(b"index 1", b"index 0"))
    for foreign in (other, body + sha256(body).digest()):
        file.write_bytes(foreign)
        assert indexed(TrustStore.open(folder)) == NUMBERS
        assert file.read_bytes() == whole


def test_a_list_that_was_replaced_is_read_anew(folder: Path) -> None:
    """Under the same name, as whoever fetches lists by other means does."""
    (folder / "crls" / "ca.crl").write_bytes(OTHER)
    assert REVOKED not in indexed(TrustStore.open(folder), OTHER)
    (folder / "crls" / "ca.crl").write_bytes(LIST)
    store = TrustStore.open(folder)
    assert indexed(store) == NUMBERS
    assert "PKI-121" in said_of_the_revoked(store)
    assert len(kept(folder)) == 2


def test_where_nothing_can_be_kept_the_list_is_read_each_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / NAME).write_bytes(b"a file where the folder should be")
    with counting(monkeypatch) as read:
        assert indexed(TrustStore.open(folder)) == indexed(TrustStore.open(folder)) == NUMBERS
    assert read == [LIST, LIST]


def test_a_disk_that_is_full_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        assert indexed(TrustStore.open(folder)) == NUMBERS
        assert kept(folder) == []
    assert indexed(TrustStore.open(folder)) == NUMBERS
    assert len(kept(folder)) == 1


def test_whatever_lies_where_an_index_should_is_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    TrustStore.open(folder)
    (file,) = kept(folder)
    file.unlink()
    file.mkdir()
    assert indexed(TrustStore.open(folder)) == NUMBERS
    shutil.rmtree(file)
    file.symlink_to(folder / "nowhere")
    assert indexed(TrustStore.open(folder)) == NUMBERS
    file.unlink()
    file.write_bytes(bytes(len(LIST) + 1))  # longer than any index: not read into memory at all

    def unreadable(_: Path) -> bytes:
        raise OSError(5, "Input/output error")

    index = IndexFolder(folder)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", unreadable)
        assert list(index.index_of(LIST)) == NUMBERS
        assert list(index.index_of(LIST)) == NUMBERS


def test_what_is_no_list_is_refused_still(folder: Path) -> None:
    (folder / "crls" / "ca.crl").write_bytes(b"\x30" + bytes(index_folder.LEAST_BYTES))
    for _ in range(2):
        with pytest.raises(NotRevocationList):
            TrustStore.open(folder)
    assert not (folder / NAME).exists()


def test_only_indexes_of_lists_that_are_gone_are_discarded(folder: Path) -> None:
    (folder / "crls" / "other.crl").write_bytes(OTHER)
    TrustStore.open(folder)
    indexes = IndexFolder(folder)
    (indexes.path / "cut-short.part").write_bytes(b"")
    (indexes.path / "README").write_bytes(b"")
    assert len(kept(folder)) == 4
    indexes.discard_others([LIST, PKI.root.crl])
    assert {file.name for file in kept(folder)} == {f"{sha256(LIST).hexdigest()}.crl-index", "README"}
    shutil.rmtree(indexes.path)
    indexes.discard_others([LIST])
    assert not indexes.path.exists()


def test_an_index_that_was_made_elsewhere_can_be_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    indexes = IndexFolder(folder)
    indexes.keep(ListIndex.of(PKI.root.crl))
    assert not indexes.path.exists()
    indexes.keep(ListIndex.of(LIST))
    with counting(monkeypatch) as read:
        assert indexed(TrustStore.open(folder)) == NUMBERS
    assert read == []
