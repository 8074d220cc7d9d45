"""Verdicts reached anew on evidence in the store: all are kept, and consents go where theirs leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.states import ENDED, Event, State
from evidence.store.schema import CONSENT, EVIDENCE, VERDICT
from evidence.store.store import Store, Writing, groups, time_text
from evidence.store.verdicts import Judged, add_verdicts
from verifier.verdict import Indication

AT_ONCE: Final = 500
PASSED: Final = Indication.TOTAL_PASSED.name
_NOT_HANDED_IN: Final = frozenset({State.SIGNED, State.VERIFIED, State.QUEUED, State.REJECTED})
_NOT_PASSED_YET: Final = frozenset({State.SIGNED, State.REFUSED})


@dataclass(frozen=True)
class Rejudged:
    """What came of some verdicts: how many were kept, and the consents that something happened to.

    Attributes:
        kept: verdicts that were not there yet.
        refused: consents whose evidence does not pass any more, and that are not handed in.
        passed: consents whose evidence passes now.
        doubted: consents whose evidence does not pass any more, and that the bank may have: they stay as they are.
    """

    kept: int
    refused: tuple[int, ...]
    passed: tuple[int, ...]
    doubted: tuple[int, ...]


def take_verdicts(
    store: Store, judged: Iterable[Judged], reached_at: datetime, clock: Callable[[], datetime]
) -> Iterator[Rejudged]:
    """Keep verdicts, some hundred in one transaction, together with what they bring about.

    The same verdicts may be handed in again: those that were kept bring about nothing. Evidence that is not there any
    more is passed over. A verdict that is older than the last one is kept, and brings about nothing.

    Args:
        store: where the evidence is.
        judged: under `kftc`, by trust folders that vouch for the evidence's kind.
        reached_at: when they were reached, all of them; it tells one judging from another.
        clock: tells the time of each transaction.
    """
    for some in groups(judged, AT_ONCE):
        with store.writing(clock()) as writing:
            rejudged = _take(writing, some, time_text(reached_at))
        yield rejudged


def _take(writing: Writing, judged: Sequence[Judged], at: str) -> Rejudged:
    numbers = [one.evidence_id for one in judged]
    query = select(EVIDENCE.c.id, EVIDENCE.c.judged_at, EVIDENCE.c.indication).where(EVIDENCE.c.id.in_(numbers))
    there = {row.id: row for row in writing.connection.execute(query)}
    kept_before = select(VERDICT.c.evidence_id).where(VERDICT.c.evidence_id.in_(numbers), VERDICT.c.judged_at == at)
    old = set(writing.connection.execute(kept_before).scalars())
    new = [one for one in judged if one.evidence_id in there and one.evidence_id not in old]
    late = {row.id for row in there.values() if row.judged_at is not None and row.judged_at > at}
    add_verdicts(writing, new, late, judged_at=at)
    was = {number: row.indication for number, row in there.items()}
    return follow(writing, [one for one in new if one.evidence_id not in late], was, kept=len(new))


def follow(writing: Writing, judged: Sequence[Judged], was: Mapping[int, str | None], *, kept: int = 0) -> Rejudged:
    """Let consents go where the last verdict on their evidence leads; `was`: what the one before said."""
    verdicts = {one.evidence_id: one for one in judged}
    query = (
        select(CONSENT.c.id, CONSENT.c.state, CONSENT.c.evidence_id)
        .where(CONSENT.c.evidence_id.in_(list(verdicts)), CONSENT.c.state.not_in([state.value for state in ENDED]))
        .order_by(CONSENT.c.id)
    )
    moves: list[Move] = []
    doubted: list[int] = []
    for row in writing.connection.execute(query).all():
        state, verdict = State(row.state), verdicts[row.evidence_id]
        if verdict.indication == PASSED:
            moves += [Move(row.id, Event.PASSED)] if state in _NOT_PASSED_YET else []
        elif state in _NOT_HANDED_IN:
            moves.append(Move(row.id, Event.REFUSED, code=_reason(verdict)))
        elif state is not State.REFUSED and was.get(row.evidence_id) in {PASSED, None}:
            doubted.append(row.id)
            details = {"code": _reason(verdict), "indication": verdict.indication}
            writing.log.add("doubted", consent_id=row.id, details=details)
    move(writing, moves)
    refused, passed = (tuple(one.consent_id for one in moves if one.event is e) for e in (Event.REFUSED, Event.PASSED))
    return Rejudged(kept, refused, passed, tuple(doubted))


def _reason(verdict: Judged) -> str:
    """The first code that speaks against it; where nothing does, some check could not be made."""
    return verdict.codes[0] if verdict.codes else verdict.indication
