"""Whether a verdict lets evidence into a file: it has to be a pass, under the right policy, of these very bytes."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from consent.charset import Charset
from consent.errors import CodedError
from consent.kinds import EvidenceKind
from consent.wording import Detail
from evidence.agreement import OWN_FORM, Compared, compare, text_of
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


class SignedForAnother(EvidenceNotVouched):
    """Our own form of a consent, signed, says something else than the record that it is to stand behind."""

    code = "FB-065"


def may_be_own_form(evidence: bytes) -> bool:
    """Whether the text that is signed may be a form of ours; mostly that can be told at once."""
    return any(beginning in evidence for beginning in _OWN_FORMS)


def require_same_consent(values: Mapping[str, str], evidence: bytes, number: int, *, line: int = 0) -> None:
    """Return only if a signed form of ours, where the evidence is one, says what the record says.

    Other people's texts are free: what they say is for `dongui file check` to compare, and for a person to judge.

    Args:
        values: texts of the data record.
        evidence: of a kind that is signed.
        number: of the data record, for errors.
        line: of the list that the record is made from, for errors; 0 where there is none.

    Raises:
        SignedForAnother: it does not.
    """
    require_same_text(values, text_of(evidence) or "", number, line=line)


def require_same_text(values: Mapping[str, str], text: str, number: int, *, line: int = 0) -> None:
    """As `require_same_consent`, with the text that is signed."""
    differing = compare(values, text).differing
    if differing:
        place = Place(Part.DATA, number, line=line)
        raise SignedForAnother(place, fields=", ".join(differing), labels=Compared.labels(differing))


_OWN_FORMS: Final = tuple(OWN_FORM.encode(charset.value) for charset in Charset)


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
