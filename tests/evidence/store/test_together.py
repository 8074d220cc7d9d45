"""Several at a store at the same time, and a database that goes away in the middle."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from evidence.lifecycle.intake import take_in_consents
from evidence.store.errors import StoreUnavailable
from evidence.store.keyring import Keyring
from evidence.store.log import verify_log, verify_states
from evidence.store.schema import CONSENT, EVIDENCE, LOG
from evidence.store.store import Store
from tests.evidence.lifecycle.people import clock, payers

COUNT = 1200
ADDING = """
import sys
from pathlib import Path
from evidence.lifecycle.intake import take_in_consents
from evidence.store.keyring import Keyring
from evidence.store.store import Store
from tests.evidence.lifecycle.people import clock, payers

address, keys, count = sys.argv[1:]
store = Store.open(address, Keyring.parse(Path(keys).read_bytes(), keys))
sys.stdin.readline()
parts = list(take_in_consents(store, payers(int(count)), clock))
print(sum(len(part.added) for part in parts), sum(part.known for part in parts))
store.close()
"""


def require_whole(store: Store, count: int) -> None:
    with store.reading() as connection:
        assert [*verify_log(connection, store.keys), *verify_states(connection)] == []
        for table, wanted in ((CONSENT, count), (EVIDENCE, count), (LOG, 3 * count)):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == wanted


def test_two_who_take_in_the_same_list_have_no_consent_twice(
    store: Store, address: str, keys: Keyring, tmp_path: Path
) -> None:
    (tmp_path / "keys.json").write_text(keys.to_json())
    words = [sys.executable, "-c", ADDING, address, str(tmp_path / "keys.json"), str(COUNT)]
    root = Path(__file__).parents[3]
    runs = [
        subprocess.Popen(words, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for run in runs:
        assert run.stdin is not None
        run.stdin.write("\n")
        run.stdin.flush()
    told = [run.communicate(timeout=120)[0].split() for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sum(int(added) for added, _ in told) == COUNT
    assert [int(added) + int(known) for added, known in told] == [COUNT, COUNT]
    require_whole(store, COUNT)


def test_many_threads_with_stores_of_their_own_share_one_order(store: Store, address: str, keys: Keyring) -> None:
    failed: list[BaseException] = []

    def add(first: int) -> None:
        ours = Store.open(address, keys)
        try:
            list(take_in_consents(ours, payers(60, first), clock))
        except BaseException as error:  # noqa: BLE001 - told by the test
            failed.append(error)
        finally:
            ours.close()

    threads = [threading.Thread(target=add, args=(1 + 30 * number,)) for number in range(4)]  # each half of its like
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    require_whole(store, 150)


def test_a_connection_that_is_lost_leaves_nothing_half_done(store: Store, address: str) -> None:
    """The server ends it between two statements of a transaction; the next one finds its way again."""
    if "postgres" not in address:
        pytest.skip("there is no server")
    list(take_in_consents(store, payers(3), clock))
    with pytest.raises(StoreUnavailable):
        lose_the_connection(store)
    require_whole(store, 3)
    list(take_in_consents(store, payers(2, 4), clock))
    require_whole(store, 5)


def lose_the_connection(store: Store) -> None:
    with store.writing(clock()) as writing:
        number = writing.connection.execute(text("SELECT pg_backend_pid()")).scalar()
        writing.log.add("unmasked")
        writing.connection.execute(text("UPDATE consent SET state = 'withdrawn'"))
        with store.engine.connect() as other:
            other.execute(text(f"SELECT pg_terminate_backend({number})"))


def test_a_database_that_is_full_leaves_nothing_half_done(store: Store, address: str) -> None:
    if "postgres" in address:
        pytest.skip("of SQLite")
    list(take_in_consents(store, payers(3), clock))
    store.engine.dispose()
    with store.engine.connect() as connection:  # the pool hands out the same connection again
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable) as caught:
        list(take_in_consents(store, payers(400, 4), clock))
    assert caught.value.details["reason"] == "SQLITE_FULL"
    store.engine.dispose()
    require_whole(store, 3)
    list(take_in_consents(store, payers(2, 4), clock))
    require_whole(store, 5)
