"""What the checks found in one message, for the next of its kind: most of a message's findings are those of the last.

Nothing is judged here. A check that looks at nothing in a message of the common layout but its kind stands for all of
that kind; others say themselves what is left to look at (`checks.AGAIN`), and the rest are carried out each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from verifier.checks import AGAIN, OF_KIND, Again, Run
from verifier.common_certificate import Shape
from verifier.common_layout import CommonMessage, Kind
from verifier.policies import VerifyPolicy
from verifier.subject import Subject
from verifier.verdict import Check, Finding, Indication

MOST_REMEMBERED: Final = 4096

Asked = Sequence[tuple[Check, Run]]


class _Repeat:
    """The checks in their order, each with what is left of it, if anything, and what was found.

    Attributes:
        asked: these checks.
        steps: checks, or what is left of them; None where nothing is. Their findings when it was remembered.
    """

    def __init__(self, asked: Asked, found: Sequence[Sequence[Finding]]) -> None:
        self.asked: Final = asked
        self.steps: Final[list[tuple[Run | None, Again | None, list[Finding]]]] = []
        for (_, run), findings in zip(asked, found, strict=True):
            if run not in OF_KIND:
                self.steps.append((run, AGAIN.get(run), [*findings]))
            elif self.steps and self.steps[-1][0] is None:
                self.steps[-1][2].extend(findings)
            else:
                self.steps.append((None, None, [*findings]))

    def findings(self, subject: Subject, message: CommonMessage) -> tuple[Finding, ...]:
        findings: list[Finding] = []
        for run, again, before in self.steps:
            if again is not None:
                findings += again(subject, message, before)
            else:
                findings += before if run is None else run(subject)
        return tuple(findings)


_repeats: Final[dict[tuple[VerifyPolicy, Kind, Shape], _Repeat]] = {}


def recalled(subject: Subject, asked: Asked) -> tuple[Finding, ...] | None:
    """What all checks find; None where it takes the checks themselves to say."""
    try:
        message = subject.common
        if message is None:
            return None
        repeat = _repeats.get((subject.policy, message.kind, message.signer.shape))
        return None if repeat is None or repeat.asked is not asked else repeat.findings(subject, message)
    except Exception:  # noqa: BLE001 - whatever it is: the checks will tell
        return None


def remember(subject: Subject, asked: Asked, found: Sequence[Sequence[Finding]]) -> None:
    """Keep what each check found, if that says something about other messages."""
    message = subject.common
    if message is None:
        return
    for (_, run), findings in zip(asked, found, strict=True):
        if (run in OF_KIND or run in AGAIN) and not _are_satisfied(findings):
            return
    if len(_repeats) >= MOST_REMEMBERED:
        _repeats.clear()
    _repeats[subject.policy, message.kind, message.signer.shape] = _Repeat(asked, found)


def _are_satisfied(findings: Sequence[Finding]) -> bool:
    return bool(findings) and all(finding.effect is Indication.TOTAL_PASSED for finding in findings)
