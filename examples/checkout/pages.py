"""How the shop's pages are answered: in the payer's language, with their cart, and with strict headers."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Final

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from examples.checkout.orders import BANKS, DEBIT_DAYS

WORDS: Final[dict[str, dict[str, str]]] = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
CART: Final = "cart"


def own_cart() -> str:
    return request.cookies.get(CART) or secrets.token_urlsafe(16)


def language() -> str:
    """The one that the address names, else the browser's; Korean where neither names one of ours."""
    asked = request.args.get("lang")
    return asked if asked in WORDS else request.accept_languages.best_match(WORDS, "ko")


def words() -> dict[str, str]:
    return WORDS[language()]


def answered_with(template: str, **values: object) -> BaseResponse:
    other = "ko" if language() == "en" else "en"
    page = make_response(
        render_template(template, w=words(), lang=language(), other=other, banks=BANKS, days=DEBIT_DAYS, **values)
    )
    return with_cart(page, own_cart())


def with_cart(page: BaseResponse, cart: str) -> BaseResponse:
    if CART not in request.cookies:
        page.set_cookie(CART, cart, httponly=True, samesite="Lax", secure=request.is_secure)
    return page


def download(content: bytes, name: str, media_type: str) -> Response:
    return Response(content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def strict(response: Response, service: str) -> Response:
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
