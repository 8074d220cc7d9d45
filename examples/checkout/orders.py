"""The shop's orders: from what a payer typed to a consent at the service, once for each cart and entry."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, Final

from examples.checkout.dongui_api import DonguiApi

KOREA: Final = timezone(timedelta(hours=9))
BANKS: Final = {
    "004": "국민은행",
    "088": "신한은행",
    "020": "우리은행",
    "081": "하나은행",
    "003": "기업은행",
    "011": "농협은행",
    "090": "카카오뱅크",
}
DEBIT_DAYS: Final = (5, 10, 15, 20, 25)
BILLER: Final = {
    "biller_name": "(주)동의데모",
    "biller_number": "123-45-67890",
    "biller_phone": "02-0000-0000",
    "purpose": "인터넷 이용요금",
}


@dataclass(frozen=True)
class Order:
    """What a payer ordered: the cart it lies in, and its consent at the service."""

    number: str
    cart: str
    consent: str


@dataclass
class Shop:
    """What the shop knows.

    Attributes:
        api: of the service.
        demo_keys: folder whose throw-away keys the page may sign with; None, as in any real shop.
        institution_code: under which consents are registered with the clearing house; None: they are only kept.
    """

    api: DonguiApi
    demo_keys: Path | None = None
    institution_code: str | None = None
    orders: dict[str, Order] = field(default_factory=dict)


def placed(shop: Shop, cart: str, typed: dict[str, str], lang: str) -> Order:
    """The order of this cart with these entries: the same one however often it is sent, while it may be signed."""
    fields = consent_fields(typed)
    for attempt in count():
        digest = sha256(json.dumps([cart, fields, attempt], sort_keys=True).encode()).hexdigest()
        order = shop.orders.get(digest)
        if order is None:
            return _opened(shop, digest, cart, fields, lang)
        if not _is_over(shop.api.consent(order.consent, lang)):
            return order
    raise AssertionError("count() has no end")


def _opened(shop: Shop, digest: str, cart: str, fields: dict[str, Any], lang: str) -> Order:
    body: dict[str, Any] = {"consent": fields | {"payer_number": f"A-{digest[:10].upper()}"}, "ref": digest[:20]}
    if shop.institution_code is not None:
        body["institution_code"] = shop.institution_code
    consent = shop.api.open_consent(body, digest, lang)
    order = Order(secrets.token_urlsafe(16), cart, consent["id"])
    shop.orders[digest] = shop.orders[order.number] = order
    return order


def _is_over(consent: dict[str, Any]) -> bool:
    """Whether it was not signed and cannot be signed any more."""
    is_late = datetime.fromisoformat(consent["expires_at"]) <= datetime.now(UTC)
    return consent["state"] == "withdrawn" or (consent["state"] != "signed" and is_late)


def consent_fields(typed: dict[str, str]) -> dict[str, Any]:
    """The fields of docs/consent-form.md. The service judges them, so that nothing is judged twice."""
    bank, day = typed.get("bank_code", ""), typed.get("debit_day", "")
    return BILLER | {
        "payer_name": typed.get("payer_name", "").strip(),
        "payer_phone": typed.get("payer_phone", "").strip(),
        "holder_id": typed.get("holder_id", "").strip(),
        "bank_name": BANKS.get(bank, ""),
        "bank_code": bank,
        "account_number": typed.get("account_number", "").strip(),
        "debit_days": [int(day)] if day in map(str, DEBIT_DAYS) else [],
        "applied_on": datetime.now(KOREA).date().isoformat(),
        "privacy_agreed": typed.get("privacy_agreed") == "yes",
        "third_party_agreed": typed.get("third_party_agreed") == "yes",
    }
