"""Verdicts on evidence: every one is kept, the last one stands beside the evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from evidence.store.schema import EVIDENCE, VERDICT
from evidence.store.store import Writing, time_text
from verifier.verdict import Indication, Verdict


@dataclass(frozen=True)
class Judged:
    """One verdict as the store keeps it. `codes` are those that speak against the evidence."""

    evidence_id: int
    indication: str
    codes: tuple[str, ...]
    policy: str
    verified_at: datetime | None

    @classmethod
    def of(cls, evidence_id: int, verdict: Verdict) -> Judged:
        against = tuple(f.code for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED)
        return cls(evidence_id, verdict.indication.name, against, verdict.policy, verdict.verified_at)


def add_verdicts(
    writing: Writing, verdicts: Sequence[Judged], settled: Collection[int] = (), judged_at: str | None = None
) -> None:
    """Keep verdicts.

    Args:
        writing: the transaction.
        verdicts: any number.
        settled: evidence whose own row has its last verdict already.
        judged_at: when they were reached; None: now.
    """
    if not verdicts:
        return
    at = judged_at or writing.at
    rows = [
        {
            "id": writing.next_id(VERDICT),
            "evidence_id": one.evidence_id,
            "judged_at": at,
            "verified_at": "" if one.verified_at is None else time_text(one.verified_at),
            "indication": one.indication,
            "codes": " ".join(one.codes),
            "policy": one.policy,
        }
        for one in verdicts
    ]
    writing.connection.execute(_ADD, rows)
    changed = [
        {"of": one.evidence_id, "now_is": one.indication, "at": at}
        for one in verdicts
        if one.evidence_id not in settled
    ]
    if changed:
        writing.connection.execute(_LAST, changed)


def last_indications(connection: Connection, evidence: Sequence[int]) -> dict[int, str | None]:
    """What the last verdict on each of these pieces says; None where there is none."""
    if not evidence:
        return {}
    rows = connection.execute(select(EVIDENCE.c.id, EVIDENCE.c.indication).where(EVIDENCE.c.id.in_(evidence)))
    return {row.id: row.indication for row in rows}


def judged_otherwise(verdicts: Iterable[Judged]) -> set[int]:
    """Evidence that several of these verdicts are on, and that differ: it may have been received twice."""
    first: dict[int, str] = {}
    return {one.evidence_id for one in verdicts if first.setdefault(one.evidence_id, one.indication) != one.indication}


_ADD: Final = insert(VERDICT)
_LAST: Final = (
    update(EVIDENCE)
    .where(EVIDENCE.c.id == bindparam("of"))
    .values(indication=bindparam("now_is"), judged_at=bindparam("at"))
)
