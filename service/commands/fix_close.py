"""`dongui fix close`: an audit that is answered elsewhere."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="close")
@click.argument("file", metavar="FILE")
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context, file: str, address: str, keys: str | None, files: str | None, as_json: bool
) -> None:
    """Close an audit (FB0410) that was answered on payinfo.or.kr/biz, or that is another institution's.

    FILE is the file's number in the store, or its name. send fb0420 does not answer it any more, and due is silent
    about it. An FB0420 of it that lies in the outbox is not awaited any more either: do not hand that in.
    """
    from evidence.lifecycle.fb0410 import REQUEST, close_audit  # noqa: PLC0415 - loads SQLAlchemy
    from evidence.lifecycle.found_files import find_file  # noqa: PLC0415

    lang: Lang = context.obj
    with opened(address, keys, files) as store, store.writing(clock()) as writing:
        found = find_file(writing.connection, file, [REQUEST])
        close_audit(writing, found.id)
    tell({"file": found.id, "name": found.name, "state": "closed"}, _LINE[lang], as_json=as_json)


_LINE: dict[Lang, str] = {
    "en": "✔ {name} (file {file}) is closed; no FB0420 answers it any more",
    "ko": "✔ {name}(파일 {file}번)의 처리를 종료하였습니다. 이 요청에는 더 이상 FB0420으로 회신하지 않습니다.",
}
