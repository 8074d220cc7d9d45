"""FB0620 taken in: consents that bank and institute could not reconcile (설계서 V3.8 4.7.1).

It speaks of what it lists, and of nothing else: a consent that it does not list is not reconciled by that (ADR 0044).
What names a consent whose FB0120 is not there yet is kept, and has its effect when that accepts it.
One consent may stand there twice with different codes; the last one stays beside it, the records keep them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select, update

from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.named import Effect, Named, take_in_effects
from evidence.lifecycle.states import Event
from evidence.lifecycle.taking import Taking
from evidence.store.schema import FILE, FILE_RECORD
from evidence.store.store import Writing

CODE: Final = "FB0620"
NOT_OURS: Final = "FB-283"
CANNOT_FAIL: Final = "FB-284"


def take_in_fb0620(taking: Taking) -> None:
    """Mark every consent that the file lists as failed, with the code; remark on what cannot fail as it stands."""
    take_in_effects(taking, _effect, remark_unknown=NOT_OURS)


def fail_as_kept(writing: Writing, consent_ids: Sequence[int], sent_id: int) -> None:
    """Let consents fail that an FB0620 named before the FB0120 came that accepts them.

    Args:
        writing: the transaction that has accepted them.
        consent_ids: their numbers.
        sent_id: number of the file that was accepted: what came before that was sent speaks of something else.
    """
    kept = select(FILE_RECORD.c.consent_id, FILE_RECORD.c.code, FILE_RECORD.c.file_id, FILE_RECORD.c.number)
    kept = kept.join(FILE, FILE_RECORD.c.file_id == FILE.c.id).where(FILE.c.code == CODE, FILE.c.id > sent_id)
    kept = kept.where(FILE_RECORD.c.consent_id.in_(consent_ids), FILE_RECORD.c.outcome == CANNOT_FAIL)
    rows = writing.connection.execute(kept.order_by(FILE_RECORD.c.file_id, FILE_RECORD.c.number)).all()
    failed = Event.NOT_RECONCILED
    move(writing, [Move(row.consent_id, failed, row.code, row.file_id, row.number) for row in rows])
    for row in rows:
        here = update(FILE_RECORD).where(FILE_RECORD.c.file_id == row.file_id, FILE_RECORD.c.number == row.number)
        writing.connection.execute(here.values(outcome=failed.value))


def _effect(fields: Mapping[str, str], one: Named | None) -> Effect:
    code = fields["failure_code"]
    if one is None:
        return Effect(code, None, NOT_OURS)
    if not one.can(Event.NOT_RECONCILED):
        return Effect(code, None, CANNOT_FAIL)
    return Effect(code, Event.NOT_RECONCILED)
