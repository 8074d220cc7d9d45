"""`dongui verify`: judge DERs."""

from __future__ import annotations

from dataclasses import dataclass

import click

from certs import Holder, TrustStore
from consent.errors import CodedError, Lang
from service import judging, options
from service.errors import NOT_PASSED, OK, WRONG_USE, show
from service.inputs import NOW, judging_time, read_up_to
from service.judging import Proofs
from service.terminal import json_line, visible
from service.vouch import TrustFolders
from verifier import Indication, VerifyPolicy, policies, verify_der
from verifier.reports.json_form import as_json as verdict_as_json
from verifier.reports.json_form import refusal_as_json
from verifier.reports.text import as_text
from verifier.subject import At


@click.command(name="verify")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.trusts
@options.kind
@judging.asked
@options.json_flag
@click.option("-v", "--verbose", is_flag=True, help="A line for every check, the satisfied ones too.")
@click.pass_context
def command(
    context: click.Context,
    files: tuple[str, ...],
    trusts: tuple[str, ...],
    kind: str | None,
    policy: str,
    at: str,
    holder: str | None,
    received_at: str | None,
    timestamped: bool,
    timestamp_trust: str | None,
    as_json: bool,
    verbose: bool,
) -> None:
    """Judge signed evidence (DER): encoding, form, digest, signature, certificate path, revocation, size.

    Where its receipt or a time-stamp proves an earlier time than --at, that is what it is judged at. With --json, one
    object a file.
    """
    lang: Lang = context.obj
    show_as = _Show(lang, as_json=as_json, verbose=verbose, at_now=at == NOW)
    when = judging_time(at)
    store = TrustFolders.open(trusts).of(kind)
    proofs = Proofs.open(store, received_at, timestamp_trust, timestamped=timestamped)
    ask = _Ask(store, policies.POLICIES[policy], when, proofs, None if holder is None else Holder(holder))
    against: dict[str, None] = {}
    codes = [_judge(file, ask, show_as, against) for file in files]
    if len(codes) > 1 and not as_json:
        click.echo(_SUMMARY[lang].format(passed=codes.count(OK), count=len(codes)))
    if against and not as_json:
        click.echo(_MORE[lang].format(codes=" ".join(list(against)[:_NAMED])))
    context.exit(max(codes))


_SUMMARY: dict[Lang, str] = {"en": "{passed} of {count} passed", "ko": "{count}건 중 {passed}건 적합"}
_MORE: dict[Lang, str] = {
    "en": "What it means, in everyday words: dongui --explain {codes}",
    "ko": "쉬운 말로 된 자세한 설명: dongui --explain {codes}",
}
_NAMED = 4
"""Codes that are named to be explained; most often the first has caused the others."""


@dataclass(frozen=True)
class _Ask:
    """What the files are judged by."""

    trust: TrustStore
    policy: VerifyPolicy
    at: At
    proofs: Proofs
    holder: Holder | None


@dataclass(frozen=True)
class _Show:
    """How verdicts are shown."""

    lang: Lang
    as_json: bool
    verbose: bool
    at_now: bool


def _judge(file: str, ask: _Ask, show_as: _Show, against: dict[str, None]) -> int:
    """Judge one file and show the verdict; note in `against` what kept it from passing, each code once."""
    lang = show_as.lang
    try:
        der, is_whole = read_up_to(file, ask.policy.max_der_bytes + 1)
        proven = ask.proofs.of(file, der)
    except CodedError as error:
        if show_as.as_json:
            click.echo(json_line(refusal_as_json(error, file=file, policy=ask.policy, lang=lang)))
        show(error, lang)
        return WRONG_USE
    verdict = verify_der(der, trust=ask.trust, policy=ask.policy, at=ask.at, proofs=proven, holder=ask.holder)
    if show_as.as_json:
        click.echo(json_line(verdict_as_json(verdict, file=file, lang=lang, is_whole=is_whole)))
    else:
        name, at_now, verbose = visible(file), show_as.at_now, show_as.verbose
        click.echo(as_text(verdict, file=name, lang=lang, is_whole=is_whole, at_now=at_now, verbose=verbose))
    against.update((f.code, None) for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED)
    return OK if verdict.indication is Indication.TOTAL_PASSED else NOT_PASSED
