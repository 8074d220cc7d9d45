"""A verdict for programs (JSON) and for people (text)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Final

from consent.errors import Lang
from consent.wording import wording
from verifier.verdict import Check, Finding, Indication, TimeSource, Verdict

MARKS: Final[Mapping[Indication, str]] = MappingProxyType(
    {Indication.TOTAL_PASSED: "✔", Indication.INDETERMINATE: "?", Indication.TOTAL_FAILED: "✘"}
)
OUTCOMES: Final[Mapping[Indication, Mapping[Lang, str]]] = MappingProxyType(
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
_PLAIN: Final = frozenset(
    {
        *("CMS-101", "CMS-109", "CMS-130", "CMS-140", "CMS-150", "CMS-160", "CMS-170", "CMS-180"),
        *("PKI-100", "PKI-110", "PKI-120", "PKI-130"),
    }
)
"""Findings that say that their check is satisfied and no more. Other findings that cost nothing are remarks, and a
person is always shown them."""

_WORDS: Final[Mapping[str, Mapping[Lang, str]]] = MappingProxyType(
    {
        "judged": {
            "en": "policy {policy}, judged at {at} ({source})",
            "ko": "정책 {policy}, 검증 기준시각 {at}, {source}",
        },
        "now": {"en": "now", "ko": "현재 시각"},
        "given": {"en": "given", "ko": "지정한 시각"},
        "signing-time": {"en": "the signer's claim, unproven", "ko": "서명자가 기재한 시각(사실 여부 미확인)"},
        "time-stamp": {"en": "proven by a time-stamp", "ko": "타임스탬프로 증명된 시각"},
        "receipt": {"en": "the time of receipt", "ko": "접수 시각"},
        "unknown": {"en": "unknown", "ko": "알 수 없음"},
        "satisfied": {"en": "satisfied: {checks}", "ko": "적합한 항목: {checks}"},
        "not-run": {
            "en": "{checks}: could not be checked after what failed above",
            "ko": "나머지 {count}개 항목은 앞선 오류로 점검하지 못하였습니다: {checks}",
        },
        "cut": {"en": "SHA-256 not taken: only the beginning was read", "ko": "SHA-256 계산 안 함: 앞부분만 읽음"},
    }
)
_KOREA: Final = timezone(timedelta(hours=9))
_REASONS_KO: Final[Mapping[str, str]] = MappingProxyType(
    {  # RFC 5280 §5.3.1
        "unspecified": "사유 미지정",
        "keyCompromise": "개인키 손상",
        "cACompromise": "인증기관 개인키 손상",
        "affiliationChanged": "소속 변경",
        "superseded": "인증서 교체",
        "cessationOfOperation": "사용 중지",
        "certificateHold": "효력 정지",
        "removeFromCRL": "효력 회복",
        "privilegeWithdrawn": "권한 회수",
        "aACompromise": "속성인증기관 개인키 손상",
    }
)
_REASONS: Final[Mapping[str, str]] = MappingProxyType({name.lower(): name for name in _REASONS_KO})


def message(finding: Finding, lang: Lang) -> str:
    """Say what a finding says, with the reason of a revocation in that language."""
    # Libraries write the reasons of RFC 5280 in their own ways: key_compromise, keyCompromise.
    reason = _REASONS.get(str(finding.details.get("reason", "")).replace("_", "").lower())
    if reason is None:
        return finding.message(lang)
    shown = f"{_REASONS_KO[reason]}({reason})" if lang == "ko" else reason
    return wording(finding.code).message(lang, {**finding.details, "reason": shown})


def as_json(verdict: Verdict, *, file: str, lang: Lang, is_whole: bool = True) -> dict[str, object]:
    """One verdict as a JSON object; keys are only ever added.

    Args:
        verdict: on `file`.
        file: its name.
        lang: of the messages.
        is_whole: whether all of the file was read; the SHA-256 of a beginning would be taken for the file's.
    """
    return {
        "file": file,
        "indication": verdict.indication.name,
        "verified_at": _iso(verdict.verified_at),
        "time_source": verdict.time_source.value,
        "signing_time": _iso(verdict.signing_time),
        "policy": verdict.policy,
        "sha256": verdict.der_sha256.hex() if is_whole else None,
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
        "message": message(finding, lang),
        "remedy": finding.remedy(lang),
    }


def as_text(  # noqa: PLR0913 - what is shown and how, each by name
    verdict: Verdict, *, file: str, lang: Lang, is_whole: bool = True, at_now: bool = False, verbose: bool = False
) -> str:
    """A verdict for the terminal: the outcome first, then what is against it and what to do, then the rest.

    Args:
        verdict: on `file`.
        file: its name.
        lang: of all words; in Korean the time is that of Korea.
        is_whole: as for `as_json`.
        at_now: the time given was that of the clock.
        verbose: a line for every finding; else satisfied checks share one.
    """
    lines = [*_headline(verdict, file, lang, at_now=at_now)]
    lines.append(f"  SHA-256 {verdict.der_sha256.hex()}" if is_whole else f"  {_WORDS['cut'][lang]}")
    return "\n".join([*lines, *_findings(verdict, lang, verbose=verbose), *_not_run(verdict, lang)])


def _headline(verdict: Verdict, file: str, lang: Lang, *, at_now: bool) -> Iterator[str]:
    indication, at, source = verdict.indication, verdict.verified_at, verdict.time_source
    yield f"{MARKS[indication]} {OUTCOMES[indication][lang]}  {file}"
    shown = _iso(_there(at, lang)) or _WORDS["unknown"][lang]
    named = _WORDS["now" if at_now and source is TimeSource.GIVEN else source.value][lang]
    yield "  " + _WORDS["judged"][lang].format(policy=verdict.policy, at=shown, source=named)


def _findings(verdict: Verdict, lang: Lang, *, verbose: bool) -> Iterator[str]:
    spoken = {f.check for f in verdict.findings if verbose or not _is_plain_pass(f)}
    folded = [check for check in dict.fromkeys(f.check for f in verdict.findings) if check not in spoken]
    for finding in verdict.findings:
        if not verbose and _is_plain_pass(finding):
            continue
        name = check_name(finding.check, lang)
        told = message(_spoken(finding, lang), lang)
        yield f"  {MARKS[finding.effect]} {name}: {told} [{finding.code}, {finding.where}]"
        if finding.effect is not Indication.TOTAL_PASSED and finding.remedy(lang):
            yield f"      → {finding.remedy(lang)}"
    if folded:
        names = ", ".join(check_name(check, lang) for check in folded)
        yield f"  {MARKS[Indication.TOTAL_PASSED]} {_WORDS['satisfied'][lang].format(checks=names)}"


def _spoken(finding: Finding, lang: Lang) -> Finding:
    """With its times in that of Korea, where it is a Korean who reads."""
    details = {key: _local(value, lang) if isinstance(value, str) else value for key, value in finding.details.items()}
    return replace(finding, details=details)


def _local(value: str, lang: Lang) -> str:
    return _iso(_there(datetime.fromisoformat(value), lang)) or value if _UTC.fullmatch(value) else value


_UTC: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


def _not_run(verdict: Verdict, lang: Lang) -> Iterator[str]:
    names = [check_name(check, lang) for check in Check if check in verdict.not_run]
    if names:
        words = _WORDS["not-run"][lang].format(count=len(names), checks=", ".join(names))
        yield f"  {MARKS[Indication.INDETERMINATE]} {words}"


def _is_plain_pass(finding: Finding) -> bool:
    return finding.effect is Indication.TOTAL_PASSED and finding.code in _PLAIN


def check_name(check: Check, lang: Lang) -> str:
    """What a person is told that a check is called."""
    return _CHECKS[check] if lang == "ko" else check.value


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def _there(at: datetime | None, lang: Lang) -> datetime | None:
    try:
        return at.astimezone(_KOREA) if at is not None and lang == "ko" else at
    except OverflowError:  # the last hours of the year 9999
        return at
