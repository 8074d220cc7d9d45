"""The words of a verdict: names of outcomes and checks, what a finding says, times as a person reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Final

from consent.errors import Lang
from consent.wording import wording
from verifier.verdict import Check, Finding, Indication, TimeSource

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
_CHECKS_KO: Final[Mapping[Check, str]] = MappingProxyType(
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
_SOURCES: Final[Mapping[str, Mapping[Lang, str]]] = MappingProxyType(
    {
        "now": {"en": "now", "ko": "현재 시각"},
        "given": {"en": "given", "ko": "지정한 시각"},
        "signing-time": {"en": "the signer's claim, unproven", "ko": "서명자가 기재한 시각(사실 여부 미확인)"},
        "time-stamp": {"en": "proven by a time-stamp", "ko": "타임스탬프로 증명된 시각"},
        "receipt": {"en": "the time of receipt", "ko": "접수 시각"},
    }
)
_KOREA: Final = timezone(timedelta(hours=9))
_REASONS_KO: Final[Mapping[str, str]] = MappingProxyType(
    {  # RFC 5280 §5.3.1
        "unspecified": "사유 미지정",
        "keyCompromise": "개인키 유출",
        "cACompromise": "인증기관 개인키 유출",
        "affiliationChanged": "소속 변경",
        "superseded": "인증서 교체",
        "cessationOfOperation": "사용 종료",
        "certificateHold": "효력 정지",
        "removeFromCRL": "효력 회복",
        "privilegeWithdrawn": "권한 회수",
        "aACompromise": "속성인증기관 개인키 유출",
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


def told(
    finding: Finding, lang: Lang, form: Callable[[datetime], str] = datetime.isoformat, hours: Lang | None = None
) -> str:
    """As `message`, its times in that of Korea for a Korean who reads, or by `hours`; `form` writes them."""
    hours = hours or lang
    details = {
        key: _local(value, hours, form) if isinstance(value, str) else value for key, value in finding.details.items()
    }
    return message(finding._replace(details=details), lang)


def _local(value: str, lang: Lang, form: Callable[[datetime], str]) -> str:
    at = there(datetime.fromisoformat(value), lang) if _UTC.fullmatch(value) else None
    return value if at is None else form(at)


def clock(at: datetime) -> str:
    """2026-11-22 16:05:00 (UTC+09:00)."""
    offset = at.isoformat(timespec="seconds")[19:]
    return f"{at:%Y-%m-%d %H:%M:%S} (UTC{'' if offset == '+00:00' else offset})"


_UTC: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


def check_name(check: Check, lang: Lang) -> str:
    return _CHECKS_KO[check] if lang == "ko" else check.value


def source_name(source: TimeSource, lang: Lang, *, at_now: bool) -> str:
    """Where the time of a verdict comes from; `at_now`: the time given was that of the clock."""
    return _SOURCES["now" if at_now and source is TimeSource.GIVEN else source.value][lang]


def iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def there(at: datetime | None, lang: Lang) -> datetime | None:
    try:
        return at.astimezone(_KOREA) if at is not None and lang == "ko" else at
    except OverflowError:  # the last hours of the year 9999
        return at
