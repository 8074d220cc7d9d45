"""`dongui fix receipt`: how a change of account is answered."""

from __future__ import annotations

import click

from consent.errors import Lang
from consent.particles import with_particles
from service import options
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="receipt")
@click.argument("file", metavar="FILE")
@click.argument("record", metavar="RECORD", type=options.NUMBER)
@click.argument("code", metavar="CODE")
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    file: str,
    record: int,
    code: str,
    address: str,
    keys: str | None,
    files: str | None,
    as_json: bool,
) -> None:
    """Answer a record of an FB0211 with another receipt code than the draft: 7301 to 7319 but 7308, or 0000.

    FILE is the file's number in the store, or its name. It can be done until the answer FB0221 is made.
    """
    from evidence.lifecycle.fb0211 import decide  # noqa: PLC0415 - loads SQLAlchemy
    from evidence.lifecycle.found_files import find_file  # noqa: PLC0415

    lang: Lang = context.obj
    with opened(address, keys, files) as store, store.writing(clock()) as writing:
        found = find_file(writing.connection, file, ["FB0211"])
        decide(writing, found.id, record, code)
    line = with_particles(_LINE[lang].replace("{code}", code))
    tell({"file": found.id, "name": found.name, "record": record, "code": code}, line, as_json=as_json)


_LINE: dict[Lang, str] = {
    "en": "✔ record {record} of {name} (file {file}) will be answered with {code}",
    "ko": "✔ {name}(파일 {file}번)의 {record}번 레코드의 응답코드를 {code}(으)로 지정하였습니다.",
}
