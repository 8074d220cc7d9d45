"""What a judgement says: findings, each with its code, place and clause, and one of three outcomes over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, NoReturn

from consent.errors import CodedError
from consent.wording import Detail, wording

NO_DETAILS: Final[Mapping[str, Detail]] = MappingProxyType({})


class Indication(IntEnum):
    """Outcome of a check or a verdict (ETSI EN 319 102-1 §5.1.3), ordered from good to bad."""

    TOTAL_PASSED = 0
    INDETERMINATE = 1
    TOTAL_FAILED = 2


class Check(StrEnum):
    """The questions asked of every DER, in the order they are asked."""

    SIZE = "size"
    ENCODING = "encoding"  # strict DER
    STRUCTURE = "structure"  # ContentInfo and SignedData, RFC 5652
    PROFILE = "profile"  # 설계서 V3.8 2.5.2
    CONTENT = "content"  # consent text and charset
    ATTRIBUTES = "attributes"  # signed attributes
    DIGEST = "digest"
    CERTIFICATE = "certificate"  # the signer's own certificate and key
    SIGNATURE = "signature"
    TIME = "time"
    PATH = "path"  # RFC 5280 §6
    REVOCATION = "revocation"


class TimeSource(StrEnum):
    """Where the time of a verdict comes from."""

    GIVEN = "given"
    CLAIMED = "signing-time"  # the signer's own claim, unproven
    TIME_STAMP = "time-stamp"  # RFC 3161
    RECEIPT = "receipt"  # on record with whoever asks


class Finding(NamedTuple):
    """One thing a check has to say.

    Attributes:
        check: the question it answers.
        code: stable; its wording is in the catalogue.
        effect: what this finding alone makes of the verdict; `TOTAL_PASSED` for a check that is satisfied or a remark.
        where: the place in the message: a path of RFC 5652 field names, `path@offset` where the offset is known.
        reference: the clause that asks for it.
        details: fill the wording's placeholders; nothing personal.
    """

    check: Check
    code: str
    effect: Indication
    where: str
    reference: str
    details: Mapping[str, Detail] = NO_DETAILS

    @classmethod
    def passed(cls, check: Check, code: str, where: str, reference: str, **details: Detail) -> Finding:
        """A satisfied check, or a remark that costs nothing."""
        return cls(check, code, Indication.TOTAL_PASSED, where, reference, details)

    @classmethod
    def unclear(cls, check: Check, code: str, where: str, reference: str, **details: Detail) -> Finding:
        """Something that cannot be decided with what is at hand."""
        return cls(check, code, Indication.INDETERMINATE, where, reference, details)

    @classmethod
    def failed(cls, check: Check, code: str, where: str, reference: str, **details: Detail) -> Finding:
        """Something that no further material can mend."""
        return cls(check, code, Indication.TOTAL_FAILED, where, reference, details)

    def message(self, lang: Literal["ko", "en"]) -> str:
        return wording(self.code).message(lang, self.details)

    def remedy(self, lang: Literal["ko", "en"]) -> str:
        return wording(self.code).remedy(lang, self.details)


@dataclass(frozen=True)
class Verdict:
    """The judgement of one DER. It has no truth value: compare `indication`, or call `require_passed`.

    Attributes:
        findings: in the order of the checks.
        required: the checks the policy demands; one without a finding did not run and is no pass.
        policy: name of the policy judged under, `kftc` or `cms`.
        der_sha256: of the bytes that were judged; binds the verdict to them.
        evidence_kinds: evidence kinds (설계서 V3.8 2.5.1) that the trust folder may vouch for.
        verified_at: the time the certificate was judged at (aware, UTC); None when it could not be learnt.
        time_source: where `verified_at` comes from.
        signing_time: the signer's claim, if the message makes one.
    """

    findings: tuple[Finding, ...]
    required: frozenset[Check]
    policy: str
    der_sha256: bytes
    evidence_kinds: frozenset[str]
    verified_at: datetime | None
    time_source: TimeSource
    signing_time: datetime | None = None

    @property
    def indication(self) -> Indication:
        ran = {finding.check for finding in self.findings}
        missing = Indication.INDETERMINATE if self.required - ran else Indication.TOTAL_PASSED
        return max([missing, *(finding.effect for finding in self.findings)])

    @property
    def not_run(self) -> frozenset[Check]:
        """Required checks that could not be carried out."""
        return self.required - {finding.check for finding in self.findings}

    def require_passed(self) -> None:
        """Return only if the evidence passed.

        Raises:
            NotPassed: the indication is INDETERMINATE or TOTAL_FAILED.
        """
        if self.indication is not Indication.TOTAL_PASSED:
            raise NotPassed(self)

    def __bool__(self) -> NoReturn:
        raise TypeError("a Verdict has three outcomes: compare .indication")


class NotPassed(CodedError):
    """Evidence that had to pass did not."""

    code = "CMS-100"

    def __init__(self, verdict: Verdict) -> None:
        codes = [f.code for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED]
        not_run = sorted(check.value for check in verdict.not_run)
        super().__init__(indication=verdict.indication.name, codes=", ".join(codes + not_run) or "-")
