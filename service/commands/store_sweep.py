"""`dongui store sweep`: evidence files that no evidence of the store lies in."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.errors import NOT_PASSED
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="sweep")
@store_options
@click.option("--yes", is_flag=True, help="Do remove them.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context, address: str, keys: str | None, files: str | None, yes: bool, as_json: bool
) -> None:
    """Remove evidence files that an intake left in the folder (--files) when it was stopped or refused.

    Only files that the store's keys open and no row tells of are removed; without --yes they are counted, and it ends
    with 1 if there are any. Not to be run on a database that was put back from a backup: its rows may lack files that
    a later one has.
    """
    from evidence.store.sweeping import orphans, sweep  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    with opened(address, keys, files) as store:
        if yes:
            count = sweep(store, clock())
        else:
            with store.reading() as connection:
                count = sum(1 for _ in orphans(store, connection))
    tell({"files": count, "removed": yes}, _LINE[lang][yes] if count else _NONE[lang], as_json=as_json)
    if count and not yes:
        context.exit(NOT_PASSED)


_LINE: dict[Lang, dict[bool, str]] = {
    "en": {
        True: "✔ {files} evidence files without a row removed",
        False: "{files} evidence files have no row in the store. Add --yes to remove them.",
    },
    "ko": {
        True: "✔ 보관소에 없는 동의자료 파일 {files}건을 삭제하였습니다.",
        False: "보관소에 없는 동의자료 파일이 {files}건 있습니다. 삭제하려면 --yes를 지정하십시오.",
    },
}
_NONE: dict[Lang, str] = {
    "en": "✔ Every evidence file of the store has its row.",
    "ko": "✔ 모든 동의자료 파일이 보관소에 등록되어 있습니다.",
}
