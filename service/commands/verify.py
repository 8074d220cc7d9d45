"""`dongui verify`: judge DERs."""

from __future__ import annotations

from pathlib import Path

import click

from certs import TrustStore
from consent.errors import CodedError, Lang
from service import options
from service.errors import NOT_PASSED, OK, WRONG_USE, show
from service.inputs import judging_time, read_up_to
from service.terminal import json_line, visible
from verifier import Indication, VerifyPolicy, policies, verify_der
from verifier.report import as_json as verdict_as_json
from verifier.report import as_text
from verifier.subject import At


@click.command(name="verify")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.trust
@click.option(
    "--policy",
    type=click.Choice(list(policies.POLICIES)),
    default="kftc",
    show_default=True,
    help="kftc: consent evidence; cms: any signature.",
)
@options.judged_at("now")
@options.json_flag
@click.pass_context
def command(context: click.Context, files: tuple[str, ...], trust: str, policy: str, at: str, as_json: bool) -> None:
    """Judge signed evidence (DER): encoding, form, digest, signature, certificate path, revocation, size.

    With --json, one object a file.
    """
    when = judging_time(at)
    store = TrustStore.open(Path(trust))
    worst = OK
    for file in files:
        worst = max(worst, _judge(file, store, policies.POLICIES[policy], when, context.obj, as_json=as_json))
    context.exit(worst)


def _judge(file: str, trust: TrustStore, policy: VerifyPolicy, at: At, lang: Lang, *, as_json: bool) -> int:
    try:
        der = read_up_to(file, policy.max_der_bytes + 1)
    except CodedError as error:
        if as_json:
            click.echo(json_line(_unread(file, policy, error, lang)))
        show(error, lang)
        return WRONG_USE
    verdict = verify_der(der, trust=trust, policy=policy, at=at)
    if as_json:
        click.echo(json_line(verdict_as_json(verdict, file=file, lang=lang)))
    else:
        click.echo(as_text(verdict, file=visible(file), lang=lang))
    return OK if verdict.indication is Indication.TOTAL_PASSED else NOT_PASSED


def _unread(file: str, policy: VerifyPolicy, error: CodedError, lang: Lang) -> dict[str, object]:
    """The line of a file that nothing can be said about, so that there is a line for every file."""
    finding = {
        "code": error.code,
        "check": "input",
        "effect": Indication.INDETERMINATE.name,
        "where": "-",
        "reference": "-",
        "message": error.message(lang),
        "remedy": error.remedy(lang),
    }
    return {
        "file": file,
        "indication": Indication.INDETERMINATE.name,
        "verified_at": None,
        "time_source": None,
        "signing_time": None,
        "policy": policy.name,
        "sha256": None,
        "not_run": sorted(check.value for check in policy.required),
        "findings": [finding],
    }
