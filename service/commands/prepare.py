"""`dongui prepare`: what a key elsewhere has to sign."""

from __future__ import annotations

from contextlib import ExitStack

import click

from consent.charset import Charset
from consent.errors import Lang
from service import options
from service.inputs import signing_moment
from service.keys import enclosed, open_text, to_enclose
from service.outputs import result, say
from signer import Digest, prepare


@click.command(name="prepare")
@click.argument("text", metavar="TEXT")
@click.option("--cert", required=True, help="Certificate of the key that will sign, PEM or DER.")
@options.out_or_stdout
@click.option("--to-be-signed", help="Also write the bytes to be signed to this file.")
@options.charset
@options.text_charset
@options.digest
@options.intermediate
@options.signer_only
@options.signing_certificate_v2
@options.signing_time
@click.pass_context
def command(
    context: click.Context,
    text: str,
    cert: str,
    out: str,
    to_be_signed: str | None,
    charset: str,
    text_charset: str,
    digest: Digest,
    intermediate: tuple[str, ...],
    signer_only: bool,
    signing_certificate_v2: bool,
    at: str,
) -> None:
    """Prepare a signature for a key that is somewhere else: the payer's browser, a card, an HSM.

    Writes JSON that `dongui complete` takes together with the signature. Authorities' certificates that stand behind
    the signer's in --cert are enclosed too, the self-signed root aside.
    """
    lang: Lang = context.obj
    if out == to_be_signed:
        raise click.UsageError(_SAME_PLACE[lang])
    own, *others = enclosed([cert])
    intermediates = to_enclose(own, others, intermediate, signer_only=signer_only)
    prepared = prepare(
        open_text(text, Charset(text_charset), Charset(charset), lang),
        own,
        at=signing_moment(at),
        digest=digest,
        intermediates=intermediates,
        signing_certificate_v2=signing_certificate_v2,
    )
    inputs = (text, cert, *intermediate)
    with ExitStack() as both:
        stream = both.enter_context(result(out, *inputs))
        if to_be_signed is not None:
            both.enter_context(result(to_be_signed, *inputs)).write(prepared.to_be_signed)
        stream.write(prepared.to_json().encode() + b"\n")
    made = {"file": out, "bytes": len(prepared.to_be_signed), "enclosed": len(prepared.intermediates)}
    say(made, _LINE[lang])


_SAME_PLACE: dict[Lang, str] = {
    "en": "--out and --to-be-signed name the same place.",
    "ko": "--out과 --to-be-signed에 같은 파일을 지정하였습니다.",
}
_LINE: dict[Lang, str] = {
    "en": "✔ {file}: {bytes:,} bytes to be signed; certificates enclosed beside the signer's: {enclosed}",
    "ko": "✔ {file}: 서명 대상 {bytes:,}바이트, 함께 넣은 인증기관 인증서 {enclosed}개",
}
