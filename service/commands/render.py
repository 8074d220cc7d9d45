"""`dongui render`: a structured consent to the text that is signed."""

from __future__ import annotations

import json

import click

from consent.charset import Charset
from consent.form import Consent, render
from service import options
from service.errors import NotJsonText
from service.inputs import read
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
        fields = json.loads(read(consent))
    except (ValueError, RecursionError):
        raise NotJsonText(consent) from None
    text = render(Consent.from_json(fields), Charset(charset))
    with result(out) as stream:
        stream.write(text.encoded)
