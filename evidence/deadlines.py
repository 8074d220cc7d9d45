"""Which file is due when, by the clauses of the specification (설계서 V3.8 4.1 and 4.7.1; readings: ADR 0043).

Where the specification leaves room, what others owe is missed only by the later reading, and what the institution
owes is better done by the earlier one. All times are Korea's; 24:00 is the next day's 00:00.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from evidence.calendar import KOREA, Calendar
from evidence.costs import (
    LATE_CANCELLATION,
    LATE_CONSENT,
    NO_AUDIT_ANSWER,
    NO_AUDIT_RESULT,
    NO_CHANGE_RECEIPT,
    NO_CHANGE_RESULT,
    NO_CHECK_RESULT,
    NO_LEDGER,
    NO_LEDGER_QUERY,
)

_SUNDAY: Final = 6
_DAY_ENDS: Final = 24
_ARRIVES: Final = 10  # what HYPHEN sends: from or by 10:00, since V2.2; the 08:30 before that is history
_QUERY_BY: Final = 14
_AUDIT_BY: Final = 15
_CHANGE_BY: Final = 21
_LEDGER_FROM: Final = 12


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """One file that has to go out or come in.

    Attributes:
        file: its code.
        about: code of the file that it answers; "" where it answers none.
        is_ours: whether the institution sends it; else it is awaited.
        opens_at: when it can be sent or come at the earliest.
        due_at: when it is too late.
        better_by: an earlier moment that keeps to a stricter reading, or leaves time to mend; None where there is none.
        clause: of the specification.
        cost: code that says what an omission costs and what to do; "" where nobody knows that the file will exist.
    """

    file: str
    about: str
    is_ours: bool
    opens_at: datetime
    due_at: datetime
    better_by: datetime | None = None
    clause: str
    cost: str


_awaited: Final = partial(Deadline, is_ours=False)


def moment(day: date, hour: int) -> datetime:
    """A full hour of a day in Korea; 24 is the end of the day."""
    return datetime(day.year, day.month, day.day, tzinfo=KOREA) + timedelta(hours=hour)


def day_of(at: datetime) -> date:
    """The day in Korea that a moment lies in."""
    return at.astimezone(KOREA).date()


def last_day_of(due_at: datetime) -> date:
    """The day in Korea before whose end something is due: of 24:00 the day that ends."""
    return day_of(due_at - timedelta(microseconds=1))


def fb0110_due(calendar: Calendar, applied_on: date) -> Deadline:
    """A new consent, before it is reconciled on D+3; sent by D+1, a rejection (FB0120) can still be mended on D+2."""
    day = calendar.on_or_before(applied_on)
    return Deadline(
        file="FB0110",
        about="",
        is_ours=True,
        opens_at=moment(applied_on, 0),
        due_at=moment(calendar.add_business_days(day, 2), _DAY_ENDS),
        better_by=moment(calendar.add_business_days(day, 1), _DAY_ENDS),
        clause="4.1 (1), 4.7.1",
        cost=LATE_CONSENT,
    )


def cancellation_due(calendar: Calendar, received_on: date) -> Deadline:
    """A cancellation, in the FB0110 of the day it was received: the specification names no other day than D."""
    return Deadline(
        file="FB0110",
        about="",
        is_ours=True,
        opens_at=moment(received_on, 0),
        due_at=moment(calendar.on_or_after(received_on), _DAY_ENDS),
        clause="4.1 (1)",
        cost=LATE_CANCELLATION,
    )


def fb0120_expected(calendar: Calendar, sent_on: date) -> Deadline:
    """The result of checking an FB0110: D+1, no hour."""
    day = calendar.add_business_days(sent_on, 1)
    return _awaited(
        file="FB0120",
        about="FB0110",
        opens_at=moment(day, 0),
        due_at=moment(day, _DAY_ENDS),
        clause="4.1 (1)",
        cost=NO_CHECK_RESULT,
    )


def fb0320_expected(calendar: Calendar, cancelled_on: date) -> Deadline:
    """Cancellations at the bank: the business day after the institute heard of them, from 10:00."""
    day = calendar.add_business_days(cancelled_on, 1)
    return _awaited(
        file="FB0320",
        about="",
        opens_at=moment(day, _ARRIVES),
        due_at=moment(day, _DAY_ENDS),
        clause="4.1 (2)",
        cost="",
    )


def fb0211_expected(calendar: Calendar, applied_on: date) -> Deadline:
    """Requests to change the account: D+1 from 10:00, D being the day the payer asked for it."""
    day = calendar.add_business_days(applied_on, 1)
    return _awaited(
        file="FB0211",
        about="",
        opens_at=moment(day, _ARRIVES),
        due_at=moment(day, _DAY_ENDS),
        clause="4.1 (3)",
        cost="",
    )


def fb0221_due(calendar: Calendar, process_date: date) -> Deadline:
    """The receipt of an FB0211, on the same day by 21:00. The process date of an FB0211 is D+1 already (4.4.1)."""
    day = calendar.on_or_after(process_date)
    return Deadline(
        file="FB0221",
        about="FB0211",
        is_ours=True,
        opens_at=moment(day, _ARRIVES),
        due_at=moment(day, _CHANGE_BY),
        clause="4.1 (3)",
        cost=NO_CHANGE_RECEIPT,
    )


def fb0222_expected(calendar: Calendar, process_date: date) -> Deadline:
    """What became of the changes: D+3 from 10:00, which is two business days after the process date of the FB0211."""
    day = calendar.add_business_days(process_date, 2)
    return _awaited(
        file="FB0222",
        about="FB0221",
        opens_at=moment(day, _ARRIVES),
        due_at=moment(day, _DAY_ENDS),
        clause="4.1 (3)",
        cost=NO_CHANGE_RESULT,
    )


def fb0410_expected(calendar: Calendar, day: date) -> Deadline:
    """Audit requests: on any business day, by 10:00."""
    day = calendar.on_or_after(day)
    return _awaited(
        file="FB0410",
        about="",
        opens_at=moment(day, 0),
        due_at=moment(day, _ARRIVES),
        clause="4.1 (5)",
        cost="",
    )


def fb0420_due(calendar: Calendar, process_date: date) -> Deadline:
    """The answer to an FB0410: D to D+5 in business days, by 15:00; better by D+5 in days of the calendar."""
    day = calendar.on_or_after(process_date)
    return Deadline(
        file="FB0420",
        about="FB0410",
        is_ours=True,
        opens_at=moment(day, 0),
        due_at=moment(calendar.add_business_days(day, 5), _AUDIT_BY),
        better_by=moment(calendar.on_or_before(day + timedelta(days=5)), _AUDIT_BY),
        clause="4.1 (5), 4.6.2",
        cost=NO_AUDIT_ANSWER,
    )


def fb0421_expected(calendar: Calendar, sent_at: datetime) -> Deadline:
    """The result of checking an FB0420: at once, so by the end of the business day it was sent on, by 15:00."""
    day = calendar.on_or_after(day_of(sent_at))
    day = day if sent_at <= moment(day, _AUDIT_BY) else calendar.next(day)
    return _awaited(
        file="FB0421",
        about="FB0420",
        opens_at=sent_at,
        due_at=moment(day, _DAY_ENDS),
        clause="4.1 (5)",
        cost=NO_AUDIT_RESULT,
    )


def reconciled_on(calendar: Calendar, applied_on: date) -> date:
    """The day on which the bank's ledger and the evidence are laid side by side: D+3 (4.7.1)."""
    return calendar.add_business_days(applied_on, 3)


