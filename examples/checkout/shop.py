"""The shop: a form, the consent to be signed, and the receipt.

It holds the API key and asks the service for a consent and for one-time tokens; the payer's browser signs against the
service by itself, with `service/web/static/dongui.js`, which the shop serves from its own address::

    python -m examples.checkout.shop --service http://127.0.0.1:8080 --api-key-file shop.key --demo-keys demo-out/keys

Orders live in memory, as this is an example. Whatever a shop keeps of its own belongs where `Shop.orders` is.
"""

from __future__ import annotations

import argparse
import json
import secrets
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any, Final

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from examples.checkout.dongui_api import DonguiApi, Refused

HERE: Final = Path(__file__).parent
MODULES: Final = HERE.parents[1] / "service" / "web" / "static"
WORDS: Final[dict[str, dict[str, str]]] = json.loads((HERE / "words.json").read_text(encoding="utf-8"))
KOREA: Final = timezone(timedelta(hours=9))
CART: Final = "cart"
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
DEMO_KEYS: Final = ("rsa.p12", "ecdsa.p12", "rsa.crt.pem")
EXAMPLE: Final = {
    "payer_name": "홍길동",
    "holder_id": "800101",
    "payer_phone": "010-0000-0000",
    "bank_code": "004",
    "account_number": "12345678901234",
    "debit_day": "25",
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


def create_shop(shop: Shop) -> Flask:
    """The shop as a WSGI app."""
    app = Flask(__name__)
    app.register_blueprint(_ordering(shop))
    app.register_blueprint(_downloads(shop))
    app.register_blueprint(_files(shop))
    app.register_error_handler(Refused, lambda _: (_page("unavailable.html"), HTTPStatus.BAD_GATEWAY))
    app.after_request(lambda response: _strict(response, shop.api.url))
    return app


def _ordering(shop: Shop) -> Blueprint:
    """The form, the consent, and a token for the browser that signs it."""
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    def form() -> BaseResponse:
        return _page("form.html", values=EXAMPLE if shop.demo_keys else {})

    @pages.post("/orders")
    def place() -> BaseResponse:
        cart = _cart()
        try:
            order = _placed(shop, cart, request.form.to_dict(), _lang())
        except Refused as refused:
            page = _page("form.html", values=request.form.to_dict(), error=refused.said or _words()["unavailable"])
            page.status_code = HTTPStatus.UNPROCESSABLE_ENTITY if refused.said else HTTPStatus.BAD_GATEWAY
            return page
        return _with_cart(redirect(url_for(".show", number=order.number, lang=_lang()), HTTPStatus.SEE_OTHER), cart)

    @pages.get("/orders/<number>")
    def show(number: str) -> BaseResponse:
        order = _own(shop, number)
        consent = shop.api.consent(order.consent, _lang())
        page = "receipt.html" if consent["state"] == "signed" else "consent.html"
        return _page(page, order=order, consent=consent, shop=shop)

    @pages.post("/orders/<number>/token")
    def token(number: str) -> tuple[dict[str, str], int]:
        consent = _own(shop, number).consent
        try:
            return {"token": shop.api.token(consent, secrets.token_urlsafe(), _lang())}, HTTPStatus.OK
        except Refused as refused:
            signed = shop.api.consent(consent, _lang())["state"] == "signed"
            return {"state": "signed" if signed else "over"}, refused.status

    return pages


def _downloads(shop: Shop) -> Blueprint:
    """What a payer keeps."""
    pages = Blueprint("downloads", __name__)

    @pages.get("/orders/<number>/receipt.json")
    def receipt(number: str) -> Response:
        signed = _signed(shop, number)
        return _file(json.dumps(signed["receipt"], indent=2).encode(), f"receipt-{number}.json", "application/json")

    @pages.get("/orders/<number>/consent.txt")
    def text(number: str) -> Response:
        content = b64decode(_signed(shop, number)["content"])
        return _file(content, f"consent-{number}.txt", "application/octet-stream")

    @pages.get("/orders/<number>/consent.der")
    def evidence(number: str) -> Response:
        der = shop.api.evidence(_signed(shop, number)["evidence"])
        return _file(der, f"consent-{number}.der", "application/pkcs7-mime")

    return pages


def _files(shop: Shop) -> Blueprint:
    """The modules that sign, from the shop's own address, and the demo's keys where there are any."""
    pages = Blueprint("files", __name__)

    @pages.get("/dongui/<path:name>")
    def modules(name: str) -> Response:
        return send_from_directory(MODULES, name)

    @pages.get("/demo-keys/<name>")
    def demo_key(name: str) -> Response:
        if shop.demo_keys is None or name not in DEMO_KEYS:
            abort(HTTPStatus.NOT_FOUND)
        return send_from_directory(shop.demo_keys.resolve(), name)

    return pages


def _placed(shop: Shop, cart: str, typed: dict[str, str], lang: str) -> Order:
    """The order of this cart with these entries: the same one however often it is sent, while it may be signed."""
    fields = _consent_fields(typed)
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


def _consent_fields(typed: dict[str, str]) -> dict[str, Any]:
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


def _own(shop: Shop, number: str) -> Order:
    """The order, if it lies in the cart of whoever asks."""
    order = shop.orders.get(number)
    cart = request.cookies.get(CART, "")
    if order is None or not secrets.compare_digest(order.cart.encode(), cart.encode()):
        abort(HTTPStatus.NOT_FOUND)
    return order


def _signed(shop: Shop, number: str) -> dict[str, Any]:
    consent = shop.api.consent(_own(shop, number).consent, _lang())
    if consent["state"] != "signed":
        abort(HTTPStatus.NOT_FOUND)
    return consent


def _cart() -> str:
    return request.cookies.get(CART) or secrets.token_urlsafe(16)


def _lang() -> str:
    """The one that the address names, else the browser's; Korean where neither names one of ours."""
    asked = request.args.get("lang")
    return asked if asked in WORDS else request.accept_languages.best_match(WORDS, "ko")


def _words() -> dict[str, str]:
    return WORDS[_lang()]


def _page(template: str, **values: object) -> BaseResponse:
    other = "ko" if _lang() == "en" else "en"
    page = make_response(
        render_template(template, w=_words(), lang=_lang(), other=other, banks=BANKS, days=DEBIT_DAYS, **values)
    )
    return _with_cart(page, _cart())


def _with_cart(page: BaseResponse, cart: str) -> BaseResponse:
    if CART not in request.cookies:
        page.set_cookie(CART, cart, httponly=True, samesite="Lax", secure=request.is_secure)
    return page


def _file(content: bytes, name: str, media_type: str) -> Response:
    return Response(content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _strict(response: Response, service: str) -> Response:
    """Scripts, workers and styles of the shop's own; connections to itself and to the service."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self' {service}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if response.mimetype == "text/html" or request.path.startswith("/orders"):
        response.headers["Cache-Control"] = "no-store"  # the back button asks anew whether it is signed by now
    return response


def main() -> None:
    parser = argparse.ArgumentParser(description="A shop whose payers sign their consent in the browser.")
    parser.add_argument("--service", default="http://127.0.0.1:8080", help="address of the service")
    parser.add_argument(
        "--api-key-file", type=Path, required=True, help="file with an API key of scopes sign, evidence"
    )
    parser.add_argument("--institution-code", help="register consents under this institution code")
    parser.add_argument("--demo-keys", type=Path, help="folder of the demo's keys, which the page may then sign with")
    parser.add_argument("--port", type=int, default=8081)
    given = parser.parse_args()
    api = DonguiApi(given.service.rstrip("/"), given.api_key_file.read_text(encoding="ascii").strip())
    shop = create_shop(Shop(api, given.demo_keys, given.institution_code))
    shop.run("127.0.0.1", given.port, threaded=True)


if __name__ == "__main__":
    main()
