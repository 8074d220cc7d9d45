"""FB0221 from the store: which changes of an FB0211 the institution takes (설계서 V3.8 4.4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, func, select

from evidence.calendar import KOREA
from evidence.codes import ACCEPTED
from evidence.field import date_text
from evidence.identity import FIRM_BANKING
from evidence.lifecycle.answers import enter_answer, unanswered
from evidence.lifecycle.contracts import Contracts
from evidence.lifecycle.fb0211 import ANSWER, DECIDED, set_receipt, standing
from evidence.lifecycle.files import NewRecord, add_records, records_of, texts_of
from evidence.lifecycle.named import Named, find
from evidence.lifecycle.states import Event
from evidence.store.schema import FILE_RECORD
from evidence.store.store import Writing, groups

REQUEST: Final = "FB0211"
AT_ONCE: Final = 500
HEADER_COPIED: Final = ("van_code", "institution_code", "institution_type", "process_date", "van_id", "bank_code")
DATA_COPIED: Final = (
    "change_channel",
    "requested_at",
    "holder_id",
    "old_institution_code",
    "old_payer_number",
    "old_bank_code",
    "old_account_number",
    "new_bank_code",
    "new_account_number",
)


def settle_fb0221(writing: Writing, _day: date) -> list[int]:
    """Settle the answers to all FB0211 that are open, have none on its way, and a receipt code for each record.

    Args:
        writing: a transaction on the store.
        _day: nothing; an answer bears the date of its request.
    """
    return [_settle(writing, request) for request in unanswered(writing, REQUEST, ANSWER) if _decided(writing, request)]


def _decided(writing: Writing, request: Row[Any]) -> bool:
    query = select(func.count()).where(FILE_RECORD.c.file_id == request.id, FILE_RECORD.c.code.is_not(None))
    return bool(writing.connection.execute(query).scalar_one() == request.records)


def _settle(writing: Writing, request: Row[Any]) -> int:
    file_id = enter_answer(writing, request, ANSWER, HEADER_COPIED)
    received_on = date_text(datetime.fromisoformat(request.created_at).astimezone(KOREA).date())
    contracts = Contracts.of(writing.connection)
    for some in groups(records_of(writing.connection, request.id), AT_ONCE):
        named = find(writing, [bytes(row.identity) for row in some])
        records = [_answer(writing, row, named.get(bytes(row.identity)), contracts, received_on) for row in some]
        add_records(writing, file_id, records)
    return file_id


def _answer(writing: Writing, row: Row[Any], one: Named | None, contracts: Contracts, received_on: str) -> NewRecord:
    asked = texts_of(writing.store, row)
    code = _code_now(writing, row, one, contracts, asked)
    accepted = code == ACCEPTED
    institution = contracts.institution_after(asked)
    texts = {name: asked[name] for name in DATA_COPIED} | {
        "received_on": received_on,
        "receipt_code": code,
        "new_institution_code": institution if accepted else "",
        "new_payer_number": asked["old_payer_number"] if accepted else "",
        "service_kind": FIRM_BANKING,
    }
    return NewRecord(
        number=row.number,
        texts=texts,
        consent_id=row.consent_id if one is None else one.consent_id,
        identity=bytes(row.identity),
        code=code,
    )


def _code_now(
    writing: Writing, row: Row[Any], one: Named | None, contracts: Contracts, asked: Mapping[str, str]
) -> str:
    """The code of the record; one that takes the change is looked at again: the consent may have ended since."""
    code = str(row.code)
    if code != ACCEPTED or one is None or (row.outcome == DECIDED and one.can(Event.CHANGED)):
        return code
    draft = standing(one, asked, contracts)
    if draft.code != ACCEPTED:
        set_receipt(writing, row, draft.code, draft.remark)
    return draft.code