def fb0620_expected(calendar: Calendar, applied_on: date) -> Deadline:
    """Failures of the reconciliation: D+4 by 10:00, D being the day of application. No file: none failed."""
    day = calendar.add_business_days(applied_on, 4)
    return _awaited(
        file="FB0620",
        about="FB0110",
        opens_at=moment(day, 0),
        due_at=moment(day, _ARRIVES),
        clause="4.1 (6), 4.7.1",
        cost="",
    )


def ledger_asked(day: date, institution_asked: Collection[date], key_asked: Collection[date]) -> date | None:
    """The day that speaks against asking for a ledger on this one, or None. Days as those of `fb0910_next`."""
    week = [one for one in institution_asked if monday_of(one) == monday_of(day)]
    month = [one for one in key_asked if (one.year, one.month) == (day.year, day.month)]
    return max(week + month, default=None)


def fb0910_next(
    calendar: Calendar, now: datetime, *, institution_asked: Collection[date], key_asked: Collection[date]
) -> Deadline:
    """When the ledger may be asked for next: by 14:00 of a business day, once a week, and once a month for one key.

    Args:
        calendar: business days.
        now: an aware time.
        institution_asked: days on which the institution sent an FB0910, for whatever keys. Weeks begin on Monday.
        key_asked: days on which one did with this bank, institution code and kind of service.
    """
    day = calendar.on_or_after(day_of(now))
    while now >= moment(day, _QUERY_BY) or ledger_asked(day, institution_asked, key_asked) is not None:
        day = calendar.next(day)
    return Deadline(
        file="FB0910",
        about="",
        is_ours=True,
        opens_at=moment(day, 0),
        due_at=moment(day, _QUERY_BY),
        clause="4.1 (4)",
        cost=NO_LEDGER_QUERY,
    )


def fb0933_expected(asked_on: date) -> Deadline:
    """The ledger: the next Sunday from 12:00."""
    day = _sunday(asked_on)
    return _awaited(
        file="FB0933",
        about="FB0910",
        opens_at=moment(day, _LEDGER_FROM),
        due_at=moment(day, _DAY_ENDS),
        clause="4.1 (4)",
        cost=NO_LEDGER,
    )


def monday_of(day: date) -> date:
    """The day that its week begins with."""
    return day - timedelta(days=day.weekday())


def _sunday(day: date) -> date:
    return day + timedelta(days=_SUNDAY - day.weekday())
