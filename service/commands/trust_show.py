"""`dongui trust show`: what is in a trust folder, what of it ends when, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from certs import ProductRules, Revocation, TrustStore
from certs.products import product
from consent.errors import Lang
from service import options
from service.errors import NOT_PASSED, OK
from service.holdings import Item, holdings
from service.inputs import moment
from service.terminal import json_line, padded, visible
from service.times import day


@click.command(name="show")
@click.argument("folder")
@click.option("--at", default="now", show_default=True, help="Say what has ended by then: now, or an ISO 8601 time.")
@options.json_flag
@click.pass_context
def command(context: click.Context, folder: str, at: str, as_json: bool) -> None:
    """Show what is in a trust folder, when it ends and what is missing.

    Superseded lists and responses are left out. Ends with 1 if a certificate or the newest list of an authority has
    ended or cannot be read, and, where trust.toml requires revocation to be checked, if there is nothing
    that could vouch for an authority's certificates.
    """
    lang: Lang = context.obj
    store, when = TrustStore.open(Path(folder)), moment(at)
    settings = store.settings
    items = [(item, item.state(when)) for item in holdings(store, when)]
    if as_json:
        told = [_as_json(item, state, lang) for item, state in items]
        rules = settings.products
        wanted = {
            "kinds": sorted(settings.kinds),
            "revocation": settings.revocation.value,
            "products": {"accepted": rules.accepted and sorted(rules.accepted), "also": sorted(rules.also)},
        }
        click.echo(json_line({"folder": folder, "settings": wanted, "items": told}))
    else:
        kinds = ", ".join(sorted(settings.kinds))
        click.echo(_HEAD[lang].format(folder=visible(folder), kinds=kinds, revocation=settings.revocation.value))
        for line in _products(settings.products, lang):
            click.echo(f"  {line}")
        for item, state in items:
            ends = day(item.ends, lang) if item.ends else "-"
            word = padded(_STATES[lang][state], _WIDTHS[lang])
            click.echo(f"  {_MARKS[state]} {ends:<10}  {word}  {item.place}  {visible(_told(item, lang))}")
        if any(state == "no list" or (state == "ended" and item.begins is not None) for item, state in items):
            click.echo(_HINT[lang].format(folder=visible(folder)))
    bad = _BAD | (_BAD_IF_REQUIRED if settings.revocation is Revocation.REQUIRE else set())
    context.exit(NOT_PASSED if any(state in bad for _, state in items) else OK)


def _products(rules: ProductRules, lang: Lang) -> Iterator[str]:
    """What trust.toml says about certificate products, if it says anything."""
    for kind, oids in (("accepted", rules.accepted or ()), ("also", rules.also)):
        if oids:
            named = [one.title(lang) if (one := product(oid)) else oid for oid in sorted(oids)]
            yield _PRODUCTS[lang][kind].format(products=", ".join(named))


_PRODUCTS: Final[dict[Lang, dict[str, str]]] = {
    "en": {"accepted": "products accepted, and no others: {products}", "also": "products accepted besides: {products}"},
    "ko": {"accepted": "허용 상품(그 외 불가): {products}", "also": "추가 허용 상품: {products}"},
}


def _told(item: Item, lang: Lang) -> str:
    return item.what[lang] if item.authority is None else f"{item.authority.title(lang)}: {item.what[lang]}"


def _as_json(item: Item, state: str, lang: Lang) -> dict[str, object]:
    return {
        "place": item.place,
        "what": item.what[lang],
        "ends": item.ends.isoformat() if item.ends else None,
        "state": state,
        "authority": item.authority and item.authority.title(lang),
    }


_HEAD: Final[dict[Lang, str]] = {
    "en": "{folder}: kinds {kinds}; revocation {revocation}",
    "ko": "{folder}: 동의자료 구분 {kinds} / 폐지 확인 {revocation}",
}
_HINT: Final[dict[Lang, str]] = {
    "en": "    → dongui trust fetch {folder} brings new ones.",
    "ko": "    → dongui trust fetch {folder} 명령으로 새로 받으십시오.",
}
_MARKS: Final = {
    "good": "✔",
    "past": "✔",
    "ends soon": "!",
    "no end": "!",
    "no list": "!",
    "no signer": "!",
    "weak": "!",
    "unreadable": "!",
    "ended": "✘",
}
_BAD: Final = {"ended", "unreadable"}
_BAD_IF_REQUIRED: Final = {"no list"}
_STATES: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "good": "good",
        "past": "past",
        "ends soon": "ends soon",
        "no end": "no end",
        "no list": "NO LIST",
        "no signer": "UNPROVEN",
        "weak": "WEAK",
        "unreadable": "UNREADABLE",
        "ended": "ENDED",
    },
    "ko": {
        "good": "유효",
        "past": "지난 응답",
        "ends soon": "만료 임박",
        "no end": "기한 없음",
        "no list": "목록 없음",
        "no signer": "서명 미확인",
        "weak": "취약",
        "unreadable": "읽기 불가",
        "ended": "만료",
    },
}
_WIDTHS: Final[dict[Lang, int]] = {"en": 10, "ko": 11}
