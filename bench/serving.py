"""How much the service bears: `python -m bench.serving`, which needs wrk.

Signing with a key of the service (POST /v1/consents/{id}/sign), with authentication, Idempotency-Key and SQLite that
flushes every transaction to the disk (synchronous FULL), texts of 1.5 KB, two workers; and judging (POST /v1/verify).
In the same rounds, in turn: raw signatures of one core, and a bare Flask view on the same server that echoes.
Ratios count: what else the machine does weighs on all of them.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from certs.keys import load_pkcs12
from consent import Charset, ConsentText
from evidence.lifecycle.drafts import Draft
from evidence.lifecycle.signings import open_signing
from examples.demo_service import PASSWORD, SIGNS, DemoService, make, served
from service.serving import free_port
from signer import LocalKey, sign_consent

HERE: Final = Path(__file__).parent
WORKERS: Final = 2
CONNECTIONS: Final = 32
TEXT_BYTES: Final = 1_500
WANTED: Final = {"sign rsa": 0.40, "sign p256": 0.25}
"""Signatures over one core's raw RSA-2048 signatures, and over the echo."""
_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Load:
    """What wrk saw.

    Attributes:
        rate: answers a second.
        median: milliseconds.
        p99: milliseconds.
        refused: answers other than 2xx, and connections that broke.
    """

    rate: float
    median: float
    p99: float
    refused: int


def wrk(url: str, script: Path, arguments: Sequence[str], seconds: float, pause_ms: float = 0) -> Load:
    """Put load on a URL with as many connections as ever; each waits `pause_ms` on average between its requests."""
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{max(1, round(seconds))}s",
        "--timeout",
        "20s",
        "-s",
        str(script),
        url,
    ]
    done = subprocess.run([*command, "--", str(pause_ms), *arguments], capture_output=True, text=True, check=True)
    figures = next(line for line in done.stdout.splitlines() if line.startswith("figures ")).split()[1:]
    count, micros, refused, median, p99 = map(float, figures)
    return Load(count / micros * 1e6, median / 1000, p99 / 1000, int(refused))


def raw(kind: str, seconds: float) -> float:
    """Signatures a second of one core, by processor time."""
    data = secrets.token_bytes(TEXT_BYTES)
    if kind == "rsa":
        rsa_key = rsa.generate_private_key(65537, 2048)
        sign: Callable[[], object] = lambda: rsa_key.sign(data, padding.PKCS1v15(), hashes.SHA256())  # noqa: E731
    else:
        ec_key = ec.generate_private_key(ec.SECP256R1())
        sign = lambda: ec_key.sign(data, ec.ECDSA(hashes.SHA256()))  # noqa: E731
    start, count = time.process_time(), 0
    while time.process_time() - start < seconds:
        sign()
        count += 1
    return count / (time.process_time() - start)


