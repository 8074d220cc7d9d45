"""`dongui file check`: what the clearing institute will answer."""

from __future__ import annotations

from collections.abc import Iterator

import click

from consent.errors import Lang
from evidence.check import CheckReport, Outcome, check
from evidence.codes import RESPONSE_CODES
from service import options
from service.errors import NOT_PASSED, OK
from service.inputs import reading
from service.terminal import json_line


@click.command(name="check")
@click.argument("file", metavar="FB")
@options.json_flag
@click.pass_context
def command(context: click.Context, file: str, as_json: bool) -> None:
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
