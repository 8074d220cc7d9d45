"""`dongui npki list`: whose certificates are in NPKI folders, and which of them sign."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from certs.npki import Holding, State, find
from consent.errors import Lang
from service import options
from service.errors import NOT_PASSED, OK, InputUnreadable
from service.inputs import now
from service.inspection import MASK
from service.npki_places import usual_places
from service.terminal import json_line, padded, visible
from service.times import day


@click.command(name="list")
@click.argument("folders", metavar="[FOLDER]...", nargs=-1)
@click.option("--issuer", help="Only of issuers with this in their name.")
@click.option("--name", help="Only of holders with this in their name.")
@click.option("--unmask", is_flag=True, help="Show names and folders of holders too.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context, folders: tuple[str, ...], issuer: str | None, name: str | None, unmask: bool, as_json: bool
) -> None:
    """List the certificates in NPKI folders, those that sign now and are newest first.

    Without FOLDER, looks where NPKI programs keep them on this machine and on what is plugged in. Ends with 1 if there
    is none.
    """
    lang: Lang = context.obj
    roots, at = _roots(folders), now()
    found = find(roots, at=at, issuer=issuer, name=name)
    if as_json:
        told = [_told(one, at, unmask=unmask) for one in found]
        click.echo(json_line({"folders": [str(root) for root in roots], "certificates": told}))
    for one in found if not as_json else ():
        _show(one, at, lang, unmask=unmask)
    if not found:
        _say_nothing_found(roots, lang)
    context.exit(OK if found else NOT_PASSED)


def _roots(folders: Sequence[str]) -> list[Path]:
    for folder in folders:
        if not Path(folder).is_dir():
            number = errno.ENOTDIR if Path(folder).exists() else errno.ENOENT
            raise InputUnreadable(folder, os.strerror(number), number)
    return [Path(folder) for folder in folders] or usual_places()


def _told(one: Holding, at: datetime, *, unmask: bool) -> dict[str, Any]:
    certificate = one.certificate
    issuer, organization = _issuer(one, unmask=unmask)
    return {
        "issuer": issuer,
        "organization": organization,
        "holder": one.holder if unmask else MASK,
        "valid_from": None if certificate is None else certificate.not_valid_before_utc.isoformat(),
        "valid_until": None if certificate is None else certificate.not_valid_after_utc.isoformat(),
        "state": one.state(at),
        "path": _path(one, unmask=unmask),
    }


def _show(one: Holding, at: datetime, lang: Lang, *, unmask: bool) -> None:
    state = one.state(at)
    word = padded(_STATES[lang][state], _WIDTHS[lang])
    days = ""
    if one.certificate is not None:
        first, last = one.certificate.not_valid_before_utc, one.certificate.not_valid_after_utc
        days = f"{day(first, lang)} ~ {day(last, lang)}"
    holder = one.holder if unmask else MASK
    issuer, organization = _issuer(one, unmask=unmask)
    click.echo(f"{_MARKS[state]} {word}  {days:<23}  {visible(f'{issuer} ({organization})  {holder}')}")
    click.echo(f"    {visible(_path(one, unmask=unmask))}")


def _issuer(one: Holding, *, unmask: bool) -> tuple[str, str]:
    return (MASK, MASK) if one.is_self_issued and not unmask else (one.issuer, one.organization)


def _path(one: Holding, *, unmask: bool) -> str:
    """The folder's path; the last part is named after the holder."""
    if unmask:
        return str(one.folder)
    hidden = _COMMON_NAME.sub(f"cn={MASK}", one.folder.name)
    if hidden == one.folder.name and one.folder.parent.resolve().name == "USER":
        hidden = MASK
    return str(one.folder.with_name(hidden))


_COMMON_NAME: Final = re.compile(r"cn=.*?(?=,(?:ou|o|c)=|$)", re.IGNORECASE)


def _say_nothing_found(roots: Sequence[Path], lang: Lang) -> None:
    places = ", ".join(visible(str(root)) for root in roots) or _NOWHERE[lang]
    click.echo(_NOTHING[lang].format(places=places), err=True)


_NOTHING: Final[dict[Lang, str]] = {
    "en": "No certificate was found. Looked in: {places}",
    "ko": "인증서를 찾을 수 없습니다. 찾아본 폴더: {places}",
}
_NOWHERE: Final[dict[Lang, str]] = {
    "en": "no NPKI folder at any of the usual places; name one",
    "ko": "없음(일반적인 위치에 NPKI 폴더가 없습니다. 폴더를 지정하십시오)",
}
_MARKS: Final = {
    State.VALID: "✔",
    State.NOT_YET_VALID: "!",
    State.EXPIRED: "✘",
    State.KEY_MISSING: "✘",
    State.UNREADABLE: "✘",
}
_STATES: Final[dict[Lang, dict[State, str]]] = {
    "en": {state: str(state) for state in State},
    "ko": {
        State.VALID: "유효",
        State.NOT_YET_VALID: "유효기간 전",
        State.EXPIRED: "만료",
        State.KEY_MISSING: "개인키 없음",
        State.UNREADABLE: "읽기 불가",
    },
}
_WIDTHS: Final[dict[Lang, int]] = {"en": 13, "ko": 11}
