"""FB0620 taken in: consents that bank and institute could not reconcile (설계서 V3.8 4.7.1).

It speaks of what it lists, and of nothing else: a consent that it does not list is not reconciled by that (ADR 0044).
One consent may stand there twice with different codes; the last one stays beside it, the records keep them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evidence.lifecycle.named import Effect, Named, take_in_effects
from evidence.lifecycle.states import Event
from evidence.lifecycle.taking import Taking

NOT_OURS: Final = "FB-283"
CANNOT_FAIL: Final = "FB-284"


def take_in_fb0620(taking: Taking) -> None:
    """Mark every consent that the file lists as failed, with the code; remark on what cannot fail as it stands."""
    take_in_effects(taking, _effect, remark_unknown=NOT_OURS)


def _effect(fields: Mapping[str, str], one: Named | None) -> Effect:
    code = fields["failure_code"]
    if one is None:
        return Effect(code, None, NOT_OURS)
    if not one.can(Event.NOT_RECONCILED):
        return Effect(code, None, CANNOT_FAIL)
    return Effect(code, Event.NOT_RECONCILED)
