"""A verdict for programs (JSON) and for people (text)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from consent.errors import Lang
from verifier.verdict import Check, Finding, Indication, Verdict

MARKS: Final[Mapping[Indication, str]] = MappingProxyType(
    {Indication.TOTAL_PASSED: "✔", Indication.INDETERMINATE: "?", Indication.TOTAL_FAILED: "✘"}
)
_OUTCOMES: Final[Mapping[Indication, Mapping[Lang, str]]] = MappingProxyType(
    {
        Indication.TOTAL_PASSED: {"en": "PASSED", "ko": "적합"},
        Indication.INDETERMINATE: {"en": "NOT PROVEN", "ko": "판단 불가"},
        Indication.TOTAL_FAILED: {"en": "FAILED", "ko": "부적합"},
    }
)
_CHECKS: Final[Mapping[Check, str]] = MappingProxyType(
    {
        Check.SIZE: "크기",
        Check.ENCODING: "DER 인코딩",
        Check.STRUCTURE: "구조",
        Check.PROFILE: "설계서 형식",
        Check.CONTENT: "원문",
        Check.ATTRIBUTES: "서명속성",
        Check.DIGEST: "해시",
        Check.CERTIFICATE: "서명자 인증서",
        Check.SIGNATURE: "서명값",
        Check.TIME: "서명시각",
        Check.PATH: "인증서 경로",
        Check.REVOCATION: "폐지 여부",
    }
)
_WORDS: Final[Mapping[str, Mapping[Lang, str]]] = MappingProxyType(
    {
        "judged": {
            "en": "policy {policy}, judged at {at} ({source})",
            "ko": "정책 {policy}, 검증 기준시각 {at} ({source})",
        },
        "given": {"en": "given", "ko": "지정한 시각"},
        "signing-time": {"en": "the signer's claim, unproven", "ko": "서명자가 주장한 시각, 입증되지 않음"},
        "unknown": {"en": "unknown", "ko": "알 수 없음"},
        "not-run": {"en": "could not be checked", "ko": "확인할 수 없었습니다"},
    }
)


def as_json(verdict: Verdict, *, file: str, lang: Lang) -> dict[str, object]:
    """One verdict as a JSON object; keys are only ever added."""
    return {
        "file": file,
        "indication": verdict.indication.name,
        "verified_at": _iso(verdict.verified_at),
        "time_source": verdict.time_source.value,
        "signing_time": _iso(verdict.signing_time),
        "policy": verdict.policy,
        "sha256": verdict.der_sha256.hex(),
        "not_run": sorted(check.value for check in verdict.not_run),
        "findings": [finding_as_json(finding, lang) for finding in verdict.findings],
    }


def finding_as_json(finding: Finding, lang: Lang) -> dict[str, object]:
    return {
        "code": finding.code,
        "check": finding.check.value,
        "effect": finding.effect.name,
        "where": finding.where,
        "reference": finding.reference,
        "message": finding.message(lang),
        "remedy": finding.remedy(lang),
    }


def as_text(verdict: Verdict, *, file: str, lang: Lang) -> str:
    """A verdict for the terminal: the outcome first, then a line a finding; what did not pass says what to do."""
    return "\n".join(_lines(verdict, file, lang))


def _lines(verdict: Verdict, file: str, lang: Lang) -> Iterator[str]:
    indication = verdict.indication
    yield f"{MARKS[indication]} {_OUTCOMES[indication][lang]}  {file}"
    at = _iso(verdict.verified_at) or _WORDS["unknown"][lang]
    source = _WORDS[verdict.time_source.value][lang]
    yield "  " + _WORDS["judged"][lang].format(policy=verdict.policy, at=at, source=source)
    yield f"  SHA-256 {verdict.der_sha256.hex()}"
    for finding in verdict.findings:
        name = _CHECKS[finding.check] if lang == "ko" else finding.check.value
        yield f"  {MARKS[finding.effect]} {name}: {finding.message(lang)} [{finding.code}, {finding.where}]"
        if finding.effect is not Indication.TOTAL_PASSED and finding.remedy(lang):
            yield f"      → {finding.remedy(lang)}"
    for check in Check:
        if check in verdict.not_run:
            name = _CHECKS[check] if lang == "ko" else check.value
            yield f"  {MARKS[Indication.INDETERMINATE]} {name}: {_WORDS['not-run'][lang]}"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
