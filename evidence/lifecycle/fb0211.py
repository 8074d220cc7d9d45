"""FB0211 taken in: payers who want to be debited elsewhere, each with the receipt code that it will be answered with.

설계서 V3.8 4.4.1 and 첨부1 다. The codes are drafts until the FB0221 is sent: somebody who knows more about a payer
(what is owed, what is being debited just now) puts another in their place with `decide`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, select, update

from evidence.codes import ACCEPTED, RESPONSE_CODES
from evidence.lifecycle.answers import is_under_way
from evidence.lifecycle.contracts import Contracts
from evidence.lifecycle.errors import ChangeUnderWay, ReceiptNotAllowed, ReceiptNotOpen
from evidence.lifecycle.files import FileState, NewRecord, texts_of
from evidence.lifecycle.named import Named, find, nearest, told_near
from evidence.lifecycle.sending import RECEIPT
from evidence.lifecycle.states import AT_THE_BANK, CANCELLING, Event
from evidence.lifecycle.taking import Taking
from evidence.reader import DataRecord
from evidence.store.schema import CONSENT, FILE, FILE_RECORD
from evidence.store.sealing import about_consent
from evidence.store.store import Writing, groups

ANSWER: Final = "FB0221"
AT_ONCE: Final = 500
NO_CONTRACT: Final = "7304"
MISMATCH: Final = "7306"
DONE_BEFORE: Final = "7308"  # counts as an error since June 2016 (첨부1 다 주1)
CONTRACT_ENDS: Final = "7311"
OTHER_REASON: Final = "7319"
RECEIPT_CODES: Final = frozenset(code for code in RESPONSE_CODES if code.startswith("73")) - {DONE_BEFORE}

NOT_OURS: Final = "FB-293"
NOT_AT_THE_BANK: Final = "FB-294"
NO_INSTITUTION_CODE: Final = "FB-295"
HOLDER_DIFFERS: Final = "FB-296"
BEING_CANCELLED: Final = "FB-297"
BEING_CHANGED: Final = "FB-311"
PERSON: Final = "0"
DRAFTED: Final = "drafted"
DECIDED: Final = "decided"


@dataclass(frozen=True)
class Draft:
    """A receipt code, and the remark that says why it is not 0000."""

    code: str
    remark: str = ""


def take_in_fb0211(taking: Taking) -> None:
    """Enter the requests with a draft of each receipt code; the file stays open until its FB0222 comes."""
    taking.enter(FileState.OPEN)
    contracts = Contracts.of(taking.writing.connection)
    for some in groups(taking.records(), AT_ONCE):
        identities = [taking.identity(record.fields, "old_") for record in some]
        named = find(taking.writing, identities)
        changing = _changing(taking.writing, [one.consent_id for one in named.values()])
        holders = _holders(taking.writing, [one.consent_id for one in named.values() if one.state in AT_THE_BANK])
        entries = []
        for record, identity in zip(some, identities, strict=True):
            one = named.get(identity)
            draft = _draft(record.fields, one, holders, contracts)
            if one is not None and draft.code == ACCEPTED:
                draft = Draft(OTHER_REASON, BEING_CHANGED) if one.consent_id in changing else draft
                changing.add(one.consent_id)
            _remark(taking, record, one, draft)
            entries.append(
                NewRecord(
                    number=record.sequence,
                    texts=record.fields,
                    consent_id=None if one is None else one.consent_id,
                    identity=identity,
                    code=draft.code,
                    outcome=draft.remark or DRAFTED,
                )
            )
        taking.enter_records(entries)


def _remark(taking: Taking, record: DataRecord, one: Named | None, draft: Draft) -> None:
    if not draft.remark:
        return
    near = [] if one is not None else nearest(taking.writing.connection, taking.writing.keys, record.fields, "old_")
    consent_id = None if one is None else one.consent_id
    taking.remark(draft.remark, record.sequence, consent_id, code=draft.code, **told_near(near))


def _draft(fields: Mapping[str, str], one: Named | None, holders: Mapping[int, _Holder], contracts: Contracts) -> Draft:
    if one is None:
        return Draft(MISMATCH, NOT_OURS)
    draft = standing(one, fields, contracts)
    if draft.code == ACCEPTED and not _same_holder(fields["holder_id"], *holders[one.consent_id]):
        return Draft(MISMATCH, HOLDER_DIFFERS)
    return draft


def standing(one: Named, fields: Mapping[str, str], contracts: Contracts) -> Draft:
    """What can be answered as the consent stands now, and as the contracts are."""
    if one.state in CANCELLING:
        return Draft(CONTRACT_ENDS, BEING_CANCELLED)
    if one.state not in AT_THE_BANK:
        return Draft(MISMATCH, NOT_AT_THE_BANK)
    if not contracts.institution_after(fields):
        return Draft(NO_CONTRACT, NO_INSTITUTION_CODE)
    return Draft(ACCEPTED)


def _changing(writing: Writing, consent_ids: Sequence[int]) -> set[int]:
    """Those of which a change is taken already, and not registered yet: else one consent would go on as two."""
    query = select(FILE_RECORD.c.consent_id).join(FILE, FILE_RECORD.c.file_id == FILE.c.id)
    query = query.where(FILE.c.code == "FB0211", FILE.c.state == FileState.OPEN, FILE_RECORD.c.code == ACCEPTED)
    return set(writing.connection.execute(query.where(FILE_RECORD.c.consent_id.in_(consent_ids))).scalars())


class _Holder(NamedTuple):
    """예금주 실명번호 종류, and the number."""

    kind: str
    number: str


def _holders(writing: Writing, consent_ids: Sequence[int]) -> dict[int, _Holder]:
    query = select(CONSENT.c.id, CONSENT.c.key_id, CONSENT.c.sealed).where(CONSENT.c.id.in_(consent_ids))
    holders = {}
    for row in writing.connection.execute(query):
        texts = writing.sealer.open_texts(about_consent(row.id), row.key_id, bytes(row.sealed))
        holders[row.id] = _Holder(texts["holder_id_type"], texts["holder_id"])
    return holders


def _same_holder(asked: str, kind: str, held: str) -> bool:
    """FB0110 gives a person's date of birth, which is how the number begins that a bank may give (4.2.1.1).

    What is less than that tells nobody, and the numbers of businesses and passports are given whole.
    """
    return asked == held or (kind == PERSON and asked.startswith(held))


def decide(writing: Writing, file_id: int, number: int, code: str) -> None:
    """Put a receipt code in the place of a draft.

    Args:
        writing: a transaction on the store.
        file_id: of the FB0211.
        number: of the record in it.
        code: 0000, or one of 첨부1 다 but 7308.

    Raises:
        ReceiptNotAllowed: there is no such code, or a change cannot be taken as things stand.
        ChangeUnderWay: another change of the same consent is taken already.
        ReceiptNotOpen: the file has no such record, or its answer is settled already.
    """
    file = writing.connection.execute(select(FILE).where(FILE.c.id == file_id, FILE.c.code == "FB0211")).one_or_none()
    row = writing.connection.execute(_record(file_id, number)).one_or_none()
    if file is None or row is None or file.state != FileState.OPEN or is_under_way(writing, file_id, ANSWER):
        raise ReceiptNotOpen(file_id, number)
    if code not in RECEIPT_CODES and not (code == ACCEPTED and _may_be_taken(writing, row)):
        raise ReceiptNotAllowed(code)
    set_receipt(writing, row, code, DECIDED)


def set_receipt(writing: Writing, row: Row[Any], code: str, outcome: str) -> None:
    """Note a receipt code, and log it."""
    here = (FILE_RECORD.c.file_id == row.file_id, FILE_RECORD.c.number == row.number)
    writing.connection.execute(update(FILE_RECORD).where(*here).values(code=code, outcome=outcome))
    details: dict[str, str | int] = {"record": row.number, "code": code, "before": row.code}
    writing.log.add(RECEIPT, file_id=row.file_id, details=details)


def _record(file_id: int, number: int) -> Any:  # noqa: ANN401 - a query
    return select(FILE_RECORD).where(FILE_RECORD.c.file_id == file_id, FILE_RECORD.c.number == number)


def _may_be_taken(writing: Writing, row: Row[Any]) -> bool:
    """Whether there is a consent to be changed, and a contract with its new bank. Raises: ChangeUnderWay."""
    one = find(writing, [bytes(row.identity)]).get(bytes(row.identity))
    institution = Contracts.of(writing.connection).institution_after(texts_of(writing.store, row))
    if one is None or not one.can(Event.CHANGED) or not institution:
        return False
    if row.code != ACCEPTED and _changing(writing, [one.consent_id]):
        raise ChangeUnderWay(one.consent_id)
    return True
