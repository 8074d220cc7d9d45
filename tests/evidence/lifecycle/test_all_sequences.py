"""Whatever happens in whatever order: no consent is lost, none waits in two files, and the log tells where each is."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)
from sqlalchemy import func, select

from consent.errors import CodedError
from evidence.lifecycle.cancelling import end_void, hold_cancellations, queue_cancellations
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.fb0221 import settle_fb0221
from evidence.lifecycle.fb0410 import settle_fb0420
from evidence.lifecycle.fb0910 import settle_fb0910
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.mending import amend, requeue, withdraw
from evidence.lifecycle.sending import Outbox, Settle
from evidence.lifecycle.states import ENDED, NEXT, Event, State
from evidence.lifecycle.take_in import take_in
from evidence.store.keyring import Keyring
from evidence.store.log import verify_log, verify_states
from evidence.store.opening import create
from evidence.store.rows import verify_consents, verify_files
from evidence.store.schema import CONSENT, FILE, FILE_RECORD, LOG
from evidence.store.store import Store, Writing
from tests.evidence.lifecycle.institute import fb0120, fb0410, fb0421
from tests.evidence.lifecycle.notices import fb0211, fb0222, fb0320, fb0620, fb0933
from tests.evidence.lifecycle.people import DAY, NOW, payer
from tests.evidence.lifecycle.test_take_in import asked

PAYERS = st.integers(1, 4)
NUMBERS = st.integers(1, 8)
CODES = st.sampled_from(["7109", "7120", "7190", "7125", "2041", "2042"])
CHANGES = st.sampled_from(["0000", "2401", "2402", "1201", "7405", ""])
DAYS = st.integers(0, 40).map(lambda after: f"{DAY + timedelta(days=after):%Y%m%d}")
MENDS: tuple[Callable[[Writing, list[int]], int], ...] = (
    requeue,
    withdraw,
    queue_cancellations,
    hold_cancellations,
    end_void,
)


class LifeCycle(RuleBasedStateMachine):
    """An operator, the institute and the banks, doing anything at any time to a handful of payers."""

    sent: Bundle[tuple[str, Path]] = Bundle("sent")
    came: Bundle[bytes] = Bundle("came")

    @initialize(errors=st.dictionaries(st.integers(1, 4), CODES, max_size=2))
    def open(self, errors: dict[int, str]) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="life")
        keys = Keyring.generate("first")
        address = str(Path(self.folder.name, "store.db"))
        create(address, keys, {"processing": "integrated"})
        self.store = Store.open(address, keys)
        self.outbox = Outbox(self.store, Path(self.folder.name), lambda: NOW)
        list(take_in_consents(self.store, [payer(number) for number in range(1, 5)], lambda: NOW))
        (one,) = self.outbox.send("FB0110", settle_fb0110, DAY)
        self.take(fb0120(self.outbox.folder / one.name, errors))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    @rule(numbers=st.lists(PAYERS, min_size=1, max_size=4, unique=True), again=st.booleans())
    def consent(self, numbers: list[int], again: bool) -> None:
        people = [payer(number) for number in numbers]
        (taken,) = take_in_consents(self.store, people, lambda: NOW, again=again)
        assert len(taken.added) + taken.known + len(taken.ended) == len(people)
        assert not (again and taken.ended)

    @rule(target=sent, code=st.sampled_from(["FB0110", "FB0110", "FB0221", "FB0420", "FB0910"]), day=st.integers(0, 3))
    def send(self, code: str, day: int) -> MultipleResults[tuple[str, Path]]:
        settles: dict[str, Settle] = {
            "FB0110": settle_fb0110,
            "FB0221": settle_fb0221,
            "FB0420": lambda writing, of: settle_fb0420(writing, of, refused=[], allow_missing=True),
            "FB0910": settle_fb0910,
        }
        made = self.outbox.send(code, settles[code], DAY + timedelta(days=7 * day))
        return multiple(*((code, self.outbox.folder / one.name) for one in made))

    @rule(
        target=came,
        file=sent,
        errors=st.dictionaries(st.integers(1, 4), CODES, max_size=2),
        pair=st.tuples(CHANGES, CHANGES),
    )
    def answer(
        self, file: tuple[str, Path], errors: dict[int, str], pair: tuple[str, str]
    ) -> MultipleResults[bytes] | bytes:
        code, path = file
        if code == "FB0910":
            return multiple()
        if code == "FB0221":
            return self.take(fb0222(path, dict.fromkeys(errors, pair)))
        return self.take(fb0120(path, errors) if code == "FB0110" else fb0421(path, errors))

    @rule(errors=st.dictionaries(st.integers(1, 2), CODES, max_size=1), pair=st.tuples(CHANGES, CHANGES))
    def send_and_answer(self, errors: dict[int, str], pair: tuple[str, str]) -> None:
        """What is ready goes out and comes back: else few sequences would get far."""
        for one in self.outbox.send("FB0110", settle_fb0110, DAY):
            self.take(fb0120(self.outbox.folder / one.name, errors), answers=one.name)
        for one in self.outbox.send("FB0221", settle_fb0221, DAY):
            self.take(fb0222(self.outbox.folder / one.name, dict.fromkeys(errors, pair)), answers=one.name)

    @rule(target=came, numbers=st.lists(PAYERS, max_size=3), why=st.sampled_from("012N"), day=DAYS)
    def end(self, numbers: list[int], why: str, day: str) -> MultipleResults[bytes] | bytes:
        return self.take(fb0320(*((number, why) for number in numbers), day=day))

    @rule(target=came, numbers=st.lists(PAYERS, max_size=3), why=st.sampled_from(["81", "82", "84", "92"]), day=DAYS)
    def fail(self, numbers: list[int], why: str, day: str) -> MultipleResults[bytes] | bytes:
        return self.take(fb0620(*((number, why) for number in numbers), day=day))

    @rule(target=came, numbers=st.lists(PAYERS, min_size=1, max_size=2, unique=True), day=DAYS)
    def change(self, numbers: list[int], day: str) -> MultipleResults[bytes] | bytes:
        return self.take(fb0211(*numbers, day=day))

    @rule(target=came, numbers=st.lists(PAYERS, max_size=3), day=DAYS)
    def ledger(self, numbers: list[int], day: str) -> MultipleResults[bytes] | bytes:
        return self.take(fb0933(*(payer(number) for number in numbers), day=day))

    @rule(number=NUMBERS, day=DAYS)
    def lack(self, number: int, day: str) -> None:
        """A ledger lists nobody, and somebody goes out again."""
        self.take(fb0933(day=day))
        self.tried(lambda writing: requeue(writing, [number]))

    @rule(number=NUMBERS)
    def cancel_in_vain(self, number: int) -> None:
        """The bank has nothing to cancel, and an operator ends it."""
        self.tried(lambda writing: queue_cancellations(writing, [number]))
        for one in self.outbox.send("FB0110", settle_fb0110, DAY):
            self.take(fb0120(self.outbox.folder / one.name, dict.fromkeys(range(1, 9), "2042")), answers=one.name)
        self.tried(lambda writing: end_void(writing, [number]))

    @rule(target=came, numbers=st.lists(PAYERS, min_size=1, max_size=3, unique=True), day=DAYS)
    def audit(self, numbers: list[int], day: str) -> MultipleResults[bytes] | bytes:
        return self.take(fb0410([asked(number) for number in numbers], day=day))

    @rule(content=consumes(came))
    def the_same_again(self, content: bytes) -> None:
        before = self.rows()
        assert take_in(self.store, io.BytesIO(content), "again", NOW).already
        assert self.rows() == before

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=2, unique=True), mend=st.sampled_from(MENDS))
    def mend(self, numbers: list[int], mend: Callable[[Writing, list[int]], int]) -> None:
        self.tried(lambda writing: mend(writing, numbers))

    @rule(number=NUMBERS, account=st.integers(1, 6))
    def correct(self, number: int, account: int) -> None:
        self.tried(lambda writing: amend(writing, number, {"account_number": f"{account:014}"}))

    def tried(self, what: Callable[[Writing], object]) -> None:
        before = self.rows()
        try:
            with self.store.writing(NOW) as writing:
                what(writing)
        except CodedError:
            assert self.rows() == before, "what is refused leaves no trace"

    def take(self, file: io.BytesIO, answers: str | None = None) -> MultipleResults[bytes] | bytes:
        content, before = file.getvalue(), self.rows()
        try:
            take_in(self.store, io.BytesIO(content), "from the institute", NOW, answers=answers)
        except CodedError:
            assert self.rows() == before, "what is refused leaves no trace"
            return multiple()
        return content

    def rows(self) -> list[int]:
        with self.store.reading() as connection:
            return [
                connection.execute(select(func.count()).select_from(t)).scalar_one() for t in (LOG, FILE, FILE_RECORD)
            ]

    @invariant()
    def the_log_verifies_and_the_states_agree(self) -> None:
        if hasattr(self, "store"):
            with self.store.reading() as connection:
                assert list(verify_log(connection, self.store.keys)) == []
                assert list(verify_states(connection)) == []
                assert list(verify_files(connection)) == []
                assert list(verify_consents(self.store, connection)) == []

    @invariant()
    def every_consent_is_where_its_events_lead(self) -> None:
        if not hasattr(self, "store"):
            return
        with self.store.reading() as connection:
            events = connection.execute(
                select(LOG.c.consent_id, LOG.c.event).where(LOG.c.consent_id.is_not(None)).order_by(LOG.c.seq)
            )
            stands: dict[int, State] = {}
            for number, name in events:
                if name in {Event.SIGNED, Event.BEGAN}:
                    assert number not in stands, "a consent begins once"
                    stands[number] = State.SIGNED if name == Event.SIGNED else State.ACCEPTED
                elif name != "amended":
                    stands[number] = NEXT[stands[number], Event(name)]
            rows = connection.execute(select(CONSENT)).all()
        assert {row.id: row.state for row in rows} == stands, "none is lost"
        live = [bytes(row.identity) for row in rows if row.live]
        assert len(live) == len(set(live))
        assert all(row.live == (row.state not in ENDED) for row in rows)

    @invariant()
    def what_is_sent_waits_in_exactly_one_file(self) -> None:
        if not hasattr(self, "store"):
            return
        waiting = select(FILE_RECORD.c.consent_id, FILE.c.id, FILE_RECORD.c.number).join(
            FILE, FILE_RECORD.c.file_id == FILE.c.id
        )
        waiting = waiting.where(FILE.c.code == "FB0110", FILE.c.state.in_(["assigned", "ready"]))
        with self.store.reading() as connection:
            places: dict[int, list[tuple[int, int]]] = {}
            for number, file_id, place in connection.execute(waiting):
                places.setdefault(number, []).append((file_id, place))
            rows = connection.execute(select(CONSENT)).all()
        assert all(len(found) == 1 for found in places.values()), "none in two unanswered files"
        for row in rows:
            if row.state in {State.SENT, State.CANCEL_SENT}:
                assert places[row.id] == [(row.file_id, row.record_number)]


LifeCycle.TestCase.settings = settings(
    max_examples=6, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLifeCycle = LifeCycle.TestCase
