"""Options that several commands have."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from consent.charset import Charset
from evidence.store.numbers import LARGEST
from service.errors import language

_Command = TypeVar("_Command", bound=Callable[..., Any])
_CHARSETS: Final = click.Choice([charset.value for charset in Charset])


class BankCode(click.ParamType[str]):
    """Three digits, and not 000: a code that a bank may have, whether or not one has it."""

    name = "bank code"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if re.fullmatch("[0-9]{3}", value) is None or value == "000":
            self.fail(f"{value!r} is not a bank code of three digits.", param, ctx)
        return value


BANK_CODE: Final = BankCode()
NUMBER: Final = click.IntRange(1, LARGEST)
"""Of a consent, a file or a record."""
json_flag = click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
out = click.option("-o", "--out", required=True, help="Where the result goes.")
out_or_stdout = click.option("-o", "--out", default="-", show_default=True, help="Where the result goes.")
trust = click.option("--trust", required=True, help="Trust folder: anchors/ intermediates/ crls/ ocsp/ and trust.toml.")
trusts = click.option(
    "--trust",
    "trusts",
    metavar="DIR",
    multiple=True,
    required=True,
    help="Trust folder: anchors/ intermediates/ crls/ ocsp/ and trust.toml. Several: one for each kind of evidence.",
)
accepted = click.option(
    "--accepted",
    metavar="LIST.jsonl",
    help="Consents whose evidence was accepted before: JSON lines as for fb0110, or their identities alone.",
)
kind = click.option(
    "--kind", type=click.Choice(["2", "7"]), help="Kind of the evidence: it tells which trust folder judges."
)
charset = click.option("--charset", type=_CHARSETS, default="utf-8", show_default=True, help="Charset that is signed.")
text_charset = click.option(
    "--text-charset", type=_CHARSETS, default="utf-8", show_default=True, help="Charset of the file TEXT."
)
digest = click.option(
    "--digest",
    type=click.Choice(["sha256", "sha384", "sha512"]),
    default="sha256",
    show_default=True,
    help="Digest algorithm to sign with.",
)
signer_only = click.option(
    "--signer-only", is_flag=True, help="Leave out the certificates that came with the signer's; see --intermediate."
)
intermediate = click.option("--intermediate", multiple=True, help="Certificate to enclose; may be repeated.")
signing_certificate_v2 = click.option(
    "--signing-certificate-v2", is_flag=True, help="Sign that attribute too (RFC 5035)."
)
seconds = click.option(
    "--timeout",
    "seconds",
    type=click.IntRange(1, 3600),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Seconds that one address may take in all.",
)
banks = click.option("--banks", metavar="FILE", help="Bank codes of your own (TOML), before those that come along.")
unmask = click.option("--unmask", is_flag=True, help="Show personal data too.")
holder = click.option(
    "--holder",
    type=click.Choice(["personal", "corporate"]),
    help="Whose certificate it has to be. Default: either will do.",
)
signing_time = click.option(
    "--at", default="now", show_default=True, help="Signing time: now, or an ISO 8601 time with its offset from UTC."
)


def _speak(context: click.Context, _: click.Parameter, wanted: str | None) -> None:
    if wanted is not None:
        context.obj = language(wanted)


LANG: Final = click.Option(
    ["--lang"], type=click.Choice(["ko", "en"]), expose_value=False, is_eager=True, hidden=True, callback=_speak
)
"""Every command takes it, so that it may stand where one thinks of it."""


EXPLAIN: Final = click.Option(["--explain"], expose_value=False, hidden=True)
"""So does this: the line is searched for it before anything else (`service.root`); here a missing code is told."""


def judged_at(default: str) -> Callable[[_Command], _Command]:
    """`--at` of the commands that judge."""
    return click.option(
        "--at",
        default=default,
        show_default=True,
        help="Judge at: now, signing-time, or an ISO 8601 time with its offset.",
    )
