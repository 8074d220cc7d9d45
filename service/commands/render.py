"""`dongui render`: a structured consent to the text that is signed."""

from __future__ import annotations

import json

import click

from consent.charset import Charset
from consent.form import Consent, render
from service import options
from service.errors import NotJsonText, about
from service.inputs import read, without_doubles
from service.outputs import result


@click.command(name="render")
@click.argument("consent", metavar="CONSENT.json")
@options.out_or_stdout
@options.charset
def command(consent: str, out: str, charset: str) -> None:
    """Write the consent text (출금동의원문) for a consent's fields, byte for byte as it will be signed.

    docs/consent-form.md lists the fields.
    """
    try:
        fields = json.loads(read(consent), object_pairs_hook=without_doubles)
    except (ValueError, RecursionError):
        raise NotJsonText(consent) from None
    with about(consent):
        text = render(Consent.from_json(fields), Charset(charset))
    with result(out, consent) as stream:
        stream.write(text.encoded)
