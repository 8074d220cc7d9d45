"""`dongui ledger`: what the banks' ledgers and the store do not agree on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from consent.errors import Lang
from consent.wording import wording
from evidence.lifecycle.words import state_name
from service import options
from service.errors import NOT_PASSED, OK
from service.stores import opened, store_options, typed_options
from service.terminal import json_line, visible

if TYPE_CHECKING:
    from evidence.lifecycle.ledgers import Ledger
    from evidence.store.store import Store


@click.command(name="ledger")
@click.argument("file", metavar="[FILE]", required=False)
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context, file: str | None, address: str, keys: str | None, files: str | None, as_json: bool
) -> None:
    """List the ledgers that were taken in (FB0933); with FILE, record by record what one and the store differ in.

    FILE is the file's number in the store, or its name. Ends with 1 where something differs.
    """
    lang: Lang = context.obj
    with opened(address, keys, files) as store:
        if file is None:
            lines = _ledgers(store, lang, typed_options(context), as_json=as_json)
        else:
            lines = _differences(store, file, lang, as_json)
        differs = False
        for line, differing in lines:
            differs = differs or differing
            click.echo(line)
    context.exit(NOT_PASSED if differs else OK)


def _ledgers(store: Store, lang: Lang, typed: str, *, as_json: bool) -> Iterator[tuple[str, bool]]:
    from evidence.lifecycle.ledgers import ledgers  # noqa: PLC0415 - loads SQLAlchemy

    with store.reading() as connection:
        found = ledgers(connection)
    for one in found:
        yield (json_line(_as_json(one)) if as_json else "\n".join(_lines(one, lang, typed))), bool(one.differences)
    if not (found or as_json):
        yield _NONE[lang], False


def _as_json(one: Ledger) -> dict[str, object]:
    return {
        "file": one.file_id,
        "name": one.name,
        "process_date": one.process_date.isoformat(),
        "institution_code": one.institution_code,
        "bank_code": one.bank_code,
        "records": one.records,
        "differences": dict(one.differences),
    }


def _lines(one: Ledger, lang: Lang, typed: str) -> Iterator[str]:
    mark = "✘" if one.differences else "✔"
    bank = _BANK[lang].format(visible(one.bank_code)) if one.bank_code else ""
    words = {**vars(one), "bank": bank, "records": f"{one.records:,}", "name": visible(one.name)}
    yield f"{mark} " + _LEDGER[lang].format(**words)
    for code, count in sorted(one.differences.items()):
        yield f"    {_COUNT[lang].format(count=f'{count:,}')}  {wording(code).message(lang, {})} [{code}]"
    if one.differences:
        yield f"    → dongui ledger {one.file_id}{typed}"


def _differences(store: Store, file: str, lang: Lang, as_json: bool) -> Iterator[tuple[str, bool]]:
    from evidence.lifecycle.found_files import find_file  # noqa: PLC0415 - loads SQLAlchemy
    from evidence.lifecycle.ledgers import CODE, differences  # noqa: PLC0415

    said: set[str] = set()
    with store.reading() as connection:
        ledger = find_file(connection, file, [CODE])
        for row in differences(connection, ledger):
            said.add(row.outcome)
            told = _difference(row, ledger)
            yield (json_line(told) if as_json else _line(told, lang)), True
    if as_json:
        return
    if not said:
        yield _AGREES[lang], False
    for code in sorted(said):
        yield f"→ {wording(code).remedy(lang, {})} [{code}]", True


def _difference(row: Any, ledger: Any) -> dict[str, object]:  # noqa: ANN401 - rows of the tables
    in_ledger = row.number <= ledger.records
    return {
        "code": row.outcome,
        "record": row.number if in_ledger else None,
        "consent": row.consent_id,
        "state": row.state,
        "institution_code": row.institution_code or ledger.institution_code,
        "bank_code": row.bank_code or ledger.bank_code,
        "applied_on": None if row.applied_on is None else row.applied_on.isoformat(),
    }


def _line(told: dict[str, object], lang: Lang) -> str:
    words = _WORDS[lang]
    about = [words["record"].format(**told)] if told["record"] else []
    if told["consent"]:
        about.append(words["consent"].format(n=told["consent"], state=state_name(str(told["state"]), lang)))
    message = wording(str(told["code"])).message(lang, {})
    return visible(f"  {told['institution_code']} {told['bank_code']}  {', '.join(about)}: {message} [{told['code']}]")


_LEDGER: dict[Lang, str] = {
    "en": "{process_date}  {institution_code}{bank}: {records} records, {name} (file {file_id})",
    "ko": "{process_date}  {institution_code}{bank}: {records}건, {name}(파일 {file_id}번)",
}
_BANK: dict[Lang, str] = {"en": ", bank {}", "ko": ", 금융회사 {}"}
_COUNT: dict[Lang, str] = {"en": "{count}", "ko": "{count}건"}
_NONE: dict[Lang, str] = {"en": "No ledger was taken in yet.", "ko": "접수한 원장이 없습니다."}
_AGREES: dict[Lang, str] = {"en": "✔ ledger and store agree", "ko": "✔ 원장과 보관소가 일치합니다."}
_WORDS: dict[Lang, dict[str, str]] = {
    "en": {"record": "record {record}", "consent": "consent {n} ({state})"},
    "ko": {"record": "{record}번 레코드", "consent": "동의 {n}번({state})"},
}
