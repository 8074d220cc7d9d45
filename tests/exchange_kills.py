"""Killing `send` and `take_in` again and again (`make killexchange`): nothing lost, nothing doubled, and it goes on.

One round: consents are taken in, and a process of its own is started that hands them in and takes in their answers. It
is killed (SIGKILL) at a random instant. Then the same is done once more, without a kill, and everything is counted.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select

from evidence import DataRecord, check, read_file
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.manifests import MANIFEST
from evidence.lifecycle.sending import Outbox
from evidence.lifecycle.take_in import take_in
from evidence.store.keyring import Keyring
from evidence.store.log import verify_log, verify_states
from evidence.store.opening import create
from evidence.store.schema import CONSENT, FILE, FILE_RECORD
from evidence.store.store import Store
from tests.evidence.lifecycle.institute import fb0120
from tests.evidence.lifecycle.people import payers
from tests.month import database_at

DAY: Final = date(2026, 11, 2)
CONSENTS: Final = 60  # of a round
PATIENCE: Final = 20  # rounds without anything queued
REJECTED: Final = 7  # every seventh record


def clock() -> datetime:
    return datetime.now(UTC)


def work(address: str, keys: Path, outbox: Path, inbox: Path) -> None:
    """What the killed process does: hand in what is queued, let it be answered, take the answers in."""
    store = Store.open(address, Keyring.parse(keys.read_bytes(), "keys"))
    print("at work", flush=True)
    for sent in Outbox(store, outbox, clock).send("FB0110", settle_fb0110, DAY):
        answer(outbox / sent.name, inbox)
    for path in sorted(outbox.glob("FB0110_*" + MANIFEST)):
        answer(path.with_name(path.name.removesuffix(MANIFEST)), inbox)
    for path in sorted(inbox.glob("*.FB0120")):
        with path.open("rb") as stream:
            take_in(store, stream, path.name, clock(), answers=path.name.removesuffix(".FB0120"))
        path.rename(path.with_suffix(".taken"))
    store.close()


def answer(sent: Path, inbox: Path) -> None:
    """The institute answers every file that lies in the outbox with its manifest, always alike."""
    path = inbox / f"{sent.name}.FB0120"
    if not path.exists() and not path.with_suffix(".taken").exists():
        with sent.open("rb") as stream:
            numbers = [item.sequence for item in read_file(stream) if isinstance(item, DataRecord)]
        aside = path.with_suffix(f".{os.getpid()}")
        aside.write_bytes(fb0120(sent, {number: "7105" for number in numbers if number % REJECTED == 0}).getvalue())
        aside.rename(path)


def whole(store: Store, outbox: Path, consents: int, *, answered: bool = True) -> None:
    """Every consent is in exactly one file, every file is sound and as the store says, the log is whole."""
    with store.reading() as connection:
        assert list(verify_log(connection, store.keys)) == []
        assert list(verify_states(connection)) == []
        sent = select(FILE_RECORD.c.consent_id).join(FILE, FILE.c.id == FILE_RECORD.c.file_id)
        in_files = Counter(connection.execute(sent.where(FILE.c.direction == "out")).scalars())
        ids = set(connection.execute(select(CONSENT.c.id)).scalars())
        states = set(connection.execute(select(CONSENT.c.state)).scalars())
        files = connection.execute(select(FILE).where(FILE.c.direction == "out")).all()
    assert set(in_files.values()) <= {1}, "a consent is in two files"
    assert set(in_files) == ids and len(ids) == consents, "a consent is in no file"
    assert states <= ({"accepted", "rejected"} if answered else {"sent"})
    assert {file.state for file in files} == {"answered" if answered else "ready"}
    told = [payer for file in files for payer in sound(outbox / file.name)]
    assert Counter(told) == Counter(one.payer_number for one in payers(consents)), "the files hold other consents"
    ours = {f"{file.name}{end}" for file in files for end in ("", MANIFEST)}
    assert all(path.name in ours or path.suffix == ".part" for path in outbox.iterdir())


def sound(path: Path) -> Iterator[str]:
    with path.open("rb") as stream:
        assert check(stream).sound, path
    with path.open("rb") as stream:
        for item in read_file(stream):
            if isinstance(item, DataRecord):
                yield item.fields["payer_number"]


@contextmanager
def working(arguments: list[str], what: str = "work") -> Iterator[subprocess.Popen[bytes]]:
    """The process at work, from the moment that it has loaded everything."""
    command = [sys.executable, "-m", "tests.exchange_kills", what, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"at work\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def unharmed(arguments: list[str]) -> float:
    """Let it work to its end; how many seconds that took."""
    with working(arguments) as process:
        started = time.monotonic()
        assert process.wait() == 0
        return time.monotonic() - started


def add(store: Store, taken: int) -> int:
    return sum(len(part.added) for part in take_in_consents(store, payers(CONSENTS, taken + 1), clock))


def main(kills: int = 200, database: str = "sqlite") -> None:
    """Kill `kills` times, on a database of its own; print what was seen."""
    seed = random.randrange(2**32)
    print(f"{database}, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="k") as folder, database_at(Path(folder), database) as address:
        run(Path(folder), address, kills, random.Random(seed))


def run(folder: Path, address: str, kills: int, chance: random.Random) -> None:
    keys, outbox, inbox = folder / "keys", folder / "outbox", folder / "inbox"
    ring = Keyring.generate("k")
    keys.write_text(ring.to_json())
    outbox.mkdir()
    inbox.mkdir()
    create(address, ring, {"processing": "integrated"})
    store = Store.open(address, ring)
    arguments = [address, str(keys), str(outbox), str(inbox)]
    taken = died = 0
    for number in range(kills):
        if number % 20 == 0:
            taken += add(store, taken)
            length = unharmed(arguments)
            whole(store, outbox, taken)
            print(f"{number} kills, {died} of them at work; a round takes {length:.2f} s", flush=True)
        taken += add(store, taken)
        with working(arguments) as process:
            time.sleep(chance.uniform(0, 1.2) * length)
            process.send_signal(signal.SIGKILL)
            died += process.wait() == -signal.SIGKILL
    unharmed(arguments)
    whole(store, outbox, taken)
    print(
        f"{kills} kills, {died} of them at work; {taken} consents: each in one sound and answered file, the log whole"
    )
    store.close()


def only_send(address: str, keys: Path, outbox: Path) -> None:
    """What each of two operators does: hand in, again and again, until nothing was queued for a while."""
    store = Store.open(address, Keyring.parse(keys.read_bytes(), "keys"))
    print("at work", flush=True)
    quiet = 0
    while quiet < PATIENCE:
        quiet = 0 if list(Outbox(store, outbox, clock).send("FB0110", settle_fb0110, DAY)) else quiet + 1
        time.sleep(0.01)
    store.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        work(sys.argv[2], *(Path(argument) for argument in sys.argv[3:]))
    elif sys.argv[1:2] == ["send"]:
        only_send(sys.argv[2], *(Path(argument) for argument in sys.argv[3:]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 200, sys.argv[2] if sys.argv[2:] else "sqlite")
