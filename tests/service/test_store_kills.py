"""`dongui store rekey` killed again and again: nothing out of reach, and in the end nothing under an old key."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path

from evidence.lifecycle.intake import take_in_consents
from evidence.store.figures import keys_in_use
from evidence.store.log import verify_log, verify_states
from evidence.store.opening import create
from evidence.store.pieces import read_piece
from evidence.store.store import Store
from service.commands.store_init import make_keys
from service.stores import key_file
from tests.evidence.lifecycle.people import clock, payer, payers
from tests.service.running import DONGUI, environment

KILLS = 5
COUNT = 400


def test_a_change_of_keys_that_is_killed_goes_on(tmp_path: Path) -> None:
    file, address, files = str(tmp_path / "keys.json"), str(tmp_path / "s.db"), str(tmp_path / "evidence")
    make_keys(file)
    create(address, key_file(file), {})
    store = Store.open(address, key_file(file), files)
    list(take_in_consents(store, payers(COUNT), clock))
    words = [str(DONGUI), "store", "rekey", "--store", address, "--keys", file, "--files", files]
    instants = random.Random(7)
    killed = 0
    while killed < KILLS:
        run = subprocess.Popen(words, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(instants.uniform(0.3, 2.5))
        killed += run.poll() is None
        run.kill()
        run.wait()
        require_whole(store)
    assert subprocess.run(words, env=environment(), check=False, capture_output=True).returncode == 0
    with store.reading() as connection:
        assert list(keys_in_use(connection)) == [key_file(file).current]
    require_whole(store)
    assert not [name for name in tmp_path.iterdir() if name.suffix == ".part"]
    store.close()


def require_whole(store: Store) -> None:
    with store.reading() as connection:
        assert [*verify_log(connection, store.keys), *verify_states(connection)] == []
        for number in range(1, COUNT + 1):
            assert read_piece(store, connection, number) == payer(number).evidence
