"""Mixed traffic for `tests.load`: what callers do, how they repeat what broke off, and what they were told."""

from __future__ import annotations

import http.client
import json
import random
import secrets
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any, Final

PATIENCE: Final = 90  # seconds that a caller goes on repeating a request
AGAIN: Final = frozenset({409, 429, 500, 502, 503})
"""Answers after which the same request is sent again; 500 is counted as a fault beside that."""


@dataclass
class Told:
    """What all callers were told.

    Attributes:
        opened: ids of consents that were accepted.
        signed: SHA-256 of the evidence by id.
        faults: what must not be, in words.
        answers: by what was asked and the status.
    """

    opened: set[str] = field(default_factory=set)
    signed: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    broken: int = 0
    slowest: float = 0
    lock: Lock = field(default_factory=Lock)

    def fault(self, words: str) -> None:
        with self.lock:
            self.faults.append(words)


class Caller:
    """One that calls, one request after another, at a steady rate."""

    def __init__(self, port: int, key: str, der: bytes, told: Told, seed: int) -> None:
        self.port, self.key, self.der, self.told = port, key, der, told
        self.chance = random.Random(seed)
        self.connection: http.client.HTTPConnection | None = None
        self.open_ones: list[str] = []
        self.done: list[tuple[str, str, bytes]] = []

    def run(self, rate: float, stop: Event) -> None:
        """Ask until it is told to stop. `rate`: requests a second; 0: as fast as they are answered."""
        due = time.monotonic()
        while not stop.is_set():
            self.once()
            due = max(due + (self.chance.expovariate(rate) if rate else 0), time.monotonic() - 1)
            stop.wait(max(0.0, due - time.monotonic()))
        self._hang_up()

    def once(self) -> None:
        what = self.chance.random()
        if what < 0.3 or not self.open_ones:
            self.open()
        elif what < 0.6:
            handle = self.open_ones.pop(self.chance.randrange(len(self.open_ones)))
            name = self.chance.choice(["rsa", "p256"])
            self.sign(handle, secrets.token_hex(8), json.dumps({"key": name}).encode())
        elif what < 0.65 and self.done:
            self.sign(*self.chance.choice(self.done))  # once more, under the same Idempotency-Key
        elif what < 0.8:
            self.asked("verify", 200, "POST", "/v1/verify", self.der, "application/octet-stream")
        elif what < 0.9:
            self.asked("look", 200, "GET", f"/v1/consents/{self.chance.choice(self.open_ones)}")
        else:
            self.mistake()

    def open(self) -> None:
        text = f"출금이체에 동의합니다. {secrets.token_hex(16)} " + "가" * 400
        body = json.dumps({"text": text}).encode()
        told = self.asked("open", 201, "POST", "/v1/consents", body, idempotency=secrets.token_hex(8))
        if told is not None:
            self.open_ones.append(told["id"])
            with self.told.lock:
                self.told.opened.add(told["id"])

    def sign(self, handle: str, key: str, body: bytes) -> None:
        told = self.asked("sign", 200, "POST", f"/v1/consents/{handle}/sign", body, idempotency=key)
        if told is None:
            return
        with self.told.lock:
            before = self.told.signed.setdefault(handle, told["evidence"]["sha256"])
        if before != told["evidence"]["sha256"]:
            self.told.fault("two pieces of evidence for one Idempotency-Key")
        if (handle, key, body) not in self.done[-50:]:
            self.done.append((handle, key, body))

    def mistake(self) -> None:
        """What has to be refused, and how."""
        what = self.chance.randrange(4)
        if what == 0:
            self.asked("unknown", 404, "GET", "/v1/consents/nothing-of-this-name")
        elif what == 1:
            self.asked("no JSON", 400, "POST", "/v1/consents", b"{", idempotency=secrets.token_hex(8))
        elif what == 2:
            self.asked("no key", 401, "GET", "/v1/keys", key="")
        else:
            self.asked("unheard of", 422, "POST", "/v1/consents", b'{"txt": ""}', idempotency=secrets.token_hex(8))

    def asked(
        self,
        what: str,
        expected: int,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str = "application/json",
        *,
        idempotency: str = "",
        key: str | None = None,
    ) -> Any:
        """The JSON of the answer, once it is the one expected; the same request again as long as it may yet be."""
        headers = {"Content-Type": kind}
        if key is None:
            headers["Authorization"] = f"Bearer {self.key}"
        if idempotency:
            headers["Idempotency-Key"] = idempotency
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            began = time.monotonic()
            try:
                status, media, text = self._answer(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                self._hang_up()
                self.told.broken += 1
                time.sleep(0.2)
                continue
            self.told.slowest = max(self.told.slowest, time.monotonic() - began)
            with self.told.lock:
                self.told.answers[what, status] += 1
            told = self._understood(what, status, media, text)
            if status == expected:
                return told
            if status not in AGAIN:
                self.told.fault(f"{what}: {status} and not {expected}: {text[:300]!r}")
                return None
            time.sleep(0.1)
        self.told.fault(f"{what}: no answer within {PATIENCE} seconds")
        return None

    def _understood(self, what: str, status: int, media: str, text: bytes) -> Any:
        try:
            told = json.loads(text)
            is_sound = status < 400 or (
                media.startswith("application/problem+json")
                and told["status"] == status
                and all(told[name] for name in ("code", "detail", "remedy"))
            )
        except (ValueError, KeyError, TypeError):
            told, is_sound = None, False
        if not is_sound:
            self.told.fault(f"{what}: {status} is answered with {media} {text[:200]!r}")
        if status == 500:
            self.told.fault(f"{what}: {text[:300]!r}")
        return told

    def _answer(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, str, bytes]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()

    def _hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def slow_clients(port: int, count: int, stop: Event) -> None:
    """Keep so many requests open that never come to their end: half of them in the header, half in the body."""
    held: list[socket.socket] = []
    while not stop.wait(1):
        while len(held) < count:
            try:
                held.append(socket.create_connection(("127.0.0.1", port), timeout=5))
                held[-1].sendall(b"POST /v1/consents HTTP/1.1\r\nHost: x\r\n")
                if not len(held) % 2:
                    held[-1].sendall(b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
            except OSError:
                break
        for one in held[:]:
            try:
                one.sendall(b"X" if held.index(one) % 2 else b"X: y\r\n")
            except OSError:
                held.remove(one)
                one.close()
    for one in held:
        one.close()
