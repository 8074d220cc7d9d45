"""Text and JSON as a terminal or a pipe can take them."""

from __future__ import annotations

import codecs
import json
import os
import sys
import unicodedata
from contextlib import suppress
from typing import Final

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str, *, lines: bool = False) -> str:
    """The text with control and format characters escaped: what others wrote must not steer the terminal.

    Args:
        text: of any origin.
        lines: keep line ends and tabs.
    """
    if text.isprintable():
        return text
    if lines:
        text = text.replace("\r\n", "\n")
    kept = "\n\t" if lines else ""
    return "".join(ascii(c)[1:-1] if unicodedata.category(c) in _UNSEEN and c not in kept else c for c in text)


def padded(text: str, columns: int) -> str:
    """The text with spaces up to so many columns; Hangul and its like take two."""
    return text + " " * (columns - columns_of(text))


def columns_of(text: str) -> int:
    """Columns that a terminal takes to show it."""
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def json_line(value: object) -> str:
    """JSON in one line. What nobody sees is escaped, and what standard output's encoding may lack."""
    encoding = getattr(sys.stdout, "encoding", None) or ""
    line = json.dumps(value, ensure_ascii=encoding.lower() not in _UTF_8)
    # What is left of such characters is within strings; a terminal obeys U+009B as it obeys escape sequences.
    unseen = {c for c in line if unicodedata.category(c) in _UNSEEN} if not line.isprintable() else ()
    return line.translate({ord(c): json.dumps(c)[1:-1] for c in unseen})


_UTF_8: Final = frozenset({"utf-8", "utf8", "utf_8"})


PLAIN_MARKS: Final = "dongui-plain-marks"
"""How streams write what their encoding lacks (`errors` of `TextIOWrapper`): marks as letters, all else escaped."""

_MARKS: Final = {"✔": "OK", "✘": "NG", "→": "->", "×": "x", "…": "..."}


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    escaped = (_MARKS.get(c) or c.encode("ascii", "backslashreplace").decode("ascii") for c in lacking)
    return "".join(escaped), error.end


codecs.register_error(PLAIN_MARKS, _plain)


def forget_standard_output() -> None:
    """Let what is still to be written there go nowhere, so that the process can end in peace."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
