"""`dongui retention list`: what falls due to be deleted."""

from __future__ import annotations

from datetime import date, timedelta

import click

from consent.errors import Lang
from evidence.lifecycle.words import state_name
from service import options
from service.stores import opened, store_options, today, years_option
from service.terminal import json_line, padded


@click.command(name="list")
@store_options
@years_option
@click.option(
    "--days",
    type=click.IntRange(0, 36_500),
    default=30,
    show_default=True,
    metavar="N",
    help="Also what falls due within so many days.",
)
@options.json_flag
@click.pass_context
def command(
    context: click.Context, address: str, keys: str | None, files: str | None, years: int, days: int, as_json: bool
) -> None:
    """List consents whose time of retention is over, and those for which it soon will be.

    It counts from the day on which a consent ended: cancelled, changed to another account, or withdrawn. What has not
    ended is never listed.
    """
    from evidence.lifecycle.retention import ended_before, years_before  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    now = today()
    over, soon = years_before(now, years), years_before(now + timedelta(days=days), years)
    counts = {True: 0, False: 0}
    with opened(address, keys, files) as store, store.reading() as connection:
        for row in ended_before(connection, soon + timedelta(days=1)):
            is_due = row.ended_on <= over
            counts[is_due] += 1
            if as_json:
                ended = row.ended_on.isoformat()
                click.echo(json_line({"consent": row.id, "state": row.state, "ended_on": ended, "due": is_due}))
            else:
                click.echo(_line(row.id, row.state, row.ended_on, lang, is_due=is_due))
    if not as_json:
        words = {"due": f"{counts[True]:,}", "soon": f"{counts[False]:,}", "days": days, "years": years}
        click.echo(_SUM[lang].format_map(words))
        if counts[True]:
            click.echo(_HINT[lang].format(before=(over + timedelta(days=1)).isoformat()))


def _line(number: int, state: str, ended_on: date, lang: Lang, *, is_due: bool) -> str:
    mark = "!" if is_due else " "
    return f"{mark} {number:>8}  {padded(state_name(state, lang), 10)}  {ended_on.isoformat()}"


_SUM: dict[Lang, str] = {
    "en": "{due} ended {years} years ago or more; {soon} more fall due within {days} days",
    "ko": "끝난 지 {years}년이 지난 동의 {due}건, {days}일 안에 지나는 동의 {soon}건",
}
_HINT: dict[Lang, str] = {
    "en": "  → dongui retention delete --before {before} deletes what is personal of those that are due (!).",
    "ko": "  → dongui retention delete --before {before} 명령으로 보존기간이 지난 동의(!)의 개인정보를 삭제하십시오.",
}
