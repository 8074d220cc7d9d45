"""Making and opening stores."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text

from evidence.store import opening
from evidence.store.errors import (
    AddressNotUnderstood,
    KeysOfAnotherStore,
    NotADatabase,
    SchemaDiffers,
    StoreExists,
    StoreMissing,
    StoreUnavailable,
)
from evidence.store.keyring import Keyring
from evidence.store.opening import create, engine_of, newest, upgrade
from evidence.store.schema import LOG_HEAD
from evidence.store.store import Store
from evidence.store.web_schema import API_KEY


def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, API_KEY.metadata) == []
        assert context.get_current_revision() == newest()


def test_a_store_is_not_made_twice(address: str, keys: Keyring) -> None:
    create(address, keys, {})
    with pytest.raises(StoreExists):
        create(address, keys, {})


def test_a_store_opens_with_its_own_keys_only(address: str, keys: Keyring) -> None:
    create(address, keys, {})
    with pytest.raises(KeysOfAnotherStore):
        Store.open(address, Keyring.generate("first"))
    Store.open(address, keys).close()
    Store.open(address, keys.rotated("second")).close()


def test_nothing_is_made_by_opening(address: str, keys: Keyring) -> None:
    with pytest.raises(StoreMissing):
        Store.open(address, keys)
    with pytest.raises(StoreMissing):
        upgrade(address) if "postgres" in address else Store.open(address, keys)


def test_a_store_of_another_version_is_not_touched(store: Store, address: str, keys: Keyring) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaDiffers) as caught:
        Store.open(address, keys)
    assert caught.value.details == {"found": "9999", "wanted": newest()}


def test_upgrading_a_store_of_this_version_changes_nothing(store: Store, address: str, keys: Keyring) -> None:
    upgrade(address)
    Store.open(address, keys).close()


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path, keys: Keyring) -> None:
    create(str(tmp_path / "s.db"), keys, {})
    assert stat.S_IMODE((tmp_path / "s.db").stat().st_mode) == 0o600


def test_whoever_else_writes_is_not_waited_for_for_ever(
    address: str, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(address, keys, {})
    monkeypatch.setattr(opening, "BUSY_SECONDS", 1)
    first, second, now = Store.open(address, keys), Store.open(address, keys), datetime.now(UTC)
    with first.writing(now) as one:
        one.connection.execute(select(LOG_HEAD).with_for_update())
        with pytest.raises(StoreUnavailable), second.writing(now) as other:
            other.connection.execute(select(LOG_HEAD).with_for_update())
    with second.writing(now) as other:
        other.connection.execute(select(LOG_HEAD).with_for_update())
    first.close()
    second.close()


@pytest.mark.parametrize("address", ["mysql://a@b/c", "nonsense://x", "://"])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(AddressNotUnderstood):
        engine_of(address)


def test_a_server_that_is_not_there_is_said_without_its_words(keys: Keyring) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        Store.open("postgresql://someone:secret@127.0.0.1:1/nothing", keys)
    assert "secret" not in str(caught.value)
    assert caught.value.details["reason"] == "it cannot be reached, or does not let us in"
    assert "연결되지 않거나" in caught.value.message("ko")


def test_a_file_that_is_no_database_is_named_as_that(keys: Keyring, tmp_path: Path) -> None:
    (tmp_path / "s.db").write_bytes(b"something else" * 100)
    with pytest.raises(NotADatabase):
        Store.open(str(tmp_path / "s.db"), keys)
    with pytest.raises(NotADatabase):
        create(str(tmp_path / "s.db"), keys, {})
    assert (tmp_path / "s.db").read_bytes() == b"something else" * 100


def test_a_refusal_of_the_server_has_its_sqlstate_and_nothing_else(address: str, keys: Keyring) -> None:
    if "postgres" not in address:
        pytest.skip("of PostgreSQL")
    create(address, keys, {})
    store = Store.open(address, keys)
    with pytest.raises(StoreUnavailable) as caught, store.reading() as connection:
        connection.exec_driver_sql("SELECT secret FROM nowhere")
    store.close()
    assert caught.value.details["reason"] == "SQLSTATE 42P01"


def test_a_store_is_opened_and_read_while_somebody_writes(address: str, keys: Keyring) -> None:
    create(address, keys, {"name": "there"})
    writer = Store.open(address, keys)
    with writer.writing(datetime.now(UTC)):
        reader = Store.open(address, keys)
        assert reader.setting("name") == "there"
        reader.close()
    writer.close()
