"""`dongui calendar`: when banks are closed, and what is due around a day."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import click

from consent.errors import Lang
from evidence.deadlines import day_of
from evidence.notices import Notice
from service import options
from service.calendar_view import day_as_json, day_view, year_as_json, year_view
from service.calendars import calendar_of, overrides_option
from service.errors import DayNotUnderstood
from service.inputs import now
from service.terminal import json_line, visible

_YEAR = re.compile(r"[0-9]{4}")
_TODAY = "today"


@click.command(name="calendar")
@click.argument("when", metavar="[YEAR|DATE]", default="")
@overrides_option
@options.json_flag
@click.pass_context
def command(context: click.Context, when: str, overrides: str | None, as_json: bool) -> None:
    """Show the bank holidays of a year, or whether a day is a business day and what is due counting from it.

    Without YEAR or DATE, this year. DATE is YYYY-MM-DD, YYYYMMDD or today. Days and times are Korea's.
    """
    lang: Lang = context.obj
    wanted = _wanted(when)
    calendar, notices = calendar_of(overrides)
    if isinstance(wanted, date):
        told, shown = day_as_json(calendar, wanted), day_view(calendar, wanted, lang)
        notices += calendar.notices(calendar.add_business_days(wanted, 5))
    else:
        holidays = calendar.holidays_of(wanted)
        notices += calendar.notices(date(wanted, 12, 31))
        told, shown = year_as_json(wanted, holidays), year_view(wanted, holidays, lang)
    _say(told, shown, notices, lang, as_json=as_json)


def _wanted(when: str) -> int | date:
    """A year or a day."""
    if not when or when == _TODAY:
        today = day_of(now())
        return today if when else today.year
    try:
        return int(when) if _YEAR.fullmatch(when) and int(when) else _day(when)
    except ValueError:
        raise DayNotUnderstood(when) from None


def _day(words: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}", words):
        raise DayNotUnderstood(words)
    return date.fromisoformat(words)


def _say(told: dict[str, Any], shown: str, notices: tuple[Notice, ...], lang: Lang, *, as_json: bool) -> None:
    if as_json:
        remarks = [{"code": n.code, "message": n.message(lang), "remedy": n.remedy(lang)} for n in notices]
        click.echo(json_line(told | {"notices": remarks}))
        return
    click.echo(shown)
    for notice in notices:
        click.echo(visible(f"  ! {notice.message(lang)} [{notice.code}]"), err=True)
        click.echo(visible(f"    → {notice.remedy(lang)}"), err=True)
