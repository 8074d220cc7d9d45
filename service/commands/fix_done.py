"""`dongui fix done`: remarks that somebody has seen to."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="done")
@click.argument("file", metavar="FILE")
@click.argument("records", metavar="RECORD...", nargs=-1, required=True, type=options.NUMBER)
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    file: str,
    records: tuple[int, ...],
    address: str,
    keys: str | None,
    files: str | None,
    as_json: bool,
) -> None:
    """Tick off remarks on records of a file that came in; the log keeps that it was done.

    FILE is the file's number in the store, or its name.
    """
    from evidence.lifecycle.found_files import find_file  # noqa: PLC0415 - loads SQLAlchemy
    from evidence.lifecycle.stuck import REMARKED, tick_off  # noqa: PLC0415

    lang: Lang = context.obj
    numbers = tuple(dict.fromkeys(records))
    with opened(address, keys, files) as store, store.writing(clock()) as writing:
        found = find_file(writing.connection, file, REMARKED)
        for number in numbers:
            tick_off(writing, found.id, number)
    tell({"file": found.id, "name": found.name, "done": len(numbers)}, _LINE[lang], as_json=as_json)


_LINE: dict[Lang, str] = {
    "en": "✔ {done} ticked off in {name} (file {file})",
    "ko": "✔ {name}(파일 {file}번)에서 {done}건을 확인한 것으로 표시하였습니다.",
}
