"""What an operator has to do, what is awaited, and how long is left: worked out from facts, a calendar and a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from evidence import costs, deadlines, maintenance
from evidence.calendar import Calendar
from evidence.deadlines import Deadline, day_of, last_day_of, moment
from evidence.due_facts import Facts, Request, Sent
from evidence.due_item import DueItem, Severity, Task, urgency

_ANNOUNCED: Final = timedelta(days=1)
_MARGIN: Final = timedelta(days=30)  # more than any deadline is away


def due_items(facts: Facts, calendar: Calendar, now: datetime) -> list[DueItem]:
    """Everything that is due, awaited or to be known at `now`, the most urgent first.

    Raises:
        DayNotKnown: a fact lies in a year whose holidays are not known; a day of application may lie anywhere.
    """
    return sorted(_Items(facts, calendar, now), key=urgency)


@dataclass(frozen=True)
class _Items:
    facts: Facts
    calendar: Calendar
    at: datetime

    def __iter__(self) -> Iterator[DueItem]:
        yield from self.answers()
        yield from self.queued()
        yield from self.unfinished()
        yield from self.awaited()
        yield from self.failures()
        yield from self.ledger()
        yield from self.retention()
        yield from self.maintenance()

    def answers(self) -> Iterator[DueItem]:
        for request in self.facts.requests:
            if request.answered_at is None:
                task, deadline = self._answer(request)
                item = self._item(task, deadline, request.process_date)
                yield replace(item, about=request.file, records=request.records)

    def _answer(self, request: Request) -> tuple[Task, Deadline]:
        if request.code == "FB0410":
            return Task.ANSWER_AUDIT, deadlines.fb0420_due(self.calendar, request.process_date)
        return Task.ANSWER_CHANGES, deadlines.fb0221_due(self.calendar, request.process_date)

    def queued(self) -> Iterator[DueItem]:
        for task, rule, waiting in (
            (Task.SEND_CONSENTS, deadlines.fb0110_due, self.facts.consents),
            (Task.SEND_CANCELLATIONS, deadlines.cancellation_due, self.facts.cancellations),
            (Task.MEND_REJECTED, deadlines.fb0110_due, self.facts.rejected),
            (Task.MEND_REJECTED, deadlines.cancellation_due, self.facts.cancellations_rejected),
        ):
            for one in waiting:
                yield replace(
                    self._item(task, rule(self.calendar, _counted(self.calendar, one.oldest_on)), one.oldest_on),
                    file=one.file,
                    records=one.records,
                    institution_code=one.institution_code,
                    bank_code=one.bank_code,
                )

    def unfinished(self) -> Iterator[DueItem]:
        for one in self.facts.unfinished:
            yield DueItem(
                task=Task.FINISH_FILE,
                severity=Severity.TODAY,
                file=one.code,
                about=one.file,
                records=one.records,
                since=one.process_date,
                cost=costs.UNFINISHED_FILE,
            )

    def awaited(self) -> Iterator[DueItem]:
        for sent in self.facts.sent:
            item = self._item(Task.AWAIT_RESULT, self._result(sent), day_of(sent.sent_at))
            yield replace(item, about=sent.file, records=sent.records)

    def _result(self, sent: Sent) -> Deadline:
        match sent.code:
            case "FB0110" | "R00":
                return deadlines.fb0120_expected(self.calendar, day_of(sent.sent_at))
            case "FB0221":
                return deadlines.fb0222_expected(self.calendar, sent.process_date)
            case "FB0420":
                return deadlines.fb0421_expected(self.calendar, sent.sent_at)
            case "FB0910":
                return deadlines.fb0933_expected(max(day_of(sent.sent_at), sent.process_date))

    def failures(self) -> Iterator[DueItem]:
        for failed in self.facts.failures:
            yield DueItem(
                task=Task.MEND_FAILURES,
                severity=Severity.TODAY,
                file="FB0620",
                about=failed.file,
                records=failed.records,
                since=failed.process_date,
                clause="4.7.1",
                cost=costs.UNMENDED_FAILURES,
            )
        for bad in self.facts.turned_bad:
            yield DueItem(
                task=Task.SEE_TURNED_BAD,
                severity=Severity.TODAY,
                records=bad.records,
                since=day_of(bad.since),
                cost=costs.EVIDENCE_TURNED_BAD,
            )

    def ledger(self) -> Iterator[DueItem]:
        for key in self.facts.ledger_keys:
            deadline = deadlines.fb0910_next(
                self.calendar, self.at, institution_asked=key.institution_asked_on, key_asked=key.asked_on
            )
            since = max(key.asked_on, default=None)
            yield replace(
                self._item(Task.ASK_LEDGER, deadline, since),
                severity=Severity.INFORMATION,
                institution_code=key.institution_code,
                bank_code=key.bank_code,
            )

    def retention(self) -> Iterator[DueItem]:
        for kept in self.facts.retention:
            is_over = day_of(self.at) >= kept.ends_on
            yield DueItem(
                task=Task.DESTROY,
                severity=Severity.TODAY if is_over else Severity.INFORMATION,
                records=kept.records,
                since=kept.ends_on,
                opens_at=moment(kept.ends_on, 0),
                cost=costs.RETENTION_OVER,
            )

    def maintenance(self) -> Iterator[DueItem]:
        window = maintenance.next_window(self.at)
        if window.starts_at - self.at <= _ANNOUNCED:
            yield DueItem(
                task=Task.MAINTENANCE,
                severity=Severity.INFORMATION,
                since=day_of(window.starts_at),
                opens_at=window.starts_at,
                due_at=window.ends_at,
                left=window.ends_at - self.at,
                clause=maintenance.CLAUSE,
                cost=costs.MAINTENANCE,
            )

    def _item(self, task: Task, deadline: Deadline, since: date | None) -> DueItem:
        return DueItem(
            task=task,
            severity=self._severity(deadline),
            file=deadline.file,
            since=since,
            opens_at=deadline.opens_at,
            due_at=deadline.due_at,
            better_by=deadline.better_by,
            left=deadline.due_at - self.at,
            clause=deadline.clause,
            cost=deadline.cost,
        )

    def _severity(self, deadline: Deadline) -> Severity:
        if self.at >= deadline.due_at:
            return Severity.LATE
        if not deadline.is_ours:
            return Severity.WAITING
        today = day_of(self.at)
        last = last_day_of(min(deadline.due_at, deadline.better_by or deadline.due_at))
        if last <= today:
            return Severity.TODAY
        return Severity.SOON if last <= self.calendar.next(today) else Severity.WAITING


def _counted(calendar: Calendar, day: date) -> date:
    """The day that deadlines count from: payers apply on any day, and calendars know some years only."""
    return min(max(day, calendar.on_or_after(calendar.first)), calendar.last - _MARGIN)
