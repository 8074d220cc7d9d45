"""`dongui complete`: the signature that came back, made into a DER."""

from __future__ import annotations

import click

from service import options
from service.errors import about
from service.inputs import read
from service.outputs import result
from signer import Prepared, complete


@click.command(name="complete")
@click.argument("prepared", metavar="PREPARED.json")
@click.option("--signature", required=True, help="The signature: RSA PKCS#1 v1.5, or ECDSA in DER; binary.")
@options.out
def command(prepared: str, signature: str, out: str) -> None:
    """Complete a prepared signature. One that another key made, or over other bytes, is refused."""
    document, signed = read(prepared), read(signature)
    with about(prepared):
        parsed = Prepared.from_json(document)
    der = complete(parsed, signed)
    with result(out, prepared, signature) as stream:
        stream.write(der)
