"""FB0421 taken in: whether the answer to an audit stands, or has to be sent again as a whole (설계서 V3.8 4.6.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, select

from evidence.codes import ACCEPTED
from evidence.lifecycle.answers import answered, close, comes_back, result_of
from evidence.lifecycle.errors import CountsDiffer, RecordNotSent
from evidence.lifecycle.files import FileState, texts_of
from evidence.lifecycle.taking import Taking
from evidence.reader import DataRecord
from evidence.store.schema import FILE, FILE_RECORD
from evidence.store.store import groups

SENT: Final = "FB0420"
AT_ONCE: Final = 500
ECHOED: Final = (  # of 3 to 14: what tells a record
    "institution_code",
    "payer_number",
    "bank_code",
    "account_number",
    "evidence_present",
)
REFUSED: Final = "FB-231"
"""The remark on each record of an answer that was found wrong; the whole answer is to be sent again."""
REFUSED_WHOLE: Final = "FB-233"
"""The remark on an answer that was found wrong, though none of the records that are listed was."""


def take_in_fb0421(taking: Taking) -> None:
    """Close the request if everything is in order; else its answer is to be sent again, all of it.

    One error is enough for that, and so is a record that the institute did not receive.
    """
    sent = answered(taking, SENT, lambda row: _require_sent(taking, row))
    taking.enter(FileState.CLOSED, sent.id)
    wrong = 0
    for some in groups(taking.records(), AT_ONCE):
        rows = _rows(taking, sent, some)
        taking.enter_records([result_of(record, row) for record, row in zip(some, rows, strict=True)])
        for record, row in zip(some, rows, strict=True):
            if record.fields["response_code"] != ACCEPTED:
                wrong += 1
                taking.remark(REFUSED, record.sequence, row.consent_id)
    request = taking.writing.connection.execute(select(FILE).where(FILE.c.id == sent.answers_id)).one()
    sound = taking.survey.trailer["sound"]
    whole = sound == "Y" and taking.survey.records == sent.records
    if not (wrong or whole):
        taking.remark(REFUSED_WHOLE, 0, sound=sound, listed=taking.survey.records, sent=sent.records)
    if wrong or not whole:
        close(taking, sent, FileState.REFUSED)  # the request stays open: the next `send` answers it anew
    else:
        close(taking, sent, FileState.ANSWERED)
        close(taking, request, FileState.CLOSED)


def _require_sent(taking: Taking, sent: Row[Any]) -> None:
    """Return only if all records are those of this FB0420.

    Raises:
        CountsDiffer, RecordNotSent.
    """
    trailer = taking.survey.trailer
    if taking.survey.records > sent.records or int(trailer["requested"]) != sent.records:
        raise CountsDiffer("FB0421", sent.name, sent.records, int(trailer["requested"]))
    for some in groups(taking.records(), AT_ONCE):
        for record, row in zip(some, _rows(taking, sent, some), strict=True):
            if row is None or not comes_back(record, texts_of(taking.writing.store, row), SENT, ECHOED):
                raise RecordNotSent("FB0421", sent.name, record.sequence)


def _rows(taking: Taking, sent: Row[Any], records: Sequence[DataRecord]) -> list[Any]:
    """The records of the FB0420 that these speak of, by their numbers; None for one that it has not."""
    numbers = [int(record.fields["sequence"]) for record in records]
    query = select(FILE_RECORD).where(FILE_RECORD.c.file_id == sent.id, FILE_RECORD.c.number.in_(numbers))
    found = {row.number: row for row in taking.writing.connection.execute(query)}
    return [found.get(number) for number in numbers]
