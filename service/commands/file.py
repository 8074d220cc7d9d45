"""`dongui file`: FB files as tables, JSON lines and predictions."""

from __future__ import annotations

from collections.abc import Iterator

import click

from consent.errors import Lang
from evidence.check import CheckReport, Outcome, check
from evidence.codes import RESPONSE_CODES
from evidence.jsonl import LONGEST, decode_lines, encode_lines, to_line
from evidence.layouts import layout_rows
from service import options
from service.errors import NOT_PASSED, OK
from service.inputs import reading
from service.outputs import result, say
from service.terminal import json_line


@click.group(name="file")
def command() -> None:
    """FB files: layouts, decode, encode, check."""


@command.command()
@options.json_flag
def layouts(as_json: bool) -> None:
    """Every field of every file, in the specification's order. Width 0: as long as the record says."""
    rows = layout_rows()
    if as_json:
        click.echo(json_line(rows))
        return
    last = None
    for row in rows:
        if (row["file"], row["part"]) != last:
            last = (row["file"], row["part"])
            click.echo(f"\n{row['file']} {row['part']}")
        const = "" if row["const"] is None else f" = {row['const']!r}"
        click.echo(f"  {row['no']:>2}  {row['mode']:<6} {row['width']:>5}  {row['name']} ({row['ko']}){const}")


@command.command()
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


@command.command()
@click.argument("lines", metavar="LINES")
@options.out_or_stdout
@click.option("--json", is_flag=True, expose_value=False, help="JSON lines are the only form; taken for uniformity.")
@click.pass_context
def encode(context: click.Context, lines: str, out: str) -> None:
    """Write the FB file that JSON lines stand for: the same bytes that `decode` read."""
    with reading(lines) as stream, result(out, lines) as target:
        size = encode_lines(iter(lambda: stream.readline(LONGEST + 1), b""), target)
    say({"file": out, "bytes": size}, _ENCODED[context.obj])


_ENCODED: dict[Lang, str] = {"en": "✔ {file}: {bytes} bytes", "ko": "✔ {file}: {bytes}바이트"}


@command.command(name="check")
@click.argument("file", metavar="FB")
@options.json_flag
@click.pass_context
def check_file(context: click.Context, file: str, as_json: bool) -> None:
    """Foretell what the clearing institute will answer: a response code for every record (첨부1)."""
    lang: Lang = context.obj
    with reading(file) as stream:
        report = check(stream)
    click.echo(json_line(_as_json(report, lang)) if as_json else "\n".join(_as_text(report, lang)))
    context.exit(OK if report.sound else NOT_PASSED)


def _as_json(report: CheckReport, lang: Lang) -> dict[str, object]:
    return {
        "file": report.file_code,
        "sound": report.sound,
        "complete": report.complete,
        "records": report.records,
        "rejected": report.rejected,
        "by_code": dict(report.by_code),
        "outcomes": [_outcome_as_json(outcome, lang) for outcome in report.outcomes],
    }


def _outcome_as_json(outcome: Outcome, lang: Lang) -> dict[str, object]:
    return {
        "part": outcome.place.part.value,
        "record": outcome.place.number,
        "offset": outcome.place.offset,
        "response_code": outcome.response_code,
        "faults": [
            {
                "code": fault.code,
                "response_code": fault.response_code,
                "field": fault.field,
                "offset": fault.offset,
                "message": fault.message(lang),
                "remedy": fault.remedy(lang),
            }
            for fault in outcome.faults
        ],
    }


def _as_text(report: CheckReport, lang: Lang) -> Iterator[str]:
    words = _WORDS[lang]
    name = report.file_code or words["not-fb"]
    records = words["records"].format(count=report.records) if report.file_code else ""
    yield f"{'✔' if report.sound else '✘'} {name}{records}"
    for code, count in sorted(report.by_code.items()):
        meaning = RESPONSE_CODES.get(code)
        said = "" if meaning is None else (meaning.ko if lang == "ko" else meaning.en)
        yield f"  {code} × {count}  {said}".rstrip()
    if report.file_code:
        yield f"  {words['counted']}"
    for outcome in report.outcomes:
        for fault in outcome.faults:
            yield f"  ✘ {fault.message(lang)} [{fault.code}]"
            yield f"      → {fault.remedy(lang)}"


_WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "not-fb": "not an FB file",
        "records": ": {count} data records",
        "counted": "(header and trailer are counted too)",
    },
    "ko": {
        "not-fb": "FB 파일이 아닙니다",
        "records": ": 데이터 레코드 {count}건",
        "counted": "(Header부와 Trailer부를 포함한 건수)",
    },
}
