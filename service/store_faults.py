"""What the commands over the store refuse."""

from __future__ import annotations

from consent.errors import CodedError


class KeyFileNotNamed(CodedError):
    """A new store needs a place for its keys."""

    code = "SVC-120"

    def __init__(self) -> None:
        super().__init__()


class CancellationListed(CodedError):
    """A line that cancels a registration, in a list of consents to be taken in."""

    code = "SVC-121"

    def __init__(self, file: str, line: int) -> None:
        super().__init__(file=file, line=line)


class ManifestUnreadable(CodedError):
    """A file among the manifests notes the log's digest in a way that cannot be read."""

    code = "SVC-122"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class SearchValueMissing(CodedError):
    """Nothing to search for, and nobody at a terminal to ask."""

    code = "SVC-123"

    def __init__(self) -> None:
        super().__init__()


class ManifestsMissing(CodedError):
    """The folder has no manifest in it."""

    code = "SVC-124"

    def __init__(self, folder: str) -> None:
        super().__init__(folder=folder)


class EvidenceNotKept(CodedError):
    """A consent that has no evidence any more."""

    code = "SVC-125"

    def __init__(self, consent: int) -> None:
        super().__init__(consent=consent)


class KeyFileMissing(CodedError):
    """A store is to be opened, and nothing says which keys are its own."""

    code = "SVC-128"

    def __init__(self) -> None:
        super().__init__()


class KeyFileNeeded(CodedError):
    """Keys can be changed in a file alone."""

    code = "SVC-126"

    def __init__(self) -> None:
        super().__init__()
