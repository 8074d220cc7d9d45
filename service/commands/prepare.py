"""`dongui prepare`: what a key elsewhere has to sign."""

from __future__ import annotations

from contextlib import ExitStack

import click

from consent.charset import Charset
from service import options
from service.inputs import signing_moment
from service.keys import enclosed, open_text
from service.outputs import result
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
    signing_certificate_v2: bool,
    at: str,
) -> None:
    """Prepare a signature for a key that is somewhere else: the payer's browser, a card, an HSM.

    Writes JSON that `dongui complete` takes together with the signature.
    """
    if out == to_be_signed:
        raise click.UsageError("--out and --to-be-signed name the same place.")
    own, *others = enclosed([cert])
    prepared = prepare(
        open_text(text, Charset(text_charset), Charset(charset), context.obj),
        own,
        at=signing_moment(at),
        digest=digest,
        intermediates=[*others, *enclosed(intermediate)],
        signing_certificate_v2=signing_certificate_v2,
    )
    inputs = (text, cert, *intermediate)
    with ExitStack() as both:
        stream = both.enter_context(result(out, *inputs))
        if to_be_signed is not None:
            both.enter_context(result(to_be_signed, *inputs)).write(prepared.to_be_signed)
        stream.write(prepared.to_json().encode() + b"\n")
