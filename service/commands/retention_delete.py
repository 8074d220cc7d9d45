"""`dongui retention delete`: deleting what is personal of consents that ended long ago."""

from __future__ import annotations

from datetime import datetime

import click

from consent.errors import Lang
from service import options
from service.errors import NOT_PASSED
from service.stores import clock, opened, store_options, today, years_option
from service.terminal import json_line


@click.command(name="delete")
@store_options
@click.option(
    "--before",
    required=True,
    type=click.DateTime(["%Y-%m-%d", "%Y%m%d"]),
    metavar="YYYY-MM-DD",
    help="Delete of consents that ended before this day.",
)
@years_option
@click.option("--yes", is_flag=True, help="Do delete it.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    address: str,
    keys: str | None,
    files: str | None,
    before: datetime,
    years: int,
    yes: bool,
    as_json: bool,
) -> None:
    """Delete what is personal of consents that ended before a day: their texts, evidence of theirs alone, records.

    Number, state and days stay, and so does the log, which holds nothing personal. Nothing that has not ended is ever
    deleted. Without --yes it only says how many there are, and ends with 1. It cannot be undone; backups have it all
    for as long as you keep them.
    """
    from evidence.lifecycle.retention import delete_ended, ended_before, require_over  # noqa: PLC0415 - SQLAlchemy

    lang: Lang = context.obj
    day = before.date()
    require_over(day, today(), years)
    with opened(address, keys, files) as store:
        if not yes:
            with store.reading() as connection:
                count = sum(1 for _ in ended_before(connection, day))
            made = {"before": day.isoformat(), "consents": count, "deleted": False}
            click.echo(json_line(made) if as_json else _WOULD[lang].format(count=f"{count:,}", day=day.isoformat()))
            context.exit(NOT_PASSED)
        parts = list(delete_ended(store, day, clock))
    counts = {name: sum(getattr(part, name) for part in parts) for name in ("consents", "evidence", "records")}
    if as_json:
        click.echo(json_line({"before": day.isoformat(), **counts, "deleted": True}))
    else:
        click.echo(_DONE[lang].format_map({name: f"{count:,}" for name, count in counts.items()}))


_WOULD: dict[Lang, str] = {
    "en": "{count} consents ended before {day}. Nothing was deleted: add --yes to delete what is personal of them.",
    "ko": "{day} 전에 끝난 동의는 {count}건입니다. 삭제하지 않았습니다. 삭제하려면 --yes를 지정하십시오.",
}
_DONE: dict[Lang, str] = {
    "en": "✔ deleted: personal data of {consents} consents, {evidence} pieces of evidence, texts of {records} records",
    "ko": "✔ 동의 {consents}건의 개인정보, 동의자료 {evidence}건, 파일 레코드 {records}건의 내용을 삭제하였습니다.",
}
