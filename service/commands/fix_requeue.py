"""`dongui fix requeue`: consents into the next FB0110 once more."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="requeue")
@click.argument("numbers", metavar="N...", nargs=-1, required=True, type=options.NUMBER)
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    numbers: tuple[int, ...],
    address: str,
    keys: str | None,
    files: str | None,
    as_json: bool,
) -> None:
    """Queue consents again that were rejected, failed or were held: all of them, or none.

    What was accepted is queued again only where the newest ledger (FB0933) that came since does not list it.
    """
    from evidence.lifecycle.mending import requeue  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    with opened(address, keys, files) as store, store.writing(clock()) as writing:
        count = requeue(writing, numbers)
    tell({"queued": count}, _LINE[lang], as_json=as_json)


_LINE: dict[Lang, str] = {
    "en": "✔ {queued} queued for the next FB0110",
    "ko": "✔ {queued}건을 다음 FB0110의 제출 대기로 등록하였습니다.",
}
