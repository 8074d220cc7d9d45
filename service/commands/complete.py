"""`dongui complete`: the signature that came back, made into a DER."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.errors import about
from service.inputs import read
from service.outputs import result, say
from signer import Prepared, complete


@click.command(name="complete")
@click.argument("prepared", metavar="PREPARED.json")
@click.option("--signature", required=True, help="The signature: RSA PKCS#1 v1.5, or ECDSA in DER; binary.")
@options.out
@click.pass_context
def command(context: click.Context, prepared: str, signature: str, out: str) -> None:
    """Complete a prepared signature. One that another key made, or over other bytes, is refused."""
    document, signed = read(prepared), read(signature)
    with about(prepared):
        parsed = Prepared.from_json(document)
    der = complete(parsed, signed)
    with result(out, prepared, signature) as stream:
        stream.write(der)
    say({"file": out, "der_bytes": len(der)}, _LINE[context.obj])


_LINE: dict[Lang, str] = {"en": "✔ {file}: {der_bytes:,} bytes of DER", "ko": "✔ {file}: DER {der_bytes:,}바이트"}
