"""Why a batch cannot be judged, or not be gone on with."""

from __future__ import annotations

import os

from consent.errors import CodedError
from consent.system_reasons import READING_KO


class SourceUnreadable(CodedError):
    """What the evidence should be taken from is not there, or may not be read."""

    code = "SVC-061"

    def __init__(self, file: str, number: int) -> None:
        """Args: number: of the operating system's errors."""
        reason = os.strerror(number)
        super().__init__(file=file, reason=reason, reason_ko=READING_KO.get(number, reason))


class SourceDamaged(CodedError):
    """An archive or a table breaks off, or is not what it looks like."""

    code = "SVC-062"

    def __init__(self, file: str, form: str) -> None:
        super().__init__(file=file, form=form)


class ArchiveSwells(CodedError):
    """A compressed archive unpacks to more than evidence can."""

    code = "SVC-063"

    def __init__(self, file: str, times: int) -> None:
        super().__init__(file=file, times=times)


class ColumnMissing(CodedError):
    """A table lacks a column, or has something else in it."""

    code = "SVC-064"

    def __init__(self, file: str, column: str, wanted_ko: str, wanted_en: str) -> None:
        super().__init__(file=file, column=column, wanted_ko=wanted_ko, wanted_en=wanted_en)


class TrustChanged(CodedError):
    """The trust folder is no longer what it was when the batch began."""

    code = "SVC-065"

    def __init__(self, folder: str) -> None:
        super().__init__(folder=folder)


class WorkersFail(CodedError):
    """Worker processes die before they can judge anything."""

    code = "SVC-067"

    def __init__(self, count: int) -> None:
        super().__init__(count=count)
