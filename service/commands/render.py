"""`dongui render`: a structured consent to the text that is signed."""

from __future__ import annotations

import click

from consent import strict_json
from consent.charset import Charset
from consent.errors import Lang
from consent.form import Consent, render
from service import options
from service.errors import NotJsonText, about
from service.inputs import read
from service.outputs import result, say


@click.command(name="render")
@click.argument("consent", metavar="CONSENT.json")
@options.out_or_stdout
@options.charset
@click.pass_context
def command(context: click.Context, consent: str, out: str, charset: str) -> None:
    """Write the consent text (출금동의원문) for a consent's fields, byte for byte as it will be signed.

    docs/consent-form.md lists the fields.
    """
    try:
        fields = strict_json.parse(read(consent))
    except ValueError:
        raise NotJsonText(consent) from None
    with about(consent):
        text = render(Consent.from_json(fields), Charset(charset))
    with result(out, consent) as stream:
        stream.write(text.encoded)
    say({"file": out, "text_bytes": len(text.encoded), "charset": charset}, _LINE[context.obj])


_LINE: dict[Lang, str] = {
    "en": "✔ {file}: {text_bytes:,} bytes of text ({charset})",
    "ko": "✔ {file}: 원문 {text_bytes:,}바이트({charset})",
}
