"""What may happen to a consent, and what it then is: one table (설계서 V3.8 chapter 3)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from consent.errors import CodedError
from evidence.lifecycle.words import event_name, state_name


class State(StrEnum):
    """Where a consent stands."""

    SIGNED = "signed"  # taken in, not judged
    REFUSED = "refused"  # judged, and did not pass
    VERIFIED = "verified"
    QUEUED = "queued"  # to go into the next FB0110
    SENT = "sent"  # in an FB0110 that is not answered
    REJECTED = "rejected"  # FB0120 names it, with a response code
    ACCEPTED = "accepted"  # FB0120 does not name it, and everything agrees: format only, no reconciliation (4.1 (1))
    RECONCILED = "reconciled"  # the bank's ledger lists it (FB0933)
    FAILED = "failed"  # FB0620 names it, with a failure code
    CANCEL_QUEUED = "cancel_queued"
    CANCEL_SENT = "cancel_sent"
    CANCEL_REJECTED = "cancel_rejected"
    CANCELLED = "cancelled"
    CHANGED = "changed"  # went on as another consent, on another account (FB0222)
    WITHDRAWN = "withdrawn"  # given up before it was ever accepted
    DELETED = "deleted"  # ended long ago; what is personal is gone (`dongui retention delete`)


class Event(StrEnum):
    """What happens to a consent."""

    SIGNED = "signed"
    PASSED = "passed"
    REFUSED = "refused"
    QUEUED = "queued"
    HELD = "held"  # taken out of the queue again
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_LEDGER = "in_ledger"
    NOT_RECONCILED = "not_reconciled"
    CANCEL_QUEUED = "cancel_queued"
    CANCEL_HELD = "cancel_held"
    CANCEL_DROPPED = "cancel_dropped"  # likewise, of a consent that does not stand as accepted: it has to be sent again
    CANCEL_SENT = "cancel_sent"
    CANCEL_ACCEPTED = "cancel_accepted"
    CANCEL_REJECTED = "cancel_rejected"
    CANCELLED = "cancelled"  # the bank or the institute cancelled it (FB0320)
    CHANGED = "changed"
    BEGAN = "began"  # as the successor of one that was changed: the bank has it already
    WITHDRAWN = "withdrawn"
    LACKED = "lacked"  # by the newest ledger of its bank: queued once more (FB0933)
    CANCEL_VOID = "cancel_void"  # the bank has nothing to cancel, and an operator ends it
    DELETED = "deleted"


S, E = State, Event
CANCELLING: Final = frozenset({S.CANCEL_QUEUED, S.CANCEL_SENT, S.CANCEL_REJECTED})
AT_THE_BANK: Final = frozenset({S.SENT, S.ACCEPTED, S.RECONCILED, S.FAILED}) | CANCELLING
"""States in which the bank may have the consent in its ledger: what it cancels or changes has been there."""
TO_BE_SENT_AGAIN: Final = frozenset({S.REFUSED, S.VERIFIED, S.QUEUED, S.REJECTED})
"""States that a consent comes to from the bank too, when it was handed in before and is mended."""

NEXT: Final[Mapping[tuple[State, Event], State]] = MappingProxyType(
    {
        (S.SIGNED, E.PASSED): S.VERIFIED,
        (S.SIGNED, E.REFUSED): S.REFUSED,
        (S.REFUSED, E.PASSED): S.VERIFIED,
        (S.VERIFIED, E.REFUSED): S.REFUSED,
        (S.QUEUED, E.REFUSED): S.REFUSED,
        (S.REJECTED, E.REFUSED): S.REFUSED,
        (S.VERIFIED, E.QUEUED): S.QUEUED,
        (S.REJECTED, E.QUEUED): S.QUEUED,
        (S.ACCEPTED, E.LACKED): S.QUEUED,
        (S.RECONCILED, E.LACKED): S.QUEUED,
        (S.FAILED, E.QUEUED): S.QUEUED,
        (S.QUEUED, E.HELD): S.VERIFIED,
        (S.QUEUED, E.SENT): S.SENT,
        (S.SENT, E.ACCEPTED): S.ACCEPTED,
        (S.SENT, E.REJECTED): S.REJECTED,
        (S.ACCEPTED, E.IN_LEDGER): S.RECONCILED,
        (S.FAILED, E.IN_LEDGER): S.RECONCILED,
        (S.REJECTED, E.IN_LEDGER): S.RECONCILED,
        (S.ACCEPTED, E.NOT_RECONCILED): S.FAILED,
        (S.RECONCILED, E.NOT_RECONCILED): S.FAILED,
        (S.FAILED, E.NOT_RECONCILED): S.FAILED,
        (S.ACCEPTED, E.CANCEL_QUEUED): S.CANCEL_QUEUED,
        (S.RECONCILED, E.CANCEL_QUEUED): S.CANCEL_QUEUED,
        (S.FAILED, E.CANCEL_QUEUED): S.CANCEL_QUEUED,
        (S.CANCEL_REJECTED, E.CANCEL_QUEUED): S.CANCEL_QUEUED,
        (S.CANCEL_QUEUED, E.CANCEL_HELD): S.ACCEPTED,
        (S.CANCEL_REJECTED, E.CANCEL_HELD): S.ACCEPTED,
        (S.CANCEL_QUEUED, E.CANCEL_DROPPED): S.REJECTED,
        (S.CANCEL_REJECTED, E.CANCEL_DROPPED): S.REJECTED,
        (S.CANCEL_QUEUED, E.CANCEL_SENT): S.CANCEL_SENT,
        (S.CANCEL_SENT, E.CANCEL_ACCEPTED): S.CANCELLED,
        (S.CANCEL_SENT, E.CANCEL_REJECTED): S.CANCEL_REJECTED,
        (S.CANCEL_REJECTED, E.CANCEL_VOID): S.CANCELLED,
        **{(state, E.CANCEL_QUEUED): S.CANCEL_QUEUED for state in TO_BE_SENT_AGAIN},
        **{(state, E.CANCELLED): S.CANCELLED for state in AT_THE_BANK | TO_BE_SENT_AGAIN},
        **{(state, E.CHANGED): S.CHANGED for state in AT_THE_BANK | TO_BE_SENT_AGAIN},
        **{(state, E.WITHDRAWN): S.WITHDRAWN for state in (S.SIGNED, S.REFUSED, S.VERIFIED, S.QUEUED, S.REJECTED)},
        **{(state, E.DELETED): S.DELETED for state in (S.CANCELLED, S.CHANGED, S.WITHDRAWN)},
    }
)
ALREADY_THERE: Final = frozenset({"7125", "2041"})
"""Response codes that refuse a registration because the institute or the bank has it."""
NOTHING_THERE: Final = frozenset({"2042"})
"""Response codes that refuse a cancellation because the bank has nothing to cancel."""
ONLY_WITH: Final[Mapping[tuple[State, Event], frozenset[str]]] = MappingProxyType(
    {(S.REJECTED, E.IN_LEDGER): ALREADY_THERE, (S.CANCEL_REJECTED, E.CANCEL_VOID): NOTHING_THERE}
)
"""What of `NEXT` happens only to a consent that stands with one of these codes."""
ENDED: Final = frozenset({S.CANCELLED, S.CHANGED, S.WITHDRAWN, S.DELETED})
"""Nothing happens to these any more; another consent of the same identity may begin."""


class IllegalEvent(CodedError):
    """Something cannot happen to a consent that stands where this one does."""

    code = "FB-210"

    def __init__(self, consent: int, state: State, event: Event) -> None:
        super().__init__(
            consent=consent,
            state=state_name(state, "en"),
            state_ko=state_name(state, "ko"),
            event=event_name(event, "en"),
            event_ko=event_name(event, "ko"),
        )


def possible(state: State, event: Event, code: str | None) -> bool:
    """Whether an event can happen to a consent that stands in a state with a code."""
    return (state, event) in NEXT and (code in ONLY_WITH.get((state, event), {code}))


def after(consent: int, state: State, event: Event, code: str | None) -> State:
    """What a consent is after an event.

    Args:
        consent: its number.
        state: where it stands.
        event: what happens.
        code: response or failure code that it stands with.

    Raises:
        IllegalEvent: it cannot happen to it.
    """
    if not possible(state, event, code):
        raise IllegalEvent(consent, state, event)
    return NEXT[state, event]
