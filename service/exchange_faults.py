"""What the commands of the exchange refuse: what operators hand them beside files of the institute."""

from __future__ import annotations

from consent.errors import CodedError


class AmendmentUnreadable(CodedError):
    """The values of an amendment are no JSON object of fields that can be amended."""

    code = "SVC-140"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class NotACancellation(CodedError):
    """A line that cancels nothing, in a list of cancellations."""

    code = "SVC-141"

    def __init__(self, file: str, line: int) -> None:
        super().__init__(file=file, line=line)


class NothingToCancel(CodedError):
    """A line of a list of cancellations names a consent that the store does not have, or that has ended."""

    code = "SVC-142"

    def __init__(self, file: str, line: int) -> None:
        super().__init__(file=file, line=line)
