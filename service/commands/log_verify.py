"""`dongui log verify`: is the log as it was written, and does every consent stand where it says?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from consent.errors import Lang
from consent.wording import wording
from service import options
from service.errors import NOT_PASSED, OK
from service.manifests import noted_in
from service.stores import opened, store_options
from service.terminal import json_line

if TYPE_CHECKING:
    from evidence.store.log import LogFault
    from evidence.store.store import Store

_ABOUT: Final = {"FB-244": "consent", "FB-378": "file", "FB-379": "consent"}
"""What the number of a fault counts; else the rows of the log."""
_OTHER_THAN_NOTED: Final = "FB-243"
_SHOWN: Final = 50
"""Faults that a person is shown; --json has all."""


@click.command(name="verify")
@store_options
@click.option(
    "--manifests",
    metavar="DIR",
    help="Folder with the manifests of files sent: the log has to hold the digests that they note.",
)
@options.json_flag
@click.pass_context
def command(
    context: click.Context, address: str, keys: str | None, files: str | None, manifests: str | None, as_json: bool
) -> None:
    """Follow the log from its first row to its last, and compare every consent and every file with it.

    Finds rows that were altered, taken away or moved, and states that no row tells of. Ends with 1 if there are any.
    Who holds both database and keys could write a log anew as a whole: that is what --manifests finds.
    """
    lang: Lang = context.obj
    noted, differing = ({}, []) if manifests is None else noted_in(manifests)
    with opened(address, keys, files) as store:
        rows, digest, faults = _faults(store, noted)
    told = [(code, number) for code, number in faults] + [(_OTHER_THAN_NOTED, number) for number in differing]
    if as_json:
        found = [{"code": code, "number": number, "message": _said(code, number, lang)} for code, number in told]
        made = {"seq": rows, "digest": digest, "noted": len(noted), "faults": found}
        click.echo(json_line(made))
    else:
        for code, number in told[:_SHOWN]:
            click.echo(f"✘ {_said(code, number, lang)} [{code}]")
        if told:
            click.echo(f"  → {wording(told[0][0]).remedy(lang, _details(*told[0]))}")
        words = {"rows": f"{rows:,}", "digest": digest, "noted": len(noted), "faults": f"{len(told):,}"}
        click.echo(_SUM[lang][bool(told)].format_map(words) + (_NOTED[lang].format_map(words) if noted else ""))
    context.exit(NOT_PASSED if told else OK)


def _faults(store: Store, noted: dict[int, bytes]) -> tuple[int, str, list[tuple[str, int]]]:
    from sqlalchemy import select  # noqa: PLC0415

    from evidence.store.log import verify_log, verify_states  # noqa: PLC0415
    from evidence.store.rows import verify_consents, verify_files  # noqa: PLC0415
    from evidence.store.schema import LOG_HEAD  # noqa: PLC0415

    with store.reading() as connection:
        head = connection.execute(select(LOG_HEAD.c.seq, LOG_HEAD.c.digest)).one_or_none()
        faults: list[LogFault] = [
            *verify_log(connection, store.keys, noted),
            *verify_states(connection),
            *verify_files(connection),
            *verify_consents(store, connection),
        ]
    found = [(fault.code, fault.number) for fault in faults]
    return (0, "", found) if head is None else (head.seq, bytes(head.digest).hex(), found)


def _details(code: str, number: int) -> dict[str, int]:
    return {_ABOUT.get(code, "seq"): number}


def _said(code: str, number: int, lang: Lang) -> str:
    return wording(code).message(lang, _details(code, number))


_SUM: dict[Lang, dict[bool, str]] = {
    "en": {
        False: "✔ {rows} rows, as they were written; the last digest: {digest}",
        True: "✘ {rows} rows, {faults} faults",
    },
    "ko": {
        False: "✔ 기록 {rows}행이 처음 기록한 그대로입니다. 마지막 해시: {digest}",
        True: "✘ 기록 {rows}행에서 오류 {faults}건을 찾았습니다.",
    },
}
_NOTED: dict[Lang, str] = {
    "en": "; compared with {noted} manifests",
    "ko": " (manifest {noted}건과 대조)",
}
