"""Whether a verdict lets evidence into a file: it has to be a pass, under the right policy, of these very bytes."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from consent.errors import CodedError
from consent.kinds import EvidenceKind
from consent.wording import Detail
from verifier.verdict import Indication, Verdict

POLICY: Final = "kftc"


class EvidenceNotVouched(CodedError):
    """Evidence that has to be judged is not vouched for. Subclasses say why; `number` is that of the data record."""

    def __init__(self, number: int, **details: Detail) -> None:
        super().__init__(number=number, **details)


class VerdictMissing(EvidenceNotVouched):
    """Nobody judged the evidence."""

    code = "FB-060"


class VerdictNotPassed(EvidenceNotVouched):
    """The verdict is not TOTAL_PASSED."""

    code = "FB-061"


class VerdictOfOtherBytes(EvidenceNotVouched):
    """The verdict is about other bytes than these."""

    code = "FB-062"


class VerdictUnderOtherPolicy(EvidenceNotVouched):
    """The verdict was reached under a policy that does not ask what 2.5.2 asks."""

    code = "FB-063"


class VerdictForOtherKind(EvidenceNotVouched):
    """The trust folder behind the verdict does not vouch for this kind of evidence."""

    code = "FB-064"


def require_vouched(kind: EvidenceKind, evidence: bytes, verdict: Verdict | None, number: int) -> None:
    """Return only if evidence of a kind that is signed has passed; other kinds need no verdict.

    Args:
        kind: of the evidence; only `is_der` kinds are judged.
        evidence: the bytes that go into the file.
        verdict: on those bytes.
        number: of the data record, for errors.

    Raises:
        EvidenceNotVouched: one subclass for each reason.
    """
    if not kind.is_der:
        return
    if verdict is None:
        raise VerdictMissing(number, kind=kind.code)
    if verdict.der_sha256 != sha256(evidence).digest():
        raise VerdictOfOtherBytes(number, kind=kind.code)
    if verdict.policy != POLICY:
        raise VerdictUnderOtherPolicy(number, kind=kind.code, policy=verdict.policy, wanted=POLICY)
    if verdict.indication is not Indication.TOTAL_PASSED:
        codes = [f.code for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED]
        codes += sorted(check.value for check in verdict.not_run)
        raise VerdictNotPassed(
            number, kind=kind.code, indication=verdict.indication.name, codes=", ".join(codes) or "-"
        )
    if kind.code not in verdict.evidence_kinds:
        raise VerdictForOtherKind(number, kind=kind.code, kinds=", ".join(sorted(verdict.evidence_kinds)) or "-")
