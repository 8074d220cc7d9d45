"""`dongui inspect`: what is in a file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, cast

import click

from consent.errors import Lang
from evidence import DataRecord, Fault, scan
from evidence.layouts import layout_of
from service import korean, options
from service.errors import NOT_PASSED, OK, NothingKnown
from service.inputs import moment, reading
from service.inspection import MASK, Reader, Row, describe, in_korean
from service.terminal import json_line, visible
from verifier import policies

SHOWN_RECORDS = 20
_HEAD = policies.CMS.max_der_bytes + 1
"""Bytes that are looked at to tell what a file is, or to read it whole where it is no FB file."""


@click.command(name="inspect")
@click.argument("file", metavar="FILE")
@options.unmask
@click.option(
    "--idn", is_flag=True, help="Say whether a certificate is that of an identity number, which is asked for."
)
@click.option("--idn-file", help="With --idn: the number, in its first line; else DONGUI_IDN, else asked for.")
@click.option("--key", help="With --idn: the signPri.key; else the one beside the certificate.")
@click.option("--password-file", help="With --idn: the key's password; else DONGUI_KEY_PASSWORD, else asked for.")
@click.option("--random-file", help="With --idn: R in hexadecimal, where there is no key.")
@click.option(
    "--at", default="now", show_default=True, help="Whether certificates have ended: now, or an ISO 8601 time."
)
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    file: str,
    unmask: bool,
    idn: bool,
    idn_file: str | None,
    key: str | None,
    password_file: str | None,
    random_file: str | None,
    at: str,
    as_json: bool,
) -> None:
    """Show what is in a signed DER, a certificate, a key file or an FB file.

    Names, numbers and consent texts are masked unless --unmask is given. Ends with 1 for an FB file with a fault, and
    with --idn for a certificate of somebody else.
    """
    lang: Lang = context.obj
    sources = (idn_file, key, password_file, random_file)
    if idn:
        from service.identity import Sources, say_whose  # noqa: PLC0415 - seldom asked for

        context.exit(say_whose(file, Sources(*sources), lang, as_json=as_json))
    if any(source is not None for source in sources):
        raise click.UsageError(_WITHOUT_IDN[lang])
    reader = Reader(moment(at), lang, lang)
    with reading(file) as stream:
        head = stream.read(_HEAD)
        kind, rows = _fb_file(head, stream, lang) if head[:1] == b"H" else _other(file, head, reader)
    code = NOT_PASSED if any(row.is_fault for row in rows) else OK
    shown = [row if unmask or not row.personal else Row(row.label, MASK, depth=row.depth) for row in rows]
    if as_json:
        fields = [{"label": row.label, "value": row.value, "depth": row.depth} for row in shown]
        click.echo(json_line({"file": file, "kind": kind, "fields": fields}))
        context.exit(code)
    click.echo(f"{visible(file)}: {korean.kind(kind) if lang == 'ko' else kind}")
    for row in shown:
        indent = "  " * (row.depth + 1)
        name, said = (row.label, row.value) if lang == "en" else in_korean(row)
        value = visible(said, lines=True).replace("\n", "\n" + indent + "  ")
        click.echo(f"{indent}{name}: {value}")
    context.exit(code)


_WITHOUT_IDN: dict[Lang, str] = {
    "en": "--idn-file, --key, --password-file and --random-file go with --idn.",
    "ko": "--idn-file, --key, --password-file, --random-file는 --idn과 함께 지정하십시오.",
}


class _Whole:
    """A stream again, after its first bytes were looked at."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self.head, self.rest = io.BytesIO(head), rest

    def read(self, size: int) -> bytes:
        return self.head.read(size) or self.rest.read(size)


def _other(file: str, head: bytes, reader: Reader) -> tuple[str, list[Row]]:
    described = describe(head, reader)
    if described is None:
        raise NothingKnown(file)
    return described


def _fb_file(head: bytes, rest: BinaryIO, lang: Lang) -> tuple[str, list[Row]]:
    code = head[1:7].decode("ascii", errors="replace")
    layout = layout_of(code)
    return f"{code} {layout.ko}", list(_fb_rows(cast(BinaryIO, _Whole(head, rest)), lang))


def _fault_rows(fault: Fault, last: int, lang: Lang) -> Iterator[Row]:
    """The fault, under its record's place unless that record, at `last`, was named already."""
    if fault.record_offset != last:
        name = fault.number or fault.part.value[0].upper()
        yield Row(f"damaged record {name}", f"@{fault.record_offset}", is_fault=True)
    yield Row("fault", f"{fault.error.code}: {fault.error.message(lang)}", depth=1, is_fault=True)


def _fb_rows(stream: BinaryIO, lang: Lang) -> Iterator[Row]:
    records = faults = 0
    damaged = -1
    for item in scan(stream):
        if isinstance(item, Fault):
            faults += 1
            if faults <= SHOWN_RECORDS:
                yield from _fault_rows(item, damaged, lang)
            damaged = item.record_offset
            continue
        if isinstance(item, DataRecord):
            records += 1
            if records > SHOWN_RECORDS:
                continue
            table = item.layout.data
            yield Row(f"record {item.sequence}", f"@{item.offset}, evidence {len(item.evidence)} bytes")
        else:
            part = type(item).__name__
            table = item.layout.header if part == "Header" else item.layout.trailer
            yield Row(part.lower(), f"@{item.offset}")
        for field in table.fields:
            text = item.fields[field.name]
            if text.strip() and not field.name.startswith("filler"):
                yield Row(f"{field.name} ({field.ko})", text, personal=field.personal, depth=1)
    if records > SHOWN_RECORDS:
        yield Row("records", f"{records} in all; the first {SHOWN_RECORDS} are shown")
    if faults > SHOWN_RECORDS:
        yield Row("faults", f"{faults} in all; the first {SHOWN_RECORDS} are shown")
