"""`dongui store institution`: under which code the institution debits at a bank."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.outputs import tell
from service.stores import clock, opened, store_options
from service.terminal import visible


@click.command(name="institution")
@click.argument("bank", metavar="[BANK]", type=options.BANK_CODE, required=False)
@click.argument("code", metavar="[CODE]", required=False)
@store_options
@click.option("--of", "old", metavar="CODE", help="For changes from this institution code alone.")
@click.option("--partly-exempt", metavar="CODE", help="Institution code that registers by R00 (send r00) from now on.")
@click.option("--submitting", metavar="CODE", help="Institution code that hands its evidence in with FB0110 again.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    bank: str | None,
    code: str | None,
    address: str,
    keys: str | None,
    files: str | None,
    old: str | None,
    partly_exempt: str | None,
    submitting: str | None,
    as_json: bool,
) -> None:
    """Set the institution code (이용기관코드) at a bank, or show those that are set; "" takes one away.

    Changes of account (FB0211) to a bank without one are answered with 7304, unless none is set at all: then the old
    code holds everywhere. Where a store holds consents of several institutions, --of says whose code it is.

    What partly exempt institutions have queued goes out with send r00, all else with send fb0110.
    """
    from evidence.lifecycle import contracts  # noqa: PLC0415 - loads SQLAlchemy
    from evidence.notices import CODE_OF_SEVERAL, Notice  # noqa: PLC0415

    lang: Lang = context.obj
    if (bank is not None and code is None) or (bank is None and old is not None):
        raise click.UsageError(_CODE_MISSING[lang])
    with opened(address, keys, files) as store:
        if any(said is not None for said in (bank, partly_exempt, submitting)):
            with store.writing(clock()) as writing:
                if bank is not None and code is not None:
                    contracts.set_institution(writing, bank, code, old or "")
                for institution, exempt in ((partly_exempt, True), (submitting, False)):
                    if institution is not None:
                        contracts.set_partly_exempt(writing, institution, exempt=exempt)
        with store.reading() as connection:
            known = contracts.Contracts.of(connection)
            codes, own = dict(known.codes), {of: dict(theirs) for of, theirs in known.own.items()}
            exempts = contracts.partly_exempt(connection)
            doubtful = bool(code) and old is None and contracts.are_several(connection)
    if doubtful:
        notice = Notice(CODE_OF_SEVERAL, {})
        click.echo(f"! {notice.message(lang)} [{notice.code}]\n  → {notice.remedy(lang)}", err=True)
    shown = ", ".join(f"{name} {value}" for name, value in codes.items()) or ("-" if own else _NONE[lang])
    document = {"institutions": codes, "institutions_of": own, "partly_exempt": list(exempts)}
    if as_json:
        tell(document, "", as_json=True)
        return
    click.echo(_LINE[lang].format(shown=visible(shown)))
    for of, theirs in own.items():
        told = ", ".join(f"{name} {value}" for name, value in theirs.items())
        click.echo(_OWN[lang].format(of=visible(of), shown=visible(told)))
    if exempts:
        click.echo(_EXEMPT[lang].format(shown=visible(", ".join(exempts))))


_LINE: dict[Lang, str] = {"en": "✔ institution codes: {shown}", "ko": "✔ 금융회사별 이용기관 코드: {shown}"}
_OWN: dict[Lang, str] = {"en": "  from {of}: {shown}", "ko": "  변경 전 코드가 {of}인 경우: {shown}"}
_EXEMPT: dict[Lang, str] = {
    "en": "  partly exempt, by send r00: {shown}",
    "ko": "  일부면제기관(send r00으로 송신): {shown}",
}
_NONE: dict[Lang, str] = {
    "en": "none is set; one code holds at every bank",
    "ko": "정하지 않음(모든 금융회사에서 같은 코드)",
}
_CODE_MISSING: dict[Lang, str] = {"en": "Name the institution code too.", "ko": "이용기관 코드도 지정하십시오."}
