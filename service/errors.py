"""What the command line refuses by itself, and how any refusal is shown."""

from __future__ import annotations

import os
import sys
from typing import Final

from consent.errors import CodedError, Lang

OK: Final = 0
NOT_PASSED: Final = 1
WRONG_USE: Final = 2


class InputUnreadable(CodedError):
    """A file named on the command line cannot be read."""

    code = "SVC-001"

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file=file, reason=reason)


class InputTooLarge(CodedError):
    """A file is far larger than anything that belongs there."""

    code = "SVC-002"

    def __init__(self, file: str, limit: int) -> None:
        super().__init__(file=file, limit=limit)


class TimeNotUnderstood(CodedError):
    """`--at` is neither a word it knows nor a time with its offset from UTC."""

    code = "SVC-003"

    def __init__(self, words: str) -> None:
        super().__init__(words=words)


class CertificateNeeded(CodedError):
    """A key file without its certificate."""

    code = "SVC-004"

    def __init__(self) -> None:
        super().__init__()


class NothingKnown(CodedError):
    """`inspect` cannot tell what a file is."""

    code = "SVC-005"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class BadRecordLine(CodedError):
    """A line of a list of records is not as it must be."""

    code = "SVC-006"

    def __init__(self, line: int, key: str) -> None:
        super().__init__(line=line, key=key)


class DoubleRecord(CodedError):
    """Two lines of a list of records are about the same consent."""

    code = "SVC-007"

    def __init__(self, line: int, first: int) -> None:
        super().__init__(line=line, first=first)


class NotJsonText(CodedError):
    """A file that has to be JSON is not."""

    code = "SVC-008"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class CannotListen(CodedError):
    """The port is taken or may not be used."""

    code = "SVC-009"

    def __init__(self, port: int) -> None:
        super().__init__(port=port)


class InternalFault(CodedError):
    """A fault of ours."""

    code = "SVC-099"

    def __init__(self, error: str) -> None:
        super().__init__(error=error)


def language(wanted: str | None = None) -> Lang:
    """The language to speak: as asked for, else as the environment has it (POSIX: LC_ALL, LC_MESSAGES, LANG)."""
    words = wanted or next((w for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (w := os.environ.get(name))), "")
    return "ko" if words.startswith("ko") else "en"


def show(error: CodedError, lang: Lang, *, about: str = "") -> None:
    """Say on standard error what was wrong and what to do."""
    label = "오류" if lang == "ko" else "error"
    subject = f" {about}:" if about else ""
    print(f"{label} {error.code}:{subject} {error.message(lang)}", file=sys.stderr)  # noqa: T201 - the command line's voice
    if remedy := error.remedy(lang):
        print(f"  → {remedy}", file=sys.stderr)  # noqa: T201
