"""`dongui report`: one verdict as a page or a document for people."""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import click

from certs import Holder
from consent.errors import Lang
from service import judging, options
from service.errors import NOT_PASSED, OK
from service.inputs import NOW, judging_time, now, read_up_to
from service.judging import Proofs
from service.outputs import result, say
from service.report_faults import ReportFormatUnknown
from service.vouch import TrustFolders
from verifier import Indication, policies
from verifier.reports.facts import Report, report_on
from verifier.reports.terms import OUTCOMES

_FORMATS = ("html", "pdf")


@click.command(name="report")
@click.argument("file", metavar="FILE")
@options.trusts
@options.kind
@options.out
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Default: by the suffix of the result's name.")
@judging.asked
@click.option("--mask", is_flag=True, help="Leave out the signed text and the names of certificate holders.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    file: str,
    trusts: tuple[str, ...],
    kind: str | None,
    out: str,
    form: str | None,
    policy: str,
    at: str,
    holder: str | None,
    received_at: str | None,
    timestamped: bool,
    timestamp_trust: str | None,
    mask: bool,
    as_json: bool,
) -> None:
    """Judge one piece of signed evidence and write a report on it: an HTML page, or a PDF.

    A report holds personal data, the signed text and names, so that it can serve as evidence; --mask leaves them out.
    """
    lang: Lang = context.obj
    form = form or Path(out).suffix.lower().removeprefix(".")
    if form not in _FORMATS:
        raise ReportFormatUnknown(", ".join(_FORMATS))
    when = judging_time(at)
    store = TrustFolders.open(trusts).of(kind)
    proofs = Proofs.open(store, received_at, timestamp_trust, timestamped=timestamped)
    rules = policies.POLICIES[policy]
    der, is_whole = read_up_to(file, rules.max_der_bytes + 1)
    report = report_on(
        der,
        trust=store,
        policy=rules,
        at=when,
        proofs=proofs.of(file, der),
        holder=None if holder is None else Holder(holder),
        file=file,
        made_at=now(),
        maker=f"dongui {version('dongui')}",
        at_now=at == NOW,
        is_whole=is_whole,
    )
    made = _written(report, lang, form, masked=mask)
    with result(out, file, f"{file}.tsr" if timestamped else None, private=True) as stream:
        stream.write(made)
    indication = report.verdict.indication
    told = {
        "file": out,
        "format": form,
        "bytes": len(made),
        "sha256": sha256(made).hexdigest(),
        "indication": indication.name,
    }
    line = _LINE[lang].replace("{outcome}", OUTCOMES[indication][lang])
    say(told, line, as_json=as_json)
    context.exit(OK if indication is Indication.TOTAL_PASSED else NOT_PASSED)


_LINE: dict[Lang, str] = {
    "en": "✔ {file}: report written, {bytes:,} bytes; verdict: {outcome}",
    "ko": "✔ {file}: 보고서를 작성하였습니다({bytes:,}바이트). 검증 결과: {outcome}",
}


def _written(report: Report, lang: Lang, form: str, *, masked: bool) -> bytes:
    """Loaded are only the libraries of the form that is asked for."""
    if form == "html":
        from verifier.reports.html import as_html  # noqa: PLC0415

        return as_html(report, lang, masked=masked)
    from verifier.reports.pdf import as_pdf  # noqa: PLC0415

    return as_pdf(report, lang, masked=masked)
