"""`dongui file show` and `json`: the records of an FB file, for a person and for a program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

import click

from consent.errors import Lang
from evidence import DataRecord, Fault, Header, Trailer, scan
from service import options
from service.banks import known_banks
from service.errors import NOT_PASSED, OK, RecordNotThere
from service.fb_view import View, day_of, field_name, record_of
from service.inputs import now, reading
from service.terminal import columns_of, json_line, padded, visible

Item = Header | DataRecord | Trailer | Fault


def _options(command: click.decorators.FC) -> click.decorators.FC:
    for option in (
        click.option("--record", type=click.IntRange(min=1), metavar="N", help="Only this data record."),
        options.unmask,
        options.banks,
    ):
        command = option(command)
    return command


@click.command(name="show")
@click.argument("file", metavar="FB")
@_options
@options.json_flag
@click.pass_context
def show(context: click.Context, file: str, record: int | None, unmask: bool, banks: str | None, as_json: bool) -> None:
    """Show an FB file record by record: fields by name, codes with their meaning, dates and counts readably.

    Personal data are masked unless --unmask is given. Blank fields are left out. Ends with 1 where there is a fault.
    """
    _run(context, file, record, View(known_banks(banks), now().date(), unmask), as_json=as_json)


@click.command(name="json")
@click.argument("file", metavar="FB")
@_options
@click.option("--json", is_flag=True, expose_value=False, help="JSON lines are the only form; taken for uniformity.")
@click.pass_context
def as_json_lines(context: click.Context, file: str, record: int | None, unmask: bool, banks: str | None) -> None:
    """Write what `show` shows as JSON lines, with names and meanings in Korean and English.

    It is for looking at and handing on: personal data are masked, and evidence is told by its size and SHA-256. What
    `decode` writes is whole, and goes back to the same bytes.
    """
    _run(context, file, record, View(known_banks(banks), now().date(), unmask), as_json=True)


def _run(context: click.Context, file: str, record: int | None, view: View, *, as_json: bool) -> None:
    lang: Lang = context.obj
    faults = 0
    with reading(file) as stream:
        for item in _items(stream, file, record):
            if isinstance(item, Header):
                view = replace(view, day=day_of(item.fields, view.day))
            faults += isinstance(item, Fault)
            click.echo(json_line(_object(item, view, lang)) if as_json else "\n".join(_text(item, view, lang)))
    context.exit(NOT_PASSED if faults else OK)


def _items(stream: BinaryIO, file: str, record: int | None) -> Iterator[Item]:
    """All of the file, or the header and one data record with what is wrong with it.

    Raises:
        RecordNotThere: the file ends before it.
    """
    found = False
    for item in scan(stream):
        number = item.number if isinstance(item, Fault) else item.sequence if isinstance(item, DataRecord) else 0
        if record is None or isinstance(item, Header) or number == record:
            yield item
        found = found or number == record
        if record is not None and number > record:
            return
    if record is not None and not found:
        raise RecordNotThere(file, record)


def _object(item: Item, view: View, lang: Lang) -> dict[str, object]:
    if isinstance(item, Fault):
        return {
            "part": item.part.value,
            "record": item.number,
            "offset": item.offset,
            "fault": {
                "code": item.error.code,
                "response_code": item.response_code,
                "field": item.field,
                "message": item.error.message(lang),
                "remedy": item.error.remedy(lang),
            },
        }
    fields = [
        {
            "name": one.field.name,
            "ko": one.field.ko,
            "value": one.text,
            "masked": one.masked,
            "means_ko": one.ko,
            "means_en": one.en,
        }
        for one in view.fields(item)
    ]
    made: dict[str, object] = {"file": item.layout.code, "part": _PART[type(item)], "offset": item.offset}
    if isinstance(item, DataRecord):
        made["record"] = item.sequence
    made["fields"] = fields
    if isinstance(item, DataRecord) and item.evidence:
        made["evidence"] = {"bytes": len(item.evidence), "sha256": hashlib.sha256(item.evidence).hexdigest()}
    return made


_PART: dict[type, str] = {Header: "header", DataRecord: "data", Trailer: "trailer"}


def _text(item: Item, view: View, lang: Lang) -> Iterator[str]:
    words = _WORDS[lang]
    if isinstance(item, Fault):
        yield f"✘ {item.error.message(lang)} [{item.error.code}]"
        yield f"    → {item.error.remedy(lang)}"
        return
    if isinstance(item, Header):
        yield f"{item.layout.code} {item.layout.ko if lang == 'ko' else item.layout.en}"
    yield words[_PART[type(item)]].format(number=item.sequence if isinstance(item, DataRecord) else 0)
    width = max(columns_of(field_name(one, lang)) for one in record_of(item).fields if one.const is None)
    for one in view.fields(item):
        if one.text:
            yield f"  {padded(field_name(one.field, lang), width)}  {visible(one.line(lang))}"
    if isinstance(item, DataRecord) and item.evidence:
        size = words["bytes"].format(size=len(item.evidence))
        yield f"  {padded(words['evidence'], width)}  {size}, SHA-256 {hashlib.sha256(item.evidence).hexdigest()}"


_WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "header": "header",
        "data": "record {number}",
        "trailer": "trailer",
        "evidence": "evidence",
        "bytes": "{size:,} bytes",
    },
    "ko": {
        "header": "Header부",
        "data": "Data부 {number}",
        "trailer": "Trailer부",
        "evidence": "증빙자료",
        "bytes": "{size:,}바이트",
    },
}
