"""`dongui file banks`: which bank a code stands for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import click

from consent.errors import Lang
from evidence.banks import Bank
from service import options
from service.banks import known_banks
from service.errors import BankNotKnown
from service.terminal import json_line, padded


@click.command(name="banks")
@click.argument("codes", metavar="[CODE]...", nargs=-1)
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Only those that hold on this day.")
@options.banks
@options.json_flag
@click.pass_context
def command(
    context: click.Context, codes: tuple[str, ...], at: datetime | None, banks: str | None, as_json: bool
) -> None:
    """Bank codes, from when until when they hold, and who took a bank over; all of them where none is named.

    The table that comes along is what is publicly known, and no official list. --banks adds to it and replaces.
    """
    table = known_banks(banks)
    for code in codes:
        if not table.of(code):
            raise BankNotKnown(code)
    day = None if at is None else at.date()
    rows = [bank for bank in table if (not codes or bank.code in codes) and (day is None or bank.holds_on(day))]
    click.echo(json_line([_as_json(bank) for bank in rows]) if as_json else "\n".join(_as_text(rows, context.obj)))


def _as_json(bank: Bank) -> dict[str, str | None]:
    return {
        "code": bank.code,
        "ko": bank.ko,
        "en": bank.en,
        "from": _iso(bank.valid_from),
        "until": _iso(bank.until),
        "successor": bank.successor or None,
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _as_text(rows: list[Bank], lang: Lang) -> Iterator[str]:
    words = _WORDS[lang]
    if not rows:
        yield words["none"]
    for bank in rows:
        said = [
            words["from"].format(day=bank.valid_from) if bank.valid_from else "",
            words["until"].format(day=bank.until) if bank.until else "",
            words["successor"].format(code=bank.successor) if bank.successor else "",
        ]
        remarks = ", ".join(filter(None, said))
        name = bank.ko if lang == "ko" else bank.en
        yield f"{bank.code}  {padded(name, 30)} {remarks}".rstrip()


_WORDS: dict[Lang, dict[str, str]] = {
    "en": {"from": "from {day}", "until": "until {day}", "successor": "now {code}", "none": "No bank then."},
    "ko": {
        "from": "{day}부터",
        "until": "{day}까지",
        "successor": "승계 {code}",
        "none": "그날 사용하던 코드가 없습니다.",
    },
}
