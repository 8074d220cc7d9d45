"""What keeps reports from being written."""

from __future__ import annotations

from consent.errors import CodedError


class ReportFormatUnknown(CodedError):
    """Neither the suffix of the result's name nor --format says what a report is to be."""

    code = "SVC-058"

    def __init__(self, known: str) -> None:
        super().__init__(known=known)


class OwnReportsNeedMore(CodedError):
    """Reports on single rows are asked for, but not said is where the evidence, the trust folder or the page is."""

    code = "SVC-083"


class OwnReportsMissing(CodedError):
    """Rows have no report of their own: the evidence is not there, or no longer what was judged."""

    code = "SVC-084"

    def __init__(self, count: int) -> None:
        super().__init__(count=count)


class OwnReportsSayOtherwise(CodedError):
    """Judged again, rows come out otherwise than the table says."""

    code = "SVC-085"

    def __init__(self, count: int) -> None:
        super().__init__(count=count)
