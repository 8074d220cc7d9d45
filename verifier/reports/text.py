"""A verdict for people: text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from consent.errors import Lang
from verifier.reports.terms import MARKS, OUTCOMES, check_name, iso, source_name, there, told
from verifier.verdict import Check, Finding, Indication, Verdict

_PLAIN: Final = frozenset(
    {
        *("CMS-101", "CMS-109", "CMS-130", "CMS-140", "CMS-150", "CMS-160", "CMS-170", "CMS-180"),
        *("PKI-100", "PKI-110", "PKI-120", "PKI-130", "PKI-149", "PKI-163"),
    }
)
"""Findings that say that their check is satisfied and no more. Other findings that cost nothing are remarks, and a
person is always shown them."""

_WORDS: Final[Mapping[str, Mapping[Lang, str]]] = MappingProxyType(
    {
        "judged": {
            "en": "policy {policy}, judged at {at} ({source})",
            "ko": "검증 정책 {policy}, 검증 기준시각 {at}, {source}",
        },
        "unknown": {"en": "unknown", "ko": "알 수 없음"},
        "satisfied": {"en": "satisfied: {checks}", "ko": "적합한 항목: {checks}"},
        "not-run": {
            "en": "{checks}: could not be checked after what failed above",
            "ko": "나머지 {count}개 항목은 앞선 오류로 점검하지 못하였습니다: {checks}",
        },
        "cut": {"en": "SHA-256 not taken: only the beginning was read", "ko": "SHA-256 계산 안 함: 앞부분만 읽음"},
    }
)


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
    shown = iso(there(at, lang)) or _WORDS["unknown"][lang]
    named = source_name(source, lang, at_now=at_now)
    yield "  " + _WORDS["judged"][lang].format(policy=verdict.policy, at=shown, source=named)


def _findings(verdict: Verdict, lang: Lang, *, verbose: bool) -> Iterator[str]:
    spoken = {f.check for f in verdict.findings if verbose or not _is_plain_pass(f)}
    folded = [check for check in dict.fromkeys(f.check for f in verdict.findings) if check not in spoken]
    for finding in verdict.findings:
        if not verbose and _is_plain_pass(finding):
            continue
        name = check_name(finding.check, lang)
        yield f"  {MARKS[finding.effect]} {name}: {told(finding, lang)} [{finding.code}, {finding.where}]"
        if finding.effect is not Indication.TOTAL_PASSED and finding.remedy(lang):
            yield f"      → {finding.remedy(lang)}"
    if folded:
        names = ", ".join(check_name(check, lang) for check in folded)
        yield f"  {MARKS[Indication.TOTAL_PASSED]} {_WORDS['satisfied'][lang].format(checks=names)}"


def _not_run(verdict: Verdict, lang: Lang) -> Iterator[str]:
    names = [check_name(check, lang) for check in Check if check in verdict.not_run]
    if names:
        words = _WORDS["not-run"][lang].format(count=len(names), checks=", ".join(names))
        yield f"  {MARKS[Indication.INDETERMINATE]} {words}"


def _is_plain_pass(finding: Finding) -> bool:
    return finding.effect is Indication.TOTAL_PASSED and finding.code in _PLAIN
