"""One thing that is due: what, how urgent, until when; and the order that such things stand in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """How urgent it is, the most urgent first.

    late: the moment has passed. today: it passes today (or `better_by` does, or has), or harm is done already.
    soon: one of them passes on the next business day. waiting: later, or others are to act. information: nobody has to.
    """

    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    WAITING = "waiting"
    INFORMATION = "information"


class Task(StrEnum):
    """What there is to do, or to wait for."""

    ANSWER_AUDIT = "answer-audit"
    ANSWER_CHANGES = "answer-changes"
    SEND_CONSENTS = "send-consents"
    SEND_CANCELLATIONS = "send-cancellations"
    MEND_REJECTED = "mend-rejected"
    FINISH_FILE = "finish-file"
    AWAIT_RESULT = "await-result"
    MEND_FAILURES = "mend-failures"
    SEE_TURNED_BAD = "see-turned-bad"
    ASK_LEDGER = "ask-ledger"
    DESTROY = "destroy"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, kw_only=True)
class DueItem:
    """One thing that is due, awaited or to be known.

    Attributes:
        task: what.
        severity: how urgent.
        file: code of the file to send or to come; "" where none is.
        about: name of the file that it is about; "" where none is.
        records: how many records it is about; 0 where that is no number of records.
        since: the day that it counts from, D; of the ledger when it was last asked for, None if never.
        opens_at: not before; None where there is no such time.
        due_at: too late from then on; None where the specification sets no time.
        better_by: see `evidence.deadlines.Deadline`.
        left: until `due_at`; negative when that has passed.
        clause: of the specification; "" where another law asks for it.
        cost: code that says what an omission costs and what to do.
        institution_code: "" where it is about all.
        bank_code: "" where it is about all.
    """

    task: Task
    severity: Severity
    file: str = ""
    about: str = ""
    records: int = 0
    since: date | None
    opens_at: datetime | None = None
    due_at: datetime | None = None
    better_by: datetime | None = None
    left: timedelta | None = None
    clause: str = ""
    cost: str
    institution_code: str = ""
    bank_code: str = ""


def exit_code(items: Iterable[DueItem]) -> int:
    """1 when something is late, else 0."""
    return int(any(item.severity is Severity.LATE for item in items))


_ORDER: Final = {severity: place for place, severity in enumerate(Severity)}
_TASKS: Final = {task: place for place, task in enumerate(Task)}


def urgency(item: DueItem) -> tuple[object, ...]:
    """Within a severity what has no time comes first: it does harm already."""
    at = item.due_at or item.opens_at
    return (
        _ORDER[item.severity],
        -1.0 if at is None else at.timestamp(),
        _TASKS[item.task],
        item.file,
        item.since or date.min,
        item.institution_code,
        item.bank_code,
        item.about,
        item.records,
    )
