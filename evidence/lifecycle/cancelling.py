"""Cancelling consents: queued for the next FB0110, or taken out of the queue again."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import select

from evidence.lifecycle.moving import AT_ONCE, Move, move
from evidence.lifecycle.named import NAMED, Named, named
from evidence.lifecycle.states import CANCELLING, Event, IllegalEvent, State
from evidence.store.errors import ConsentUnknown
from evidence.store.schema import CONSENT, LOG
from evidence.store.store import Writing, groups


def queue_cancellations(writing: Writing, consent_ids: Iterable[int]) -> int:
    """Queue the cancellation of consents that a bank may have; return how many.

    Raises:
        ConsentUnknown: there is no such consent.
        IllegalEvent: one never was handed in (withdraw it), waits for its answer, or has ended.
    """
    count = 0
    for some in groups(dict.fromkeys(consent_ids), AT_ONCE):
        for one in _named(writing, some):
            if not one.can(Event.CANCEL_QUEUED):
                raise IllegalEvent(one.consent_id, one.state, Event.CANCEL_QUEUED)
        count += move(writing, [Move(number, Event.CANCEL_QUEUED) for number in some])
    return count


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
