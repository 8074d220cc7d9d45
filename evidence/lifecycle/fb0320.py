"""FB0320 taken in: consents that ended at the bank (설계서 V3.8 4.3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evidence.field import date_of
from evidence.lifecycle.named import Effect, Named, take_in_effects
from evidence.lifecycle.states import ENDED, Event
from evidence.lifecycle.taking import Taking

NOT_OURS: Final = "FB-280"
ENDED_BEFORE: Final = "FB-281"
ANOTHER_REGISTRATION: Final = "FB-282"
"""It ended before this consent was applied for, or this one never was at the bank: an earlier one of that identity."""


def take_in_fb0320(taking: Taking) -> None:
    """End every consent that the file lists; what cannot end is remarked on and kept as it is."""
    take_in_effects(taking, _effect, remark_unknown=NOT_OURS)


def _effect(fields: Mapping[str, str], one: Named | None) -> Effect:
    code = fields["cancel_type"]
    if one is None:
        return Effect(code, None, NOT_OURS)
    if one.state in ENDED:
        return Effect(code, None, ENDED_BEFORE)
    if not one.can(Event.CANCELLED) or date_of(fields["ledger_date"]) < one.applied_on:
        return Effect(code, None, ANOTHER_REGISTRATION)
    return Effect(code, Event.CANCELLED)
