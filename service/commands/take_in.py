"""`dongui take-in`: files of the clearing institute into the store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from consent.errors import CodedError, Lang
from consent.wording import wording
from service import options
from service.errors import NOT_PASSED, OK, WRONG_USE, about, show
from service.seekable import seekable
from service.stores import clock, opened, store_options
from service.taken_view import said, taken_as_json
from service.terminal import json_line, visible

if TYPE_CHECKING:
    from evidence.lifecycle.take_in import TakenFile
    from evidence.store.store import Store

BAD: Final = frozenset({"rejected", "cancel_rejected", "not_reconciled"})
_SHOWN: Final = 20
"""Remarks that a person is shown of one file; --json has all."""


@click.command(name="take-in")
@click.argument("files_in", metavar="FILE...", nargs=-1, required=True)
@store_options
@click.option("--answers", metavar="NAME", help="Name of the file sent that FILE answers, where several fit.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    files_in: tuple[str, ...],
    address: str,
    keys: str | None,
    files: str | None,
    answers: str | None,
    as_json: bool,
) -> None:
    """Take in files that came from the clearing institute (FB0120, FB0211 …), each whole or not at all.

    A file is told by its first bytes, compared with what was sent, and applied in one transaction. The same file a
    second time changes nothing. Ends with 1 where something was rejected or has to be looked at.
    """
    lang: Lang = context.obj
    with opened(address, keys, files) as store:
        codes = [_take_in(store, file, answers, lang, as_json=as_json) for file in files_in]
    context.exit(max(codes))


def _take_in(store: Store, file: str, answers: str | None, lang: Lang, *, as_json: bool) -> int:
    from evidence.lifecycle.take_in import take_in  # noqa: PLC0415 - loads SQLAlchemy

    try:
        with about(file), seekable(file) as stream:
            taken = take_in(store, stream, file, clock(), answers=answers)
    except CodedError as error:
        if as_json:
            refusal = {"code": error.code, "message": error.message(lang), "remedy": error.remedy(lang)}
            click.echo(json_line({"file": file, "refused": refusal}))
        show(error, lang)
        return WRONG_USE
    if as_json:
        click.echo(json_line(taken_as_json(file, taken, lang)))
    else:
        click.echo("\n".join(_lines(file, taken, lang)))
    return NOT_PASSED if taken.remarks or BAD & taken.events.keys() else OK


def _lines(file: str, taken: TakenFile, lang: Lang) -> Iterator[str]:
    mark = "✘" if taken.remarks or BAD & taken.events.keys() else "✔"
    already = _ALREADY[lang] if taken.already else ""
    yield f"{mark} {visible(file)}: {taken.code}, " + _RECORDS[lang].format(count=f"{taken.records:,}") + already
    for name, count in taken.events.items():
        yield f"    {EVENTS[lang].get(name, name)} {count:,}"
    for one in taken.remarks[:_SHOWN]:
        yield f"  ! {said(one, lang)} [{one.code}]"
    if len(taken.remarks) > _SHOWN:
        yield _MORE[lang].format(count=f"{len(taken.remarks) - _SHOWN:,}")
    for code in dict.fromkeys(one.code for one in taken.remarks):
        yield f"    → {wording(code).remedy(lang, {})}"


EVENTS: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "accepted": "accepted (format only)",
        "rejected": "rejected",
        "cancel_accepted": "cancellation accepted",
        "cancel_rejected": "cancellation rejected",
        "cancelled": "cancelled by the bank or the institute",
        "in_ledger": "reconciled: in the bank's ledger",
        "not_reconciled": "not reconciled",
        "changed": "account changed",
        "began": "goes on as a new consent",
    },
    "ko": {
        "accepted": "정상 접수(형식 확인)",
        "rejected": "오류 회신",
        "cancel_accepted": "해지 정상 접수",
        "cancel_rejected": "해지 오류 회신",
        "cancelled": "금융회사 또는 통합관리시스템에서 해지",
        "in_ledger": "원장 등록 확인",
        "not_reconciled": "대사 실패",
        "changed": "계좌 변경",
        "began": "변경 후 동의 시작",
    },
}
_RECORDS: dict[Lang, str] = {"en": "{count} records", "ko": "{count}건"}
_ALREADY: dict[Lang, str] = {"en": "; taken in before, nothing changed", "ko": ", 이미 접수한 파일이므로 바뀐 것 없음"}
_MORE: dict[Lang, str] = {"en": "  … and {count} more", "ko": "  … 외 {count}건"}
