"""`dongui file check`: what the clearing institute will answer, and what it does not look at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import click

from consent.errors import Lang
from evidence.check import CheckReport, check
from evidence.codes import RESPONSE_CODES
from evidence.history import Known, Requests
from evidence.looking import Looking
from evidence.remarks import Remark
from service import options
from service.accepted import accepted_before
from service.check_view import report_as_json
from service.errors import NOT_PASSED, OK
from service.inputs import judging_time, reading
from service.terminal import json_line
from service.vouch import Judge


@click.command(name="check")
@click.argument("file", metavar="FB")
@click.option(
    "--trust",
    "trusts",
    metavar="DIR",
    multiple=True,
    help="Trust folder: every DER inside is judged too. Several: one for each kind of evidence.",
)
@options.judged_at("signing-time")
@options.accepted
@click.option("--request", metavar="FB0410", help="What an FB0420 answers: tells what nobody asked for, and omissions.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    file: str,
    trusts: tuple[str, ...],
    at: str,
    accepted: str | None,
    request: str | None,
    as_json: bool,
) -> None:
    """Foretell what the clearing institute will answer: a response code for every record (첨부1).

    Then look at what it does not: whether the evidence is what it is called, and speaks of the same consent as its
    record. Those are findings of ours; they change no response code.
    """
    lang: Lang = context.obj
    judge = Judge.open(trusts, judging_time(at)) if trusts else None
    known = Known(None if accepted is None else accepted_before(accepted), _requests(request))
    look = Looking(None if judge is None else partial(judge.verdict, received_at=None))
    with reading(file) as stream:
        report = check(stream, known, look)
    click.echo(json_line(report_as_json(report, lang)) if as_json else "\n".join(_as_text(report, lang)))
    context.exit(OK if report.sound else NOT_PASSED)


def _requests(file: str | None) -> Requests | None:
    if file is None:
        return None
    with reading(file) as stream:
        return Requests.read(stream)


def _as_text(report: CheckReport, lang: Lang) -> Iterator[str]:
    words = _WORDS[lang]
    name = report.file_code or words["not-fb"]
    records = words["records"].format(count=report.records) if report.file_code else ""
    yield f"{'✔' if report.sound else '✘'} {name}{records}"
    if report.file_code:
        yield words["institute"]
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
    remarks = [remark for outcome in report.outcomes for remark in outcome.remarks]
    if remarks:
        yield words["ours"]
        yield from _ours(remarks, lang)


def _ours(remarks: list[Remark], lang: Lang) -> Iterator[str]:
    for remark in remarks:
        yield f"  {'✘' if remark.is_grave else '!'} {remark.message(lang)} [{remark.code}]"
        yield f"      → {remark.remedy(lang)}"


_WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "not-fb": "not an FB file",
        "records": ": {count} data records",
        "institute": "What the clearing institute will answer; it checks the form alone:",
        "counted": "(header and trailer are counted too)",
        "ours": "What it does not look at, and we do:",
    },
    "ko": {
        "not-fb": "FB 파일이 아닙니다",
        "records": ": 데이터 레코드 {count}건",
        "institute": "통합기관의 예상 응답(형식만 점검합니다)",
        "counted": "(Header부와 Trailer부를 포함한 건수)",
        "ours": "통합기관이 점검하지 않는 동의자료의 내용(자체 점검)",
    },
}
