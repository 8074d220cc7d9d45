"""`dongui cancel`: cancellations queued for the next FB0110, or taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import click

from consent.errors import Lang
from service import options
from service.exchange_faults import NotACancellation, NothingToCancel
from service.outputs import tell
from service.records import listed
from service.stores import clock, opened, store_options

if TYPE_CHECKING:
    from evidence.store.store import Writing


@click.command(name="cancel")
@click.argument("numbers", metavar="[N]...", nargs=-1, type=options.NUMBER)
@click.option(
    "--list",
    "list_file",
    metavar="RECORDS.jsonl",
    help='Consents by identity, JSON lines with "cancelled": true as for fb0110.',
)
@click.option("--hold", is_flag=True, help="Take cancellations back that were not sent yet, or were rejected.")
@click.option(
    "--gone",
    is_flag=True,
    help="End consents whose cancellation was rejected with 2042; first make sure that the bank does not have them.",
)
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    numbers: tuple[int, ...],
    list_file: str | None,
    hold: bool,
    gone: bool,
    address: str,
    keys: str | None,
    files: str | None,
    as_json: bool,
) -> None:
    """Queue the cancellation of consents that a bank may have: all of them, or none.

    They go out with the next FB0110, under the list's days of application, else under today. What was never handed in
    is given up with fix withdraw.
    """
    from evidence.lifecycle import cancelling  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    if not numbers and list_file is None:
        raise click.UsageError(_NONE_NAMED[lang])
    if hold and gone:
        raise click.UsageError(_NOT_BOTH[lang])
    days: dict[int, date] = {}
    ways: dict[str, tuple[Callable[[Writing, list[int]], int], dict[Lang, str]]] = {
        "held": (cancelling.hold_cancellations, _HELD),
        "ended": (cancelling.end_void, _ENDED),
        "queued": (partial(cancelling.queue_cancellations, days=days), _QUEUED),
    }
    way = "held" if hold else "ended" if gone else "queued"
    act, line = ways[way]
    with opened(address, keys, files) as store, store.writing(clock()) as writing:
        if list_file is not None:
            days.update(_of_list(writing, list_file))
        count = act(writing, [*numbers, *days])
    tell({way: count}, line[lang], as_json=as_json)


def _of_list(writing: Writing, file: str) -> dict[int, date]:
    """Numbers of the consents of a list, and the days that it gives.

    Raises: as `listed`, and NotACancellation, NothingToCancel.
    """
    from evidence.identity import Identity  # noqa: PLC0415
    from evidence.lifecycle.named import find  # noqa: PLC0415 - SQLAlchemy
    from evidence.lifecycle.states import ENDED  # noqa: PLC0415
    from evidence.store.store import groups  # noqa: PLC0415

    found = {}
    for some in groups(listed(file), 500):
        identities = [Identity(*one.identity).hashed(writing.keys.digest) for one in some]
        named = find(writing, identities)
        for one, identity in zip(some, identities, strict=True):
            if not one.cancelled:
                raise NotACancellation(file, one.line)
            consent = named.get(identity)
            if consent is None or consent.state in ENDED:
                raise NothingToCancel(file, one.line)
            found[consent.consent_id] = one.applied_on
    return found


_QUEUED: dict[Lang, str] = {
    "en": "✔ cancellations queued for the next FB0110: {queued}",
    "ko": "✔ 해지 {queued}건을 다음 FB0110의 제출 대기로 등록하였습니다.",
}
_HELD: dict[Lang, str] = {"en": "✔ cancellations taken back: {held}", "ko": "✔ 해지 요청 {held}건을 취소하였습니다."}
_ENDED: dict[Lang, str] = {
    "en": "✔ ended, since their banks have nothing to cancel: {ended}",
    "ko": "✔ 금융회사에 해지할 등록이 없는 동의 {ended}건을 종료하였습니다.",
}
_NOT_BOTH: dict[Lang, str] = {
    "en": "Say either --hold or --gone.",
    "ko": "--hold와 --gone 가운데 하나만 지정하십시오.",
}
_NONE_NAMED: dict[Lang, str] = {
    "en": "Name consents by number, or a list with --list.",
    "ko": "동의 번호를 지정하거나 --list로 목록을 지정하십시오.",
}
