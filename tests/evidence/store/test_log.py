"""The log tells every row that was altered, taken away or moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy import Connection, delete, select, text, update

from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.sending import Outbox
from evidence.lifecycle.states import Event
from evidence.store.errors import LogNotVouched
from evidence.store.keyring import Keyring
from evidence.store.log import Entry, LogFault, head_mac, verify_log, verify_states
from evidence.store.rows import verify_consents, verify_files
from evidence.store.schema import CONSENT, FILE, FILE_RECORD, LOG, LOG_HEAD
from evidence.store.store import Store, Writing
from tests.evidence.lifecycle.people import DAY, clock, payers


@pytest.fixture
def written(store: Store) -> Store:
    list(take_in_consents(store, payers(4), clock))
    return store


def faults(store: Store, noted: dict[int, bytes] | None = None) -> list[LogFault]:
    with store.reading() as connection:
        return list(verify_log(connection, store.keys, noted))


def test_an_untouched_log_is_whole(written: Store) -> None:
    assert faults(written) == []
    with written.reading() as connection:
        rows = connection.execute(select(LOG).order_by(LOG.c.seq)).all()
    assert [row.seq for row in rows] == list(range(1, 13))
    assert [row.event for row in rows].count("queued") == 4


def test_an_empty_log_is_whole(store: Store) -> None:
    assert faults(store) == []


def fail(writing: Writing, rows: int) -> NoReturn:
    with writing.apart():
        for _ in range(rows):
            writing.log.add("in_vain")
        writing.next_id(CONSENT)
        raise ZeroDivisionError


@pytest.mark.parametrize("rows", [1, 5_001])
def test_a_part_that_fails_leaves_no_row_and_no_number(written: Store, rows: int) -> None:
    """Also where rows of it are in the database already."""
    with written.writing(clock()) as writing:
        writing.log.add("before")
        number = writing.next_id(CONSENT)
        with pytest.raises(ZeroDivisionError):
            fail(writing, rows)
        with writing.apart():
            writing.log.add("after")
        assert writing.next_id(CONSENT) == number + 1
        assert writing.log.counted == {"before": 1, "after": 1}
    assert faults(written) == []
    with written.reading() as connection:
        events = connection.execute(select(LOG.c.event).order_by(LOG.c.seq)).scalars().all()
    assert events[12:] == ["before", "after"]


def alter(connection: Connection) -> None:
    connection.execute(update(LOG).where(LOG.c.seq == 5).values(details='{"state":"accepted"}'))


def move_in_time(connection: Connection) -> None:
    connection.execute(update(LOG).where(LOG.c.seq == 5).values(at="2026-11-02T04:00:00.000000Z"))


def point_to_another(connection: Connection) -> None:
    connection.execute(update(LOG).where(LOG.c.seq == 5).values(consent_id=4))


def exchange(connection: Connection) -> None:
    connection.execute(update(LOG).where(LOG.c.seq == 5).values(seq=99))
    connection.execute(update(LOG).where(LOG.c.seq == 6).values(seq=5))
    connection.execute(update(LOG).where(LOG.c.seq == 99).values(seq=6))


def take_away(connection: Connection) -> None:
    connection.execute(delete(LOG).where(LOG.c.seq == 5))


def take_away_the_last(connection: Connection) -> None:
    connection.execute(delete(LOG).where(LOG.c.seq == 12))


def take_away_all(connection: Connection) -> None:
    connection.execute(delete(LOG))


def lose_the_head(connection: Connection) -> None:
    connection.execute(delete(LOG_HEAD))


def forge_the_head(connection: Connection) -> None:
    """Take the last row away and have the head name the one before it; its code is under a key that a forger lacks."""
    connection.execute(delete(LOG).where(LOG.c.seq == 12))
    last = connection.execute(select(LOG).where(LOG.c.seq == 11)).one()
    connection.execute(update(LOG_HEAD).values(seq=11, digest=last.digest))


@pytest.mark.parametrize(
    ("harm", "code", "seq"),
    [
        (alter, "FB-240", 5),
        (move_in_time, "FB-240", 5),
        (point_to_another, "FB-240", 5),
        (exchange, "FB-240", 5),
        (take_away, "FB-241", 5),
        (take_away_the_last, "FB-242", 11),
        (take_away_all, "FB-242", 0),
        (lose_the_head, "FB-242", 12),
        (forge_the_head, "FB-242", 11),
    ],
)
def test_harm_is_found(written: Store, harm: Callable[[Connection], None], code: str, seq: int) -> None:
    with written.engine.begin() as connection:
        harm(connection)
    assert LogFault(code, seq) in faults(written)


def test_a_log_made_anew_as_a_whole_is_found_by_its_head_and_by_what_was_noted_outside(written: Store) -> None:
    with written.reading() as connection:
        noted = {12: bytes(connection.execute(select(LOG.c.digest).where(LOG.c.seq == 12)).scalar_one())}
    assert faults(written, noted) == []
    with written.engine.begin() as connection:
        connection.execute(update(LOG).where(LOG.c.seq == 3).values(event="withdrawn"))
        digest = bytes(32)
        for row in connection.execute(select(LOG).order_by(LOG.c.seq)).all():
            fields = Entry(row.seq, row.at, row.event, row.consent_id, row.file_id, row.details)
            digest = fields.digest(digest)
            connection.execute(update(LOG).where(LOG.c.seq == row.seq).values(digest=digest))
        mac = head_mac(Keyring.generate("forger"), 12, digest)
        connection.execute(update(LOG_HEAD).values(digest=digest, mac=mac))
    assert {fault.code for fault in faults(written)} == {"FB-242"}
    assert LogFault("FB-243", 12) in faults(written, noted)


def test_what_was_noted_outside_and_is_gone_is_found(written: Store) -> None:
    assert LogFault("FB-243", 13) in faults(written, {13: b"x"})


def test_a_consent_stands_where_the_log_says(written: Store) -> None:
    with written.reading() as connection:
        assert list(verify_states(connection)) == []
    with written.engine.begin() as connection:
        connection.execute(update(CONSENT).where(CONSENT.c.id == 2).values(state="reconciled"))
        connection.execute(delete(CONSENT).where(CONSENT.c.id == 4))
        connection.execute(delete(LOG).where(LOG.c.consent_id == 1))
    with written.reading() as connection:
        assert [fault.number for fault in verify_states(connection)] == [1, 2, 4]


def test_nothing_personal_stands_in_the_clear(written: Store, address: str) -> None:
    """Whatever the database writes: no payer number, account number or holder's id can be read in it."""
    with written.reading() as connection:
        for table in ("consent", "evidence", "log", "file", "file_record", "setting"):
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                seen = b"".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row)
                assert b"A-0000000" not in seen
                assert b"00000000000001" not in seen
                assert b"800101" not in seen


