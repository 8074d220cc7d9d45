"""Processes that are killed, and two operators at once. `make killexchange` does the first at full length."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.sending import Outbox
from evidence.lifecycle.take_in import take_in
from evidence.store.errors import StoreUnavailable
from evidence.store.keyring import Keyring
from evidence.store.opening import create
from evidence.store.store import Store
from tests.evidence.lifecycle.institute import fb0120
from tests.evidence.lifecycle.people import NOW, clock, payer, payers
from tests.evidence.lifecycle.test_sending import require_whole, send, states
from tests.exchange_kills import run, whole, working


def test_killed_at_random_instants_nothing_is_lost_or_doubled(address: str, tmp_path: Path) -> None:
    run(tmp_path, address, 1, random.Random())


def test_two_operators_who_send_at_once_send_every_consent_once(address: str, keys: Keyring, tmp_path: Path) -> None:
    outbox, key_file = tmp_path / "outbox", tmp_path / "keys"
    outbox.mkdir()
    key_file.write_text(keys.to_json())
    create(address, keys, {"processing": "integrated"})
    store = Store.open(address, keys)
    with ExitStack() as stack:
        both = [stack.enter_context(working([address, str(key_file), str(outbox)], "send")) for _ in range(2)]
        for first in range(1, 151, 10):
            list(take_in_consents(store, payers(10, first), clock))
        assert [one.wait() for one in both] == [0, 0]
    whole(store, outbox, 150, answered=False)
    store.close()


@pytest.fixture
def outbox(store: Store, tmp_path: Path) -> Outbox:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return Outbox(store, folder, clock)


@contextmanager
def losing_the_connection(store: Store, at: int) -> Iterator[None]:
    """The database goes away when it is asked for the so-manieth time."""
    asked = count(1)

    def lose(connection: Connection, *_: object) -> None:
        if next(asked) == at:
            connection.connection.dbapi_connection.close()  # type: ignore[union-attr]

    event.listen(store.engine, "before_cursor_execute", lose)
    try:
        yield
    finally:
        event.remove(store.engine, "before_cursor_execute", lose)


def test_a_connection_lost_at_any_statement_of_sending_costs_nothing(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, payers(2), clock))
    for at in count(1):
        list(take_in_consents(store, [payer(at + 2)], clock))
        try:
            with losing_the_connection(store, at):
                send(outbox)
        except StoreUnavailable:
            continue
        break
    assert at > 12  # it was lost that often before a call got through
    whole(store, outbox.folder, at + 2, answered=False)


def test_a_connection_lost_at_any_statement_of_taking_in_costs_nothing(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, payers(3), clock))
    (one,) = send(outbox)
    for at in count(1):
        try:
            with losing_the_connection(store, at):
                taken = take_in(store, fb0120(outbox.folder / one.name, {2: "7105"}), "FB0120", NOW)
        except StoreUnavailable:
            assert states(store) == ["sent"] * 3
            continue
        break
    assert at > 12
    assert not taken.already
    assert states(store) == ["accepted", "rejected", "accepted"]
    require_whole(store)
