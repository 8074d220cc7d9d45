"""Whether a verdict lets evidence into a file: it has to be a pass, under the right policy, of these very bytes."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from consent.errors import CodedError
from consent.kinds import EvidenceKind
from consent.wording import Detail
from evidence.faults import Part, Place
from verifier.reports.terms import OUTCOMES, message
from verifier.verdict import Check, Indication, Verdict

POLICY: Final = "kftc"


class EvidenceNotVouched(CodedError):
    """Evidence that has to be judged is not vouched for. Subclasses say why; `number` is that of the data record."""

    def __init__(self, place: Place, **details: Detail) -> None:
        super().__init__(
            number=place.number, line=place.line, where_ko=place.name_ko, where_en=place.name_en, **details
        )


class VerdictMissing(EvidenceNotVouched):
    """Nobody judged the evidence."""

    code = "FB-060"


class VerdictNotPassed(EvidenceNotVouched):
    """The verdict is not TOTAL_PASSED; the first finding that weighs most is said in full."""

    code = "FB-061"

    def __init__(self, place: Place, kind: EvidenceKind, verdict: Verdict) -> None:
        against = [f for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED]
        worst = max(against, key=lambda finding: finding.effect, default=None)  # the first of several
        super().__init__(
            place,
            kind=kind.code,
            indication=verdict.indication.name,
            outcome_ko=OUTCOMES[verdict.indication]["ko"],
            outcome_en=OUTCOMES[verdict.indication]["en"],
            reason_ko=_NOT_RUN_KO if worst is None else message(worst, "ko"),
            reason_en=_NOT_RUN_EN if worst is None else message(worst, "en"),
            codes=", ".join([*(f.code for f in against), *sorted(check.value for check in verdict.not_run)]) or "-",
        )


_NOT_RUN_KO: Final = "점검하지 못한 항목이 있습니다."
_NOT_RUN_EN: Final = "Some checks could not be made."


class VerdictOfOtherBytes(EvidenceNotVouched):
    """The verdict is about other bytes than these."""

    code = "FB-062"


class VerdictUnderOtherPolicy(EvidenceNotVouched):
    """The verdict was reached under a policy that does not ask what 2.5.2 asks."""

    code = "FB-063"


class VerdictForOtherKind(EvidenceNotVouched):
    """The trust folder behind the verdict does not vouch for this kind of evidence."""

    code = "FB-064"


def require_vouched(
    kind: EvidenceKind, evidence: bytes, verdict: Verdict | None, number: int, *, line: int = 0
) -> None:
    """Return only if evidence of a kind that is signed has passed; other kinds need no verdict.

    Args:
        kind: of the evidence; only `is_der` kinds are judged.
        evidence: the bytes that go into the file.
        verdict: on those bytes.
        number: of the data record, for errors.
        line: of the list that the record is made from, for errors; 0 where there is none.

    Raises:
        EvidenceNotVouched: one subclass for each reason.
    """
    if not kind.is_der:
        return
    place = Place(Part.DATA, number, line=line)
    if verdict is None:
        raise VerdictMissing(place, kind=kind.code)
    if verdict.der_sha256 != sha256(evidence).digest():
        raise VerdictOfOtherBytes(place, kind=kind.code)
    if verdict.policy != POLICY or not verdict.required >= frozenset(Check):
        raise VerdictUnderOtherPolicy(place, kind=kind.code, policy=verdict.policy, wanted=POLICY)
    if verdict.indication is not Indication.TOTAL_PASSED:
        raise VerdictNotPassed(place, kind, verdict)
    if kind.code not in verdict.evidence_kinds:
        raise VerdictForOtherKind(place, kind=kind.code, kinds=", ".join(sorted(verdict.evidence_kinds)) or "-")
