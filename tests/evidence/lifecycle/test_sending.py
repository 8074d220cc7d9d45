"""Files handed in: every queued consent in exactly one, and the same bytes whatever happened on the way."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import event, select

from evidence import DataRecord, check, read_file
from evidence.file_faults import NotWritable
from evidence.lifecycle import sending
from evidence.lifecycle.errors import ManifestDiffers, OutboxAhead
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.files import FileState
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.manifests import MANIFEST
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.sending import Outbox, Sent
from evidence.lifecycle.states import Event, State
from evidence.store.errors import StoreUnavailable
from evidence.store.keyring import Keyring
from evidence.store.log import verify_log, verify_states
from evidence.store.opening import create
from evidence.store.rows import verify_consents, verify_files
from evidence.store.schema import CONSENT, FILE
from evidence.store.store import Store, Writing
from tests.evidence.lifecycle.people import DAY, NOW, clock, payer, payers


@pytest.fixture
def outbox(store: Store, tmp_path: Path) -> Outbox:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return Outbox(store, folder, clock)


def send(outbox: Outbox, day: date = DAY) -> list[Sent]:
    return list(outbox.send("FB0110", settle_fb0110, day))


def states(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.execute(select(CONSENT.c.state).order_by(CONSENT.c.id)).scalars())


def require_whole(store: Store) -> None:
    with store.reading() as connection:
        assert list(verify_log(connection, store.keys)) == []
        assert list(verify_states(connection)) == []
        assert list(verify_files(connection)) == []
        assert list(verify_consents(store, connection)) == []


def payer_numbers(path: Path) -> list[str]:
    with path.open("rb") as stream:
        return [item.fields["payer_number"] for item in read_file(stream) if isinstance(item, DataRecord)]


def test_what_is_queued_goes_out_once(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, payers(3), clock))
    (sent,) = send(outbox)
    assert (sent.records, sent.carried_on) == (3, False)
    path = outbox.folder / sent.name
    assert sha256(path.read_bytes()).digest() == sent.sha256
    with path.open("rb") as stream:
        assert check(stream).sound
    assert payer_numbers(path) == [one.payer_number for one in payers(3)]
    assert states(store) == ["sent"] * 3
    assert send(outbox) == []
    assert sorted(one.name for one in outbox.folder.iterdir()) == [sent.name, f"{sent.name}.manifest.json"]
    require_whole(store)


def test_what_lies_in_the_outbox_is_not_for_everybody(store: Store, outbox: Outbox) -> None:
    """Whoever hands the files in is of the same group; the umask of whoever runs `send` decides nothing."""
    list(take_in_consents(store, payers(1), clock))
    umask = os.umask(0)
    try:
        send(outbox)
    finally:
        os.umask(umask)
    assert {stat.S_IMODE(one.stat().st_mode) for one in outbox.folder.iterdir()} == {0o640}


def test_the_manifest_says_what_the_file_is(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, payers(2), clock))
    (sent,) = send(outbox)
    manifest = json.loads((outbox.folder / f"{sent.name}.manifest.json").read_text())
    seq, digest = manifest["log"]["seq"], bytes.fromhex(manifest["log"]["digest"])
    assert manifest == {
        "file": sent.name,
        "code": "FB0110",
        "transmission_code": "IY0",
        "receiver": "",
        "process_date": "2026-11-02",
        "institution_code": "",
        "bank_code": "",
        "records": 2,
        "bytes": sent.size,
        "sha256": sent.sha256.hex(),
        "store": manifest["store"],
        "log": {"seq": seq, "digest": digest.hex()},
    }
    with store.reading() as connection:
        assert list(verify_log(connection, store.keys, {seq: digest})) == []


def test_bank_by_bank_there_is_a_file_for_each(address: str, keys: Keyring, tmp_path: Path) -> None:
    create(address, keys, {"processing": "per-bank"})
    store = Store.open(address, keys)
    list(take_in_consents(store, [payer(1), payer(2, bank="088"), payer(3), payer(4, institution="77")], clock))
    sent = send(Outbox(store, tmp_path, clock))
    assert [one.records for one in sent] == [1, 2, 1]
    headers = [json.loads((tmp_path / f"{one.name}.manifest.json").read_text()) for one in sent]
    assert [(h["institution_code"], h["bank_code"], h["transmission_code"]) for h in headers] == [
        ("77", "004", "Y00"),
        ("9912345678", "004", "Y00"),
        ("9912345678", "088", "Y00"),
    ]
    store.close()


def test_a_cancellation_goes_out_without_evidence(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, payers(2), clock))
    send(outbox)
    with store.writing(NOW) as writing:
        move(writing, [Move(number, Event.ACCEPTED) for number in (1, 2)])
        move(writing, [Move(2, Event.CANCEL_QUEUED)])
    (sent,) = send(outbox)
    with (outbox.folder / sent.name).open("rb") as stream:
        (record,) = [item for item in read_file(stream) if isinstance(item, DataRecord)]
    assert (record.fields["cancellation"], record.fields["payer_number"]) == ("Y", "A-00000002")
    assert record.evidence == b""
    assert states(store) == ["accepted", "cancel_sent"]


def test_evidence_whose_last_verdict_is_no_pass_stays_where_it_is(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, payers(2), clock))
    with store.engine.begin() as connection:  # as if the verdict had been written apart from the consent
        connection.exec_driver_sql("UPDATE evidence SET kind = '2', indication = 'TOTAL_FAILED' WHERE id = 1")
    (sent,) = send(outbox)
    assert payer_numbers(outbox.folder / sent.name) == ["A-00000002"]
    assert states(store) == ["queued", "sent"]


class Overtaken(Outbox):
    """One who sees a file that is not finished, and finds that somebody else has finished it and handed it in."""

    def _unfinished(self, code: str) -> list[int]:
        found = super()._unfinished(code)
        other = Outbox(self.store, self.folder, self.clock)
        for sent in other.send("FB0110", settle_fb0110, DAY):
            (self.folder / sent.name).unlink()
            (self.folder / f"{sent.name}.manifest.json").unlink()
        return found


def test_a_file_that_was_handed_in_is_not_put_there_again(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, payers(2), clock))
    with store.writing(NOW) as writing:
        settle_fb0110(writing, DAY)
    assert send(Overtaken(store, outbox.folder, clock)) == []
    assert list(outbox.folder.iterdir()) == []
    assert states(store) == ["sent"] * 2
    require_whole(store)


def refused_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def fail(*_: object, **__: object) -> None:
    raise RuntimeError("as if the process had ended here")


@pytest.mark.parametrize("step", ["write_sent", "manifest_of", "_note"])
def test_whatever_stops_it_the_next_call_makes_the_same_bytes(
    store: Store, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    list(take_in_consents(store, payers(3), clock))
    with monkeypatch.context() as patch:
        patch.setattr(sending, step, fail)
        with pytest.raises(RuntimeError):
            send(outbox)
    left = {path.name: path.read_bytes() for path in outbox.folder.iterdir()}
    list(take_in_consents(store, payers(2, first=4), clock))
    first, second = send(outbox)
    assert (first.carried_on, first.records, second.carried_on, second.records) == (True, 3, False, 2)
    for name, content in left.items():
        assert (outbox.folder / name).read_bytes() == content
    names = payer_numbers(outbox.folder / first.name) + payer_numbers(outbox.folder / second.name)
    assert names == [one.payer_number for one in payers(5)]
    require_whole(store)


def test_a_full_disk_costs_nothing(store: Store, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    list(take_in_consents(store, payers(3), clock))
    with monkeypatch.context() as patch:
        patch.setattr("evidence.outfile.os.fsync", refused_disk)
        with pytest.raises(NotWritable):
            send(outbox)
    assert list(outbox.folder.iterdir()) == []
    (sent,) = send(outbox)
    assert (sent.carried_on, sent.records) == (True, 3)


def test_an_outbox_that_is_not_there_costs_nothing(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, payers(3), clock))
    outbox.folder.rmdir()
    with pytest.raises(NotWritable):
        send(outbox)
    outbox.folder.mkdir()
    (sent,) = send(outbox)
    assert (sent.carried_on, sent.records) == (True, 3)


def test_a_file_system_that_is_read_only_costs_nothing(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, payers(3), clock))
    with pytest.raises(NotWritable):
        send(Outbox(store, Path("/proc"), clock))  # not even root makes files there
    (sent,) = send(outbox)
    assert (sent.carried_on, sent.records) == (True, 3)
    require_whole(store)


def test_a_database_that_is_full_costs_nothing(tmp_path: Path, keys: Keyring) -> None:
    """At whichever statement SQLite runs out of pages: nothing is half done, and with room again it goes on."""
    create(str(tmp_path / "s.db"), keys, {"processing": "integrated"})
    store = Store.open(str(tmp_path / "s.db"), keys)
    outbox = Outbox(store, tmp_path, clock)
    times, reasons = 0, set()
    list(take_in_consents(store, payers(100), clock))
    for room in range(0, 2000, 5):
        times += 1
        with store.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

        def limit(connection: object, pages: int = pages + room) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]

        event.listen(store.engine, "begin", limit)
        try:
            send(outbox)
        except StoreUnavailable as error:
            reasons.add(error.details["reason"])
        else:
            break
        finally:
            event.remove(store.engine, "begin", limit)
            with store.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert times > 3
    assert reasons == {"SQLITE_FULL"}
    assert set(states(store)) == {"sent"}
    require_whole(store)
    store.close()


def noted(outbox: Outbox, name: str, **other: object) -> Path:
    """The first manifest in an outbox, under another name, and saying something else."""
    first = min(outbox.folder.glob(f"*{MANIFEST}"))
    path = outbox.folder / f"{name}{MANIFEST}"
    path.write_text(json.dumps(json.loads(first.read_text()) | {"file": name, **other}))
    return path


LATER = {"log": {"seq": 99, "digest": "0" * 64}}
OTHERWISE = {"log": {"seq": 10, "digest": "0" * 64}}
BEYOND = {"log": {"seq": 2**70, "digest": "0" * 64}}  # more than any database holds


@pytest.mark.parametrize("log", [LATER, OTHERWISE, BEYOND])
def test_what_the_log_does_not_know_is_not_written_over(store: Store, outbox: Outbox, log: dict[str, object]) -> None:
    """The database was put back to an earlier day: the next file would be that one once more."""
    list(take_in_consents(store, payers(2), clock))
    send(outbox)
    path = noted(outbox, "FB0110_20261102_000002", **log)
    list(take_in_consents(store, payers(2, first=3), clock))
    before = {one.name: one.read_bytes() for one in outbox.folder.iterdir()}
    with pytest.raises(OutboxAhead) as caught:
        send(outbox)
    assert caught.value.details == {"count": 1, "files": "FB0110_20261102_000002"}
    assert {one.name: one.read_bytes() for one in outbox.folder.iterdir()} == before
    assert states(store) == ["sent", "sent", "queued", "queued"]
    path.rename(outbox.folder.parent / path.name)
    assert [one.records for one in send(outbox)] == [2]
    require_whole(store)


def test_manifests_of_other_stores_and_of_others_are_left_alone(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, payers(2), clock))
    send(outbox)
    noted(outbox, "FB0110_20261109_000007", store="0123456789abcdef", **LATER)
    (outbox.folder / f"theirs{MANIFEST}").write_text("[1]")
    (outbox.folder / f"broken{MANIFEST}").write_text("{")
    (outbox.folder / f"odd{MANIFEST}").write_text('{"file": 1, "sha256": "", "log": {"seq": "1", "digest": ""}}')
    (outbox.folder / f"gone{MANIFEST}").symlink_to("nothing")
    list(take_in_consents(store, payers(1, first=3), clock))
    assert [one.records for one in send(outbox)] == [1]


def test_a_manifest_in_the_place_of_the_next_file_stops_it_before_anything_is_settled(
    store: Store, outbox: Outbox
) -> None:
    list(take_in_consents(store, payers(1), clock))
    path = outbox.folder / f"FB0110_20261102_000001{MANIFEST}"
    path.write_text("{}")
    with pytest.raises(ManifestDiffers):
        send(outbox)
    assert (states(store), path.read_text()) == (["queued"], "{}")
    path.unlink()
    assert [one.records for one in send(outbox)] == [1]


@pytest.mark.parametrize("other", [{"sha256": "0" * 64}, None])
def test_what_is_settled_is_not_put_in_the_place_of_another_file(
    store: Store, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, other: dict[str, str] | None
) -> None:
    list(take_in_consents(store, payers(1), clock))
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_note", fail)
        with pytest.raises(RuntimeError):
            send(outbox)
    (path,) = outbox.folder.glob(f"*{MANIFEST}")
    whole = path.read_text()
    path.write_text("{}" if other is None else json.dumps(json.loads(whole) | other))
    before = {one.name: one.read_bytes() for one in outbox.folder.iterdir()}
    with pytest.raises(ManifestDiffers):
        send(outbox)
    assert {one.name: one.read_bytes() for one in outbox.folder.iterdir()} == before
    path.write_text(whole)
    (sent,) = send(outbox)
    assert (sent.carried_on, states(store)) == (True, ["sent"])


def test_what_a_killed_process_left_is_taken_away_after_a_day(store: Store, outbox: Outbox) -> None:
    old, new, other = (outbox.folder / name for name in (".0123.part", ".4567.part", "mine.part"))
    for path, age in ((old, 86_401), (new, 86_000), (other, 200_000)):
        path.touch()
        os.utime(path, (NOW.timestamp() - age,) * 2)
    send(outbox)
    assert [path.exists() for path in (old, new, other)] == [False, True, True]


def test_settling_is_all_or_nothing(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, payers(3), clock))

    def settle_and_fail(writing: Writing, day: date) -> list[int]:
        settle_fb0110(writing, day)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        list(outbox.send("FB0110", settle_and_fail, DAY))
    assert states(store) == [State.QUEUED] * 3
    with store.reading() as connection:
        assert connection.execute(select(FILE)).all() == []
    require_whole(store)


def test_two_who_finish_the_same_file_put_it_there_once(store: Store, outbox: Outbox) -> None:
    list(take_in_consents(store, payers(3), clock))
    with store.writing(NOW) as writing:
        (file_id,) = settle_fb0110(writing, DAY)
    deliver: Callable[..., Sent | None] = outbox._deliver
    first = deliver(file_id)
    assert first is not None
    assert deliver(file_id) is None
    assert outbox._delivered(file_id) == first
    with store.reading() as connection:
        assert connection.execute(select(FILE.c.state)).scalar_one() == FileState.READY
    require_whole(store)
