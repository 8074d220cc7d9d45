"""`dongui consent list`: which consents a store has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from consent.errors import Lang
from evidence.lifecycle.words import state_name
from service import options
from service.inputs import secret, typed_unseen
from service.inspection import MASK
from service.store_faults import SearchValueMissing
from service.stores import clock, opened, store_options
from service.terminal import json_line, padded, visible

if TYPE_CHECKING:
    from evidence.store.store import Store

SEARCH_VARIABLE: Final = "DONGUI_SEARCH"
PERSONAL: Final = ("payer_number", "account_number", "holder_id")
STATES: Final = (
    *("signed", "refused", "verified", "queued", "sent", "rejected", "accepted", "reconciled", "failed"),
    *("cancel_queued", "cancel_sent", "cancel_rejected", "cancelled", "changed", "withdrawn", "deleted"),
)


@click.command(name="list")
@store_options
@click.option("--state", type=click.Choice(STATES), metavar="STATE", help="Only those in this state, such as queued.")
@click.option(
    "--by",
    type=click.Choice([name.replace("_", "-") for name in PERSONAL]),
    help="Only those with this payer number, account number or holder's id, which is asked for and never shown.",
)
@click.option(
    "--value-file",
    metavar="FILE",
    help=f"With --by: file whose first line is the value; else {SEARCH_VARIABLE} has it, or it is asked for.",
)
@click.option("--unmask", is_flag=True, help="Show payer and account numbers too. The log keeps that they were shown.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    address: str,
    keys: str | None,
    files: str | None,
    state: str | None,
    by: str | None,
    value_file: str | None,
    unmask: bool,
    as_json: bool,
) -> None:
    """List consents by number: state, day of application, institution, bank. Ends with 0 also if there are none."""
    from evidence.store.finding import find_consents  # noqa: PLC0415 - loads SQLAlchemy
    from evidence.store.viewing import note_viewing  # noqa: PLC0415

    lang: Lang = context.obj
    if value_file is not None and by is None:
        raise click.UsageError(_WITHOUT_BY[lang])
    wanted = {} if by is None else {by.replace("-", "_"): _value(by, value_file, lang)}
    with opened(address, keys, files) as store:
        if unmask:
            note_viewing(store, clock(), "unmasked")
        with store.reading() as connection:
            for row in find_consents(connection, store.keys, state=state, wanted=wanted):
                told = _told(store, row, unmask=unmask)
                click.echo(json_line(told) if as_json else _line(told, lang))


def _value(by: str, file: str | None, lang: Lang) -> str:
    value = secret(file, SEARCH_VARIABLE) or typed_unseen(_NAMES[lang][by])
    if not value:
        raise SearchValueMissing
    return value


def _told(store: Store, row: Any, *, unmask: bool) -> dict[str, object]:  # noqa: ANN401 - a row of the table
    from evidence.store.sealing import about_consent  # noqa: PLC0415 - loads cryptography

    texts = (
        store.sealer.open_texts(about_consent(row.id), row.key_id, bytes(row.sealed)) if unmask and row.sealed else {}
    )
    return {
        "consent": row.id,
        "state": row.state,
        "code": row.code,
        "applied_on": row.applied_on.isoformat(),
        "institution_code": row.institution_code,
        "bank_code": row.bank_code,
        "payer_number": texts.get("payer_number", MASK),
        "account_number": texts.get("account_number", MASK),
        "changed_at": row.changed_at,
    }


def _line(told: dict[str, object], lang: Lang) -> str:
    state = padded(state_name(str(told["state"]), lang), 15)
    values = [told[name] for name in ("applied_on", "institution_code", "bank_code")]
    values += [told[name] for name in ("payer_number", "account_number") if told[name] != MASK]
    values += [told["code"]] if told["code"] else []
    return visible(f"{told['consent']:>8}  {state}  {'  '.join(map(str, values))}")


_WITHOUT_BY: dict[Lang, str] = {
    "en": "--value-file goes with --by.",
    "ko": "--value-file은 --by와 함께 지정하십시오.",
}
_NAMES: dict[Lang, dict[str, str]] = {
    "en": {"payer-number": "Payer number", "account-number": "Account number", "holder-id": "Holder's id"},
    "ko": {"payer-number": "납부자 번호", "account-number": "계좌번호", "holder-id": "예금주 실명번호"},
}
