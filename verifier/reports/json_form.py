"""A verdict for programs: JSON. docs/schemas/verdict-1.json is its schema."""

from __future__ import annotations

from typing import Final

from consent.errors import CodedError, Lang
from verifier.policies import VerifyPolicy
from verifier.reports.terms import iso, message
from verifier.verdict import Finding, Indication, Verdict

SCHEMA: Final = "urn:dongui:verdict:1"


def as_json(verdict: Verdict, *, file: str, lang: Lang, is_whole: bool = True) -> dict[str, object]:
    """One verdict as a JSON object; keys are only ever added.

    Args:
        verdict: on `file`.
        file: its name.
        lang: of the messages.
        is_whole: whether all of the file was read; the SHA-256 of a beginning would be taken for the file's.
    """
    return {
        "schema": SCHEMA,
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


def refusal_as_json(error: CodedError, *, file: str, policy: VerifyPolicy, lang: Lang) -> dict[str, object]:
    """The object for a file that nothing can be said about, so that there is one for every file."""
    finding = {
        "code": error.code,
        "check": "input",
        "effect": Indication.INDETERMINATE.name,
        "where": "-",
        "reference": "-",
        "message": error.message(lang),
        "remedy": error.remedy(lang),
    }
    return {
        "schema": SCHEMA,
        "file": file,
        "indication": Indication.INDETERMINATE.name,
        "verified_at": None,
        "time_source": None,
        "signing_time": None,
        "policy": policy.name,
        "sha256": None,
        "not_run": sorted(check.value for check in policy.required),
        "findings": [finding],
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
