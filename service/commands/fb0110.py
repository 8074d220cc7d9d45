"""`dongui fb0110`: a list of consents to the file that registers them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from consent.errors import Lang
from evidence import Cancellation, Registration, build_fb0110
from service import options
from service.inputs import judging_time
from service.outputs import result, say
from service.records import Listed, about_lines_of, listed
from service.vouch import Judge


@click.command(name="fb0110")
@click.argument("records", metavar="RECORDS.jsonl")
@options.out
@options.trusts
@click.option(
    "--process-date",
    required=True,
    type=click.DateTime(["%Y-%m-%d", "%Y%m%d"]),
    metavar="YYYY-MM-DD",
    help="Process date (처리기준일자).",
)
@click.option("--institution-code", default="", help="이용기관코드 of the header.")
@click.option("--bank-code", default="", help="금융회사코드 of the header.")
@click.option("--van-code", default="VKN", show_default=True, help="펌VAN사 코드.")
@options.judged_at("now")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    records: str,
    out: str,
    trusts: tuple[str, ...],
    process_date: datetime,
    institution_code: str,
    bank_code: str,
    van_code: str,
    at: str,
    as_json: bool,
) -> None:
    """Pack evidence into FB0110 (출금이체 증빙자료 정보). Evidence that does not pass refuses the whole file.

    docs/records.md says how a line of RECORDS.jsonl looks.
    """
    lang: Lang = context.obj
    when = judging_time(at)
    judge = Judge.open(trusts, when)
    with result(out, records) as stream, about_lines_of(records):
        built = build_fb0110(
            stream,
            institution_code=institution_code,
            process_date=process_date.date(),
            records=_records(records, judge),
            van_code=van_code,
            bank_code=bank_code,
        )
    made = {
        "file": out,
        "records": built.written.records,
        "registrations": built.registrations,
        "cancellations": built.cancellations,
        "bytes": built.written.size,
        "sha256": built.written.sha256.hex(),
        "notices": [{"code": n.code, "message": n.message(lang)} for n in built.notices],
    }
    say(made, _LINE[lang], as_json=as_json)


_LINE: dict[Lang, str] = {
    "en": "✔ {file}: {registrations:,} registrations, {cancellations:,} cancellations, {bytes:,} bytes,"
    " SHA-256 {sha256}",
    "ko": "✔ {file}: 등록 {registrations:,}건, 해지 {cancellations:,}건, {bytes:,}바이트, SHA-256 {sha256}",
}


def _records(file: str, judge: Judge) -> Iterator[Registration | Cancellation]:
    for record in listed(file):
        yield _cancellation(record) if record.cancelled else _registration(record, judge)


def _cancellation(record: Listed) -> Cancellation:
    return Cancellation(applied_on=record.applied_on, line=record.line, **record.texts)


def _registration(record: Listed, judge: Judge) -> Registration:
    evidence = record.read_evidence()
    verdict = judge.verdict(record.texts["evidence_kind"], evidence, record.received_at)
    return Registration(
        applied_on=record.applied_on, evidence=evidence, verdict=verdict, line=record.line, **record.texts
    )
