"""FB0320 taken in: consents that ended at the bank (설계서 V3.8 4.3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Final

from sqlalchemy import func, select

from evidence.field import date_of
from evidence.lifecycle.named import Effect, Named, take_in_effects
from evidence.lifecycle.states import ENDED, Event, State
from evidence.lifecycle.taking import Taking
from evidence.store.schema import CONSENT, FILE, LOG
from evidence.store.store import Writing

NOT_OURS: Final = "FB-280"
ENDED_BEFORE: Final = "FB-281"
ANOTHER_REGISTRATION: Final = "FB-282"
"""It ended before this consent was applied for, or this one never was at the bank: an earlier one of that identity.

Likewise where an earlier one has ended, and it ended no later than the day on which this one was handed in first.
"""
_AT_THE_BANK_ONCE: Final = (State.CANCELLED, State.CHANGED)


def take_in_fb0320(taking: Taking) -> None:
    """End every consent that the file lists; what cannot end is remarked on and kept as it is."""
    take_in_effects(taking, partial(_effect, taking.writing), remark_unknown=NOT_OURS)


def _effect(writing: Writing, fields: Mapping[str, str], one: Named | None) -> Effect:
    code = fields["cancel_type"]
    if one is None:
        return Effect(code, None, NOT_OURS)
    if one.state in ENDED:
        return Effect(code, None, ENDED_BEFORE)
    day = date_of(fields["ledger_date"])
    if not one.can(Event.CANCELLED) or day < one.applied_on or _is_of_one_before(writing, one, day):
        return Effect(code, None, ANOTHER_REGISTRATION)
    return Effect(code, Event.CANCELLED)


def _is_of_one_before(writing: Writing, one: Named, day: date) -> bool:
    """Whether an earlier consent of that identity has ended, and this one was first handed in on that day or later.

    The bank books our own cancellation of the earlier one on that day, when it cannot have registered this one.
    """
    this, before = CONSENT.alias(), CONSENT.alias()
    earlier = select(before.c.id).where(before.c.identity == this.c.identity, before.c.id < this.c.id)
    earlier = earlier.where(before.c.state.in_(_AT_THE_BANK_ONCE))
    first = (
        select(func.min(FILE.c.process_date))
        .join(LOG, LOG.c.file_id == FILE.c.id)
        .where(LOG.c.consent_id == one.consent_id, LOG.c.event == Event.SENT.value)
    )
    query = select(first.scalar_subquery()).where(this.c.id == one.consent_id, earlier.exists())
    handed_in: date | None = writing.connection.execute(query).scalar()
    return handed_in is not None and day <= handed_in
