"""A verdict for programs: JSON."""

from __future__ import annotations

from consent.errors import Lang
from verifier.reports.terms import iso, message
from verifier.verdict import Finding, Verdict


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
        "verified_at": iso(verdict.verified_at),
        "time_source": verdict.time_source.value,
        "signing_time": iso(verdict.signing_time),
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