@pytest.mark.parametrize("edit", [lose_the_head, forge_the_head])
def test_nothing_is_written_behind_a_forged_end(written: Store, edit: Callable[[Connection], None]) -> None:
    """A later row would bring the store's own code over the forgery, and nobody would find it any more."""
    with written.engine.begin() as connection:
        edit(connection)
    before = faults(written)
    with pytest.raises(LogNotVouched):
        list(take_in_consents(written, payers(1, 9), clock))
    assert before and faults(written) == before


def test_what_is_edited_beside_the_log_is_found(written: Store, tmp_path: Path) -> None:
    """Consents told by another one's hash, with another one's evidence or values; a file that was not answered."""
    list(Outbox(written, tmp_path, clock).send("FB0110", settle_fb0110, DAY))
    with written.reading() as connection:
        assert [*verify_files(connection), *verify_consents(written, connection)] == []
        rows = connection.execute(select(CONSENT).order_by(CONSENT.c.id)).all()
    changes: list[dict[str, object]] = [
        {"identity": b"x" + bytes(rows[1].identity)[1:]},
        {"evidence_id": rows[2].evidence_id},
        {"account_hash": rows[0].account_hash},
        {"sealed": rows[2].sealed},
    ]
    with written.engine.begin() as connection:
        for number, change in enumerate(changes, 1):
            connection.execute(update(CONSENT).where(CONSENT.c.id == number).values(**change))
        connection.execute(update(FILE).values(state="answered"))
        connection.execute(update(LOG).where(LOG.c.event == "file_ready").values(details="no JSON"))
    with written.reading() as connection:
        assert [fault.number for fault in verify_consents(written, connection)] == [1, 2, 3, 4]
        assert list(verify_files(connection)) == [LogFault("FB-378", 1)]
        assert list(verify_states(connection)) == []


