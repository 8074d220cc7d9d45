"""Why a table of verdicts cannot be reported on."""

from __future__ import annotations

from collections.abc import Sequence

from consent.errors import CodedError


class TableUnreadable(CodedError):
    """A file is no table in any of the forms that verdicts are kept in, or is damaged."""

    code = "SVC-080"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class TableEmpty(TableUnreadable):
    """Nothing is in it; only a file in JSON lines is a table without rows then, and its name alone says so."""

    code = "SVC-306"


class ColumnsWrong(CodedError):
    """It is a table, but not one of verdicts: columns are missing, or hold something else."""

    code = "SVC-081"

    def __init__(self, file: str, *, missing: Sequence[str], wrong: Sequence[str]) -> None:
        super().__init__(file=file, missing=", ".join(missing) or "-", wrong=", ".join(wrong) or "-")


class IndicationUnknown(CodedError):
    """A row has an outcome that no verdict has."""

    code = "SVC-082"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)
