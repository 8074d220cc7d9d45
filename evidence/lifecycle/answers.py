"""Which file sent a file taken in answers: the one that everything agrees with, and no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, select, update

from evidence.layouts import LAYOUTS
from evidence.lifecycle.errors import AnsweredOtherwise, AnswersNothing, AnswersSeveral, TakeInError
from evidence.lifecycle.files import FileState, NewFile, NewRecord, add_file
from evidence.lifecycle.sending import file_name
from evidence.lifecycle.taking import Taking
from evidence.reader import DataRecord
from evidence.store.schema import FILE
from evidence.store.store import Writing

DATED_LATER: Final = MappingProxyType({"FB0222": 31})
"""Answers whose process date may be a later one than that of what they answer (ADR 0040), by how many days at most."""

Agrees = Callable[[Row[Any]], None]
"""Raises a TakeInError that says where a file sent and the answer differ."""


def answered(
    taking: Taking, code: str, agrees: Agrees, state: FileState = FileState.READY, *, made_from: str = ""
) -> Row[Any]:
    """Find the file sent that this one answers.

    Args:
        taking: the file that came in.
        code: of the file it answers.
        agrees: looks at one candidate, whole.
        state: where a file stands that may be answered; OPEN: not one sent, but one taken in that was to be answered.
        made_from: code of what others make such a file from; it is answered in its stead.

    Raises:
        AnswersNothing: none of that code, process date and header was sent.
        AnsweredOtherwise: only ones that have their answer.
        AnswersSeveral: more than one agrees with everything.
        TakeInError: why the only candidate does not agree.
    """
    ours = taking.survey.layout.code
    direction = "in" if state is FileState.OPEN else "out"
    sent = [row for row in _sent(taking, {code, made_from}, direction) if _same_header(taking, row)]
    waiting = [row for row in sent if row.state == state]
    agreeing = _agreeing(waiting, agrees)
    if len(agreeing) > 1:
        raise AnswersSeveral(ours, ", ".join(row.name for row in agreeing))
    if agreeing:
        return agreeing[0]
    over = [row for row in sent if row.state in {FileState.ANSWERED, FileState.REFUSED}]
    if ours in DATED_LATER and _agreeing(over, agrees):
        raise AnsweredOtherwise(ours, code)
    for row in waiting:
        if row.process_date == taking.process_date:
            agrees(row)  # says why it does not
    if over and ours not in DATED_LATER:
        raise AnsweredOtherwise(ours, code)
    raise AnswersNothing(ours, code, taking.process_date.isoformat())


def comes_back(record: DataRecord, sent: Mapping[str, str], code: str, names: Iterable[str]) -> bool:
    """Whether fields of a record say what was sent; `sent` are the texts that the file of that code was made of."""
    table = LAYOUTS[code].data
    return all(record.fields[name] == table.field(name).decode(table.field(name).encode(sent[name])) for name in names)


def result_of(record: DataRecord, row: Row[Any]) -> NewRecord:
    """A record that gives one that was sent a response code."""
    return NewRecord(
        number=record.sequence,
        texts=record.fields,
        consent_id=row.consent_id,
        identity=bytes(row.identity),
        code=record.fields["response_code"],
    )


def close(taking: Taking, file: Row[Any], state: FileState) -> None:
    """Note that a file is answered, or done with."""
    taking.writing.connection.execute(update(FILE).where(FILE.c.id == file.id).values(state=state.value))
    details: dict[str, str | int] = {"answer": taking.file_id, "state": state.value}
    taking.writing.log.add(f"file_{state.value}", file_id=file.id, details=details)


def unanswered(writing: Writing, request: str, answer: str) -> Sequence[Row[Any]]:
    """The files of one code that are open and have no answer on its way."""
    query = select(FILE).where(FILE.c.code == request, FILE.c.state == FileState.OPEN, ~_under_way(answer))
    return writing.connection.execute(query.order_by(FILE.c.id)).all()


def enter_answer(writing: Writing, request: Row[Any], code: str, copied: Sequence[str]) -> int:
    """Enter the file that answers a request, under the request's day and with its header; its number in the store."""
    asked = json.loads(request.header)
    file_id = writing.next_id(FILE)
    new = NewFile(
        code=code,
        direction="out",
        state=FileState.ASSIGNED,
        name=file_name(code, request.process_date, file_id),
        process_date=request.process_date,
        institution_code=request.institution_code,
        bank_code=request.bank_code,
        records=request.records,
        header={name: asked[name] for name in copied},
        answers_id=request.id,
    )
    add_file(writing, file_id, new, {"answers": request.id})
    return file_id


def is_under_way(writing: Writing, request_id: int, answer: str) -> bool:
    """Whether an open file has an answer that is settled, or sent."""
    query = select(FILE.c.id).where(FILE.c.id == request_id, _under_way(answer))
    return writing.connection.execute(query).first() is not None


def _under_way(answer: str) -> ColumnElement[bool]:
    own = FILE.alias()
    states = (FileState.ASSIGNED, FileState.READY)
    return select(own.c.id).where(own.c.answers_id == FILE.c.id, own.c.code == answer, own.c.state.in_(states)).exists()


def _sent(taking: Taking, codes: set[str], direction: str) -> Sequence[Row[Any]]:
    day = taking.process_date
    days_before = DATED_LATER.get(taking.survey.layout.code, 0)
    if days_before and taking.answers is not None:  # however long ago it was
        days_before = (day - date.min).days
    query = select(FILE).where(FILE.c.code.in_(codes), FILE.c.direction == direction).order_by(FILE.c.id)
    query = query.where(FILE.c.process_date.between(day - timedelta(days=days_before), day))
    if taking.answers is not None:
        query = query.where(FILE.c.name == taking.answers)
    return taking.writing.connection.execute(query).all()


def _same_header(taking: Taking, row: Row[Any]) -> bool:
    """Whether institution and bank agree; a file sent for all of them names none (통합처리)."""
    header = taking.survey.header
    pairs = ((row.institution_code, header["institution_code"]), (row.bank_code, header["bank_code"]))
    return all(ours in {"", theirs} for ours, theirs in pairs)


def _agreeing(files: Iterable[Row[Any]], agrees: Agrees) -> list[Row[Any]]:
    found = []
    for row in files:
        with suppress(TakeInError):
            agrees(row)
            found.append(row)
    return found