@pytest.mark.parametrize(
    ("name", "day"), [("applied_on", date(2021, 11, 2)), ("ended_on", date(2021, 11, 2)), ("ended_on", None)]
)
def test_a_day_that_was_moved_is_found(written: Store, name: str, day: date | None) -> None:
    """By the one a consent is registered, and found again in an audit; by the other it may be deleted."""
    with written.writing(clock()) as writing:
        move(writing, [Move(2, Event.WITHDRAWN)])
    with written.reading() as connection:
        assert list(verify_consents(written, connection)) == []
    with written.engine.begin() as connection:
        connection.execute(update(CONSENT).where(CONSENT.c.id == 2).values({name: day}))
    with written.reading() as connection:
        assert list(verify_consents(written, connection)) == [LogFault("FB-379", 2)]


@pytest.mark.parametrize("change", [{"live": False}, {"key_id": ""}, {"key_id": "", "sealed": b""}])
def test_one_that_is_said_to_have_ended_or_to_be_deleted_is_found(written: Store, change: dict[str, object]) -> None:
    """Not alive, it could be taken in a second time; deleted, nobody would compare what is sealed in it."""
    with written.engine.begin() as connection:
        connection.execute(update(CONSENT).where(CONSENT.c.id == 3).values(**change))
    with written.reading() as connection:
        assert list(verify_consents(written, connection)) == [LogFault("FB-379", 3)]


@pytest.mark.parametrize(
    "change",
    [
        "consent SET applied_on = 'some day'",
        "consent SET live = 'x'",
        "consent SET sealed = 'x'",
        "consent SET identity = 99999999999",
        "evidence SET sha256 = 'x'",
    ],
)
def test_what_no_program_would_write_is_a_fault_and_hides_no_other(written: Store, change: str) -> None:
    if written.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL refuses it")
    with written.engine.begin() as connection:
        connection.execute(text(f"UPDATE {change} WHERE id = 2"))
        connection.execute(update(CONSENT).where(CONSENT.c.id == 4).values(account_hash=b"x"))
    with written.reading() as connection:
        assert [fault.number for fault in verify_consents(written, connection)] == [2, 4]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("log SET digest = 'x' WHERE seq = 2", [LogFault("FB-240", 2), LogFault("FB-240", 3)]),
        ("log_head SET mac = 7", [LogFault("FB-242", 12)]),
    ],
)
def test_a_digest_that_is_none_is_a_fault(written: Store, change: str, found: list[LogFault]) -> None:
    if written.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL refuses it")
    with written.engine.begin() as connection:
        connection.execute(text(f"UPDATE {change}"))
    assert faults(written) == found


@pytest.mark.parametrize(
    "edit",
    [
        update(FILE).values(records=3),
        update(FILE).values(name="FB0110_20261102_000009"),
        update(FILE).values(process_date=date(2026, 11, 3)),
        delete(FILE_RECORD).where(FILE_RECORD.c.number == 4),
    ],
    ids=["records", "name", "process date", "a record"],
)
def test_a_file_that_lacks_a_record_or_bears_another_name_or_day_is_found(
    written: Store, tmp_path: Path, edit: Any
) -> None:
    list(Outbox(written, tmp_path, clock).send("FB0110", settle_fb0110, DAY))
    with written.engine.begin() as connection:
        connection.execute(edit)
    with written.reading() as connection:
        assert list(verify_files(connection)) == [LogFault("FB-378", 1)]


def test_a_row_that_is_no_json_any_more_is_a_fault_and_no_crash(written: Store) -> None:
    with written.engine.begin() as connection:
        connection.execute(update(LOG).where(LOG.c.consent_id == 2).values(details="[]"))
        connection.execute(update(LOG).where(LOG.c.consent_id == 3).values(details="{"))
    with written.reading() as connection:
        assert list(verify_states(connection)) == [LogFault("FB-244", 2), LogFault("FB-244", 3)]
        assert [fault.number for fault in verify_consents(written, connection)] == [2, 3]
