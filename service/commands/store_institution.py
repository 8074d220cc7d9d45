"""`dongui store institution`: under which code the institution debits at a bank."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="institution")
@click.argument("bank", metavar="[BANK]", type=click.Choice([f"{n:03}" for n in range(1, 1000)]), required=False)
@click.argument("code", metavar="[CODE]", required=False)
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    bank: str | None,
    code: str | None,
    address: str,
    keys: str | None,
    files: str | None,
    as_json: bool,
) -> None:
    """Set the institution code (이용기관코드) at a bank, or show those that are set; "" takes one away.

    Changes of account (FB0211) to a bank without one are answered with 7304, unless none is set at all: then the old
    code holds everywhere.
    """
    from evidence.lifecycle.contracts import Contracts, set_institution  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    if bank is not None and code is None:
        raise click.UsageError(_CODE_MISSING[lang])
    with opened(address, keys, files) as store:
        if bank is not None and code is not None:
            with store.writing(clock()) as writing:
                set_institution(writing, bank, code)
        with store.reading() as connection:
            codes = dict(sorted(Contracts.of(connection).codes.items()))
    shown = ", ".join(f"{name} {value}" for name, value in codes.items()) or _NONE[lang]
    tell({"institutions": codes, "shown": shown}, _LINE[lang], as_json=as_json)


_LINE: dict[Lang, str] = {"en": "✔ institution codes: {shown}", "ko": "✔ 금융회사별 이용기관 코드: {shown}"}
_NONE: dict[Lang, str] = {
    "en": "none is set; one code holds at every bank",
    "ko": "정하지 않음(모든 금융회사에서 같은 코드)",
}
_CODE_MISSING: dict[Lang, str] = {"en": "Name the institution code too.", "ko": "이용기관 코드도 지정하십시오."}
