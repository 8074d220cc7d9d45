"""Cancelling consents: queued for the next FB0110, or taken out of the queue again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from sqlalchemy import select

from evidence.lifecycle.moving import AT_ONCE, Move, move, states_of
from evidence.lifecycle.named import NAMED, Named, named
from evidence.lifecycle.states import CANCELLING, Event, IllegalEvent, State
from evidence.store.errors import ConsentUnknown
from evidence.store.schema import CONSENT, LOG
from evidence.store.store import Writing, groups

REQUESTED_ON: Final = "requested_on"
"""In the log: the day on which somebody applied to cancel, the 신청 일자 of the cancellation (ADR 0053)."""
_TODAY: Final[Mapping[int, date]] = MappingProxyType({})


def queue_cancellations(writing: Writing, consent_ids: Iterable[int], days: Mapping[int, date] = _TODAY) -> int:
    """Queue the cancellation of consents that a bank may have; return how many.

    Args:
        writing: a transaction on the store.
        consent_ids: their numbers.
        days: on which their cancellation was applied for; of those not named here today, or as it was before, of one
            that was rejected.

    Raises:
        ConsentUnknown: there is no such consent.
        IllegalEvent: one never was handed in (withdraw it), waits for its answer, or has ended.
    """
    count = 0
    for some in groups(dict.fromkeys(consent_ids), AT_ONCE):
        for one in _named(writing, some):
            if not one.can(Event.CANCEL_QUEUED):
                raise IllegalEvent(one.consent_id, one.state, Event.CANCEL_QUEUED)
        count += move(writing, queued_again(writing, some, days))
    return count


def queued_again(writing: Writing, consent_ids: Sequence[int], days: Mapping[int, date] = _TODAY) -> list[Move]:
    """What queues the cancellation of each, for the first time or again; `days` as of `queue_cancellations`."""
    states = states_of(writing, consent_ids)
    before = requested_on(writing, [one for one in consent_ids if states.get(one) is State.CANCEL_REJECTED])
    told = {one: days.get(one) or before.get(one) or writing.day for one in consent_ids}
    return [Move(one, Event.CANCEL_QUEUED, details={REQUESTED_ON: told[one].isoformat()}) for one in consent_ids]


def requested_on(writing: Writing, consent_ids: Sequence[int]) -> dict[int, date]:
    """The days on which the cancellations of consents were applied for last, of those that the log tells one of."""
    query = select(LOG.c.consent_id, LOG.c.details).order_by(LOG.c.seq)
    query = query.where(LOG.c.consent_id.in_(consent_ids), LOG.c.event == Event.CANCEL_QUEUED.value)
    told = {row.consent_id: json.loads(row.details) for row in writing.connection.execute(query)}
    return {one: date.fromisoformat(said[REQUESTED_ON]) for one, said in told.items() if REQUESTED_ON in said}


def hold_cancellations(writing: Writing, consent_ids: Iterable[int]) -> int:
    """Take back cancellations that were queued and not sent, or sent and rejected; return how many.

    What was not accepted when its cancellation was queued is not accepted by taking that back: it stands as rejected,
    or as refused, and what had failed has failed.

    Raises:
        ConsentUnknown, IllegalEvent.
    """
    count = 0
    for some in groups(dict.fromkeys(consent_ids), AT_ONCE):
        before = _before(writing, some)
        move(writing, [step for number in some for step in _back(number, *before.get(number, (State.ACCEPTED, None)))])
        count += len(some)
    return count


def end_void(writing: Writing, consent_ids: Iterable[int]) -> int:
    """End consents whose cancellation was rejected because the bank has nothing to cancel (2042); return how many.

    Somebody has to have made sure of that: another consent of the same identity may begin then.

    Raises:
        ConsentUnknown, IllegalEvent.
    """
    found = (number for some in groups(dict.fromkeys(consent_ids), AT_ONCE) for number in _named(writing, some))
    return move(writing, [Move(one.consent_id, Event.CANCEL_VOID, one.code) for one in found])


def _before(writing: Writing, consent_ids: list[int]) -> dict[int, tuple[State, str | None]]:
    """Where consents stood last before their cancellation was queued, and with which code; the log knows."""
    query = select(LOG.c.consent_id, LOG.c.details).where(LOG.c.consent_id.in_(consent_ids)).order_by(LOG.c.seq)
    before = {}
    for row in writing.connection.execute(query):
        details = json.loads(row.details)
        if details.get("state", State.CANCEL_QUEUED) not in CANCELLING:
            before[row.consent_id] = (State(details["state"]), details.get("code"))
    return before


def _back(number: int, state: State, code: str | None) -> list[Move]:
    if state in {State.ACCEPTED, State.RECONCILED}:
        return [Move(number, Event.CANCEL_HELD)]
    if state is State.FAILED:
        return [Move(number, Event.CANCEL_HELD), Move(number, Event.NOT_RECONCILED, code)]
    dropped = Move(number, Event.CANCEL_DROPPED, code)
    return [dropped, Move(number, Event.REFUSED, code)] if state is State.REFUSED else [dropped]


def _named(writing: Writing, consent_ids: list[int]) -> list[Named]:
    rows = writing.connection.execute(select(*NAMED).where(CONSENT.c.id.in_(consent_ids)))
    found = {row.id: named(row) for row in rows}
    for number in consent_ids:
        if number not in found:
            raise ConsentUnknown(number)
    return [found[number] for number in consent_ids]
