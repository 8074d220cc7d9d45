"""`dongui file r00`: the sub-fields that partly exempt institutions fill in, to JSON lines and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import click

from consent import strict_json
from consent.errors import Lang
from evidence.faults import Part, Place
from evidence.jsonl import LONGEST, NotJson, WrongShape, to_line
from evidence.r00 import RECORDS, Format, join, split
from service import options
from service.inputs import reading
from service.outputs import result, say


@click.command(name="r00")
@click.argument("file", metavar="FILE")
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Format]),
    default=Format.FIRM.value,
    show_default=True,
    help="firm: payer number and company use, 36 bytes. compatible: telephone and filler, 23 bytes.",
)
@click.option(
    "--at", type=click.IntRange(min=0), metavar="BYTE", help="Where they begin in each line, in bytes from 0."
)
@click.option("--join", "joins", is_flag=True, help="Write the bytes that JSON lines stand for.")
@options.out_or_stdout
@click.pass_context
def command(context: click.Context, file: str, form: str, at: int | None, joins: bool, out: str) -> None:
    """Cut the sub-fields of R00 (4.2.1.2) out of every line, as JSON lines; or, with --join, write them.

    Without --at a line has to be the sub-fields and nothing else. Nothing is masked.
    """
    if joins and at is not None:
        raise click.UsageError(_NOT_BOTH[context.obj])
    with reading(file) as stream, result(out, file) as target:
        lines = 0
        for piece in _joined(stream, Format(form)) if joins else _split(stream, Format(form), at):
            target.write(piece + b"\n")
            lines += 1
    say({"file": out, "lines": lines}, _DONE[context.obj])


_NOT_BOTH: dict[Lang, str] = {
    "en": "--at is for cutting; it does not go with --join.",
    "ko": "--at은 분할할 때만 사용하므로 --join과 함께 지정할 수 없습니다.",
}
_DONE: dict[Lang, str] = {"en": "✔ {file}: {lines} lines", "ko": "✔ {file}: {lines}줄"}


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines that are not empty, without their ends, numbered from 1."""
    for number, line in enumerate(iter(lambda: stream.readline(LONGEST + 1), b""), 1):
        content = line.rstrip(b"\r\n")
        if content:
            yield number, content


def _split(stream: BinaryIO, form: Format, at: int | None) -> Iterator[bytes]:
    for number, line in _lines(stream):
        raw = line if at is None else line[at : at + RECORDS[form].total]
        fields = split(raw, form, Place(Part.DATA, number, line=number))
        yield to_line({"line": number, "fields": fields}).encode()


def _joined(stream: BinaryIO, form: Format) -> Iterator[bytes]:
    for number, line in _lines(stream):
        try:
            record = strict_json.parse(line)
        except ValueError:
            raise NotJson(number) from None
        if not isinstance(record, dict):
            raise NotJson(number)
        fields = record.get("fields")
        if not isinstance(fields, dict) or not all(isinstance(text, str) for text in fields.values()):
            raise WrongShape(number, key="fields")
        yield join(fields, form, Place(Part.DATA, number, line=number))
