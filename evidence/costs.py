"""Codes that say what it costs to leave something undone, and what to do; their wording is in the catalogue."""

from typing import Final

LATE_CONSENT: Final = "FB-150"  # reconciliation fails with 81 or 92
NO_CHECK_RESULT: Final = "FB-151"
NO_AUDIT_ANSWER: Final = "FB-152"  # counted as a non-submission, blacklist
NO_AUDIT_RESULT: Final = "FB-153"
NO_CHANGE_RECEIPT: Final = "FB-154"  # 7401 to 7405
NO_CHANGE_RESULT: Final = "FB-155"
NO_LEDGER_QUERY: Final = "FB-156"
UNMENDED_FAILURES: Final = "FB-157"
LATE_CANCELLATION: Final = "FB-158"
NO_LEDGER: Final = "FB-159"
RETENTION_OVER: Final = "FB-340"
EVIDENCE_TURNED_BAD: Final = "FB-341"
MAINTENANCE: Final = "FB-342"
UNFINISHED_FILE: Final = "FB-343"