def open_consents(service: DemoService, count: int) -> list[str]:
    """Consents that can be signed, straight into the store; their ids."""
    text = "출금이체에 동의합니다. "
    text = (text * (TEXT_BYTES // len(text.encode()) + 1)).encode()[:TEXT_BYTES].decode(errors="ignore")
    store, handles = service.store(), [secrets.token_urlsafe(16) for _ in range(count)]
    ends = datetime.now(UTC) + timedelta(days=1)
    for start in range(0, count, _AT_ONCE):
        with store.writing(datetime.now(UTC)) as writing:
            for handle in handles[start : start + _AT_ONCE]:
                open_signing(writing, handle, Draft(text=text, charset="utf-8"), ends)
    store.close()
    return handles


@contextmanager
def echoing() -> Iterator[str]:
    """A bare Flask app on the same server."""
    port = free_port("127.0.0.1", 0)
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--workers", str(WORKERS)]
    command += ["--blocking-threads", "8", "--port", str(port), "--no-log", "bench.echo:app"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=HERE.parent) as child:
        try:
            time.sleep(3)
            yield f"http://127.0.0.1:{port}"
        finally:
            child.terminate()


class Bench:
    """Everything set up; each part is one measurement."""

    def __init__(self, service: DemoService, url: str, echo: str, seconds: float) -> None:
        self.service, self.url, self.echo, self.seconds = service, url, echo, seconds
        self.capacity: dict[str, float] = {}
        self.body = service.folder / "body"
        self.body.write_bytes(secrets.token_bytes(TEXT_BYTES))

    def _rate(self, what: str, load: Load) -> Load:
        self.capacity[what] = max(load.rate, self.capacity.get(what, 0))
        return load

    def echoed(self) -> Load:
        return wrk(f"{self.echo}/echo", HERE / "echo.lua", [str(self.body)], self.seconds)

    def signed(self, key: str, *, half: bool = False) -> Load:
        what = f"sign {key}"
        count = int(self.seconds * (self.capacity.get(what, 1_500) * 1.5)) + CONNECTIONS
        file = self.service.folder / "handles"
        file.write_text("\n".join(open_consents(self.service, count)) + "\n", encoding="ascii")
        pause = 2_000 * CONNECTIONS / self.capacity[what] if half else 0
        load = wrk(self.url, HERE / "sign.lua", [str(file), self.service.api_key, key], self.seconds, pause)
        return load if half else self._rate(what, load)

    def judged(self, key: str, *, half: bool = False) -> Load:
        what = f"verify {key}"
        file = self.service.folder / f"{key}.der"
        if not file.exists():
            file.write_bytes(evidence(self.service, key))
        pause = 2_000 * CONNECTIONS / self.capacity[what] if half else 0
        load = wrk(self.url, HERE / "verify.lua", [str(file), self.service.api_key], self.seconds, pause)
        return load if half else self._rate(what, load)


def evidence(service: DemoService, key: str) -> bytes:
    pair = load_pkcs12((service.folder / "keys" / f"{SIGNS[key]}.p12").read_bytes(), PASSWORD)
    text = ConsentText.of("출금이체에 동의합니다. " * 45, Charset.UTF_8)
    return sign_consent(text, LocalKey.of(pair), at=datetime.now(UTC).replace(microsecond=0))


def measure(bench: Bench, rounds: int) -> dict[str, list[Load]]:
    """All parts in turn, round by round."""
    found: dict[str, list[Load]] = defaultdict(list)
    for _ in range(rounds):
        for kind in SIGNS:
            found[f"raw {kind}"].append(Load(raw(kind, min(1.0, bench.seconds)), 0, 0, 0))
            found["echo"].append(bench.echoed())
            found[f"sign {kind}"].append(bench.signed(kind))
            found[f"sign {kind}, half"].append(bench.signed(kind, half=True))
            found[f"verify {kind}"].append(bench.judged(kind))
            found[f"verify {kind}, half"].append(bench.judged(kind, half=True))
    return found


def told(found: dict[str, list[Load]]) -> Iterator[str]:
    rates = {name: statistics.median(load.rate for load in loads) for name, loads in found.items()}
    yield f"{'':20}{'a second':>10}{'/ echo':>9}{'/ raw':>9}{'p50 ms':>9}{'p99 ms':>9}{'refused':>9}"
    for name, loads in found.items():
        kind = "rsa" if "rsa" in name else "p256"
        median, p99 = (statistics.median(getattr(load, what) for load in loads) for what in ("median", "p99"))
        to_raw = f"{rates[name] / rates[f'raw {kind}']:9.2f}" if name != "echo" else " " * 9
        refused = sum(load.refused for load in loads)
        to_echo = f"{rates[name] / rates['echo']:9.2f}"
        yield f"{name:20}{rates[name]:10,.0f}{to_echo}{to_raw}{median:9.1f}{p99:9.1f}{refused:9}"
    for what, wanted in WANTED.items():
        base = "raw rsa" if what == "sign rsa" else "echo"
        yield f"{what} / {base}: {rates[what] / rates[base]:.2f}, wanted {wanted:.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    wanted = argparse.ArgumentParser(prog="python -m bench.serving", description="How much the service bears.")
    wanted.add_argument("--rounds", type=int, default=3)
    wanted.add_argument("--seconds", type=float, default=5, help="of each measurement")
    options = wanted.parse_args(arguments)
    if shutil.which("wrk") is None:
        print("wrk is not installed (make tools)")
        return 1
    settings = {"rate_limit": "", "metrics_port": 0, "port": 0, "workers": WORKERS, "signing_minutes": 1440}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as log:
        service = make(Path(folder), settings)
        with served(service, [], log) as (_, url), echoing() as echo:
            for line in told(measure(Bench(service, url, echo, options.seconds), options.rounds)):
                print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
