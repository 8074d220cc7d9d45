"""`dongui fix amend`: other values in the place of a consent's."""

from __future__ import annotations

import click

from consent import strict_json
from consent.errors import Lang
from service import options
from service.exchange_faults import AmendmentUnreadable
from service.inputs import read
from service.outputs import tell
from service.stores import clock, opened, store_options


@click.command(name="amend")
@click.argument("number", metavar="N", type=options.NUMBER)
@click.option("--values", required=True, metavar="FILE", help="JSON object of the fields that change; - is stdin.")
@store_options
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    number: int,
    values: str,
    address: str,
    keys: str | None,
    files: str | None,
    as_json: bool,
) -> None:
    """Correct a consent's values, such as {"account_number": "…"}, and queue it again.

    Fields: applied_on holder_id_type holder_id institution_code payer_number bank_code account_number. Values come from
    a file, so that they stand in no history of commands; the log keeps names only. Evidence never changes: where it is
    signed, its text has to have the new values.

    Where the bank may have the consent under another account or number, it stays as it is, to be cancelled, and what is
    amended goes out as a consent of its own.

    Of a cancellation that was rejected, holder_id_type and holder_id can be amended; it is queued again then.
    """
    from evidence.layouts.fb0110 import FB0110  # noqa: PLC0415 - as below
    from evidence.lifecycle.mending import amend  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    wanted = _values(values)
    with opened(address, keys, files) as store, store.writing(clock()) as writing:
        amended = amend(writing, number, wanted)
    made = {"consent": number, "queued": amended.consent_id, "fields": list(amended.fields)}
    if as_json:
        tell(made, "", as_json=True)
        return
    lines = _LINE if amended.consent_id == number else _AS_ANOTHER
    names = [FB0110.data.field(name).ko if lang == "ko" else name for name in amended.fields]
    tell(made | {"names": ", ".join(names)}, lines[lang])


def _values(file: str) -> dict[str, str]:
    from evidence.lifecycle.mending import AMENDABLE  # noqa: PLC0415 - as above

    try:
        document = strict_json.parse(read(file))
    except ValueError:
        raise AmendmentUnreadable(file) from None
    if not isinstance(document, dict) or not document or not document.keys() <= set(AMENDABLE):
        raise AmendmentUnreadable(file)
    texts = {name: value for name, value in document.items() if isinstance(value, str)}
    if len(texts) != len(document):
        raise AmendmentUnreadable(file)
    if "applied_on" in texts:
        texts["applied_on"] = texts["applied_on"].replace("-", "")
    return texts


_LINE: dict[Lang, str] = {
    "en": "✔ consent {consent}: {names} amended; queued for the next FB0110",
    "ko": "✔ 동의 {consent}번: {names} 항목을 정정하고 다음 FB0110의 제출 대기로 등록하였습니다.",
}
_AS_ANOTHER: dict[Lang, str] = {
    "en": "✔ consent {consent}: {names} amended; goes out as consent {queued}, queued for the next FB0110\n"
    "  ! The bank may have consent {consent} as it was: cancel it with dongui cancel {consent}.",
    "ko": "✔ 동의 {consent}번: {names} 항목을 정정하여 동의 {queued}번으로 다음 FB0110의 제출 대기로 등록하였습니다.\n"
    "  ! 금융회사에 정정 전 내용이 등록되어 있을 수 있습니다. dongui cancel {consent} 명령으로 해지하십시오.",
}
