"""The verdict itself: three outcomes, no truth value, nothing passed that was not looked at."""

from __future__ import annotations

import pytest

from verifier import Check, Finding, Indication, NotPassed, TimeSource, Verdict
from verifier.reports.json_form import as_json
from verifier.reports.text import as_text

PASSED, UNCLEAR, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED


def verdict(*findings: Finding, required: frozenset[Check] = frozenset({Check.SIZE})) -> Verdict:
    return Verdict(findings, required, "kftc", b"\0" * 32, frozenset({"2"}), None, TimeSource.CLAIMED)


GOOD = Finding.passed(Check.SIZE, "CMS-101", "@0", "2.5.1", size=1, limit=2)
BAD = Finding.failed(Check.SIZE, "CMS-104", "@0", "2.5.1")
DOUBTFUL = Finding.unclear(Check.TIME, "PKI-134", "-", "RFC 5652 §11.3")


def test_a_verdict_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="indication"):
        bool(verdict(GOOD))


@pytest.mark.parametrize(
    ("findings", "outcome"), [((GOOD,), PASSED), ((GOOD, DOUBTFUL), UNCLEAR), ((DOUBTFUL, BAD), FAILED), ((), UNCLEAR)]
)
def test_the_worst_finding_decides(findings: tuple[Finding, ...], outcome: Indication) -> None:
    assert verdict(*findings).indication is outcome


def test_a_check_that_did_not_run_is_no_pass() -> None:
    partial = verdict(GOOD, required=frozenset({Check.SIZE, Check.PATH}))
    assert partial.indication is UNCLEAR
    assert partial.not_run == {Check.PATH}


def test_requiring_a_pass_raises_otherwise_and_names_what_failed() -> None:
    verdict(GOOD).require_passed()
    with pytest.raises(NotPassed) as refusal:
        verdict(BAD, required=frozenset({Check.SIZE, Check.PATH})).require_passed()
    assert refusal.value.details == {"indication": "TOTAL_FAILED", "codes": "CMS-104, path"}


def test_a_report_says_what_could_not_be_checked_and_what_to_do() -> None:
    text = as_text(verdict(BAD, required=frozenset({Check.SIZE, Check.PATH})), file="x.der", lang="en")
    assert text.startswith("✘ FAILED  x.der")
    assert "→" in text and "path: could not be checked" in text
    korean = as_text(verdict(GOOD), file="x.der", lang="ko")
    assert "적합" in korean and "크기" in korean


def test_the_json_form_has_the_keys_that_programs_rely_on() -> None:
    report = as_json(verdict(GOOD), file="x.der", lang="en")
    assert {"file", "indication", "verified_at", "findings"} <= report.keys()
    findings = report["findings"]
    assert isinstance(findings, list)
    assert findings[0].keys() >= {"code", "check", "effect", "where", "reference", "message"}
