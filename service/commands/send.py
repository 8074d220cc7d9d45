"""`dongui send`: what is queued in the store, as files in an outbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from consent.errors import Lang
from service import options
from service.calendars import calendar_of, doubts, overrides_option
from service.errors import NOT_PASSED, OK, WRONG_USE, show
from service.stores import clock, opened, store_options
from service.terminal import json_line, visible

if TYPE_CHECKING:
    from evidence.calendar import Calendar
    from evidence.lifecycle.errors import EvidenceMissingForAudit
    from evidence.lifecycle.sending import Sent, Settle
    from evidence.notices import Notice

CODES: Final = ("fb0110", "r00", "fb0221", "fb0420", "fb0910")


@click.command(name="send")
@click.argument("code", metavar="FILE_CODE", type=click.Choice(CODES, case_sensitive=False))
@store_options
@click.option("--outbox", required=True, metavar="DIR", help="Folder that files are handed in from.")
@click.option(
    "--process-date",
    type=click.DateTime(["%Y-%m-%d", "%Y%m%d"]),
    metavar="YYYY-MM-DD",
    help="Process date (처리기준일자). Default: today, or the next business day of banks; of fb0910 the first day on "
    "which it can be sent by 14:00.",
)
@overrides_option
@click.option(
    "--allow-missing",
    is_flag=True,
    help="fb0420: answer that there is no evidence where there is none; each such file counts against you.",
)
@click.option("--only", metavar="FILE", help="fb0420: answer this FB0410 alone, by its number or name.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    code: str,
    address: str,
    keys: str | None,
    files: str | None,
    outbox: str,
    process_date: datetime | None,
    overrides: str | None,
    allow_missing: bool,
    only: str | None,
    as_json: bool,
) -> None:
    """Put what is queued into the outbox: FB0110 of consents, FB0221 and FB0420 as answers, FB0910 to ask for ledgers.

    r00: a list in JSON lines of what partly exempt institutions register, for whatever makes their R00.

    Whatever stops it, nothing is lost and nothing goes out twice: the next call first finishes what this one began. A
    file is whole when its manifest is there.

    fb0420 answers every audit that it can; where evidence is missing for another, it ends with 1.
    """
    from evidence.calendar import require_known  # noqa: PLC0415
    from evidence.lifecycle.sending import Outbox  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    if only is not None and code != "fb0420":
        raise click.UsageError(_ONLY_AUDITS[lang])
    calendar, _ = calendar_of(overrides)
    day = _next_day(code, calendar) if process_date is None else process_date.date()
    require_known(day)
    for one in (*doubts(day, calendar, clock()), *_past_its_hour(code, day, calendar)):
        click.echo(f"! {one.message(lang)} [{one.code}]", err=True)
    said = False
    refused: list[EvidenceMissingForAudit] = []
    with opened(address, keys, files) as store:
        files_out = Outbox(store, Path(outbox), clock)
        for sent in files_out.send(code.upper(), _settle(code, refused, allow_missing=allow_missing, only=only), day):
            click.echo(json_line(_as_json(sent, lang)) if as_json else _line(sent, lang))
            for one in () if as_json else sent.notices:
                click.echo(f"  ! {one.message(lang)} [{one.code}]", err=True)
            said = True
    for error in refused:
        show(error, lang)
    if not (said or refused or as_json):
        click.echo(_NOTHING[lang])
    context.exit(OK if not refused else NOT_PASSED if said else WRONG_USE)


def _settle(code: str, refused: list[EvidenceMissingForAudit], *, allow_missing: bool, only: str | None) -> Settle:
    from evidence.lifecycle.fb0110 import settle_fb0110, settle_r00  # noqa: PLC0415
    from evidence.lifecycle.fb0221 import settle_fb0221  # noqa: PLC0415
    from evidence.lifecycle.fb0410 import settle_fb0420  # noqa: PLC0415
    from evidence.lifecycle.fb0910 import settle_fb0910  # noqa: PLC0415

    settles: dict[str, Settle] = {
        "fb0110": settle_fb0110,
        "r00": settle_r00,
        "fb0221": settle_fb0221,
        "fb0420": partial(settle_fb0420, allow_missing=allow_missing, only=only, refused=refused),
        "fb0910": settle_fb0910,
    }
    return settles[code]


def _next_day(code: str, calendar: Calendar) -> date:
    """The first day on which a file may be sent still."""
    from evidence.deadlines import day_of, fb0910_next  # noqa: PLC0415

    now = clock()
    if code == "fb0910":
        return day_of(fb0910_next(calendar, now, institution_asked=(), key_asked=()).opens_at)
    return calendar.on_or_after(day_of(now))


def _past_its_hour(code: str, day: date, calendar: Calendar) -> Iterator[Notice]:
    from evidence.notices import PAST_HOUR, Notice  # noqa: PLC0415

    if code == "fb0910" and calendar.is_business_day(day) and day < (first := _next_day(code, calendar)):
        yield Notice(PAST_HOUR, {"day": day.isoformat(), "first": first.isoformat()})


def _as_json(sent: Sent, lang: Lang) -> dict[str, object]:
    return {
        "file": sent.name,
        "code": sent.code,
        "records": sent.records,
        "bytes": sent.size,
        "sha256": sent.sha256.hex(),
        "carried_on": sent.carried_on,
        "notices": [{"code": one.code, "message": one.message(lang)} for one in sent.notices],
    }


def _line(sent: Sent, lang: Lang) -> str:
    words = {"name": visible(sent.name), "records": f"{sent.records:,}", "size": f"{sent.size:,}"}
    more = _CARRIED_ON[lang] if sent.carried_on else ""
    return _SENT[lang].format(sha256=sent.sha256.hex(), **words) + more


_SENT: dict[Lang, str] = {
    "en": "✔ {name}: {records} records, {size} bytes, SHA-256 {sha256}",
    "ko": "✔ {name}: {records}건, {size}바이트, SHA-256 {sha256}",
}
_CARRIED_ON: dict[Lang, str] = {
    "en": " (begun by an earlier call)",
    "ko": " (이전 실행에서 시작한 파일)",
}
_ONLY_AUDITS: dict[Lang, str] = {
    "en": "--only goes with fb0420.",
    "ko": "--only는 fb0420에만 지정할 수 있습니다.",
}
_NOTHING: dict[Lang, str] = {"en": "Nothing is waiting to be sent.", "ko": "보낼 것이 없습니다."}
