"""`dongui file decode` and `encode`: FB files as JSON lines, and back to the same bytes."""

from __future__ import annotations

import click

from consent.errors import Lang
from evidence.jsonl import LONGEST, decode_lines, encode_lines, to_line
from service import options
from service.inputs import reading
from service.outputs import result, say


@click.command()
@click.argument("file", metavar="FB")
@options.out_or_stdout
@click.option("--json", is_flag=True, expose_value=False, help="JSON lines are the only form; taken for uniformity.")
@click.pass_context
def decode(context: click.Context, file: str, out: str) -> None:
    """Write an FB file as JSON lines, one object a record, evidence in base64. Nothing is masked."""
    with reading(file) as stream, result(out, file) as target:
        lines = 0
        for lines, record in enumerate(decode_lines(stream), 1):  # noqa: B007 - counted
            target.write(to_line(record).encode() + b"\n")
    say({"file": out, "lines": lines}, _DECODED[context.obj])


_DECODED: dict[Lang, str] = {
    "en": "✔ {file}: {lines} records, header and trailer included",
    "ko": "✔ {file}: 레코드 {lines}건(Header부와 Trailer부 포함)",
}


@click.command()
@click.argument("lines", metavar="LINES")
@options.out_or_stdout
@click.option("--json", is_flag=True, expose_value=False, help="JSON lines are the only form; taken for uniformity.")
@click.pass_context
def encode(context: click.Context, lines: str, out: str) -> None:
    """Write the FB file that JSON lines stand for: the same bytes that `decode` read."""
    with reading(lines) as stream, result(out, lines) as target:
        size = encode_lines(iter(lambda: stream.readline(LONGEST + 1), b""), target)
    say({"file": out, "bytes": size}, _ENCODED[context.obj])


_ENCODED: dict[Lang, str] = {"en": "✔ {file}: {bytes:,} bytes", "ko": "✔ {file}: {bytes:,}바이트"}
