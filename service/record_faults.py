"""What a list of consents or of numbers is refused for, line by line."""

from __future__ import annotations

from consent.errors import CodedError


class BadRecordLine(CodedError):
    """A line of a list of records is not as it must be. Subclasses say why."""

    def __init__(self, file: str, line: int, **details: str) -> None:
        super().__init__(file=file, line=line, **details)


class LineNotJson(BadRecordLine):
    """It is not one JSON object."""

    code = "SVC-006"


class LineKeyWrong(BadRecordLine):
    """A key is missing, or has no place there."""

    code = "SVC-014"

    def __init__(self, file: str, line: int, key: str) -> None:
        super().__init__(file, line, key=key)


class LineValueWrong(BadRecordLine):
    """A key has a value that it cannot have; the value is not told."""

    code = "SVC-015"

    def __init__(self, file: str, line: int, key: str) -> None:
        super().__init__(file, line, key=key)


class DoubleRecord(CodedError):
    """Two lines of a list of records are about the same consent."""

    code = "SVC-007"

    def __init__(self, file: str, line: int, first: int) -> None:
        super().__init__(file=file, line=line, first=first)
