"""Moving consents on: the table of states, the rows of the store and the log, always together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from sqlalchemy import bindparam, select, update

from evidence.lifecycle.states import ENDED, Event, State, after
from evidence.store.errors import ConsentUnknown
from evidence.store.schema import CONSENT
from evidence.store.store import Writing, groups

AT_ONCE: Final = 500
_NOTHING: Final[Mapping[str, str | int]] = MappingProxyType({})


@dataclass(frozen=True)
class Move:
    """What happens to one consent.

    Attributes:
        consent_id: of the consent.
        event: what happens.
        code: response, receipt or failure code that it comes with.
        file_id: the file that brings it about.
        record_number: of the consent in that file.
        details: for the log; nothing personal.
    """

    consent_id: int
    event: Event
    code: str | None = None
    file_id: int | None = None
    record_number: int | None = None
    details: Mapping[str, str | int] = field(default_factory=lambda: _NOTHING)


def move(writing: Writing, moves: Iterable[Move]) -> int:
    """Let things happen to consents, each to one that is where it can; return how many.

    Raises:
        IllegalEvent: something cannot happen to a consent as it stands; the transaction has to end without effect.
        ConsentUnknown: there is no such consent.
    """
    count = 0
    for some in groups(moves, AT_ONCE):
        _move(writing, some)
        count += len(some)
    return count


def states_of(writing: Writing, consent_ids: Sequence[int]) -> dict[int, State]:
    """Where consents stand."""
    return {number: state for number, (state, _) in _standing(writing, consent_ids).items()}


def _standing(writing: Writing, consent_ids: Sequence[int]) -> dict[int, tuple[State, str | None]]:
    """Where consents stand, and with which code."""
    query = select(CONSENT.c.id, CONSENT.c.state, CONSENT.c.code).where(CONSENT.c.id.in_(consent_ids))
    return {row.id: (State(row.state), row.code) for row in writing.connection.execute(query)}


_SENT: Final = update(CONSENT).where(CONSENT.c.id == bindparam("consent_id"))
_UPDATE: Final = _SENT.values(
    state=bindparam("to"), code=bindparam("why"), live=bindparam("alive"), changed_at=bindparam("now")
)
_UPDATE_FILE: Final = _SENT.values(file_id=bindparam("file"), record_number=bindparam("number"))
_UPDATE_END: Final = _SENT.values(ended_on=bindparam("day"))


def _move(writing: Writing, moves: Sequence[Move]) -> None:
    standing = _standing(writing, [one.consent_id for one in moves])
    changes, sent, ended = [], [], []
    for one in moves:
        if one.consent_id not in standing:
            raise ConsentUnknown(one.consent_id)
        before, code = standing[one.consent_id]
        state = after(one.consent_id, before, one.event, code)
        standing[one.consent_id] = (state, one.code)
        over = state in ENDED
        changes.append(
            {"consent_id": one.consent_id, "to": state.value, "why": one.code, "alive": not over, "now": writing.at}
        )
        if one.event in {Event.SENT, Event.CANCEL_SENT}:
            sent.append({"consent_id": one.consent_id, "file": one.file_id, "number": one.record_number})
        if over:
            ended.append({"consent_id": one.consent_id, "day": writing.day})
        said = _details(one, state) | ({"ended_on": writing.day.isoformat()} if over else {})
        writing.log.add(one.event.value, consent_id=one.consent_id, file_id=one.file_id, details=said)
    for statement, values in ((_UPDATE, changes), (_UPDATE_FILE, sent), (_UPDATE_END, ended)):
        if values:
            writing.connection.execute(statement, values)


def _details(one: Move, state: State) -> dict[str, str | int]:
    details: dict[str, str | int] = {**one.details, "state": state.value}
    if one.code is not None:
        details["code"] = one.code
    if one.record_number is not None:
        details["record"] = one.record_number
    return details
