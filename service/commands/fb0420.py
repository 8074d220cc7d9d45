"""`dongui fb0420`: the answer to an audit."""

from __future__ import annotations

import click

from consent.errors import Lang
from evidence import AuditRequest, FoundEvidence, answer_fb0410
from service import options
from service.inputs import judging_time, reading
from service.outputs import result, say
from service.records import about_lines_of, registrations
from service.vouch import Judge


@click.command(name="fb0420")
@click.argument("request", metavar="FB0410")
@click.option("--records", required=True, help="Consents and their evidence, JSON lines as for fb0110.")
@options.out
@click.option(
    "--trust",
    "trusts",
    metavar="DIR",
    multiple=True,
    help="Trust folder; a DER that does not pass then refuses the whole file. Several: one for each kind of evidence.",
)
@options.judged_at("signing-time")
@options.json_flag
@click.pass_context
def command(
    context: click.Context, request: str, records: str, out: str, trusts: tuple[str, ...], at: str, as_json: bool
) -> None:
    """Answer an audit request FB0410 with FB0420 (사후점검 동의자료 정보). What is not found is answered with 'N'."""
    lang: Lang = context.obj
    known = registrations(records)
    judge = Judge.open(trusts, judging_time(at)) if trusts else None

    def lookup(asked: AuditRequest) -> FoundEvidence | None:
        key = (asked.institution_code, asked.payer_number, asked.bank_code, asked.account_number)
        record = known.get(key)
        if record is None:
            return None
        evidence, kind = record.read_evidence(), record.texts["evidence_kind"]
        verdict = None if judge is None else judge.verdict(kind, evidence, record.received_at)
        return FoundEvidence(
            applied_on=record.applied_on,
            evidence_kind=kind,
            extension=record.texts["extension"],
            evidence=evidence,
            verdict=verdict,
            line=record.line,
        )

    with reading(request) as stream, result(out, request, records) as target, about_lines_of(records):
        answer = answer_fb0410(stream, lookup, target)
    made = {
        "file": out,
        "records": answer.written.records,
        "found": answer.found,
        "missing": list(answer.missing),
        "missing_count": len(answer.missing),
        "bytes": answer.written.size,
        "sha256": answer.written.sha256.hex(),
        "notices": [{"code": n.code, "message": n.message(lang)} for n in answer.notices],
    }
    say(made, _LINE[lang], as_json=as_json)


_LINE: dict[Lang, str] = {
    "en": "✔ {file}: {found:,} found, {missing_count:,} missing, {bytes:,} bytes, SHA-256 {sha256}",
    "ko": "✔ {file}: 보유 {found:,}건, 미보유 {missing_count:,}건, {bytes:,}바이트, SHA-256 {sha256}",
}
