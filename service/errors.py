"""What the command line refuses by itself, and how any refusal is shown."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from consent.errors import CodedError, Lang
from consent.system_reasons import READING_KO, WRITING_KO
from consent.wording import wording
from service.terminal import visible
from service.times import with_times_told

OK: Final = 0
NOT_PASSED: Final = 1
WRONG_USE: Final = 2


class InputUnreadable(CodedError):
    """A file named on the command line cannot be read."""

    code = "SVC-001"

    def __init__(self, file: str, reason: str, number: int = 0) -> None:
        super().__init__(file=file, reason=reason, reason_ko=READING_KO.get(number, reason))


class InputTooLarge(CodedError):
    """A file is far larger than anything that belongs there."""

    code = "SVC-002"

    def __init__(self, file: str, limit: int) -> None:
        super().__init__(file=file, limit=limit)


class ReceiptInTheFuture(CodedError):
    """A time of receipt that has not come yet."""

    code = "SVC-043"

    def __init__(self, words: str) -> None:
        super().__init__(words=words[:40])


class TimeStampTrustAlone(CodedError):
    """A trust folder for time-stamps, and no time-stamps to be looked at."""

    code = "SVC-044"

    def __init__(self) -> None:
        super().__init__()


class TimeNotUnderstood(CodedError):
    """`--at` is neither one of the words that this command knows nor a time with its offset from UTC."""

    code = "SVC-003"

    def __init__(self, words: str, *choices: str) -> None:
        super().__init__(words=words, choices=", ".join(choices))


class NothingKnown(CodedError):
    """`inspect` cannot tell what a file is."""

    code = "SVC-005"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class NotJsonText(CodedError):
    """A file that has to be JSON is not."""

    code = "SVC-008"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class CannotListen(CodedError):
    """The port is taken or may not be used, or the address is none of this machine."""

    code = "SVC-009"

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host=host, port=port)


class StandardInputTwice(CodedError):
    """`-` stands for two of the files to be read; there is one standard input."""

    code = "SVC-010"

    def __init__(self) -> None:
        super().__init__()


class OutputIsInput(CodedError):
    """The result would take the place of a file that it is made from."""

    code = "SVC-011"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class PolicyUnknown(CodedError):
    """There is no policy of this name."""

    code = "SVC-012"

    def __init__(self, known: str) -> None:
        super().__init__(known=known)


class HolderUnknown(CodedError):
    """There is no such kind of holder."""

    code = "SVC-053"

    def __init__(self, known: str) -> None:
        super().__init__(known=known)


class StandardOutputFailed(CodedError):
    """Standard output is closed, or what stands behind it takes nothing more."""

    code = "SVC-013"

    def __init__(self, reason: str, number: int = 0) -> None:
        super().__init__(reason=reason, reason_ko=WRITING_KO.get(number, reason))


class CodeUnknown(CodedError):
    """There is no such code to be explained."""

    code = "SVC-066"

    def __init__(self, words: str, nearest: tuple[str, ...]) -> None:
        alike = ", ".join(nearest)
        super().__init__(words=words[:20], nearest=alike or "none", nearest_ko=alike or "없음")


class CodeNotKnown(CodedError):
    """No code book has a code that was asked for."""

    code = "SVC-160"

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted=wanted[:20])


class BankNotKnown(CodedError):
    """No bank has, or ever had, a code that was asked for."""

    code = "SVC-162"

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted=wanted[:20])


class DayNotUnderstood(CodedError):
    """Neither a year nor a day of the calendar."""

    code = "SVC-175"

    def __init__(self, words: str) -> None:
        super().__init__(words=words[:40])


class RecordNotThere(CodedError):
    """A file ends before the data record that was asked for."""

    code = "SVC-161"

    def __init__(self, file: str, number: int) -> None:
        super().__init__(file=file, number=number)


class InternalFault(CodedError):
    """A fault of ours."""

    code = "SVC-099"

    def __init__(self, error: str) -> None:
        super().__init__(error=error)


_LANGUAGE_VARIABLES: Final = ("DONGUI_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language(wanted: str | None = None) -> Lang:
    """The language to speak: as asked for, else as DONGUI_LANG has it, else LC_ALL, LC_MESSAGES or LANG (POSIX)."""
    words = wanted or next((w for name in _LANGUAGE_VARIABLES if (w := os.environ.get(name))), "")
    return "ko" if primary(words) == "ko" else "en"


def primary(tag: str) -> str:
    """The language of `ko_KR.UTF-8` (POSIX) or `ko-KR` (HTTP)."""
    return re.split("[-_.@]", tag, maxsplit=1)[0].lower()


@contextmanager
def about(file: str) -> Iterator[None]:
    """Note on errors which file they are about, where the error itself does not know."""
    try:
        yield
    except CodedError as error:
        if "file" not in error.details and not hasattr(error, "__notes__"):
            error.add_note(file)
        raise


def show(error: CodedError, lang: Lang) -> None:
    """Say on standard error what was wrong and what to do."""
    label = "오류" if lang == "ko" else "error"
    subject = "".join(f" {file}:" for file in getattr(error, "__notes__", ()))
    message = wording(error.code).message(lang, with_times_told(error.details, lang))
    print(visible(f"{label} {error.code}:{subject} {message}"), file=sys.stderr)  # noqa: T201 - the command line's voice
    if remedy := error.remedy(lang):
        print(visible(f"  → {remedy}"), file=sys.stderr)  # noqa: T201
