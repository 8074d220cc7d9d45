"""A new key: everything sealed anew, whatever happens meanwhile, and nothing ever out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import select

from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.files import records_of, texts_of
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.sending import Outbox
from evidence.store.errors import KeyInUse, KeyStillSeals, KeyUnknown, SealBroken
from evidence.store.figures import keys_in_use
from evidence.store.key_file import KeyFile
from evidence.store.keyring import Keyring
from evidence.store.log import verify_log, verify_states
from evidence.store.opening import create
from evidence.store.pieces import read_piece
from evidence.store.rekeying import begin, forget, is_under_way, rows_left, seal_anew
from evidence.store.schema import CONSENT, EVIDENCE, FILE
from evidence.store.sealing import about_consent
from evidence.store.store import Store
from tests.evidence.lifecycle.people import DAY, clock, payer, payers

COUNT = 240


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(Keyring.generate("first").to_json())
    return path


@pytest.fixture(params=["files", "database"])
def filled(request: pytest.FixtureRequest, address: str, file: Path, tmp_path: Path) -> Iterator[Store]:
    """A store with consents of which some are in a file, and with evidence in either place."""
    create(address, key_file(file), {"processing": "integrated"})
    files = str(tmp_path / "evidence") if request.param == "files" else None
    store = Store.open(address, key_file(file), files)
    list(take_in_consents(store, payers(COUNT - 50), clock))
    (tmp_path / "outbox").mkdir()
    list(Outbox(store, tmp_path / "outbox", clock).send("FB0110", settle_fb0110, DAY))
    list(take_in_consents(store, payers(50, COUNT - 49), clock))
    yield store
    store.close()


def key_file(file: Path) -> KeyFile:
    return KeyFile(file, lambda: Keyring.parse(file.read_bytes(), str(file)))


def begun(store: Store, file: Path) -> str:
    return begin(store, key_file(file), clock, "new")


def all_read(store: Store) -> int:
    """Open everything there is; how many consents."""
    with store.reading() as connection:
        rows = connection.execute(select(CONSENT).order_by(CONSENT.c.id)).all()
        for row in rows:
            texts = store.sealer.open_texts(about_consent(row.id), row.key_id, bytes(row.sealed))
            number = int(texts["account_number"])
            assert read_piece(store, connection, row.evidence_id) == payer(number).evidence
        for file_id in connection.execute(select(FILE.c.id)).scalars().all():
            assert [texts_of(store, row)["payer_number"] for row in records_of(connection, file_id)]
        assert [*verify_log(connection, store.keys), *verify_states(connection)] == []
    return len(rows)


def in_use(store: Store) -> set[str]:
    with store.reading() as connection:
        return set(keys_in_use(connection))


def test_everything_is_sealed_anew_and_the_old_key_goes(filled: Store, file: Path) -> None:
    assert not is_under_way(filled, key_file(file))
    key = begun(filled, file)
    assert is_under_way(filled, key_file(file))
    assert sum(seal_anew(filled, clock)) == rows_before(filled)
    assert (in_use(filled), rows_left(filled)) == ({key}, 0)
    forget(filled, key_file(file), clock, "first")
    assert set(key_file(file).ring.keys) == {key}
    again = opened_again(filled, file)
    assert all_read(again) == COUNT
    again.close()
    assert list(seal_anew(filled, clock)) == []


def opened_again(store: Store, file: Path) -> Store:
    url = store.engine.url
    is_sqlite = url.get_backend_name() == "sqlite"
    address = str(url.database) if is_sqlite else url.render_as_string(hide_password=False)
    return Store.open(address, key_file(file), None if store.files is None else store.files.url)


def rows_before(store: Store) -> int:
    return COUNT + COUNT + COUNT - 50  # consents, evidence, records


@pytest.mark.parametrize("steps", [0, 3])
def test_what_was_interrupted_is_gone_on_with(filled: Store, file: Path, steps: int) -> None:
    key = begun(filled, file)
    list(islice(seal_anew(filled, clock), steps))
    assert all_read(filled) == COUNT
    assert begun(filled, file) == key
    list(seal_anew(filled, clock))
    assert in_use(filled) == {key}
    assert all_read(filled) == COUNT
    assert begun(filled, file) != key


def test_a_key_file_written_before_the_store_was_told_is_used(filled: Store, file: Path) -> None:
    keys = key_file(file)
    keys.replace(keys.ring.rotated("left over"))
    list(take_in_consents(filled, payers(1, 900), clock))
    assert in_use(filled) == {"first"}
    assert begun(filled, file) == "left over"


def test_others_go_on_with_the_new_key_while_everything_is_sealed_anew(
    filled: Store, file: Path, tmp_path: Path
) -> None:
    """Who opened the store before there was a new key reads, takes in and sends between any two steps."""
    other = opened_again(filled, file)
    key = begun(other, file)
    for number, _ in enumerate(seal_anew(other, clock)):
        assert number % 8 or all_read(filled) == COUNT + number
        list(take_in_consents(filled, payers(1, COUNT + number + 1), clock))
        if number == 2:
            list(Outbox(filled, tmp_path / "outbox", clock).send("FB0110", settle_fb0110, DAY.replace(day=4)))
    assert in_use(filled) == {key}
    assert all_read(filled) == COUNT + number + 1
    other.close()


def test_a_key_that_seals_anything_stays(filled: Store, file: Path) -> None:
    with pytest.raises(KeyStillSeals):
        forget(filled, key_file(file), clock, "first")
    begun(filled, file)
    with pytest.raises(KeyInUse) as caught:
        forget(filled, key_file(file), clock, "first")
    assert caught.value.details["rows"] == rows_before(filled)
    with pytest.raises(KeyUnknown):
        forget(filled, key_file(file), clock, "none")
    assert "first" in key_file(file).ring.keys


def test_what_cannot_be_opened_stops_it_and_stays_as_it_is(filled: Store, file: Path) -> None:
    begun(filled, file)
    with filled.engine.begin() as connection:
        sealed = bytes(connection.execute(select(CONSENT.c.sealed).where(CONSENT.c.id == 7)).scalar_one())
        broken = sealed[:-1] + bytes([sealed[-1] ^ 1])
        connection.execute(CONSENT.update().where(CONSENT.c.id == 7).values(sealed=broken))
    with pytest.raises(SealBroken):
        list(seal_anew(filled, clock))
    with filled.reading() as connection:
        row = connection.execute(select(CONSENT).where(CONSENT.c.id == 7)).one()
        assert (row.key_id, bytes(row.sealed)) == ("first", broken)


def test_evidence_in_files_is_read_by_the_key_that_the_file_names(filled: Store, file: Path) -> None:
    """A file sealed anew whose row was not written any more: killed in between."""
    if filled.files is None:
        pytest.skip("evidence is in the database")
    key = begun(filled, file)
    with filled.writing(clock()) as writing, filled.reading() as connection:
        row = connection.execute(select(EVIDENCE).where(EVIDENCE.c.id == 1)).one()
        content = read_piece(filled, connection, 1)
        name = bytes(row.sha256).hex()
        filled.files.put(name, key, writing.sealer.seal(f"evidence:{name}", content))
    assert filled.files.get(name)[0] == key
    assert all_read(filled) == COUNT
    list(seal_anew(filled, clock))
    assert in_use(filled) == {key}
    assert all_read(filled) == COUNT
