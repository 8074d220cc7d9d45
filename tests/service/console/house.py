"""A store with consents at every turn of their lives, and the console before it."""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from certs import TrustStore
from certs.demo import DemoPki
from certs.demo_certificates import PayerProfile, payer_key_pair
from certs.keys import KeyPair
from consent import Charset, ConsentText
from consent.form import Consent, render
from evidence.build import Registration
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.sending import Outbox
from evidence.lifecycle.take_in import take_in
from evidence.store.keyring import Keyring
from evidence.store.opening import create
from evidence.store.schema import LOG
from evidence.store.store import Store
from service.vouch import Judge, TrustFolders
from service.web import Resources, create_app
from service.web.console.roles import Role
from service.web.console.users import add_user
from signer import LocalKey, sign_consent
from tests.conftest import BUILT_AT
from tests.evidence.lifecycle.institute import fb0120
from tests.evidence.lifecycle.notices import fb0320
from tests.evidence.lifecycle.people import payer
from tests.service.desk import CONSENT

PASSWORD: Final = "correct horse battery"
NOW: Final = BUILT_AT + timedelta(days=1, hours=3)
DAY: Final = date(2026, 6, 1)
SCRIPT: Final = "<script>alert(1)</script>"
PERSONAL: Final = ("A-1101", "71234500987601", "810203")
"""Of consent 1: payer number, account number, holder's id."""


@dataclass
class House:
    """The console before a store, with a clock that stands still until it is moved."""

    store: Store
    trusted: tuple[TrustStore, ...]
    folder: Path
    now: datetime = NOW
    resources: Resources = field(init=False)
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        self.resources = Resources(self.store, lambda: TrustFolders(self.trusted), clock=lambda: self.now)
        self.app = create_app(self.resources)

    def visitor(self, name: str | None = None, lang: str = "en") -> Browser:
        """Somebody at a browser, logged in under this name."""
        browser = Browser(self.app.test_client(), lang)
        if name is not None:
            assert browser.log_in(name).status_code == 303
        return browser

    def log(self, *events: str) -> list[Any]:
        with self.store.reading() as connection:
            return list(connection.execute(select(LOG).where(LOG.c.event.in_(events)).order_by(LOG.c.seq)).all())


@dataclass
class Browser:
    """A test client that knows the pages' forms."""

    client: FlaskClient
    lang: str = "en"
    base: str = "http://localhost"

    def get(self, path: str, **more: Any) -> TestResponse:
        headers = {"Accept-Language": self.lang, **more.pop("headers", {})}
        return self.client.get(f"/console{path}", headers=headers, base_url=self.base, **more)

    def text(self, path: str) -> str:
        response = self.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return response.text

    def token(self, path: str = "/login") -> str:
        found = re.search(r'name="form_token" value="([0-9a-f]{64})"', self.get(path).text)
        assert found is not None
        return found[1]

    def post(self, path: str, values: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form as this session's pages make it."""
        token = self.token() if not self.is_in() else self.token("/")
        return self.bare_post(path, {"form_token": token, **(values or {})}, **more)

    def bare_post(self, path: str, values: dict[str, Any], **more: Any) -> TestResponse:
        headers = {"Accept-Language": self.lang, **more.pop("headers", {})}
        return self.client.post(f"/console{path}", data=values, headers=headers, base_url=self.base, **more)

    def is_in(self) -> bool:
        return self.get("/").status_code == 200

    def log_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        token = self.token("/login")
        return self.bare_post("/login", {"form_token": token, "name": name, "password": password})

    def drop(self, content: bytes, name: str = "file", **more: str) -> TestResponse:
        return self.post("/look", {"file": (io.BytesIO(content), name), **more})


def build(folder: Path, pki: DemoPki) -> Keyring:
    """Make the store: eight consents, a file sent with its answer, and one taken in that names a stranger."""
    keys = Keyring.generate("first")
    create(str(folder / "store.db"), keys, {"processing": "integrated"})
    with opened(folder, keys) as store:
        judge = Judge(TrustFolders((pki.trust(),)), NOW - timedelta(hours=3))
        registrations = [_signed(pki, judge, number, pair) for number, pair in enumerate(_signers(pki), 1)]
        registrations += [payer(number, day=DAY) for number in (7, 8)]
        for _ in take_in_consents(store, registrations, lambda: NOW - timedelta(hours=2)):
            pass
        outbox = folder / "outbox"
        outbox.mkdir()
        (sent,) = Outbox(store, outbox, lambda: NOW - timedelta(hours=1)).send("FB0110", settle_fb0110, DAY)
        answer = fb0120(outbox / sent.name, {2: "7109", 3: "7190", 4: "7122"})
        take_in(store, answer, f"FB0120{SCRIPT}", NOW - timedelta(minutes=30))
        take_in(store, fb0320((4711, "0")), "FB0320", NOW - timedelta(minutes=20))
        with store.writing(NOW - timedelta(hours=2)) as writing:
            for role in Role:
                add_user(writing, role.value, role, PASSWORD)
    return keys


@contextmanager
def opened(folder: Path, keys: Keyring) -> Iterator[Store]:
    store = Store.open(str(folder / "store.db"), keys)
    try:
        yield store
    finally:
        store.close()


def _signers(pki: DemoPki) -> list[KeyPair]:
    """Of consents 1 to 6; that of the fifth is revoked, that of the sixth is called by a script."""
    profile = PayerProfile("script", 0, "p256", SCRIPT, SCRIPT)
    evil = payer_key_pair(profile, pki.intermediates[0].key_pair, pki.at, secrets.token_bytes(20))
    return [*(pki.payers[name] for name in ("rsa", "ecdsa", "corporate", "bank", "revoked")), evil]


def _signed(pki: DemoPki, judge: Judge, number: int, pair: KeyPair) -> Registration:
    account, day = f"712345009876{number:02}", DAY.isoformat()
    own = {"payer_number": f"A-11{number:02}", "account_number": account, "applied_on": day, "payer_name": SCRIPT}
    text = render(Consent.from_json(CONSENT | own), Charset.UTF_8)
    evidence = der(pki, text, pair)
    return Registration(
        applied_on=DAY,
        holder_id_type="0",
        holder_id=str(CONSENT["holder_id"]),
        institution_code="9912345678",
        payer_number=own["payer_number"],
        bank_code="004",
        account_number=account,
        evidence_kind="2",
        extension="der",
        evidence=evidence,
        verdict=judge.verdict("2", evidence, None),
        line=number,
    )


def der(pki: DemoPki, text: ConsentText, pair: KeyPair) -> bytes:
    return sign_consent(text, LocalKey.of(replace(pair, others=())), at=pki.at)


assert NOW.tzinfo is UTC
