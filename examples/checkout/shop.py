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
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    redirect,
    request,
    send_from_directory,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from examples.checkout.dongui_api import DonguiApi, Refused
from examples.checkout.orders import Order, Shop, placed
from examples.checkout.pages import (
    CART,
    answered_with,
    download,
    language,
    own_cart,
    strict,
    with_cart,
    words,
)

HERE: Final = Path(__file__).parent
MODULES: Final = HERE.parents[1] / "service" / "web" / "static"
DEMO_KEYS: Final = ("rsa.p12", "ecdsa.p12", "rsa.crt.pem")
EXAMPLE: Final = {
    "payer_name": "홍길동",
    "holder_id": "800101",
    "payer_phone": "010-0000-0000",
    "bank_code": "004",
    "account_number": "12345678901234",
    "debit_day": "25",
}


def create_shop(shop: Shop) -> Flask:
    """The shop as a WSGI app."""
    app = Flask(__name__)
    app.register_blueprint(_ordering(shop))
    app.register_blueprint(_downloads(shop))
    app.register_blueprint(_files(shop))
    app.register_error_handler(Refused, lambda _: (answered_with("unavailable.html"), HTTPStatus.BAD_GATEWAY))
    app.after_request(lambda response: strict(response, shop.api.url))
    return app


def _ordering(shop: Shop) -> Blueprint:
    """The form, the consent, and a token for the browser that signs it."""
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    def form() -> BaseResponse:
        return answered_with("form.html", values=EXAMPLE if shop.demo_keys else {})

    @pages.post("/orders")
    def place() -> BaseResponse:
        cart = own_cart()
        try:
            order = placed(shop, cart, request.form.to_dict(), language())
        except Refused as refused:
            page = answered_with(
                "form.html", values=request.form.to_dict(), error=refused.said or words()["unavailable"]
            )
            page.status_code = HTTPStatus.UNPROCESSABLE_ENTITY if refused.said else HTTPStatus.BAD_GATEWAY
            return page
        return with_cart(redirect(url_for(".show", number=order.number, lang=language()), HTTPStatus.SEE_OTHER), cart)

    @pages.get("/orders/<number>")
    def show(number: str) -> BaseResponse:
        order = _own(shop, number)
        consent = shop.api.consent(order.consent, language())
        page = "receipt.html" if consent["state"] == "signed" else "consent.html"
        return answered_with(page, order=order, consent=consent, shop=shop)

    @pages.post("/orders/<number>/token")
    def token(number: str) -> tuple[dict[str, str], int]:
        consent = _own(shop, number).consent
        try:
            return {"token": shop.api.token(consent, secrets.token_urlsafe(), language())}, HTTPStatus.OK
        except Refused as refused:
            signed = shop.api.consent(consent, language())["state"] == "signed"
            return {"state": "signed" if signed else "over"}, refused.status

    return pages


def _downloads(shop: Shop) -> Blueprint:
    """What a payer keeps."""
    pages = Blueprint("downloads", __name__)

    @pages.get("/orders/<number>/receipt.json")
    def receipt(number: str) -> Response:
        signed = _signed(shop, number)
        return download(json.dumps(signed["receipt"], indent=2).encode(), f"receipt-{number}.json", "application/json")

    @pages.get("/orders/<number>/consent.txt")
    def text(number: str) -> Response:
        content = b64decode(_signed(shop, number)["content"])
        return download(content, f"consent-{number}.txt", "application/octet-stream")

    @pages.get("/orders/<number>/consent.der")
    def evidence(number: str) -> Response:
        der = shop.api.evidence(_signed(shop, number)["evidence"])
        return download(der, f"consent-{number}.der", "application/pkcs7-mime")

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


def _own(shop: Shop, number: str) -> Order:
    """The order, if it lies in the cart of whoever asks."""
    order = shop.orders.get(number)
    cart = request.cookies.get(CART, "")
    if order is None or not secrets.compare_digest(order.cart.encode(), cart.encode()):
        abort(HTTPStatus.NOT_FOUND)
    return order


def _signed(shop: Shop, number: str) -> dict[str, Any]:
    consent = shop.api.consent(_own(shop, number).consent, language())
    if consent["state"] != "signed":
        abort(HTTPStatus.NOT_FOUND)
    return consent


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
