"""What `file check` foretells, as JSON for programs."""

from __future__ import annotations

from consent.errors import Lang
from evidence.check import CheckReport, Outcome


def report_as_json(report: CheckReport, lang: Lang) -> dict[str, object]:
    """All of it; places count records from 1 and bytes from 0."""
    return {
        "file": report.file_code,
        "sound": report.sound,
        "complete": report.complete,
        "records": report.records,
        "rejected": report.rejected,
        "by_code": dict(report.by_code),
        "findings": dict(report.remarks),
        "outcomes": [_outcome_as_json(outcome, lang) for outcome in report.outcomes],
    }


def _outcome_as_json(outcome: Outcome, lang: Lang) -> dict[str, object]:
    return {
        "part": outcome.place.part.value,
        "record": outcome.place.number,
        "offset": outcome.place.offset,
        "response_code": outcome.response_code,
        "faults": [
            {
                "code": fault.code,
                "response_code": fault.response_code,
                "field": fault.field,
                "offset": fault.offset,
                "message": fault.message(lang),
                "remedy": fault.remedy(lang),
            }
            for fault in outcome.faults
        ],
        "findings": [
            {
                "code": remark.code,
                "severity": "fault" if remark.is_grave else "warning",
                "message": remark.message(lang),
                "remedy": remark.remedy(lang),
            }
            for remark in outcome.remarks
        ],
    }
