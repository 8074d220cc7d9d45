"""Since when a bank may have a consent, as files tell it: a ledger that was made before knows nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, select

from evidence.calendar import LAST_DAY, load_calendar
from evidence.lifecycle.states import Event
from evidence.store.schema import FILE, LOG

_LATER: Final = {Event.ACCEPTED.value: 1, Event.BEGAN.value: 2, Event.IN_LEDGER.value: 0}
"""Business days from the process date to the day on which such a file comes: FB0120, FB0222, FB0933 (4.1)."""
REGISTERED: Final = tuple(_LATER)
_COUNTED: Final = LAST_DAY - timedelta(days=30)


def registered_on(connection: Connection, consent_ids: Sequence[int]) -> dict[int, date]:
    """Of each consent the last day on which a file said that its bank has it, or may have it now."""
    query = select(LOG.c.consent_id, LOG.c.event, FILE.c.process_date).join(FILE, LOG.c.file_id == FILE.c.id)
    query = query.where(LOG.c.consent_id.in_(consent_ids), LOG.c.event.in_(REGISTERED))
    found: dict[int, date] = {}
    for row in connection.execute(query):
        day = _came_on(row.process_date, _LATER[row.event])
        found[row.consent_id] = max(day, found.get(row.consent_id, day))
    return found


def failed_on(connection: Connection, consent_ids: Sequence[int]) -> dict[int, date]:
    """Of each consent the last day whose reconciliation failed (FB0620)."""
    query = select(LOG.c.consent_id, FILE.c.process_date).join(FILE, LOG.c.file_id == FILE.c.id)
    query = query.where(LOG.c.consent_id.in_(consent_ids), LOG.c.event == Event.NOT_RECONCILED.value)
    found: dict[int, date] = {}
    for row in connection.execute(query):
        found[row.consent_id] = max(row.process_date, found.get(row.consent_id, row.process_date))
    return found


def _came_on(day: date, later: int) -> date:
    return load_calendar()[0].add_business_days(min(day, _COUNTED), later) if later else day
